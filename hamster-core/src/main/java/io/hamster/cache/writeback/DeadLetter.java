package io.hamster.cache.writeback;

/**
 * A write that its source refused again and again. Reads still find its value first; a newer write of its key takes its
 * place.
 *
 * @param key the key
 * @param sequence the write's sequence, which names it
 * @param reason the last failure
 * @param <K> the keys
 */
public record DeadLetter<K>(K key, long sequence, String reason) {}
