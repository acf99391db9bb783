package io.hamster.sample.shop.console;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.lock.LockClient;
import io.hamster.lock.LockHandle;
import io.hamster.lock.LockRequest;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.springframework.context.annotation.Bean;
import org.springframework.http.HttpMethod;
import org.springframework.security.config.Customizer;
import org.springframework.security.config.annotation.web.builders.HttpSecurity;
import org.springframework.security.config.annotation.web.configuration.EnableWebSecurity;
import org.springframework.security.config.annotation.web.configurers.CsrfConfigurer;
import org.springframework.security.core.userdetails.User;
import org.springframework.security.core.userdetails.UserDetailsService;
import org.springframework.security.provisioning.InMemoryUserDetailsManager;
import org.springframework.security.web.SecurityFilterChain;

/** A login, two roles and CSRF protection before the console. */
@ExtendWith(InstalledBrowser.class)
class SecuredConsoleTests {

    @TempDir
    Path data;

    /** As an application would; a source of its own, so that only this test is secured. */
    @EnableWebSecurity
    static class Login {

        @Bean
        SecurityFilterChain login(HttpSecurity http) {
            return http.authorizeHttpRequests(requests -> requests.requestMatchers(HttpMethod.DELETE, "/actuator/**")
                            .hasRole("OPERATOR")
                            .requestMatchers("/actuator/hamstercluster")
                            .hasRole("OPERATOR")
                            .anyRequest()
                            .authenticated())
                    .formLogin(Customizer.withDefaults())
                    .csrf(CsrfConfigurer::spa)
                    .build();
        }

        @Bean
        UserDetailsService people() {
            return new InMemoryUserDetailsManager(
                    User.withUsername("ann")
                            .password("{noop}secret")
                            .roles("OPERATOR")
                            .build(),
                    User.withUsername("bob")
                            .password("{noop}secret")
                            .roles("READER")
                            .build());
        }
    }

    private static void signIn(Browser browser, Shop shop, String name) {
        browser.open(shop.url("/hamster"));
        browser.type("input[name=username]", name);
        browser.type("input[name=password]", "secret", Keys.ENTER);
        browser.awaitText("#freshness", "answered");
    }

    @Test
    void worksForThoseWhoMayAndSaysWhoMayNot() {
        try (Shop shop = Shop.start(data, List.of(Login.class), "--management.endpoints.access.default=unrestricted");
                Browser browser = Browser.start(data.resolve("profile"))) {
            LockHandle lock = shop.bean(LockClient.class).lock(LockRequest.of("customer:4711"));
            String release = "#panel-locks tbody button";

            signIn(browser, shop, "bob");
            browser.tab("cluster");
            browser.awaitText("#panel-cluster .notice", "your role doesn't allow it (403)");
            browser.tab("locks");
            browser.click(release);
            browser.confirm("Take custom");
            browser.awaitText("#announcement", "your role doesn't allow it");
            assertThat(lock.isValid()).isTrue();

            browser.forgetCookies();
            browser.awaitText("#panel-locks .notice", "You are not signed in");
            browser.click("#panel-locks .notice button");

            signIn(browser, shop, "ann");
            browser.tab("ring");
            browser.type("#ring-key", "customer:4711", Keys.ENTER);
            browser.awaitText("#ring-owner", "shop-1");
            assertThat(browser.texts("#panel-ring"))
                    .as("with nobody else to take over")
                    .noneMatch(text -> text.contains("null"));
            browser.tab("locks");
            browser.click(release);
            browser.confirm("Take custom");
            browser.awaitText("#announcement", "was taken from");
            assertThat(lock.isValid()).isFalse();
        }
    }
}
