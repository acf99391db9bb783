package io.hamster.spring;

import java.util.Map;
import java.util.Objects;
import org.springframework.boot.autoconfigure.condition.ConditionMessage;
import org.springframework.boot.autoconfigure.condition.ConditionOutcome;
import org.springframework.boot.autoconfigure.condition.SpringBootCondition;
import org.springframework.context.annotation.ConditionContext;
import org.springframework.core.type.AnnotatedTypeMetadata;

/** Behind {@link ConditionalOnChoice}. */
final class OnChoice extends SpringBootCondition {

    @Override
    public ConditionOutcome getMatchOutcome(ConditionContext context, AnnotatedTypeMetadata metadata) {
        Map<String, Object> asked =
                Objects.requireNonNull(metadata.getAnnotationAttributes(ConditionalOnChoice.class.getName()));
        String name = (String) asked.get("name");
        String value = (String) asked.get("value");
        boolean matches =
                Choices.isChosen(context.getEnvironment(), name, value, (boolean) asked.get("matchIfMissing"));
        return new ConditionOutcome(
                matches,
                ConditionMessage.forCondition(ConditionalOnChoice.class)
                        .because(name + (matches ? " is " : " isn't ") + value));
    }
}
