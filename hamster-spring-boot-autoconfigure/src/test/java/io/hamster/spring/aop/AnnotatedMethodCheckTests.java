package io.hamster.spring.aop;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.lang.annotation.Annotation;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.springframework.aop.support.AopUtils;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;

class AnnotatedMethodCheckTests {

    private final Map<String, String> seen = new TreeMap<>();
    private int calls;
    private boolean refusing;

    private final AnnotatedMethodRule rule = new AnnotatedMethodRule() {
        @Override
        public List<Class<? extends Annotation>> annotations() {
            return List.of(Marked.class);
        }

        @Override
        public void check(Class<?> beanType, Method method, Optional<String> obstacle) {
            calls++;
            if (refusing) {
                throw new IllegalStateException(method.getName());
            }
            seen.put(method.getName(), obstacle.orElse("ok"));
        }
    };

    @Test
    void tellsEachAnnotatedMethodAndWhyItCannotBeAdvised() {
        check().postProcessBeforeInitialization(new Service(), "service");

        assertThat(seen)
                .containsExactly(
                        Map.entry("composed", "ok"),
                        Map.entry("finalOne", "is final"),
                        Map.entry("fromInterface", "ok"),
                        Map.entry("own", "ok"),
                        Map.entry("privateOne", "is private"),
                        Map.entry("staticOne", "is static"));
    }

    @Test
    void checksEachClassOnce() {
        AnnotatedMethodCheck check = check();

        check.postProcessBeforeInitialization(new Service(), "one");
        int afterFirst = calls;
        check.postProcessBeforeInitialization(new Service(), "two");

        assertThat(calls).isEqualTo(afterFirst).isEqualTo(6);
    }

    @Test
    void refusesAClassAgainThatWasRefusedBefore() {
        AnnotatedMethodCheck check = check();
        refusing = true;

        assertThatIllegalStateException().isThrownBy(() -> check.postProcessBeforeInitialization(new Service(), "one"));
        assertThatIllegalStateException().isThrownBy(() -> check.postProcessBeforeInitialization(new Service(), "two"));
    }

    @Test
    void pointcutMatchesTheSameMethods() {
        AnnotatedMethodPointcut pointcut = new AnnotatedMethodPointcut(List.of(Marked.class));

        assertThat(AopUtils.canApply(pointcut, Service.class)).isTrue();
        assertThat(AopUtils.canApply(pointcut, Plain.class)).isFalse();
        assertThat(pointcut.matches(method(Service.class, "fromInterface"), Service.class))
                .isTrue();
        assertThat(pointcut.matches(method(Contract.class, "own"), Service.class))
                .isTrue();
        assertThat(pointcut.matches(method(Service.class, "unmarked"), Service.class))
                .isFalse();
    }

    private AnnotatedMethodCheck check() {
        DefaultListableBeanFactory beanFactory = new DefaultListableBeanFactory();
        beanFactory.registerSingleton("rule", rule);
        return new AnnotatedMethodCheck(beanFactory.getBeanProvider(AnnotatedMethodRule.class));
    }

    private static Method method(Class<?> type, String name) {
        for (Method method : type.getDeclaredMethods()) {
            if (method.getName().equals(name)) {
                return method;
            }
        }
        throw new AssertionError(name);
    }

    @Retention(RetentionPolicy.RUNTIME)
    @interface Marked {}

    @Marked
    @Retention(RetentionPolicy.RUNTIME)
    @interface Composed {}

    interface Contract {
        @Marked
        void fromInterface();

        void own();
    }

    static class Service implements Contract {

        @Override
        public void fromInterface() {}

        @Override
        @Marked
        public void own() {}

        @Composed
        public void composed() {}

        public void unmarked() {}

        @Marked
        public final void finalOne() {}

        @Marked
        private void privateOne() {}

        @Marked
        static void staticOne() {}
    }

    static class Plain {
        public void unmarked() {}
    }
}
