package io.hamster.spring.cache;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Whoever sets {@code spring.cache.type} has chosen a cache for Spring's own caching. */
final class NoCacheTypeCondition extends SpringBootCondition {

    private static final String PROPERTY = "spring.cache.type";

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        ConditionMessage.Builder message = ConditionMessage.forCondition("Hamster as Spring's cache");
        String type = context.getEnvironment().getProperty(PROPERTY);
        return type == null
                ? ConditionOutcome.match(message.because(PROPERTY + " isn't set"))
                : ConditionOutcome.noMatch(message.because(PROPERTY + " is " + type));
    }
}
