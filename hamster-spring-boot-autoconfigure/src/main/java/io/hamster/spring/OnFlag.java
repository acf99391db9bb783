package io.hamster.spring;

import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.annotation.AnnotationAttributes;
import org.springframework.core.env.Environment;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Behind {@link ConditionalOnFlag}. */
final class OnFlag extends SpringBootCondition {

    private static final Set<String> YES = Set.of("true", "on", "yes", "1");
    private static final Set<String> NO = Set.of("false", "off", "no", "0");

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        for (AnnotationAttributes asked : metadata.getMergedRepeatableAnnotationAttributes(
                ConditionalOnFlag.class, ConditionalOnFlags.class, false)) {
            String name = asked.getString("value");
            Boolean set = read(context.getEnvironment(), name);
            if (set == null ? !asked.getBoolean("matchIfMissing") : set != asked.getBoolean("is")) {
                return ConditionOutcome.noMatch(message().because(name + (set == null ? " isn't set" : " is " + set)));
            }
        }
        return ConditionOutcome.match(message().because("what it asks for is so"));
    }

    private static ConditionMessage.Builder message() {
        return ConditionMessage.forCondition(ConditionalOnFlag.class);
    }

    private static @Nullable Boolean read(Environment environment, String name) {
        String text = environment.getProperty(name);
        if (text == null || text.isBlank()) {
            return null;
        }
        String value = text.strip().toLowerCase(Locale.ROOT);
        if (!YES.contains(value) && !NO.contains(value)) {
            throw new HamsterConfigurationException(name + " is '" + text + "'.", "Set it to true or false.");
        }
        return YES.contains(value);
    }
}
