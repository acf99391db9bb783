package io.hamster.spring.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.annotation.HamsterLocked;
import io.hamster.lock.LockClient;
import io.hamster.lock.LockContext;
import io.hamster.lock.LockHandle;
import io.hamster.spring.HamsterAutoConfiguration;
import org.junit.jupiter.api.Test;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.autoconfigure.aop.AopAutoConfiguration;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;

class HamsterLockAutoConfigurationTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(AutoConfigurations.of(
                    AopAutoConfiguration.class, HamsterAutoConfiguration.class, HamsterLockAutoConfiguration.class));

    @Test
    void locksAnAnnotatedMethodWhileItRuns() {
        runner.withBean(Orders.class).run(context -> {
            assertThat(context).hasNotFailed();
            String key = context.getBean(Orders.class).pay(7);

            assertThat(key).isEqualTo("order:7");
            assertThat(context.getBean(LockClient.class).status("order:7")).isEmpty();
        });
    }

    static class Orders {

        @HamsterLocked(name = "order", key = "#id", waitFor = "5s", lease = "30s")
        public String pay(long id) {
            return LockContext.current()
                    .filter(LockHandle::isValid)
                    .orElseThrow()
                    .key();
        }
    }
}
