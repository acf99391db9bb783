package io.hamster.cache.writeback;

import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A file of the log, with those of its records that still count. */
final class Segment {

    private static final Pattern NAME = Pattern.compile("(\\d{12})\\.log");

    final long number;
    final JournalFile file;
    final Set<Live> live = new LinkedHashSet<>();
    /** Where the next record goes. */
    long position;
    /** Up to where the file was forced. */
    long forced;
    /** Up to where the file has been filled in advance. */
    long reserved;

    Segment(long number, JournalFile file) {
        this.number = number;
        this.file = file;
    }

    String name() {
        return name(number);
    }

    static String name(long number) {
        return String.format("%012d.log", number);
    }

    /** The number of the segment that has this name, or {@code null} if it is another file. */
    static @Nullable Long number(String name) {
        Matcher matcher = NAME.matcher(name);
        return matcher.matches() ? Long.valueOf(matcher.group(1)) : null;
    }

    /** A record that still counts: the latest of its key, and not flushed. Compared by identity. */
    static final class Live {

        final Key key;
        final long sequence;
        final int length;
        Segment segment;
        long offset;

        @Nullable
        String parked;

        Live(Key key, long sequence, Segment segment, long offset, int length) {
            this.key = key;
            this.sequence = sequence;
            this.segment = segment;
            this.offset = offset;
            this.length = length;
        }
    }
}
