package io.hamster.spring.redis;

import java.util.Set;
import java.util.stream.Collectors;
import org.springframework.data.redis.connection.RedisConnection;

/** What an application with Redis must not leave behind. Other tests' may still be going away. */
final class Remains {

    private Remains() {}

    /** Threads of this library and of its driver. */
    static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(Thread::isAlive)
                .filter(thread -> thread.getName().matches("(hamster|lettuce)-.*"))
                .collect(Collectors.toSet());
    }

    /** What the server calls its connections; never twice the same. */
    static Set<String> connections(RedisConnection redis) {
        return redis.serverCommands().getClientList().stream()
                .map(client -> client.get("id"))
                .collect(Collectors.toSet());
    }
}
