package io.hamster.spring.cache;

import io.hamster.cache.CacheTicket;
import io.hamster.cache.HamsterCache;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The keys that open transactions are going to put, so that a value never takes the place of a newer one.
 *
 * <p>A database releases its locks when it commits, before this transaction's value gets into the cache: meanwhile
 * another may change the row, commit and be first. Two transactions whose puts of a key overlap therefore both drop it.
 * A change that came by another way is noticed by {@link CacheTicket}, which is taken before the commit.
 */
final class UncommittedPuts {

    private final ConcurrentHashMap<Target, State> states = new ConcurrentHashMap<>();

    /** Announces a put; the guard has to be closed. */
    Guard enter(HamsterCache<Object, Object> cache, Object key) {
        Target target = new Target(cache, key);
        CacheTicket<Object, Object> ticket = cache.ticket();
        states.merge(target, new State(1, false), (open, mine) -> new State(open.count + 1, true));
        return new Guard(target, ticket);
    }

    /** How many keys have a guard; 0 when no transaction is open. */
    int size() {
        return states.size();
    }

    private record Target(HamsterCache<Object, Object> cache, Object key) {}

    private record State(int count, boolean contested) {}

    /** One transaction's announcement for one key. */
    final class Guard implements AutoCloseable {

        private final Target target;
        private final CacheTicket<Object, Object> ticket;

        private Guard(Target target, CacheTicket<Object, Object> ticket) {
            this.target = target;
            this.ticket = ticket;
        }

        /** Puts, or drops the key if somebody else may have put a newer value. */
        void put(CacheChange.Put put) {
            State state = states.get(target);
            boolean alone = state != null && !state.contested;
            if (put.cache().policy().writer().isPresent()) {
                // The writer orders the writes of a key and has to see each.
                put.apply();
            } else if (!alone || !ticket.put(put.key(), put.value(), put.options())) {
                put.cache().invalidate(put.key());
            }
        }

        @Override
        public void close() {
            states.computeIfPresent(
                    target, (same, open) -> open.count == 1 ? null : new State(open.count - 1, open.contested));
        }
    }
}
