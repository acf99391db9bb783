package io.hamster.cache.lease;

import io.hamster.TimeSource;
import io.hamster.cache.lease.LeaseChannel.View;
import io.hamster.cache.lease.Reply.Refusal;
import io.hamster.cache.store.StoredEntry;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * The books of the keys that this node owns in the view in which it is. It answers at once, and never to the question of
 * another view. Thread-safe.
 */
final class Keeper {

    /** The most keys of which something is kept. */
    static final int MOST_KEYS = 100_000;
    /** The most bytes that are kept, about, of values and all around them. */
    static final long MOST_BYTES = 64L << 20;

    private static final int TAG_STRIPES = 1024;

    private final TimeSource time;
    private final String self;
    private final long patience;
    private final ReentrantLock lock = new ReentrantLock();
    /** Changed under {@link #lock}. */
    private volatile Circle circle = Circle.of(View.none());

    /** Guarded by {@link #lock}: members that haven't yet said that they are in the view. */
    private final Set<String> strangers = new HashSet<>();
    /** Guarded by {@link #lock}: when the view was entered. */
    private long enteredAt;
    /** Guarded by {@link #lock}: by cache and key. */
    private final Map<String, Map<String, Book>> books = new HashMap<>();
    /** Guarded by {@link #lock}: those who ask, each as one object for all that they ask for. */
    private final Map<String, String> askers = new HashMap<>();
    /** Guarded by {@link #lock}. */
    private int keys;
    /** Guarded by {@link #lock}. */
    private long bytes;
    /** Guarded by {@link #lock}: counts tickets and invalidations of tags. */
    private long clock;
    /** Guarded by {@link #lock}: when one of the tags of a stripe was invalidated. */
    private final long[] tags = new long[TAG_STRIPES];

    /**
     * Begins in no view.
     *
     * @param patience how long a view may last before those that aren't known to be in it are waited for no more
     */
    Keeper(String self, TimeSource time, Duration patience) {
        this.self = self;
        this.time = time;
        this.patience = patience.toNanos();
    }

    /** Where this node is now, for those who ask as well as for those who are asked. */
    Circle circle() {
        return circle;
    }

    /** Throws away what was for another view. */
    void enter(Circle entered) {
        lock.lock();
        try {
            circle = entered;
            enteredAt = time.nanoTime();
            strangers.clear();
            strangers.addAll(entered.view().members());
            strangers.remove(self);
            books.clear();
            askers.clear();
            keys = 0;
            bytes = 0;
        } finally {
            lock.unlock();
        }
    }

    /** A member has said that it is in the view. */
    void greeted(Circle in, String member) {
        lock.lock();
        try {
            if (circle == in) {
                strangers.remove(member);
            }
        } finally {
            lock.unlock();
        }
    }

    Reply answer(Question question) {
        lock.lock();
        try {
            return circle.isEmpty() || !circle.view().id().equals(question.view())
                    ? Refusal.OTHER_VIEW
                    : answered(question);
        } finally {
            lock.unlock();
        }
    }

    /** Drops what has run out; whether anything is left. */
    boolean sweep() {
        lock.lock();
        try {
            long now = time.nanoTime();
            books.values()
                    .forEach(ofCache -> ofCache.values().removeIf(book -> {
                        boolean isOver = book.isOver(now);
                        if (isOver) {
                            forgotten(book);
                        } else {
                            bytes += book.growth();
                        }
                        return isOver;
                    }));
            books.values().removeIf(Map::isEmpty);
            if (books.isEmpty()) {
                askers.clear();
            }
            return keys > 0;
        } finally {
            lock.unlock();
        }
    }

    private Reply answered(Question question) {
        if (question instanceof Question.Ask ask) {
            return asked(ask);
        }
        if (question instanceof Question.Renew renew) {
            Book book = standing(renew.cache(), renew.key(), renew.id());
            if (book != null) {
                book.renew(time.nanoTime() + renew.ttl());
            }
            return count(book != null);
        }
        if (question instanceof Question.End end) {
            Book book = standing(end.cache(), end.key(), end.id());
            if (book != null && end.alone()) {
                book.endAlone(time.nanoTime());
            } else if (book != null) {
                book.end();
            }
            return count(book != null);
        }
        if (question instanceof Question.Publish publish) {
            return count(published(publish));
        }
        if (question instanceof Question.Drop drop) {
            return dropped(drop);
        }
        if (question instanceof Question.DropTags drop) {
            clock++;
            drop.tags().forEach(tag -> tags[stripe(drop.cache(), tag)] = clock);
            return count(true);
        }
        if (question instanceof Question.DropAll drop) {
            droppedAll(drop.cache());
        }
        if (question instanceof Question.Greeting greeting) {
            strangers.remove(greeting.member());
        }
        return count(true);
    }

    private Reply asked(Question.Ask ask) {
        long now = time.nanoTime();
        if (!strangers.isEmpty()) {
            return now - enteredAt < patience ? Refusal.NOT_YET : Refusal.NOT_SOON;
        }
        Map<String, Book> ofCache = books.computeIfAbsent(ask.cache(), same -> new HashMap<>());
        Book book = ofCache.get(ask.key());
        if (book == null) {
            if (keys >= MOST_KEYS || bytes >= MOST_BYTES) {
                return Refusal.FULL;
            }
            keys++;
            book = new Book(ask.key());
            ofCache.put(ask.key(), book);
        }
        Reply reply = asked(ask, book, now);
        bytes += book.growth();
        return reply;
    }

    private Reply asked(Question.Ask ask, Book book, long now) {
        if (!ask.anyway()) {
            Optional<StoredEntry> value = live(ask.cache(), book, now);
            if (value.isPresent() && book.isFor(ask, now)) {
                return new Reply.Value(value.get());
            }
            if (book.isAlone(ask, now)) {
                return Refusal.ALONE;
            }
        }
        String ticket = book.ticket(now);
        if (ticket == null) {
            ticket = ask.id();
            book.board(ask, now, ++clock);
        } else if (!ask.anyway()) {
            book.await(askers.computeIfAbsent(ask.asker(), same -> same));
        }
        return new Reply.Standing(ticket);
    }

    private boolean published(Question.Publish publish) {
        Book book = standing(publish.cache(), publish.key(), publish.id());
        if (book == null) {
            return false;
        }
        boolean fits = bytes + book.growthBy(publish.entry()) <= MOST_BYTES;
        boolean isKept = fits && !isTouched(publish.cache(), publish.entry().tags(), book.stamp());
        if (isKept) {
            book.keep(publish.entry(), publish.onlyToWaiting(), time.nanoTime());
        } else if (fits) {
            book.end();
        } else {
            book.endAlone(time.nanoTime());
        }
        bytes += book.growth();
        return isKept;
    }

    private Reply dropped(Question.Drop drop) {
        long found = 0;
        long now = time.nanoTime();
        Map<String, Book> ofCache = books.getOrDefault(drop.cache(), Map.of());
        for (String key : drop.keys()) {
            Book book = ofCache.get(key);
            if (book != null) {
                found += live(drop.cache(), book, now).isPresent() ? 1 : 0;
                ofCache.remove(key);
                forgotten(book);
            }
        }
        return new Reply.Count(found);
    }

    private void droppedAll(String cache) {
        Map<String, Book> ofCache = books.remove(cache);
        if (ofCache != null) {
            ofCache.values().forEach(this::forgotten);
        }
    }

    private void forgotten(Book book) {
        keys--;
        bytes -= book.counted();
    }

    private @Nullable Book standing(String cache, String key, String id) {
        Book book = books.getOrDefault(cache, Map.of()).get(key);
        return book != null && book.has(id, time.nanoTime()) ? book : null;
    }

    private Optional<StoredEntry> live(String cache, Book book, long now) {
        Optional<StoredEntry> loaded = book.loaded(now);
        return loaded.filter(entry -> !isTouched(cache, entry.tags(), book.loadedStamp()));
    }

    private boolean isTouched(String cache, Set<String> ofEntry, long since) {
        return ofEntry.stream().anyMatch(tag -> tags[stripe(cache, tag)] > since);
    }

    private static int stripe(String cache, String tag) {
        int hash = (31 * cache.hashCode() + tag.hashCode()) * 0x9E3779B9;
        return hash >>> (Integer.SIZE - Integer.numberOfTrailingZeros(TAG_STRIPES));
    }

    private static Reply count(boolean one) {
        return new Reply.Count(one ? 1 : 0);
    }
}
