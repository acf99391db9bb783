package io.hamster.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.TimeSource;
import io.hamster.cache.CacheClient;
import io.hamster.cache.CachePolicy;
import io.hamster.cache.CacheWriter;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.Tier;
import io.hamster.cache.writeback.WriteBackPolicy;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A put after a miss is taken for a load only where it can be one. */
class OpenLoadTests {

    private final CacheClient client =
            CacheClient.builder().shared(SharedTiers.alone()).build();
    private final List<CacheChange> waiting = new ArrayList<>();
    private boolean inTransaction;

    private final CacheChanges changes = new CacheChanges(TimeSource::system, () -> Runnable::run, work -> work);
    private final CacheTransactions transactions = new CacheTransactions() {
        @Override
        public CacheChanges changes() {
            return changes;
        }

        @Override
        public boolean isActive() {
            return inTransaction;
        }

        @Override
        public boolean isReadOnly() {
            return false;
        }

        @Override
        public boolean hasTouched(HamsterCache<?, ?> cache, Object key) {
            return false;
        }

        @Override
        public Optional<Pending> pending() {
            return inTransaction ? Optional.of(waiting::add) : Optional.empty();
        }
    };

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void aPutInATransactionIsNoEndOfAMissFromBeforeIt() {
        HamsterCache<Object, Object> own = client.cache("things");
        SpringCache cache = new SpringCache(own, transactions, new OpenLoads());
        assertThat(cache.get("k")).isNull();

        inTransaction = true;
        cache.put("k", "uncommitted");

        assertThat(own.get("k")).isEmpty();
        assertThat(waiting).hasSize(1);
    }

    @Test
    void aPutAfterATransactionIsNoEndOfAMissFromWithinIt() {
        HamsterCache<Object, Object> own = client.cache("things");
        SpringCache cache = new SpringCache(own, transactions, new OpenLoads());
        inTransaction = true;
        assertThat(cache.get("k")).isNull();

        inTransaction = false;
        cache.put("k", "v");

        assertThat(own.get("k")).contains("v");
    }

    @Test
    void remembers16NestedMissesAndForgetsTheOutermostThen() {
        HamsterCache<Object, Object> own = client.cache("things");
        OpenLoads loads = new OpenLoads();
        for (int i = 1; i <= 16; i++) {
            loads.missed(own, i, null, false);
        }
        assertThat(loads.take(own, 16)).isPresent();
        loads.missed(own, 16, null, false);
        assertThat(loads.take(own, 1)).isPresent();

        for (int i = 1; i <= 17; i++) {
            loads.missed(own, i, null, false);
        }
        assertThat(loads.take(own, 1)).isEmpty();
        assertThat(loads.take(own, 2)).isPresent();
        assertThat(loads.take(own, 17)).as("inside of 2, which has ended").isEmpty();
    }

    @Test
    void aMissThatWasForgottenIsPutAsItIs() {
        HamsterCache<Object, Object> own = client.cache("things");
        SpringCache cache = new SpringCache(own, transactions, new OpenLoads());
        for (int i = 1; i <= 17; i++) {
            assertThat(cache.get(i)).isNull();
        }
        own.invalidate(1);
        own.invalidate(2);

        cache.put(1, "v");
        cache.put(2, "v");

        assertThat(own.get(1)).as("not known to be a load").contains("v");
        assertThat(own.get(2)).as("a load that was overtaken").isEmpty();
    }

    @Test
    void anArrayIsKnownByItsElements() {
        HamsterCache<Object, Object> own = client.cache(
                "digests",
                CachePolicy.builder()
                        .tier(Tier.REMOTE)
                        .valueType(String.class)
                        .keyText((byte[] key) -> HexFormat.of().formatHex(key))
                        .build());
        SpringCache cache = new SpringCache(own, transactions, new OpenLoads());
        assertThat(cache.get(new byte[] {1, 2})).isNull();
        own.invalidate(new byte[] {1, 2});

        cache.put(new byte[] {1, 2}, "v");

        assertThat(own.get(new byte[] {1, 2})).as("a load that was overtaken").isEmpty();
    }

    @Test
    void aWriterSeesEveryPut() {
        List<Object> written = new ArrayList<>();
        CacheWriter<Object, Object> writer = new CacheWriter<>() {
            @Override
            public void write(Object key, Object value) {
                written.add(value);
            }

            @Override
            public void delete(Object key) {
                written.add("deleted");
            }
        };
        SpringCache cache = new SpringCache(
                client.cache(
                        "written", CachePolicy.builder().writeThrough(writer).build()),
                transactions,
                new OpenLoads());
        assertThat(cache.get("k")).isNull();

        cache.put("k", "v");

        assertThat(written).containsExactly("v");
    }

    @Test
    void aJournalGetsEveryPut() {
        HamsterCache<Object, Object> own = client.cache(
                "journalled",
                CachePolicy.builder()
                        .writeBack(batch -> Map.of(), WriteBackPolicy.builder().build())
                        .build());
        SpringCache cache = new SpringCache(own, transactions, new OpenLoads());
        assertThat(cache.get("k")).isNull();

        cache.put("k", "v");

        assertThat(own.dirty()).containsExactly("k");
    }
}
