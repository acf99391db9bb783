package io.hamster.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatNoException;
import static org.awaitility.Awaitility.await;

import io.hamster.HamsterException;
import io.hamster.cache.CacheClient;
import io.hamster.cache.CachePolicy;
import io.hamster.cache.HamsterCache;
import io.hamster.cache.InvalidCachePolicyException;
import io.hamster.cache.TextCodec;
import io.hamster.cache.Tier;
import io.hamster.cache.writeback.DeadLetter;
import io.hamster.cache.writeback.Durability;
import io.hamster.cache.writeback.FlushException;
import io.hamster.cache.writeback.SharedJournal;
import io.hamster.cache.writeback.WriteBackAdmin;
import io.hamster.cache.writeback.WriteBackFullException;
import io.hamster.cache.writeback.WriteBackPolicy;
import io.hamster.cache.writeback.WriteBackPolicyBuilder;
import io.hamster.cache.writeback.WriteBackWriter;
import io.hamster.testing.redis.RedisDeployment;
import io.hamster.testing.redis.RedisTest;
import io.hamster.testing.redis.RedisTest.Topology;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.EnumSource.Mode;

@RedisTest(topology = Topology.STANDALONE)
class RedisWriteBackTests {

    private final RedisDeployment redis;
    private final Map<String, String> source = new ConcurrentHashMap<>();
    private final Set<String> poison = ConcurrentHashMap.newKeySet();
    private final List<CacheClient> clients = new ArrayList<>();
    private WriteBackPolicyBuilder back = WriteBackPolicy.builder()
            .durability(Durability.REDIS)
            .types(String.class, String.class)
            .retryDelay(Duration.ofMinutes(1))
            .fullTimeout(Duration.ZERO);
    private volatile Runnable duringWrite = () -> {};
    private RedisFixture fixture;
    private RedisJournals journals;

    RedisWriteBackTests(RedisDeployment redis) {
        this.redis = redis;
    }

    @BeforeEach
    void open() {
        fixture = RedisFixture.on(redis);
        journals = fixture.journals();
    }

    @AfterEach
    void close() {
        poison.clear();
        clients.forEach(CacheClient::close);
        journals.stop();
        fixture.close();
    }

    /** As another instance has it. */
    private HamsterCache<String, String> instance() {
        return instance(Tier.TWO_LEVEL, journals);
    }

    private HamsterCache<String, String> instance(Tier tier, SharedJournal.Factory journalled) {
        CacheClient client = CacheClient.builder()
                .shared(fixture.sharedTier(new TextCodec()))
                .sharedJournals(journalled)
                .build();
        clients.add(client);
        return client.cache("books", policy(tier));
    }

    private CachePolicy policy(Tier tier) {
        WriteBackWriter<String, String> writer = batch -> {
            if (batch.stream().anyMatch(entry -> poison.contains(entry.key()))) {
                throw new IllegalStateException("refused");
            }
            batch.forEach(entry -> entry.value()
                    .ifPresentOrElse(value -> source.put(entry.key(), value), () -> source.remove(entry.key())));
            duringWrite.run();
            return Map.of();
        };
        return CachePolicy.builder()
                .tier(tier)
                .valueType(String.class)
                .loader(source::get)
                .writeBack(writer, back.build())
                .build();
    }

    @ParameterizedTest
    @EnumSource(mode = Mode.EXCLUDE, names = "LOCAL")
    void nobodyReadsAnythingOlderOnceTheMessageHasCome(Tier tier) {
        source.put("k", "old");
        HamsterCache<String, String> one = instance(tier, journals);
        HamsterCache<String, String> other = instance(tier, journals);
        assertThat(one.get("k")).contains("old");
        assertThat(other.get("k")).contains("old");

        one.put("k", "new");

        await().untilAsserted(() -> assertThat(other.get("k")).contains("new"));
        assertThat(other.entry("k"))
                .hasValueSatisfying(entry -> assertThat(entry.dirty()).isTrue());
        other.flush();
        assertThat(source).containsEntry("k", "new");
        assertThat(one.get("k")).contains("new");
        assertThat(other.get("k")).contains("new");
        assertThat(one.loadAndDelete("k")).contains("new");
        await().untilAsserted(() -> assertThat(other.get("k")).isEmpty());
        one.flush();
        assertThat(source).isEmpty();
        assertThat(other.get("k")).isEmpty();
    }

    @Test
    void aFlusherThatDiesBetweenSourceAndJournalIsFollowedByAnother() {
        source.put("k", "old");
        HamsterCache<String, String> other = instance();
        assertThat(other.get("k")).contains("old");
        RedisJournals cut = fixture.journals();
        HamsterCache<String, String> dying = instance(Tier.TWO_LEVEL, cut);
        dying.put("k", "new");
        duringWrite = cut::stop;

        assertThatExceptionOfType(HamsterException.class).isThrownBy(dying::flush);

        duringWrite = () -> {};
        assertThat(source).containsEntry("k", "new");
        assertThat(other.dirty()).containsExactly("k");
        await().untilAsserted(() -> assertThat(other.get("k")).contains("new"));
        await().atMost(Duration.ofSeconds(40)).untilAsserted(() -> {
            assertThatNoException().isThrownBy(other::flush);
            assertThat(other.dirty()).isEmpty();
        });
        assertThat(other.get("k")).contains("new");
    }

    @Test
    void whatOneInstancePutAnotherReadsAndFlushes() {
        HamsterCache<String, String> one = instance();
        HamsterCache<String, String> other = instance();
        source.put("k", "old");

        one.put("k", "new");

        assertThat(other.get("k")).contains("new");
        assertThat(other.get("k", source::get)).contains("new");
        assertThat(other.getAsync("k", source::get).join()).contains("new");
        assertThat(other.getAll(List.of("k"), keys -> Map.of())).containsEntry("k", "new");
        assertThat(other.dirty()).containsExactly("k");
        assertThat(source).containsEntry("k", "old");
        other.flush();
        assertThat(source).containsEntry("k", "new");
        assertThat(one.dirty()).isEmpty();
    }

    @Test
    void deletionsAreReadFirstToo() {
        HamsterCache<String, String> one = instance();
        HamsterCache<String, String> other = instance();
        source.put("k", "old");
        one.put("k", "new");

        assertThat(other.loadAndDelete("k")).contains("new");
        assertThat(other.get("k", source::get)).isEmpty();
        one.flush();
        assertThat(source).isEmpty();
        assertThat(other.putIfAbsent("k", "again")).isEmpty();
        assertThat(other.putIfAbsent("k", "more")).contains("again");
        assertThat(other.invalidate("k")).isTrue();
        other.flush();
        assertThat(source).isEmpty();
    }

    @Test
    void anyInstanceSeesDeadLettersAndMayRedriveThem() {
        back = back.maxRetries(0);
        HamsterCache<String, String> one = instance();
        HamsterCache<String, String> other = instance();
        WriteBackAdmin<String> admin = other.writeBack().orElseThrow();
        poison.add("poison");
        one.put("good", "G");
        one.put("poison", "P");
        assertThatExceptionOfType(FlushException.class).isThrownBy(one::flush);

        assertThat(source).containsOnlyKeys("good");
        DeadLetter<String> letter = admin.deadLetters().get(0);
        assertThat(letter.key()).isEqualTo("poison");
        assertThat(admin.stats().dead()).isEqualTo(1);
        assertThat(other.get("poison")).contains("P");
        poison.clear();
        one.put("poison", "newer");
        assertThat(admin.redrive(letter)).isFalse();
        assertThat(admin.discard(letter)).isFalse();
        other.flush();
        assertThat(source).containsEntry("poison", "newer");
    }

    @Test
    void theBoundIsAllInstancesTogether() {
        back = back.maxDirty(2).batchSize(2);
        HamsterCache<String, String> one = instance();
        HamsterCache<String, String> other = instance();
        poison.addAll(Set.of("a", "b"));
        one.put("a", "A");
        other.put("b", "B");

        assertThatExceptionOfType(WriteBackFullException.class)
                .isThrownBy(() -> one.put("c", "C"))
                .withMessageContaining("'books'");
        other.put("a", "newer");
        assertThat(instance().get("a")).contains("newer");
    }

    @Test
    void withoutRedisSuchACacheIsRefused() {
        CacheClient client = CacheClient.builder()
                .shared(fixture.sharedTier(new TextCodec()))
                .build();
        clients.add(client);

        assertThatExceptionOfType(InvalidCachePolicyException.class)
                .isThrownBy(() -> client.cache("books", policy(Tier.REMOTE)))
                .withMessageContaining("sharedJournals");
    }
}
