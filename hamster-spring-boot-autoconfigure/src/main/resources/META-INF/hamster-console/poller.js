// Asks the endpoints that are looked at, again and again, but no more than that: not while nobody looks, not while paused,
// and ever less often while they don't answer.

import {send, url} from "./api.js";

const MOST_MILLIS = 60_000;

export class Poller {

  #settings;
  #queries;
  #onChange;
  #sources = new Map();
  #wanted = new Set();
  #paused = false;
  #timer = 0;

  /**
   * @param queries parameters of the request, by endpoint
   * @param onChange called with an endpoint's id when there is news of it
   */
  constructor(settings, queries, onChange) {
    this.#settings = settings;
    this.#queries = queries;
    this.#onChange = onChange;
    for (const id of Object.keys(queries)) {
      this.#sources.set(id, {
        id,
        state: settings.endpoints[id] ? "loading" : "absent",
        data: null,
        at: 0,
        message: "",
        failures: 0,
        due: 0,
        underWay: false
      });
    }
    document.addEventListener("visibilitychange", () => this.#schedule());
  }

  source(id) {
    return this.#sources.get(id);
  }

  get isPaused() {
    return this.#paused;
  }

  /** From now on these are asked; those that weren't are asked at once. */
  want(ids) {
    this.#wanted = new Set(ids);
    this.#schedule();
  }

  pause(isPaused) {
    this.#paused = isPaused;
    this.#schedule();
  }

  /** Asks now, paused or not; once more where an answer is under way, which may be older than what led here. */
  refresh(ids = [...this.#wanted]) {
    return Promise.all(ids.map(id => this.#sources.get(id)).filter(source => source.state !== "absent")
      .map(source => {
        source.again = source.underWay;
        return this.#ask(source);
      }));
  }

  #schedule() {
    clearTimeout(this.#timer);
    if (this.#paused || document.hidden) {
      return;
    }
    const now = Date.now();
    const waiting = [...this.#wanted].map(id => this.#sources.get(id))
      .filter(source => source.state !== "absent" && !source.underWay);
    waiting.filter(source => source.due <= now).forEach(source => this.#ask(source));
    const due = waiting.filter(source => !source.underWay).map(source => source.due);
    if (due.length > 0) {
      this.#timer = setTimeout(() => this.#schedule(), Math.max(50, Math.min(...due) - now));
    }
  }

  async #ask(source) {
    if (source.underWay) {
      return;
    }
    source.underWay = true;
    const {path} = this.#settings.endpoints[source.id];
    const answer = await send(url(path, this.#queries[source.id]));
    source.underWay = false;
    if (source.again) {
      source.again = false;
      return this.#ask(source);
    }
    if (answer.kind === "ok") {
      Object.assign(source, {state: "ok", data: answer.data, at: Date.now(), message: "", failures: 0});
    } else {
      // What was last known stays, with its age.
      Object.assign(source, {state: answer.kind, message: answer.message, failures: source.failures + 1});
    }
    const {pollMillis} = this.#settings;
    source.due = Date.now() + Math.max(pollMillis, Math.min(MOST_MILLIS, pollMillis * 2 ** source.failures));
    this.#onChange(source.id);
    this.#schedule();
  }
}
