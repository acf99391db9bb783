package io.hamster.spring.cache;

import io.hamster.cache.writeback.DeadLetter;
import io.hamster.cache.writeback.Durability;
import io.hamster.cache.writeback.WriteBackAdmin;
import io.hamster.cache.writeback.WriteBackPolicy;
import io.hamster.cache.writeback.WriteBackStats;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The write-back of a cache, as the endpoint shows it.
 *
 * @param durability what acknowledged writes outlast
 * @param flushInterval how long a write waits at most
 * @param batchSize the most entries that are written at once
 * @param journalAway whether a journal that instances share didn't answer when it was last asked
 * @param stats how it is doing; null if its journal hasn't answered yet
 * @param deadLetters the oldest writes that were given up for now, at most 100; null in the list of all caches
 */
public record WriteBackDescriptor(
        Durability durability,
        Duration flushInterval,
        int batchSize,
        boolean journalAway,
        @Nullable WriteBackStats stats,
        @Nullable List<DeadLetterDescriptor> deadLetters) {

    private static final int MOST_LETTERS = 100;

    static WriteBackDescriptor brief(WriteBackPolicy policy, WriteBackFigures.Figures figures) {
        return of(policy, figures.isAway(), figures.stats(), null);
    }

    /** Asks the journal. */
    static WriteBackDescriptor whole(WriteBackPolicy policy, WriteBackAdmin<?> admin, boolean showKeys) {
        List<DeadLetterDescriptor> letters = admin.deadLetters().stream()
                .limit(MOST_LETTERS)
                .map(letter -> new DeadLetterDescriptor(shown(letter.key(), showKeys), letter.sequence(), kind(letter)))
                .toList();
        return of(policy, false, admin.stats(), letters);
    }

    private static WriteBackDescriptor of(
            WriteBackPolicy policy,
            boolean isAway,
            @Nullable WriteBackStats stats,
            @Nullable List<DeadLetterDescriptor> letters) {
        return new WriteBackDescriptor(
                policy.durability(), policy.flushInterval(), policy.batchSize(), isAway, stats, letters);
    }

    private static String shown(Object key, boolean inFull) {
        return inFull ? key.toString() : CacheLog.shortened(key);
    }

    /** The failure's class: what else it says may well contain the value. */
    private static String kind(DeadLetter<?> letter) {
        String reason = letter.reason();
        int end = reason.indexOf(':');
        return end < 0 ? reason : reason.substring(0, end);
    }

    /**
     * A dead letter.
     *
     * @param key its key, perhaps shortened
     * @param sequence names it
     * @param reason of what kind the last failure was; the log has the rest
     */
    public record DeadLetterDescriptor(String key, long sequence, String reason) {}
}
