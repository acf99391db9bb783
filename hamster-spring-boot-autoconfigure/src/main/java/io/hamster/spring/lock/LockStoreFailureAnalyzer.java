package io.hamster.spring.lock;

import io.hamster.lock.LockStore;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.NoUniqueBeanDefinitionException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Says which of several lock stores to keep, ahead of Boot's own analyzer, which speaks of constructors. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class LockStoreFailureAnalyzer extends AbstractFailureAnalyzer<NoUniqueBeanDefinitionException> {

    @Override
    protected @Nullable FailureAnalysis analyze(Throwable rootFailure, NoUniqueBeanDefinitionException cause) {
        if (cause.getBeanType() != LockStore.class || cause.getBeanNamesFound() == null) {
            return null;
        }
        String names = String.join(", ", cause.getBeanNamesFound());
        return new FailureAnalysis(
                "There are several LockStore beans: " + names + ". An application's locks are in one store, or they"
                        + " wouldn't exclude each other.",
                """
                Remove all but one, or mark the one that Hamster's locks are to be in:

                    @Bean
                    @Primary
                    LockStore %s() { … }
                """.formatted(cause.getBeanNamesFound().iterator().next()),
                cause);
    }
}
