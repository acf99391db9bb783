package io.hamster.cache.writeback;

import java.io.IOException;
import java.nio.ByteBuffer;

/** A file of a journal. */
interface JournalFile extends AutoCloseable {

    long size() throws IOException;

    /** Reads until the buffer is full or the file ends. */
    void read(ByteBuffer into, long position) throws IOException;

    /** Writes all of it. */
    void write(ByteBuffer from, long position) throws IOException;

    void truncate(long size) throws IOException;

    /** Makes what was written and the size last. */
    void force() throws IOException;

    @Override
    void close() throws IOException;
}
