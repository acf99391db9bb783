// Held locks, and the way to take one away from its holder.

import {send, url} from "./api.js";
import {announce, confirm} from "./dialog.js";
import {attribute, h, list, row, show, table, text} from "./dom.js";
import {duration, number, plural, seconds, time} from "./format.js";
import {empty, frame, readOnly} from "./panel.js";

const ID = "hamsterlocks";
export const MOST_LOCKS = 200;
export const LOCKS_QUERY = {limit: MOST_LOCKS};

/** The longest held of those listed first. With more locks than are listed, others may be held for longer. */
export function longestFirst(locks) {
  return [...locks].sort((a, b) => seconds(b.heldFor) - seconds(a.heldFor) || (a.id < b.id ? -1 : 1));
}

export class LocksPanel {

  #poller;
  #settings;
  #frame;
  #view;

  constructor(parent, settings, poller) {
    this.#settings = settings;
    this.#poller = poller;
    this.#frame = frame(parent, ID);
    this.#view = this.#build(settings.endpoints[ID]?.methods.includes("DELETE") ?? false);
  }

  #build(isWritable) {
    const summary = h("p", {class: "summary"});
    const input = h("input", {id: "lock-key", name: "key", required: true, autocomplete: "off", spellcheck: "false",
      placeholder: "the whole key"});
    const answer = h("div", {class: "answer", role: "status"});
    const form = h("form", {class: "try", onsubmit: event => this.#look(event, input)},
      h("label", {for: "lock-key"}, "Who holds a lock?"),
      h("div", {class: "field"}, input, h("button", {class: "primary"}, "Look")), answer);
    const columns = [
      {title: "Lock", class: "key mono", text: lock => lock.key},
      {title: "Holder", text: lock => lock.owner},
      {title: "Held for", class: "num", update: (cell, lock) => heldFor(cell, lock)},
      {title: "Lease ends", class: "num", text: lock => time(lock.expiresAt)},
      {title: "Waiting here", class: "num", text: lock => number(lock.localWaiters)},
      {title: "Fence", class: "num mono", text: lock => lock.fence}
    ];
    const locks = table("Held locks", columns, isWritable);
    const none = empty("No lock is held", "Locks appear here while somebody holds them, most of them for moments only.");
    this.#frame.body.append(h("div", {class: "head"}, summary, form), none, locks.element,
      isWritable ? h("span") : readOnly(ID, "take locks away"));
    return {summary, answer, columns, locks, none, isWritable};
  }

  update(source) {
    this.#frame.update(source);
    if (source.data) {
      this.#render(source.data);
    }
  }

  tick(source) {
    this.#frame.tick(source);
  }

  #render(data) {
    const {summary, columns, locks, none, isWritable} = this.#view;
    const held = longestFirst(data.locks).slice(0, MOST_LOCKS);
    text(summary, data.more
      ? `Any ${number(held.length)} of more held locks, in ${data.store} (${data.scope})`
      : `${plural(held.length, "lock")} held, in ${data.store} (${data.scope})`);
    show(none, held.length === 0);
    show(locks.element, held.length > 0);
    list(locks.body, held, lock => lock.id, lock => this.#row(lock, columns, isWritable));
  }

  #row(first, columns, isWritable) {
    let lock = first;
    const button = isWritable
      ? h("button", {type: "button", class: "small", onclick: () => this.#release(lock)}, "Force release") : null;
    const view = row(columns, button);
    return {
      element: view.element,
      update(item) {
        lock = item;
        view.update(item);
        attribute(view.element, "class", item.heldLong ? "warned" : null);
        if (button) {
          attribute(button, "aria-label", `Force release: ${item.key}`);
        }
      }
    };
  }

  async #look(event, input) {
    event.preventDefault();
    const answer = await send(url(this.#settings.endpoints[ID].path, {key: input.value}));
    const [lock] = answer.data?.locks ?? [];
    this.#view.answer.replaceChildren(answer.kind !== "ok"
      ? h("p", {class: "bad-text"}, answer.message)
      : lock
        ? h("p", {}, "Held by ", h("strong", {}, lock.owner), ` for ${duration(seconds(lock.heldFor))}, `
          + `${plural(lock.localWaiters, "request")} waiting here. Shown as `, h("span", {class: "mono"}, lock.key), ".")
        : h("p", {}, "Nobody holds it."));
  }

  async #release(lock) {
    if (!await confirm(`Take ${lock.key} from its holder?`,
      `${lock.owner} holds it. In another process the holder learns of this at its next renewal only; until then two may `
      + `believe that it is theirs.`, "Force release")) {
      return;
    }
    const answer = await send(url(this.#settings.endpoints[ID].path, {id: lock.id}), {method: "DELETE"});
    if (answer.kind === "missing") {
      announce(`${lock.key} was free already`);
    } else {
      announce(answer.kind === "ok" ? `${lock.key} was taken from ${lock.owner}` : answer.message, answer.kind !== "ok");
    }
    this.#poller.refresh([ID]);
  }
}

function heldFor(cell, lock) {
  if (!cell.firstElementChild) {
    cell.append(h("span", {}), h("span", {class: "badge warn"}, "long"));
  }
  text(cell.firstElementChild, duration(seconds(lock.heldFor)));
  show(cell.lastElementChild, lock.heldLong);
}
