// The cluster as this node sees it.

import {send, url} from "./api.js";
import {announce, confirm} from "./dialog.js";
import {h, list, row, show, table, text} from "./dom.js";
import {number, time} from "./format.js";
import {empty, figure, figures, frame, readOnly} from "./panel.js";
import {badge} from "./ring.js";

const ID = "hamstercluster";
const MOST_NODES = 200;
const MOST_EVENTS = 50;

const EVENTS = {
  StartUp: () => "The node started",
  ElectionStart: () => "No leader: an election began",
  ElectionFinish: event => `${event.leader} was elected`,
  SignMaster: () => "This node leads",
  StopMaster: event => `This node no longer leads: ${event.cause}`,
  SignFollower: event => `This node follows ${event.leader}`,
  ReleaseMaster: event => `${event.leader} is out of reach or stepped down`,
  Close: () => "The node was closed"
};

export function eventText(event) {
  return EVENTS[event.event]?.(event) ?? event.event;
}

/** Newest first, as {element, update}. */
export function eventItem() {
  const at = h("time", {});
  const what = h("span", {});
  const term = h("span", {class: "hint"});
  return {
    element: h("li", {}, at, what, term),
    update(event) {
      text(at, time(event.at));
      at.dateTime = event.at;
      text(what, eventText(event));
      text(term, `term ${number(event.term)}`);
    }
  };
}

export function eventKey(event) {
  return `${event.at} ${event.event} ${event.term}`;
}

export class ClusterPanel {

  #poller;
  #settings;
  #frame;
  #view;
  #data = null;

  constructor(parent, settings, poller) {
    this.#settings = settings;
    this.#poller = poller;
    this.#frame = frame(parent, ID);
    this.#view = this.#build(settings.endpoints[ID]?.methods.includes("POST") ?? false);
  }

  #build(isWritable) {
    const shown = {
      role: figure("this node"), leader: figure("leader"), term: figure("term"), nodes: figure("nodes alive"),
      mode: figure("mode")
    };
    const waiting = h("p", {class: "notice bad"});
    const columns = [
      {title: "Node", text: node => node.name},
      {title: "Address", class: "mono", text: node => node.address || "–"},
      {title: "State", update: (cell, node) => badge(cell, node.alive)},
      {title: "Role", text: node => this.#role(node)}
    ];
    const nodes = table("Nodes of the cluster", columns, false);
    const more = h("p", {class: "hint"});
    const events = h("ol", {class: "events"});
    const none = empty("Nothing happened yet", "Elections and changes of role appear here, the latest first.");
    const names = h("p", {class: "hint"});
    const resign = h("button", {type: "button", class: "small", onclick: () => this.#resign()}, "Resign leadership");
    this.#frame.body.append(figures(...Object.values(shown)), waiting, h("div", {class: "buttons"}, resign),
      h("div", {class: "split wide"},
        h("div", {}, h("h2", {}, "Nodes"), nodes.element, more, names),
        h("div", {}, h("h2", {}, "Lately"), none, events)),
      isWritable ? h("span") : readOnly(ID, "have this node resign"));
    return {shown, waiting, columns, nodes, more, events, none, names, resign, isWritable};
  }

  update(source) {
    this.#frame.update(source);
    if (source.data) {
      this.#data = source.data;
      this.#render(source.data);
    }
  }

  tick(source) {
    this.#frame.tick(source);
  }

  #render(data) {
    const {shown, waiting, columns, nodes, more, events, none, names, resign, isWritable} = this.#view;
    const alive = data.nodes.filter(node => node.alive).length;
    shown.role.set(`${data.node} (${data.role})`);
    shown.leader.set(data.leader ?? "none", data.leader ? "" : "bad-text");
    shown.term.set(number(data.term));
    shown.nodes.set(`${number(alive)} of ${number(data.nodes.length)}`, alive < data.nodes.length ? "bad-text" : "");
    shown.mode.set(data.mode);
    text(waiting, data.waitingFor ?? "");
    show(waiting, Boolean(data.waitingFor));
    list(nodes.body, data.nodes.slice(0, MOST_NODES), node => node.name, () => row(columns));
    text(more, data.nodes.length > MOST_NODES
      ? `The first ${number(MOST_NODES)} of ${number(data.nodes.length)} nodes.` : "");
    list(events, data.events.slice(0, MOST_EVENTS), eventKey, eventItem);
    show(none, data.events.length === 0);
    text(names, [
      data.functions.length > 0 ? `Answers: ${data.functions.join(", ")}.` : "",
      data.jobTrackers.length > 0 ? `Follow leadership: ${data.jobTrackers.join(", ")}.` : ""
    ].filter(Boolean).join(" "));
    show(resign, isWritable && data.role === "leader");
  }

  #role(node) {
    const {leader, node: self, role} = this.#data;
    if (node.name === leader) {
      return "leader";
    }
    return node.name === self ? role : node.alive && leader ? "follower" : "–";
  }

  async #resign() {
    const {node} = this.#data;
    if (!await confirm(`Have ${node} resign?`,
      "It hands leadership over. What only the leader does stops here and starts on the next one; this node may lead again "
      + "later, at once if it is the only one.", "Resign")) {
      return;
    }
    const answer = await send(url(this.#settings.endpoints[ID].path), {method: "POST", body: {action: "RESIGN"}});
    announce(answer.kind === "ok" ? `${node} handed leadership over` : answer.message, answer.kind !== "ok");
    this.#poller.refresh([ID]);
  }
}
