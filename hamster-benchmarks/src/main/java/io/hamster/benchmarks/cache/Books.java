package io.hamster.benchmarks.cache;

/** What an application would cache. */
public interface Books {

    /**
     * Finds a book.
     *
     * @param id its number
     * @return its title
     */
    String find(long id);
}
