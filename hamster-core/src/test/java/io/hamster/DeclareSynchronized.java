package io.hamster;

import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;

/** Monitors pin virtual threads before JDK 24, so locks are {@code ReentrantLock}s. */
final class DeclareSynchronized extends ArchCondition<JavaClass> {

    private DeclareSynchronized() {
        super("declare synchronized methods");
    }

    static ArchCondition<JavaClass> methods() {
        return new DeclareSynchronized();
    }

    @Override
    public void check(JavaClass type, ConditionEvents events) {
        type.getMethods().stream()
                .filter(method -> method.getModifiers().contains(JavaModifier.SYNCHRONIZED))
                .forEach(method -> events.add(SimpleConditionEvent.satisfied(
                        method, method.getFullName() + " is synchronized: use a ReentrantLock")));
    }
}
