package io.hamster.cache.bloom;

import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.ZZ_Result;

/** Keys that are added at once, which share words in so small a filter, are both there. */
@JCStressTest
@Outcome(id = "true, true", expect = Expect.ACCEPTABLE, desc = "both are there")
@Outcome(expect = Expect.FORBIDDEN, desc = "a key that was added isn't there")
@State
public class BloomFilterStress {

    private static final KeyHash<Long> SAME = key -> key;

    private final BloomFilter<Long> filter = BloomFilter.create(new BloomFilterConfig(4, 0.01), SAME);

    @Actor
    public void adds() {
        filter.add(0x9E3779B97F4A7C15L);
    }

    @Actor
    public void addsAnother() {
        filter.add(0xC2B2AE3D27D4EB4FL);
    }

    @Arbiter
    public void looks(ZZ_Result r) {
        r.r1 = filter.mightContain(0x9E3779B97F4A7C15L);
        r.r2 = filter.mightContain(0xC2B2AE3D27D4EB4FL);
    }
}
