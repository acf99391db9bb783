package io.hamster.spring.codec;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import io.hamster.Codec;
import io.hamster.CodecException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TimeZone;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.core.ParameterizedTypeReference;
import tools.jackson.databind.DefaultTyping;
import tools.jackson.databind.cfg.DateTimeFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.jsontype.BasicPolymorphicTypeValidator;

class JacksonCodecTests {

    private static final AtomicInteger gadgets = new AtomicInteger();

    private final Codec codec = new JacksonCodec(JsonMapper.builder().build());

    @BeforeEach
    void forgetGadgets() {
        gadgets.set(0);
    }

    @Test
    void bringsBackWhatItWasGiven() {
        assertThat(roundTrip("text", String.class)).isEqualTo("text");
        assertThat(roundTrip(42, int.class)).isEqualTo(42);
        assertThat(roundTrip(42L, Long.class)).isEqualTo(42L);
        assertThat(roundTrip(new byte[] {1, 2}, byte[].class)).isEqualTo(new byte[] {1, 2});
        Order order = new Order("o-1", 3, Instant.parse("2026-01-01T00:00:00Z"), List.of("a", "b"));
        assertThat(roundTrip(order, Order.class)).isEqualTo(order);
        Type orders = new ParameterizedTypeReference<Map<String, List<Order>>>() {}.getType();
        assertThat(roundTrip(Map.of("x", List.of(order)), orders)).isEqualTo(Map.of("x", List.of(order)));
        Type maybe = new ParameterizedTypeReference<Optional<Order>>() {}.getType();
        assertThat(roundTrip(Optional.of(order), maybe)).isEqualTo(Optional.of(order));
        assertThat(roundTrip(List.of(1, "two"), Object.class)).isEqualTo(List.of(1, "two"));
    }

    record Times(ZonedDateTime zoned, OffsetDateTime offset, Instant at, LocalDateTime local, LocalDate day) {}

    /** A moment in another zone may be another day. */
    @ParameterizedTest
    @ValueSource(strings = {"Europe/Berlin", "Asia/Kolkata", "America/New_York", "UTC", "Etc/UTC", "Z", "+02:00"})
    void bringsBackTimesInTheirZone(String zone) {
        ZonedDateTime zoned = ZonedDateTime.of(2026, 7, 1, 0, 30, 0, 123_456_789, ZoneId.of(zone));
        Times times = new Times(
                zoned, zoned.toOffsetDateTime(), zoned.toInstant(), zoned.toLocalDateTime(), zoned.toLocalDate());
        JsonMapper berlin = JsonMapper.builder()
                .defaultTimeZone(TimeZone.getTimeZone("Europe/Berlin"))
                .build();
        JsonMapper numeric = JsonMapper.builder()
                .enable(DateTimeFeature.WRITE_DATES_AS_TIMESTAMPS)
                .build();

        for (Codec each : List.of(codec, new JacksonCodec(berlin), new JacksonCodec(numeric))) {
            assertThat(each.decode(each.encode(times, Times.class), Times.class))
                    .isEqualTo(times);
        }
    }

    @Test
    void takesWhatANewerReleaseAdds() {
        assertThat(decode("{\"id\":\"o-1\",\"count\":1,\"colour\":\"red\"}", Order.class))
                .isEqualTo(new Order("o-1", 1, null, null));
    }

    @Test
    void knowsDeclaredSubtypesByName() {
        Shape circle = new Circle(2);

        assertThat(roundTrip(circle, Shape.class)).isEqualTo(circle);
        refuses("{\"kind\":\"" + Gadget.class.getName() + "\"}", Shape.class);
        refuses("{\"kind\":\"triangle\"}", Shape.class);
    }

    @Test
    void neverCreatesAClassThatAPayloadNames() {
        String name = Gadget.class.getName();
        JsonMapper trusting = JsonMapper.builder()
                .activateDefaultTyping(
                        BasicPolymorphicTypeValidator.builder()
                                .allowIfBaseType(Object.class)
                                .build(),
                        DefaultTyping.NON_FINAL)
                .build();
        // The application's own mapper would fall for it.
        assertThat(trusting.readValue("[\"" + name + "\",{}]", Object.class)).isInstanceOf(Gadget.class);
        gadgets.set(0);
        Codec careful = new JacksonCodec(trusting);

        assertThat(careful.decode(json("[\"" + name + "\",{}]"), Object.class)).isEqualTo(List.of(name, Map.of()));
        assertThat(careful.decode(json("{\"@class\":\"" + name + "\"}"), Object.class))
                .isEqualTo(Map.of("@class", name));
        assertThat(careful.decode(json("{\"any\":{\"@class\":\"" + name + "\"}}"), Holder.class))
                .isEqualTo(new Holder(Map.of("@class", name)));
        for (Class<?> polymorphic : List.of(ByClass.class, ByMinimalClass.class)) {
            for (String payload : List.of(
                    "{\"@class\":\"" + name + "\"}",
                    "{\"@c\":\"" + name + "\"}",
                    "{\"any\":{\"@class\":\"" + name + "\"}}",
                    "[\"" + name + "\",{}]")) {
                refuses(payload, polymorphic);
            }
        }
        refuses("{\"any\":{\"@class\":\"" + name + "\"}}", HasPolymorphicProperty.class);
        assertThat(gadgets).hasValue(0);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "null",
                "{",
                "[]",
                "7",
                "\"text\"",
                "{\"id\":\"o-1\",\"count\":\"3\"}",
                "{\"id\":7,\"count\":3}",
                "{\"id\":\"o-1\",\"count\":1.5}",
                "{\"id\":\"o-1\",\"count\":null}",
                "{\"id\":\"o-1\",\"count\":99999999999}",
                "{\"id\":\"o-1\",\"count\":1} {}",
                "{\"id\":\"o-1\",\"count\":1}trailing",
                "{'id':'o-1','count':1}",
                "{\"id\":\"o-1\",\"count\":1,}",
                "{\"id\":\"o-1\",\"count\":NaN}",
                "{\"id\":{\"id\":\"o-1\"},\"count\":1}",
            })
    void refusesWhatIsNotOfTheDeclaredType(String payload) {
        refuses(payload, Order.class);
    }

    @Test
    void refusesPayloadsThatWouldExhaustIt() {
        refuses("[".repeat(100_000) + "]".repeat(100_000), Object.class);
        refuses("{\"a\":".repeat(100_000) + "1" + "}".repeat(100_000), Object.class);
        refuses("1".repeat(100_000), Object.class);
        refuses("1e999999999", Integer.class);
        refuses("1e999999999", Long.class);
    }

    @Test
    void survivesRandomBytes() {
        Random random = new Random(7);
        byte[] valid = codec.encode(new Order("o-1", 3, Instant.EPOCH, List.of("a")), Order.class);
        for (int i = 0; i < 20_000; i++) {
            byte[] bytes = valid.clone();
            for (int flips = random.nextInt(4); flips >= 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                assertThat(codec.decode(bytes, Order.class)).isInstanceOf(Order.class);
            } catch (CodecException e) {
                assertThat(e).hasMessageContaining(Order.class.getTypeName());
            }
        }
    }

    @Test
    void saysTypeAndPlaceButNoValue() {
        assertThatExceptionOfType(CodecException.class)
                .isThrownBy(() -> decode("{\"id\":\"o-1\",\"count\":\"s3cret\"}", Order.class))
                .satisfies(e -> assertThat(printed(e)).doesNotContain("s3cret"))
                .withMessageContaining(Order.class.getTypeName())
                .withMessageContaining(".count");
        Type secrets = new ParameterizedTypeReference<Map<String, Integer>>() {}.getType();
        assertThatExceptionOfType(CodecException.class)
                .isThrownBy(() -> codec.decode(json("{\"s3cret\":\"x\"}"), secrets))
                .satisfies(e -> assertThat(printed(e)).doesNotContain("s3cret"));
    }

    @Test
    void refusesWhatCannotBeWritten() {
        List<Object> cycle = new ArrayList<>();
        cycle.add(cycle);
        for (Object value : List.of(cycle, new Failing())) {
            assertThatExceptionOfType(CodecException.class)
                    .isThrownBy(() -> codec.encode(value, value.getClass()))
                    .withMessageContaining(value.getClass().getName());
        }
        assertThatExceptionOfType(CodecException.class).isThrownBy(() -> codec.encode("text", Order.class));
    }

    @Test
    void leavesTheMapperItIsMadeFromAlone() {
        JsonMapper mapper = JsonMapper.builder().build();
        new JacksonCodec(mapper);

        assertThat(mapper.readValue("\"42\"", Integer.class)).isEqualTo(42);
    }

    private Object roundTrip(Object value, Type type) {
        return codec.decode(codec.encode(value, type), type);
    }

    private Object decode(String payload, Type type) {
        return codec.decode(json(payload), type);
    }

    private void refuses(String payload, Type type) {
        assertThatExceptionOfType(CodecException.class)
                .as("%.60s as %s", payload, type)
                .isThrownBy(() -> decode(payload, type))
                .withNoCause();
    }

    private static byte[] json(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String printed(Throwable error) {
        StringWriter out = new StringWriter();
        error.printStackTrace(new PrintWriter(out));
        return out.toString();
    }

    record Order(String id, int count, Instant at, List<String> tags) {}

    record Holder(Object any) {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "kind")
    @JsonSubTypes(@JsonSubTypes.Type(value = Circle.class, name = "circle"))
    interface Shape {}

    record Circle(int radius) implements Shape {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS)
    interface ByClass {}

    @JsonTypeInfo(use = JsonTypeInfo.Id.MINIMAL_CLASS)
    interface ByMinimalClass {}

    record HasPolymorphicProperty(
            @JsonTypeInfo(use = JsonTypeInfo.Id.CLASS) Object any) {}

    public static class Gadget extends LinkedHashMap<String, Object> implements ByClass, ByMinimalClass {
        public Gadget() {
            gadgets.incrementAndGet();
        }
    }

    public static class Failing {
        public String getValue() {
            throw new IllegalStateException("planned");
        }
    }
}
