package io.hamster;

import java.lang.reflect.Type;

/**
 * Turns values into bytes and back, by their declared type. Used wherever a value leaves the heap: a journal on disk, a
 * remote function, a shared cache tier. Thread-safe.
 *
 * <p>An implementation creates nothing but the declared type and what it contains: a payload never names the class to
 * be created.
 */
public interface Codec {

    /**
     * Encodes a value.
     *
     * @param value the value
     * @param type its declared type
     * @return the encoded bytes
     * @throws CodecException if the value can't be encoded as that type
     */
    byte[] encode(Object value, Type type);

    /**
     * Decodes a value.
     *
     * @param bytes what {@link #encode} returned, perhaps in another process or an earlier version
     * @param type the declared type
     * @return the value
     * @throws CodecException if the bytes aren't a value of that type
     */
    Object decode(byte[] bytes, Type type);
}
