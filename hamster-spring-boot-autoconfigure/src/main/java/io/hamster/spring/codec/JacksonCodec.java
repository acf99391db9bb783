package io.hamster.spring.codec;

import io.hamster.Codec;
import io.hamster.CodecException;
import java.lang.reflect.Type;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.cfg.MutableCoercionConfig;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;
import tools.jackson.databind.type.LogicalType;

/**
 * JSON by declared type, with Jackson 3. Keeps the modules, mix-ins and formats of the mapper it is made from and drops
 * what would let a payload choose: default typing, class names as type ids (names of declared subtypes work), text for
 * numbers and the like, a second document after the first. Unknown properties are ignored, so that a newer release can
 * add some.
 *
 * <p>Thread-safe. Depth, number and text sizes are bounded by the mapper's read constraints. Errors name the type and
 * the place, never the value.
 */
public final class JacksonCodec implements Codec {

    private final JsonMapper mapper;
    private final Map<Type, ObjectReader> readers = new ConcurrentHashMap<>();
    private final Map<Type, ObjectWriter> writers = new ConcurrentHashMap<>();

    /**
     * Creates a codec.
     *
     * @param mapper what it is made from; not changed
     */
    public JacksonCodec(JsonMapper mapper) {
        this.mapper = mapper.rebuild()
                .deactivateDefaultTyping()
                .polymorphicTypeValidator(
                        BasicPolymorphicTypeValidator.builder().build())
                .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
                .withCoercionConfig(LogicalType.Textual, JacksonCodec::refuseScalars)
                .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
                .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .enable(DeserializationFeature.FAIL_ON_NULL_FOR_PRIMITIVES)
                // A time is read as it was written: in its own zone, not in the reader's. Numbers have none.
                .enable(DateTimeFeature.WRITE_DATES_WITH_ZONE_ID)
                .disable(
                        DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS,
                        DateTimeFeature.ADJUST_DATES_TO_CONTEXT_TIME_ZONE,
                        DateTimeFeature.WRITE_DATES_WITH_CONTEXT_TIME_ZONE,
                        DateTimeFeature.NORMALIZE_DESERIALIZED_ZONE_ID)
                .build();
    }

    @Override
    public byte[] encode(Object value, Type type) {
        try {
            return writers.computeIfAbsent(type, this::writer).writeValueAsBytes(value);
        } catch (RuntimeException e) {
            throw new CodecException(
                    "A value of " + value.getClass().getName() + " can't be written as " + type.getTypeName()
                            + place(e),
                    null);
        }
    }

    @Override
    public Object decode(byte[] bytes, Type type) {
        Object value;
        try {
            value = readers.computeIfAbsent(type, this::reader).readValue(bytes);
        } catch (RuntimeException e) {
            throw new CodecException(bytes.length + " bytes aren't a " + type.getTypeName() + place(e), null);
        }
        if (value == null) {
            throw new CodecException("A JSON null isn't a " + type.getTypeName(), null);
        }
        return value;
    }

    private static void refuseScalars(MutableCoercionConfig text) {
        text.setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail);
    }

    private ObjectWriter writer(Type type) {
        return mapper.writerFor(mapper.constructType(type));
    }

    private ObjectReader reader(Type type) {
        return mapper.readerFor(mapper.constructType(type));
    }

    /** Jackson's own messages quote values, and so do the causes of its exceptions: neither is passed on. */
    private static String place(RuntimeException error) {
        StringBuilder place = new StringBuilder(": ").append(error.getClass().getSimpleName());
        if (error instanceof JacksonException jackson) {
            for (JacksonException.Reference step : jackson.getPath()) {
                place.append(step(step));
            }
            var location = jackson.getLocation();
            if (location != null && location.getLineNr() > 0) {
                place.append(" at line ")
                        .append(location.getLineNr())
                        .append(", column ")
                        .append(location.getColumnNr());
            }
        }
        return place.toString();
    }

    private static String step(JacksonException.Reference step) {
        String property = step.getPropertyName();
        return property == null ? "[]" : isKey(step.from()) ? "{}" : "." + property;
    }

    private static boolean isKey(@Nullable Object from) {
        return from instanceof Map || (from instanceof Class<?> type && Map.class.isAssignableFrom(type));
    }
}
