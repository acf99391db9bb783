// What all panels have in common: what they say while there is nothing to show, or nothing new.

import {h, show, text} from "./dom.js";
import {duration} from "./format.js";

/** Where an endpoint is switched off, though it may be exposed. */
const SWITCHES = {
  hamsterlocks: "locks are off, or the store has no list of them",
  hamstercaches: "hamster.cache.enabled is false",
  hamsterring: "hamster.hash.enabled is false",
  hamstercluster: "hamster.cluster.enabled is false"
};

function absent(id) {
  return [
    h("p", {}, h("strong", {}, "Not exposed. "), "This panel reads the Actuator endpoint ", h("code", {}, id),
      ". Add it to those that are exposed:"),
    h("pre", {}, h("code", {}, `management.endpoints.web.exposure.include=…,${id}`)),
    h("p", {class: "hint"}, `If it is among them already, then management.endpoint.${id}.access is none, or `
      + `${SWITCHES[id]}.`)
  ];
}

function signIn() {
  return [
    h("p", {}, h("strong", {}, "You are not signed in. "), "The server answers signed-in people only."),
    h("p", {}, h("button", {type: "button", onclick: () => location.reload()}, "Sign in"))
  ];
}

function failure(source) {
  return [h("p", {}, h("strong", {}, source.message), ". ", h("span", {class: "retry"}))];
}

function since(source) {
  return source.at === 0 ? "Nothing was answered yet" : `Last answer ${duration((Date.now() - source.at) / 1000)} ago`;
}

/** A notice about an endpoint, and a body that shows once there is something to show. */
export function frame(parent, id) {
  const notice = h("div", {class: "notice"});
  const body = h("div", {class: "body"});
  parent.append(notice, body);
  let shown = "";

  return {
    body,
    update(source) {
      const key = `${source.state} ${source.message}`;
      if (key !== shown) {
        shown = key;
        notice.className = `notice ${source.state === "absent" || source.state === "loading" ? source.state : "bad"}`;
        notice.replaceChildren(...contents(source, id));
      }
      show(notice, source.state !== "ok");
      show(body, source.data !== null);
      body.classList.toggle("stale", source.state !== "ok");
      this.tick(source);
    },
    /** Once a second: only ages change. */
    tick(source) {
      const retry = notice.querySelector(".retry");
      if (retry) {
        const wait = Math.max(0, Math.ceil((source.due - Date.now()) / 1000));
        text(retry, `${since(source)}, ${wait > 0 ? `next try in ${wait} s` : "trying again"}.`);
      }
    }
  };
}

function contents(source, id) {
  switch (source.state) {
    case "ok":
      return [];
    case "loading":
      return [h("p", {}, "Asking the server …")];
    case "absent":
      return absent(id);
    case "signed-out":
      return signIn();
    default:
      return failure(source);
  }
}

/** Says at the end of a panel why it offers no actions. */
export function readOnly(id, what) {
  return h("p", {class: "hint foot"}, `Read-only. To ${what} here, set `,
    h("code", {}, `management.endpoint.${id}.access=unrestricted`), ".");
}

export function empty(title, explanation) {
  return h("div", {class: "empty"}, h("p", {class: "empty-title"}, title), h("p", {class: "hint"}, explanation));
}

/** A figure with what it means below it. */
export function figure(label) {
  const value = h("dd", {});
  return {
    element: h("div", {class: "figure"}, h("dt", {}, label), value),
    set(shown, kind = "") {
      text(value, shown);
      value.className = kind;
    }
  };
}

export function figures(...views) {
  return h("dl", {class: "figures"}, views.map(view => view.element));
}
