// The ring as a picture: outside each peer's places, inside the sum of them.

import {isDark} from "./theme.js";

const TOP = -Math.PI / 2;
const TURN = 2 * Math.PI;

/** Hues far apart for neighbours in the list: each step is the golden angle. */
export function peerColour(index) {
  const hue = (52 + index * 137.508) % 360;
  return isDark() ? `oklch(0.76 0.11 ${hue})` : `oklch(0.6 0.125 ${hue})`;
}

export class RingDrawing {

  #canvas;
  #circle = null;
  #arcs = [];
  #shares = [];
  #dead = new Set();
  #lit = null;
  #key = null;

  /** @param onPoint called with the id of the peer under the pointer, or null */
  constructor(canvas, onPoint = () => {}) {
    this.#canvas = canvas;
    new ResizeObserver(() => this.draw()).observe(canvas);
    canvas.addEventListener("pointermove", event => onPoint(this.#peerAt(event)));
    canvas.addEventListener("pointerleave", () => onPoint(null));
  }

  /**
   * @param circle {peers, owners} as the endpoint gives it
   * @param dead ids of dead peers
   */
  show(circle, dead) {
    this.#circle = circle;
    this.#dead = dead;
    this.#arcs = arcsOf(circle.owners);
    this.#shares = new Array(circle.peers.length).fill(0);
    circle.owners.forEach(owner => this.#shares[owner]++);
    this.draw();
  }

  /** @param id the peer that stands out, or null; key where a key is, from 0 to 1, or null */
  light(id, key) {
    if (id !== this.#lit || key !== this.#key) {
      this.#lit = id;
      this.#key = key;
      this.draw();
    }
  }

  draw() {
    const size = this.#canvas.clientWidth;
    if (size === 0 || !this.#circle) {
      return;
    }
    const ratio = devicePixelRatio || 1;
    this.#canvas.width = Math.round(size * ratio);
    this.#canvas.height = Math.round(size * ratio);
    const context = this.#canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, size / 2 * ratio, size / 2 * ratio);
    const style = getComputedStyle(this.#canvas);
    const radius = size / 2 - Math.max(10, size * 0.035);
    const band = size * 0.085;
    this.#drawPlaces(context, radius - band / 2, band, style.color);
    this.#drawShares(context, radius - band * 1.55, band * 0.3, style.color);
    if (this.#key !== null) {
      drawKey(context, this.#key, radius, band, style.outlineColor);
    }
  }

  #drawPlaces(context, radius, band, grey) {
    const slices = this.#circle.owners.length;
    for (const {from, to, owner} of this.#arcs) {
      this.#arc(context, {radius, band, grey}, owner, from / slices, to / slices);
    }
  }

  #drawShares(context, radius, band, grey) {
    const slices = this.#circle.owners.length;
    const gap = this.#shares.length > 1 && this.#shares.length < 60 ? 0.0022 : 0;
    let from = 0;
    this.#shares.forEach((share, owner) => {
      const to = from + share / slices;
      this.#arc(context, {radius, band, grey}, owner, from + gap, Math.max(from + gap, to - gap));
      from = to;
    });
  }

  /** Dead peers' arcs are grey and half as high, so that they show without colours too. */
  #arc(context, {radius, band, grey}, owner, from, to) {
    const id = this.#circle.peers[owner];
    const isDead = this.#dead.has(id);
    context.beginPath();
    context.arc(0, 0, isDead ? radius - band / 4 : radius, TOP + from * TURN, TOP + to * TURN);
    context.lineWidth = isDead ? band / 2 : band;
    context.strokeStyle = isDead ? grey : peerColour(owner);
    context.globalAlpha = this.#lit === null || this.#lit === id ? 1 : 0.16;
    context.stroke();
    context.globalAlpha = 1;
  }

  #peerAt(event) {
    if (!this.#circle || this.#circle.owners.length === 0) {
      return null;
    }
    const box = this.#canvas.getBoundingClientRect();
    const x = event.clientX - box.left - box.width / 2;
    const y = event.clientY - box.top - box.height / 2;
    const distance = Math.hypot(x, y) / (box.width / 2);
    if (distance < 0.68 || distance > 1) {
      return null;
    }
    const place = ((Math.atan2(y, x) - TOP) / TURN + 1) % 1;
    const {owners, peers} = this.#circle;
    return peers[owners[Math.min(owners.length - 1, Math.floor(place * owners.length))]];
  }
}

/** Neighbouring slices of one peer are one arc. */
function arcsOf(owners) {
  const arcs = [];
  owners.forEach((owner, slice) => {
    const last = arcs[arcs.length - 1];
    if (last?.owner === owner) {
      last.to = slice + 1;
    } else {
      arcs.push({from: slice, to: slice + 1, owner});
    }
  });
  return arcs;
}

function drawKey(context, key, radius, band, ink) {
  const angle = TOP + key * TURN;
  const inner = radius - band * 1.2;
  const outer = radius + band * 0.22;
  context.strokeStyle = ink;
  context.fillStyle = ink;
  context.lineWidth = 2;
  context.beginPath();
  context.moveTo(Math.cos(angle) * inner, Math.sin(angle) * inner);
  context.lineTo(Math.cos(angle) * outer, Math.sin(angle) * outer);
  context.stroke();
  context.beginPath();
  context.arc(Math.cos(angle) * outer, Math.sin(angle) * outer, 4.5, 0, TURN);
  context.fill();
}
