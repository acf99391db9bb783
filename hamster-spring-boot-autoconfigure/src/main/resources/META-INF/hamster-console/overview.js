// One tile for each concern: whether all is well, and what stands out.

import {h, list, show, text} from "./dom.js";
import {decimal, duration, number, percent, plural, seconds} from "./format.js";
import {sparkline} from "./caches.js";
import {eventItem, eventKey} from "./cluster.js";
import {longestFirst} from "./locks.js";
import {frame} from "./panel.js";
import {setShare, setSwatch} from "./ring.js";
import {RingDrawing} from "./ringdrawing.js";
import {onThemeChange} from "./theme.js";

const MOST = 5;

function tile(parent, id, name, title, open) {
  const lead = h("p", {class: "lead"});
  const element = h("section", {class: `tile tile-${name}`, "aria-labelledby": `tile-${name}`},
    h("header", {}, h("h2", {id: `tile-${name}`}, title),
      h("button", {type: "button", class: "link", "aria-label": `Open the panel ${title}`, onclick: () => open(name)},
        "Open")));
  parent.append(element);
  const content = frame(element, id);
  content.body.append(lead);
  return {content, lead, body: content.body};
}

function peerLine(circle) {
  const swatch = h("span", {class: "swatch", "aria-hidden": "true"});
  const name = h("span", {});
  const bar = h("span", {class: "share", "aria-hidden": "true"}, h("span", {}));
  const share = h("span", {class: "num"});
  return {
    element: h("li", {}, h("span", {class: "key"}, swatch, name), bar, share),
    update(peer) {
      setSwatch(swatch, peer, circle());
      text(name, peer.id);
      setShare(bar, peer.share);
      text(share, peer.alive ? percent(peer.share) : "dead");
      share.className = peer.alive ? "num" : "num bad-text";
    }
  };
}

export class Overview {

  #tiles;
  #history;

  constructor(parent, history, open) {
    this.#history = history;
    const grid = h("div", {class: "tiles"});
    parent.append(grid);
    this.#tiles = {
      hamsterring: this.#ring(tile(grid, "hamsterring", "ring", "Ring", open)),
      hamsterlocks: this.#locks(tile(grid, "hamsterlocks", "locks", "Locks", open)),
      hamstercaches: this.#caches(tile(grid, "hamstercaches", "caches", "Caches", open)),
      hamstercluster: this.#cluster(tile(grid, "hamstercluster", "cluster", "Cluster", open))
    };
  }

  update(source) {
    const view = this.#tiles[source.id];
    if (view) {
      view.content.update(source);
      if (source.data) {
        view.render(source.data);
      }
    }
  }

  tick(source) {
    this.#tiles[source.id]?.content.tick(source);
  }

  #ring({content, lead, body}) {
    const canvas = h("canvas", {class: "ring", role: "img"});
    const title = h("p", {class: "ring-title"});
    const detail = h("p", {class: "ring-detail"});
    const box = h("div", {class: "ring-box small"}, canvas, h("div", {class: "ring-centre"}, title, detail));
    const drawing = new RingDrawing(canvas);
    const peers = h("ul", {class: "lines peers"});
    let latest = null;
    onThemeChange(() => latest && render(latest));
    body.append(box, peers);

    function render(ring) {
      latest = ring;
      text(lead, ring.peerCount === 0 ? "No peers yet"
        : `Balance ${decimal(ring.loadBalance)} · ${plural(ring.picks, "pick")} · ${plural(ring.failovers, "failover")}`);
      show(box, ring.peerCount > 0);
      text(title, plural(ring.peerCount, "peer"));
      text(detail, ring.alive === ring.peerCount ? "all alive" : `${number(ring.peerCount - ring.alive)} dead`);
      detail.className = `ring-detail${ring.alive === ring.peerCount ? "" : " bad-text"}`;
      canvas.setAttribute("aria-label", `The ring of ${plural(ring.peerCount, "peer")}, ${number(ring.alive)} alive`);
      if (ring.circle) {
        drawing.show(ring.circle, new Set(ring.peers.filter(peer => !peer.alive).map(peer => peer.id)));
      }
      // The dead ones first, then those with the most keys.
      const shown = [...ring.peers].sort((a, b) => a.alive - b.alive || b.share - a.share).slice(0, MOST);
      list(peers, shown, peer => peer.id, () => peerLine(() => latest.circle));
    }

    return {content, render};
  }

  #locks({content, lead, body}) {
    const longest = h("ul", {class: "lines"});
    body.append(longest);
    return {
      content,
      render(data) {
        const waiting = data.locks.reduce((sum, lock) => sum + lock.localWaiters, 0);
        text(lead, data.locks.length === 0 ? `None held, in ${data.store} (${data.scope})`
          : `${data.more ? `More than ${number(data.locks.length)}` : number(data.locks.length)} held · `
            + `${data.more ? "at least " : ""}${number(waiting)} waiting here · ${data.store} (${data.scope})`);
        list(longest, longestFirst(data.locks).slice(0, MOST), lock => lock.id, () => {
          const key = h("span", {class: "mono key"});
          const owner = h("span", {class: "hint"});
          const held = h("span", {class: "num"});
          return {
            element: h("li", {}, key, owner, held),
            update(lock) {
              text(key, lock.key);
              text(owner, lock.owner);
              text(held, duration(seconds(lock.heldFor)));
              held.className = lock.heldLong ? "num warn-text" : "num";
            }
          };
        });
      }
    };
  }

  #caches({content, lead, body}) {
    const busiest = h("ul", {class: "lines caches"});
    body.append(busiest);
    return {
      content,
      render: data => {
        const dead = data.caches.reduce((sum, cache) => sum + (cache.writeBack?.stats?.dead ?? 0), 0);
        const size = data.caches.reduce((sum, cache) => sum + cache.stats.size, 0);
        text(lead, `${plural(data.caches.length, "cache")} · ${plural(size, "entry", "entries")}`
          + (dead > 0 ? ` · ${plural(dead, "dead letter")}` : ""));
        const reads = cache => cache.stats.hits + cache.stats.misses;
        const shown = [...data.caches].sort((a, b) => reads(b) - reads(a)).slice(0, MOST);
        list(busiest, shown, cache => cache.name, () => {
          const name = h("span", {class: "key"});
          const spark = sparkline();
          const ratio = h("span", {class: "num"});
          return {
            element: h("li", {}, name, spark.element, ratio),
            update: cache => {
              text(name, cache.name);
              spark.update(this.#history.of(cache.name));
              text(ratio, reads(cache) === 0 ? "–" : percent(cache.hitRate));
            }
          };
        });
      }
    };
  }

  #cluster({content, lead, body}) {
    const events = h("ol", {class: "events"});
    body.append(events);
    return {
      content,
      render(data) {
        const alive = data.nodes.filter(node => node.alive).length;
        text(lead, `${data.leader ? `${data.leader} leads` : "Nobody leads"} · term ${number(data.term)} · `
          + `${number(alive)} of ${plural(data.nodes.length, "node")} alive · this node: ${data.role}`);
        lead.className = data.leader && alive === data.nodes.length ? "lead" : "lead bad-text";
        list(events, data.events.slice(0, MOST), eventKey, eventItem);
      }
    };
  }
}
