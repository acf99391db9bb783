package io.hamster.lock;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.lock.memory.MemoryLockStore;
import io.hamster.testing.ManualTime;
import org.junit.jupiter.api.Test;

class LockAdminTests {

    @Test
    void listsUpToItsOwnLimitWithoutAnother() {
        ManualTime time = new ManualTime();
        try (LockClient client = LockClient.builder(
                        new MemoryLockStore(time, time.scheduler()), time.scheduler(), Runnable::run)
                .time(time)
                .build()) {
            for (int i = 0; i < LockAdmin.DEFAULT_LIST_LIMIT; i++) {
                assertThat(client.tryLock(LockRequest.of("k" + i))).isPresent();
            }
            assertThat(client.admin().list())
                    .hasSameSizeAs(client.admin().list(2000))
                    .hasSize(LockAdmin.DEFAULT_LIST_LIMIT);

            assertThat(client.tryLock(LockRequest.of("one more"))).isPresent();

            assertThat(client.admin().list()).hasSize(LockAdmin.DEFAULT_LIST_LIMIT);
        }
    }
}
