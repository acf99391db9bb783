// What caches did between two answers, as long as the page is open.

const MOST = 120;

/** Ratios of hits, the oldest first; null where nothing was read. */
export class History {

  #caches = new Map();

  add(caches, at) {
    const names = new Set(caches.map(cache => cache.name));
    [...this.#caches.keys()].filter(name => !names.has(name)).forEach(name => this.#caches.delete(name));
    caches.forEach(cache => this.#addOne(cache, at));
  }

  #addOne(cache, at) {
    const {hits, misses} = cache.stats;
    const known = this.#caches.get(cache.name);
    // Counters that fall are those of another process.
    if (!known || hits < known.hits || misses < known.misses) {
      this.#caches.set(cache.name, {hits, misses, at, samples: []});
      return;
    }
    const reads = hits - known.hits + misses - known.misses;
    const elapsed = Math.max(1, at - known.at) / 1000;
    known.samples.push({
      at,
      ratio: reads === 0 ? null : (hits - known.hits) / reads,
      readsPerSecond: reads / elapsed
    });
    if (known.samples.length > MOST) {
      known.samples.shift();
    }
    Object.assign(known, {hits, misses, at});
  }

  of(name) {
    return this.#caches.get(name)?.samples ?? [];
  }
}
