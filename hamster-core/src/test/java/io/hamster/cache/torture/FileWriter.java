package io.hamster.cache.torture;

import io.hamster.cache.CacheClient;
import io.hamster.cache.CachePolicy;
import io.hamster.cache.TextCodec;
import io.hamster.cache.writeback.Durability;
import io.hamster.cache.writeback.WriteBackPolicy;
import java.nio.file.Path;

/** The main class of a process that writes back with a journal in files. */
public final class FileWriter {

    private FileWriter() {}

    /** Arguments: the directory, which life this is. */
    public static void main(String[] args) throws Exception {
        Path directory = Path.of(args[0]);
        new WritingProcess(directory, "only", Integer.parseInt(args[1]))
                .runUntilInputEnds(
                        CacheClient.builder().codec(new TextCodec()).build(),
                        CachePolicy.builder(),
                        WriteBackPolicy.builder().durability(Durability.FILE).directory(directory.resolve("journal")));
    }
}
