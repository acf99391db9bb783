package io.hamster.spring;

import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** Ahead of Boot's own analyzers: the exception often arrives wrapped in a binding failure that says less. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class HamsterConfigurationFailureAnalyzer extends AbstractFailureAnalyzer<HamsterConfigurationException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, HamsterConfigurationException cause) {
        return new FailureAnalysis(cause.description(), cause.action(), cause);
    }
}
