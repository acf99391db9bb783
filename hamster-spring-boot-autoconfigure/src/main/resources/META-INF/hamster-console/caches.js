// The caches of the instance: how well they do, and what they owe to their sources.

import {segments, send, url} from "./api.js";
import {announce, confirm} from "./dialog.js";
import {attribute, h, list, row, show, svg, table, text} from "./dom.js";
import {bytes, duration, number, percent, plural, seconds} from "./format.js";
import {empty, figure, figures, frame, readOnly} from "./panel.js";

const ID = "hamstercaches";
const MOST_CACHES = 200;
const WIDTH = 240;
const HEIGHT = 44;
const MARGIN = 3;

/** A line of hit ratios; it breaks where nothing was read. */
export function sparkline() {
  const area = svg("path", {class: "spark-area"});
  const line = svg("path", {class: "spark-line"});
  const element = svg("svg", {class: "spark", viewBox: `0 0 ${WIDTH} ${HEIGHT}`, role: "img",
    preserveAspectRatio: "none"},
  svg("line", {class: "spark-base", x1: "0", x2: WIDTH, y1: HEIGHT - MARGIN, y2: HEIGHT - MARGIN}), area, line);
  return {
    element,
    update(samples) {
      const known = samples.filter(sample => sample.ratio !== null);
      const step = samples.length > 1 ? WIDTH / (samples.length - 1) : 0;
      const points = samples.map((sample, index) => sample.ratio === null ? null
        : {x: index * step, y: MARGIN + (1 - sample.ratio) * (HEIGHT - 2 * MARGIN)});
      attribute(line, "d", path(points));
      attribute(area, "d", areaPath(points));
      attribute(element, "aria-label", known.length === 0
        ? "Hit ratio over time: nothing was read since the page was opened"
        : `Hit ratio over time: between ${percent(Math.min(...known.map(sample => sample.ratio)))} and `
          + `${percent(Math.max(...known.map(sample => sample.ratio)))}, last `
          + `${percent(known[known.length - 1].ratio)}`);
    }
  };
}

function runs(points) {
  const found = [[]];
  points.forEach(point => point ? found[found.length - 1].push(point) : found.push([]));
  return found.filter(run => run.length > 0);
}

function path(points) {
  return runs(points).map(run => run.map((point, index) => `${index === 0 ? "M" : "L"}${at(point)}`).join("")).join("");
}

function areaPath(points) {
  const floor = HEIGHT - MARGIN;
  return runs(points).filter(run => run.length > 1)
    .map(run => `M${run[0].x.toFixed(1)} ${floor}L${run.map(at).join("L")}L${run[run.length - 1].x.toFixed(1)} ${floor}Z`)
    .join("");
}

function at(point) {
  return `${point.x.toFixed(1)} ${point.y.toFixed(1)}`;
}

export class CachesPanel {

  #poller;
  #settings;
  #history;
  #frame;
  #view;

  constructor(parent, settings, poller, history) {
    this.#settings = settings;
    this.#poller = poller;
    this.#history = history;
    this.#frame = frame(parent, ID);
    const methods = settings.endpoints[ID]?.methods ?? [];
    const summary = h("p", {class: "summary"});
    const cards = h("div", {class: "cards"});
    const none = empty("No cache yet", "A cache appears here once this instance has made it: at its first use, or at start.");
    this.#frame.body.append(summary, none, cards,
      methods.includes("DELETE") ? h("span") : readOnly(ID, "clear and flush caches"));
    this.#view = {summary, cards, none, canClear: methods.includes("DELETE"), canAct: methods.includes("POST")};
  }

  update(source) {
    this.#frame.update(source);
    if (source.data) {
      const {summary, cards, none} = this.#view;
      const caches = source.data.caches.slice(0, MOST_CACHES);
      text(summary, source.data.caches.length > MOST_CACHES
        ? `The first ${number(MOST_CACHES)} of ${number(source.data.caches.length)} caches of this instance`
        : `${plural(caches.length, "cache")} in this instance`);
      show(none, caches.length === 0);
      list(cards, caches, cache => cache.name, cache => this.#card(cache));
    }
  }

  tick(source) {
    this.#frame.tick(source);
  }

  #card(first) {
    const {canClear, canAct} = this.#view;
    const {name} = first;
    const ratio = h("p", {class: "ratio"});
    const rate = h("p", {class: "hint"});
    const spark = sparkline();
    const shown = {
      size: figure("entries"), memory: figure("memory"), hits: figure("hits"), misses: figure("misses"),
      loads: figure("loads"), failures: figure("failed loads"), evictions: figure("evictions"), stale: figure("served stale")
    };
    const settings = h("p", {class: "hint"});
    const back = this.#writeBack(first, canAct);
    const element = h("article", {class: "card", "aria-label": `Cache ${name}`},
      h("header", {}, h("h2", {}, name), h("span", {class: "badge"}, tier(first.tier))),
      h("div", {class: "ratio-row"}, h("div", {}, ratio, rate), spark.element),
      figures(...Object.values(shown)), settings, back?.element ?? null,
      canClear || canAct ? h("div", {class: "buttons"},
        canClear ? h("button", {type: "button", class: "small", "aria-label": `Clear: ${name}`,
          onclick: () => this.#clear(name)}, "Clear") : null,
        canAct && first.writeBack ? h("button", {type: "button", class: "small", "aria-label": `Flush: ${name}`,
          onclick: () => this.#flush(name)}, "Flush") : null) : null);
    return {
      element,
      update: cache => {
        const {stats} = cache;
        const samples = this.#history.of(name);
        const last = samples[samples.length - 1];
        text(ratio, stats.hits + stats.misses === 0 ? "–" : percent(cache.hitRate));
        text(rate, last ? `hits, ${number(last.readsPerSecond)} reads a second now` : "hits");
        spark.update(samples);
        shown.size.set(`${number(stats.size)} of ${number(cache.policy.maxSize)}`);
        shown.memory.set(bytes(stats.memory));
        shown.hits.set(number(stats.hits));
        shown.misses.set(number(stats.misses));
        shown.loads.set(number(stats.loads));
        shown.failures.set(number(stats.loadFailures), stats.loadFailures > 0 ? "warn-text" : "");
        shown.evictions.set(number(stats.evictions));
        shown.stale.set(number(stats.staleServed), stats.staleServed > 0 ? "warn-text" : "");
        text(settings, policy(cache));
        back?.update(cache.writeBack);
      }
    };
  }

  #writeBack(cache, canAct) {
    if (!cache.writeBack) {
      return null;
    }
    const line = h("p", {});
    const letters = h("div", {class: "letters"});
    const open = h("button", {type: "button", class: "small", "aria-expanded": "false",
      "aria-label": `Dead letters: ${cache.name}`, onclick: () => this.#letters(cache.name, letters, open, canAct)},
    "Dead letters");
    return {
      element: h("div", {class: "write-back"}, h("h3", {}, "Write-back"), line, open, letters),
      update(state) {
        const {stats, journalAway} = state;
        text(line, journalAway ? "Its journal doesn't answer."
          : stats ? `${plural(stats.dirty, "entry", "entries")} to write, ${plural(stats.dead, "dead letter")}, `
            + `${number(stats.flushed)} written so far.`
            : "Its journal hasn't answered yet.");
        line.className = journalAway || stats?.dead > 0 ? "bad-text" : "";
        show(open, (stats?.dead ?? 0) > 0 || letters.childElementCount > 0);
      }
    };
  }

  async #letters(name, place, button, canAct) {
    if (button.getAttribute("aria-expanded") === "true") {
      attribute(button, "aria-expanded", "false");
      place.replaceChildren();
      return;
    }
    const answer = await send(this.#url(name));
    if (answer.kind !== "ok") {
      announce(answer.message, true);
      return;
    }
    attribute(button, "aria-expanded", "true");
    const letters = answer.data.writeBack?.deadLetters ?? [];
    const columns = [
      {title: "Key", class: "key mono", text: letter => letter.key},
      {title: "Failure", class: "mono", text: letter => letter.reason}
    ];
    const view = table(`Dead letters of ${name}`, columns, canAct);
    list(view.body, letters, letter => letter.sequence, letter => row(columns, canAct ? [
      h("button", {type: "button", class: "small", "aria-label": `Try again: ${letter.key}`,
        onclick: () => this.#letter(name, "REDRIVE", letter, () => this.#reopen(name, place, button, canAct))}, "Try again"),
      h("button", {type: "button", class: "small", "aria-label": `Discard: ${letter.key}`,
        onclick: () => this.#letter(name, "DISCARD", letter, () => this.#reopen(name, place, button, canAct))}, "Discard")
    ] : null));
    place.replaceChildren(letters.length === 0 ? h("p", {class: "hint"}, "There are none any more.") : view.element);
  }

  async #reopen(name, place, button, canAct) {
    attribute(button, "aria-expanded", "false");
    await this.#letters(name, place, button, canAct);
  }

  async #letter(name, action, letter, then) {
    const isDiscard = action === "DISCARD";
    if (!await confirm(isDiscard ? `Discard the write of ${letter.key}?` : `Try the write of ${letter.key} again?`,
      isDiscard ? "The source never gets it. This can't be undone." : "It goes to the source with the next batch.",
      isDiscard ? "Discard" : "Try again")) {
      return;
    }
    await this.#act(name, action, isDiscard ? "discarded" : "to be written again", letter.sequence);
    await then();
  }

  async #clear(name) {
    if (await confirm(`Clear ${name}?`,
      "All of its entries but dirty ones go, in every tier. The source isn't touched; until the cache is warm again, it is asked more.",
      "Clear")) {
      const answer = await send(this.#url(name), {method: "DELETE"});
      announce(answer.kind === "ok" ? `${name} was cleared` : answer.message, answer.kind !== "ok");
      this.#poller.refresh([ID]);
    }
  }

  async #flush(name) {
    if (await confirm(`Flush ${name}?`, "What hasn't been written to its source is written now.", "Flush")) {
      await this.#act(name, "FLUSH", "flushed");
    }
  }

  async #act(name, action, done, sequence = null) {
    const answer = await send(this.#url(name),
      {method: "POST", body: sequence === null ? {action} : {action, sequence}});
    announce(answer.kind === "ok" ? `${name}: ${done}` : answer.message, answer.kind !== "ok");
    this.#poller.refresh([ID]);
  }

  #url(name) {
    return url(`${this.#settings.endpoints[ID].path}/${segments(name)}`);
  }
}

function tier(name) {
  return name.toLowerCase().replace("_", " ");
}

function policy(cache) {
  const {policy} = cache;
  return [
    `${duration(seconds(policy.ttl))} to live`,
    policy.readThrough ? "loads by itself" : null,
    policy.writeThrough ? "writes through" : null,
    policy.bloom ? "Bloom guard" : null,
    policy.version ? `version ${policy.version}` : null
  ].filter(Boolean).join(" · ");
}
