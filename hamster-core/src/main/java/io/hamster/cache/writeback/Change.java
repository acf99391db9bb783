package io.hamster.cache.writeback;

import java.util.Optional;

/**
 * A write as a journal takes it.
 *
 * @param key the encoded key; not to be changed any more
 * @param value the encoded value, or empty for a deletion; not to be changed any more
 */
public record Change(byte[] key, Optional<byte[]> value) {}
