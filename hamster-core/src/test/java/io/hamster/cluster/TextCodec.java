package io.hamster.cluster;

import io.hamster.Codec;
import io.hamster.CodecException;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Function;

/** Strings and integers as text, by their declared type; refuses everything else. */
public final class TextCodec implements Codec {

    private static final Map<Type, Function<String, Object>> READERS = Map.of(
            String.class,
            text -> text,
            Object.class,
            text -> text,
            Integer.class,
            Integer::valueOf,
            int.class,
            Integer::valueOf);

    @Override
    public byte[] encode(Object value, Type type) {
        if (!READERS.containsKey(type)) {
            throw new CodecException("Can't encode " + type.getTypeName(), null);
        }
        return value.toString().getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public Object decode(byte[] bytes, Type type) {
        Function<String, Object> reader = READERS.get(type);
        if (reader == null) {
            throw new CodecException("Can't decode " + type.getTypeName(), null);
        }
        try {
            return reader.apply(new String(bytes, StandardCharsets.UTF_8));
        } catch (RuntimeException e) {
            throw new CodecException("Not a " + type.getTypeName(), e);
        }
    }
}
