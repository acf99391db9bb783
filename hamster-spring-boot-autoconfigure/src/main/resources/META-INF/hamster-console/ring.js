// The ring: who owns how much, and who owns a key.

import {send, url} from "./api.js";
import {announce, confirm} from "./dialog.js";
import {attribute, h, list, row, show, table, text} from "./dom.js";
import {decimal, number, percent, plural} from "./format.js";
import {empty, figure, figures, frame, readOnly} from "./panel.js";
import {peerColour, RingDrawing} from "./ringdrawing.js";
import {onThemeChange} from "./theme.js";

const ID = "hamsterring";
export const MOST_PEERS = 200;
export const RING_QUERY = {limit: MOST_PEERS, slices: 2048};

export class RingPanel {

  #poller;
  #settings;
  #frame;
  #view;
  #ring = null;
  #place = null;
  #pointed = null;

  constructor(parent, settings, poller) {
    this.#settings = settings;
    this.#poller = poller;
    this.#frame = frame(parent, ID);
    this.#view = this.#build(settings.endpoints[ID]?.methods.includes("POST") ?? false);
    onThemeChange(() => this.#ring && this.#render(this.#ring));
  }

  #build(isWritable) {
    const canvas = h("canvas", {class: "ring", role: "img"});
    const centre = {
      title: h("p", {class: "ring-title"}),
      detail: h("p", {class: "ring-detail"})
    };
    const input = h("input", {id: "ring-key", name: "key", maxlength: "500", required: true, autocomplete: "off",
      spellcheck: "false", placeholder: "customer:4711"});
    const form = h("form", {class: "try", onsubmit: event => this.#tryKey(event, input)},
      h("label", {for: "ring-key"}, "Whose is a key?"),
      h("div", {class: "field"}, input, h("button", {class: "primary"}, "Find"),
        h("button", {type: "button", class: "quiet", onclick: () => this.#forget(input)}, "Clear")));
    const answer = h("div", {class: "answer", role: "status"});
    const shown = {
      peers: figure("peers"), alive: figure("alive"), nodes: figure("virtual nodes"), balance: figure("balance"),
      picks: figure("picks"), failovers: figure("failovers")
    };
    const columns = [
      {title: "Peer", update: (cell, peer) => this.#nameCell(cell, peer)},
      {title: "Address", class: "mono", text: peer => peer.address},
      {title: "State", update: (cell, peer) => badge(cell, peer.alive)},
      {title: "Share", class: "bar-cell", update: (cell, peer) => shareBar(cell, peer.share)},
      {title: "Weight", class: "num", text: peer => number(peer.weight)},
      {title: "Virtual nodes", class: "num", text: peer => number(peer.virtualNodes)},
      {title: "Picks", class: "num", text: peer => number(peer.picks)}
    ];
    const peers = table("Peers of the ring", columns, isWritable);
    const more = h("p", {class: "hint"});
    const none = empty("No peers yet",
      "Peers come from hamster.hash.peers, from the cluster or from discovery: hamster.hash.source.");
    const content = h("div", {},
      h("div", {class: "split"},
        h("div", {class: "ring-box"}, canvas, h("div", {class: "ring-centre"}, centre.title, centre.detail)),
        h("div", {class: "side"}, form, answer, figures(...Object.values(shown)))),
      peers.element, more);
    this.#frame.body.append(none, content,
      isWritable ? h("span") : readOnly(ID, "declare peers dead or alive"));
    return {
      canvas, centre, answer, shown, columns, peers, more, none, content, isWritable,
      drawing: new RingDrawing(canvas, id => this.#point(id))
    };
  }

  update(source) {
    this.#frame.update(source);
    if (source.data) {
      this.#ring = source.data;
      this.#render(source.data);
    }
  }

  tick(source) {
    this.#frame.tick(source);
  }

  #render(ring) {
    const {shown, peers, columns, more, none, content, isWritable} = this.#view;
    show(none, ring.peerCount === 0);
    show(content, ring.peerCount > 0);
    shown.peers.set(number(ring.peerCount));
    shown.alive.set(number(ring.alive), ring.alive < ring.peerCount ? "bad-text" : "");
    shown.nodes.set(number(ring.virtualNodes));
    shown.balance.set(decimal(ring.loadBalance), ring.loadBalance < 0.8 ? "warn-text" : "");
    shown.picks.set(number(ring.picks));
    shown.failovers.set(number(ring.failovers));
    list(peers.body, ring.peers.slice(0, MOST_PEERS), peer => peer.id, peer => this.#row(peer, columns, isWritable));
    text(more, ring.peerCount > ring.peers.length
      ? `The first ${number(ring.peers.length)} of ${number(ring.peerCount)} peers, dead ones first.` : "");
    this.#draw();
  }

  #row(first, columns, isWritable) {
    let peer = first;
    const button = isWritable
      ? h("button", {type: "button", class: "small", onclick: () => this.#declare(peer)}) : null;
    const view = row(columns, button);
    view.element.addEventListener("pointerenter", () => this.#point(peer.id));
    view.element.addEventListener("pointerleave", () => this.#point(null));
    return {
      element: view.element,
      update: item => {
        peer = item;
        view.update(item);
        if (button) {
          text(button, item.alive ? "Declare dead" : "Declare alive");
          attribute(button, "aria-label", `${button.textContent}: ${item.id}`);
        }
        attribute(view.element, "class", this.#place?.owner.id === item.id ? "lit" : null);
      }
    };
  }

  #nameCell(cell, peer) {
    let name = cell.querySelector(".name");
    if (!name) {
      name = h("span", {class: "name"});
      cell.append(h("span", {class: "swatch", "aria-hidden": "true"}), name);
    }
    text(name, peer.id);
    setSwatch(cell.querySelector(".swatch"), peer, this.#ring.circle);
  }

  #draw() {
    const ring = this.#ring;
    const {canvas, drawing} = this.#view;
    if (ring.circle) {
      drawing.show(ring.circle, new Set(ring.peers.filter(peer => !peer.alive).map(peer => peer.id)));
    }
    attribute(canvas, "aria-label", `The ring of ${plural(ring.peerCount, "peer")}, ${number(ring.alive)} of them alive; `
      + `the table below has each one's share`);
    this.#light();
  }

  #light() {
    const {drawing, centre} = this.#view;
    const ring = this.#ring;
    const id = this.#pointed ?? this.#place?.owner.id ?? null;
    drawing.light(id, this.#place ? this.#place.point.keyPosition : null);
    const peer = ring.peers.find(each => each.id === id);
    text(centre.title, id ?? plural(ring.peerCount, "peer"));
    if (id) {
      text(centre.detail, peer ? `${percent(peer.share)} of the keys${peer.alive ? "" : ", dead"}` : "");
    } else {
      text(centre.detail, ring.alive === ring.peerCount ? "all alive" : `${number(ring.alive)} alive`);
    }
  }

  #point(id) {
    if (id !== this.#pointed) {
      this.#pointed = id;
      this.#light();
    }
  }

  async #tryKey(event, input) {
    event.preventDefault();
    const answer = await send(url(this.#settings.endpoints[ID].path, {key: input.value}));
    const {answer: place} = this.#view;
    if (answer.kind !== "ok") {
      this.#place = null;
      place.replaceChildren(h("p", {class: "bad-text"}, answer.message));
    } else {
      this.#place = answer.data;
      const {owner, servedBy, alternatives, message} = answer.data;
      // The DOM would show what is null as a text.
      place.replaceChildren(...[
        h("p", {}, "Owner ", h("strong", {id: "ring-owner"}, owner.id),
          servedBy && servedBy !== owner.id ? [", served by ", h("strong", {}, servedBy)] : ""),
        h("p", {class: "hint"}, message + "."),
        alternatives.length === 0 ? null
          : h("p", {class: "hint"}, "Then, should it die: ",
            h("span", {id: "ring-alternatives"}, alternatives.map(peer => peer.id).join(", "))),
      ].filter(line => line !== null));
    }
    this.#render(this.#ring);
  }

  #forget(input) {
    this.#place = null;
    input.value = "";
    this.#view.answer.replaceChildren();
    this.#render(this.#ring);
    input.focus();
  }

  async #declare(peer) {
    const state = peer.alive ? "dead" : "alive";
    if (!await confirm(`Declare ${peer.id} ${state}?`, peer.alive
      ? `To this instance ${peer.id} is dead from then on, and its keys go to the next peers, until somebody or a health `
        + `check says otherwise.`
      : `To this instance ${peer.id} is alive from then on and serves its keys again.`, `Declare ${state}`)) {
      return;
    }
    const answer = await send(url(this.#settings.endpoints[ID].path),
      {method: "POST", body: {peer: peer.id, alive: !peer.alive}});
    announce(answer.kind === "ok" ? `${peer.id} is declared ${state}` : answer.message, answer.kind !== "ok");
    this.#poller.refresh([ID]);
  }
}

export function badge(cell, isAlive) {
  if (!cell.firstElementChild) {
    cell.append(h("span", {}));
  }
  cell.firstElementChild.className = `badge ${isAlive ? "good" : "bad"}`;
  text(cell.firstElementChild, isAlive ? "alive" : "dead");
}

function shareBar(cell, share) {
  if (!cell.firstElementChild) {
    cell.append(h("span", {class: "share", "aria-hidden": "true"}, h("span", {})), h("span", {class: "share-text"}));
  }
  setShare(cell.querySelector(".share"), share);
  text(cell.querySelector(".share-text"), percent(share));
}

export function setShare(bar, share) {
  bar.firstElementChild.style.width = `${Math.min(100, share * 100)}%`;
}

/** The colour that a peer has in the drawing; none for the dead and for those too small to be drawn. */
export function setSwatch(swatch, peer, circle) {
  const index = circle?.peers.indexOf(peer.id) ?? -1;
  swatch.style.background = index < 0 || !peer.alive ? "" : peerColour(index);
}
