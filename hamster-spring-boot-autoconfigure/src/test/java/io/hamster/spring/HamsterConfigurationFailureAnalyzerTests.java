package io.hamster.spring;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.diagnostics.FailureAnalyzer;
import org.springframework.core.io.support.SpringFactoriesLoader;
import org.springframework.core.io.support.SpringFactoriesLoader.FailureHandler;

class HamsterConfigurationFailureAnalyzerTests {

    @Test
    void isRegisteredAndFindsTheExceptionUnderItsWrappers() {
        HamsterConfigurationException cause =
                new HamsterConfigurationException("hamster.x is 7; it must be 1 to 5.", "Set hamster.x: 3.");

        FailureAnalysis analysis = SpringFactoriesLoader.forDefaultResourceLocation()
                .load(FailureAnalyzer.class, FailureHandler.handleMessage((message, failure) -> {}))
                .stream()
                .filter(HamsterConfigurationFailureAnalyzer.class::isInstance)
                .findFirst()
                .orElseThrow()
                .analyze(new IllegalStateException("could not bind", new RuntimeException(cause)));

        assertThat(analysis.getDescription()).isEqualTo("hamster.x is 7; it must be 1 to 5.");
        assertThat(analysis.getAction()).isEqualTo("Set hamster.x: 3.");
    }
}
