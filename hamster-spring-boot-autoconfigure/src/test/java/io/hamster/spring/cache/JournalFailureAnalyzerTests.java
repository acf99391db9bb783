package io.hamster.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cache.writeback.JournalException;
import org.junit.jupiter.api.Test;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;

class JournalFailureAnalyzerTests {

    @Test
    void isRegisteredAndSaysWhichJournalItIs() {
        JournalException cause = new JournalException("The write-back journal in data/views is in use", null);

        FailureAnalysis analysis = SpringFactoriesLoader.forDefaultResourceLocation()
                .load(FailureAnalyzer.class, FailureHandler.handleMessage((message, failure) -> {}))
                .stream()
                .filter(JournalFailureAnalyzer.class::isInstance)
                .findFirst()
                .orElseThrow()
                .analyze(new IllegalStateException("could not make the bean 'views'", cause));

        assertThat(analysis.getDescription()).isEqualTo("The write-back journal in data/views is in use");
        assertThat(analysis.getAction()).isNotBlank();
    }
}
