package io.hamster.benchmarks.cache;

import com.github.benmanes.caffeine.cache.simulator.parser.lirs.LirsTraceReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;

/** The accesses of programs that the authors of LIRS recorded; Caffeine's simulator brings them along. */
enum Trace {
    /** An application that searches source files, again and again: a loop. */
    CSCOPE("cs", 500, 1_000),
    /** A compiler's front end. */
    CPP("cpp", 100, 300),
    /** Text searches with an index. */
    GLIMPSE("gli", 500, 1_500),
    /** A join: regular, in a part of the file more often than elsewhere. */
    POSTGRES("ps", 500, 1_500),
    /** Users' requests to a network file system. */
    SPRITE("sprite", 500, 1_000),
    /** Two of the above at the same time. */
    MULTI_1("multi1", 500, 1_500),
    /** Three of them. */
    MULTI_2("multi2", 500, 2_000),
    /** Four of them. */
    MULTI_3("multi3", 1_000, 2_500),
    /** Two sets of pages, one in use a hundred times as often. */
    TWO_POOLS("2_pools", 100, 450),
    /** One round after another. */
    LOOP("loop", 250, 500);

    private final String file;
    private final int[] sizes;

    Trace(String file, int... sizes) {
        this.file = file;
        this.sizes = sizes;
    }

    /** Caches that are too small for the trace. */
    int[] sizes() {
        return sizes.clone();
    }

    long[] keys() {
        String resource = file + ".trace.gz";
        try (InputStream packed = LirsTraceReader.class.getResourceAsStream(resource)) {
            if (packed == null) {
                throw new IllegalStateException(resource + " is not beside " + LirsTraceReader.class);
            }
            BufferedReader lines =
                    new BufferedReader(new InputStreamReader(new GZIPInputStream(packed), StandardCharsets.UTF_8));
            return lines.lines()
                    .map(String::strip)
                    // A star asks the authors' program for a report.
                    .filter(line -> !line.isEmpty() && !line.equals("*"))
                    .mapToLong(Long::parseLong)
                    .toArray();
        } catch (IOException e) {
            throw new IllegalStateException("Could not read " + resource, e);
        }
    }
}
