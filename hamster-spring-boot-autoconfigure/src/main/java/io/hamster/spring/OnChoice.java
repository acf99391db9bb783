package io.hamster.spring;

import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.annotation.MergedAnnotation;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Behind {@link ConditionalOnChoice}. */
final class OnChoice extends SpringBootCondition {

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        MergedAnnotation<ConditionalOnChoice> asked = metadata.getAnnotations().get(ConditionalOnChoice.class);
        String name = asked.getString("name");
        String value = asked.getString("value");
        boolean matches = Choices.isChosen(context.getEnvironment(), name, value, asked.getBoolean("matchIfMissing"));
        return new ConditionOutcome(
                matches,
                ConditionMessage.forCondition(ConditionalOnChoice.class)
                        .because(name + (matches ? " is " : " isn't ") + value));
    }
}
