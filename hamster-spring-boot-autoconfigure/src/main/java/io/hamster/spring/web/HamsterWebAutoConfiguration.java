package io.hamster.spring.web;

import io.hamster.spring.ConditionalOnFlag;
import io.hamster.spring.HamsterAutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;
import org.springframework.http.ProblemDetail;
import org.springframework.web.bind.annotation.ControllerAdvice;

/** Auto-configuration for what Hamster adds to web applications that ask for it. */
@AutoConfiguration(after = HamsterAutoConfiguration.class)
@ConditionalOnClass({ControllerAdvice.class, ProblemDetail.class})
@ConditionalOnWebApplication
@ConditionalOnFlag(value = "hamster.enabled", matchIfMissing = true)
@ConditionalOnFlag("hamster.web.problem-details.enabled")
@EnableConfigurationProperties(HamsterWebProperties.class)
public final class HamsterWebAutoConfiguration {

    /** Called by Spring. */
    public HamsterWebAutoConfiguration() {}

    @Bean
    @ConditionalOnMissingBean
    HamsterProblemAdvice hamsterProblemAdvice() {
        return new HamsterProblemAdvice();
    }
}
