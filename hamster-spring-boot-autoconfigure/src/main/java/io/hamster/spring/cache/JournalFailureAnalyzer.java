package io.hamster.spring.cache;

import io.hamster.cache.writeback.JournalException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;

/** A cache whose journal can't be opened ends the start of whatever bean asks for it; its message says all there is. */
@Order(Ordered.HIGHEST_PRECEDENCE)
final class JournalFailureAnalyzer extends AbstractFailureAnalyzer<JournalException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, JournalException cause) {
        return new FailureAnalysis(cause.getMessage(), "Correct that and start again.", cause);
    }
}
