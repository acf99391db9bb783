package io.hamster.cache.writeback;

import java.io.IOException;
import java.util.List;

/** A journal's directory. A seam for tests, which lose what was not forced, tear writes and fail. */
interface JournalFiles extends AutoCloseable {

    /** The names of the files, in any order. */
    List<String> list() throws IOException;

    /** Opens a file for reading and writing; creates it if it isn't there. */
    JournalFile open(String name) throws IOException;

    void delete(String name) throws IOException;

    /** Makes creations and deletions last. */
    void force() throws IOException;

    @Override
    void close() throws IOException;
}
