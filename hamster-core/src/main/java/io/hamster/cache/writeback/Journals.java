package io.hamster.cache.writeback;

import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;

/** Makes journals. */
public final class Journals {

    private Journals() {}

    /**
     * A journal that outlasts nothing and doesn't look at what it is given.
     *
     * @param clock where sequences begin
     * @return a new journal
     */
    public static DirtyJournal memory(InstantSource clock) {
        return new MemoryJournal(clock);
    }

    /**
     * A journal in files.
     *
     * @param directory which holds a directory for each cache; made if it isn't there
     * @param cache the cache's name
     * @param clock where sequences begin
     * @return a new journal, to be opened
     */
    public static DirtyJournal file(Path directory, String cache, InstantSource clock) {
        Path own = directory.resolve(JournalDirectories.name(cache));
        return new FileJournal(
                "of cache '" + cache + "' in " + own, () -> DiskFiles.open(own), () -> firstSequence(clock));
    }

    /**
     * A sequence above all that were given before, as long as there was less than one each microsecond: so that a source
     * which remembers them isn't at a loss when a journal was.
     */
    static long firstSequence(InstantSource clock) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, clock.instant());
    }
}
