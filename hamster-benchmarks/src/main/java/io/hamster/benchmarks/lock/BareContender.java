package io.hamster.benchmarks.lock;

import io.lettuce.core.RedisClient;
import io.lettuce.core.RedisURI;
import io.lettuce.core.ScriptOutputType;
import io.lettuce.core.api.StatefulRedisConnection;
import io.lettuce.core.api.sync.RedisCommands;
import java.util.concurrent.atomic.AtomicLong;

/** Two scripts and nothing around them: the least that a lock with an owner takes. */
final class BareContender implements Contender {

    private static final String ACQUIRE = "return redis.call('SET', KEYS[1], ARGV[1], 'NX', 'PX', ARGV[2])";
    private static final String RELEASE = """
            if redis.call('GET', KEYS[1]) == ARGV[1] then
              return redis.call('DEL', KEYS[1])
            end
            return 0
            """;

    private final RedisClient client;
    private final StatefulRedisConnection<String, String> connection;
    private final RedisCommands<String, String> commands;
    private final String acquire;
    private final String release;
    private final String lease = Long.toString(LEASE.toMillis());
    private final AtomicLong tokens = new AtomicLong();

    BareContender(int port) {
        client = RedisClient.create(RedisURI.create("127.0.0.1", port));
        connection = client.connect();
        commands = connection.sync();
        acquire = commands.scriptLoad(ACQUIRE);
        release = commands.scriptLoad(RELEASE);
    }

    @Override
    public void lockAndUnlock(String key) {
        String[] keys = {key};
        String token = "token-" + tokens.incrementAndGet();
        if (!"OK".equals(commands.evalsha(acquire, ScriptOutputType.STATUS, keys, token, lease))) {
            throw new IllegalStateException(key + " is held");
        }
        commands.<Long>evalsha(release, ScriptOutputType.INTEGER, keys, token);
    }

    @Override
    public void waitAndUnlock(String key, Action whileHeld) {
        throw new UnsupportedOperationException("Bare commands don't wait");
    }

    @Override
    public void hold(String key) {
        throw new UnsupportedOperationException("Bare commands don't renew");
    }

    @Override
    public void close() {
        connection.close();
        client.shutdown();
    }
}
