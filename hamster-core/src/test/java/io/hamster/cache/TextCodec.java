package io.hamster.cache;

import io.hamster.Codec;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;

/** Text as UTF-8. */
public final class TextCodec implements Codec {

    @Override
    public byte[] encode(Object value, Type type) {
        return value.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Object decode(byte[] bytes, Type type) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
