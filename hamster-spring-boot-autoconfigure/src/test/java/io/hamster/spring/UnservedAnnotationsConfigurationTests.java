package io.hamster.spring;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.annotation.CacheInvalidate;
import io.hamster.annotation.Cached;
import io.hamster.annotation.HamsterLocked;
import io.hamster.annotation.LeaderOnly;
import io.hamster.annotation.RemoteFunction;
import io.hamster.spring.aop.UnservedAnnotationRule;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.AutoConfigurations;
import org.springframework.boot.context.annotation.ImportCandidates;
import org.springframework.boot.test.context.runner.ApplicationContextRunner;
import org.springframework.boot.test.system.CapturedOutput;
import org.springframework.boot.test.system.OutputCaptureExtension;

@ExtendWith(OutputCaptureExtension.class)
class UnservedAnnotationsConfigurationTests {

    private final ApplicationContextRunner runner = new ApplicationContextRunner()
            .withConfiguration(
                    AutoConfigurations.of(HamsterAutoConfiguration.class, HamsterDisabledAutoConfiguration.class))
            .withBean(Orders.class);

    @Test
    void namesTheMethodsThatRunWithoutTheirLock(CapturedOutput output) {
        runner.withPropertyValues("hamster.lock.enabled=false")
                .run(context -> assertThat(context).hasSingleBean(UnservedAnnotationRule.class));

        assertThat(output).contains("Orders.place runs without its lock: hamster.lock.enabled is false");
    }

    @Test
    void namesTheMethodsThatRunWithoutTheirCache(CapturedOutput output) {
        runner.withPropertyValues("hamster.cache.enabled=false")
                .run(context -> assertThat(context).hasSingleBean(UnservedAnnotationRule.class));

        assertThat(output)
                .contains("Orders.find runs without its cache: hamster.cache.enabled is false")
                .contains("Orders.drop runs without its cache: hamster.cache.enabled is false");
    }

    @Test
    void namesThemAllWhenHamsterIsTurnedOff(CapturedOutput output) {
        runner.withPropertyValues("hamster.enabled=false", "hamster.lock.enabled=false")
                .run(context -> assertThat(context).hasNotFailed());

        assertThat(output)
                .containsOnlyOnce("Orders.place runs without its lock: hamster.enabled is false")
                .containsOnlyOnce("Orders.find runs without its cache: hamster.enabled is false")
                .containsOnlyOnce("Orders.report runs on every instance: hamster.enabled is false")
                .containsOnlyOnce("Orders.sales can't be called by other instances: hamster.enabled is false")
                .doesNotContain("hamster.lock.enabled is false");
    }

    @Test
    void isFoundByBoot() {
        assertThat(ImportCandidates.load(AutoConfiguration.class, getClass().getClassLoader()))
                .contains(HamsterDisabledAutoConfiguration.class.getName());
    }

    @Test
    void saysNothingOtherwise(CapturedOutput output) {
        runner.run(context -> assertThat(context).doesNotHaveBean(UnservedAnnotationRule.class));

        assertThat(output).doesNotContain("runs without");
    }

    static class Orders {

        @HamsterLocked(name = "orders")
        public void place() {}

        @Cached(name = "orders")
        public String find() {
            return "order";
        }

        @CacheInvalidate(name = "orders", all = true)
        @CacheInvalidate(name = "prices", all = true)
        public void drop() {}

        @LeaderOnly
        public void report() {}

        @RemoteFunction("sales")
        public int sales() {
            return 0;
        }
    }
}
