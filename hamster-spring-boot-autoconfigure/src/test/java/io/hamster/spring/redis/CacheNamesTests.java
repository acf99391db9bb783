package io.hamster.spring.redis;

import static org.assertj.core.api.Assertions.assertThat;

import io.lettuce.core.cluster.SlotHash;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class CacheNamesTests {

    @Test
    void namesOfABucketAreOfOneSlot() {
        CacheNames names = new CacheNames("shop", "a}{b*", "2", true);

        for (int bucket = 0; bucket < names.buckets(); bucket++) {
            int slot = SlotHash.getSlot(names.state(bucket));
            assertThat(SlotHash.getSlot(names.epoch(bucket))).isEqualTo(slot);
            assertThat(SlotHash.getSlot(names.entry(bucket, 1, "{x}"))).isEqualTo(slot);
            assertThat(SlotHash.getSlot(names.ticket(bucket, 2, "}{y}"))).isEqualTo(slot);
        }
    }

    @Test
    void spreadsKeysOverAllBucketsOfACluster() {
        CacheNames names = new CacheNames("shop", "books", "", true);

        assertThat(IntStream.range(0, 1000)
                        .mapToObj(i -> names.bucket("key:" + i))
                        .collect(Collectors.toSet()))
                .hasSize(16);
        assertThat(new CacheNames("shop", "books", "", false).buckets()).isEqualTo(1);
    }

    @Test
    void cachesAndVersionsAreApart() {
        assertThat(new CacheNames("shop", "a:0", "", true).state(0))
                .isNotEqualTo(new CacheNames("shop", "a", "0", true).state(0))
                .isNotEqualTo(new CacheNames("shop", "a%3a0", "", true).state(0));
    }

    @Test
    void findsTheEpochInNames() {
        CacheNames names = new CacheNames("shop", "books", "", true);

        assertThat(names.epochOf(names.entry(15, 1234, "k}:9:x"))).isEqualTo(1234);
        assertThat(names.bucketOf(names.ticket(15, 1234, "k"))).isEqualTo(15);
        assertThat(names.epochOf(names.state(3))).isEqualTo(-1);
        assertThat(names.epochOf(names.epoch(3))).isEqualTo(-1);
        assertThat(names.bucketOf("shop:cache:{books@:99}:1:e:k")).isEqualTo(-1);
        assertThat(names.bucketOf("shop:cache:{books@:x}:1:e:k")).isEqualTo(-1);
        assertThat(names.epochOf("shop:cache:{books@:1}:12345678901234567890:e:k"))
                .isEqualTo(-1);
    }
}
