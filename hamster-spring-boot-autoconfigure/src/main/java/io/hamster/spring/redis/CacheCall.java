package io.hamster.spring.redis;

import io.hamster.spring.redis.RedisLink.Call;
import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.protocol.CommandArgs;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A script on a bucket of a cache.
 *
 * @param names of the bucket's state and epoch, then of others
 * @param epoch which the other names have
 * @param rest adds the arguments after the epoch
 * @param sendings of it so far
 */
record CacheCall(
        Script script, List<String> names, long epoch, Consumer<CommandArgs<String, String>> rest, Sendings sendings)
        implements Call<CacheCall.Reply> {

    /** Not sent yet. */
    CacheCall(Script script, List<String> names, long epoch, Consumer<CommandArgs<String, String>> rest) {
        this(script, names, epoch, rest, new Sendings());
    }

    @Override
    public int keys() {
        return names.size();
    }

    @Override
    public void addTo(CommandArgs<String, String> args) {
        args.addKeys(names).add(epoch);
        rest.accept(args);
    }

    @Override
    public CommandOutput<String, String, Reply> output() {
        return new Output(sendings);
    }

    @Override
    public void sent() {
        sendings.sent();
    }

    /** A flat array of numbers and bytes, a number first. */
    static final class Reply {

        private final List<Object> parts = new ArrayList<>(4);

        int status() {
            return (int) number(0);
        }

        boolean has(int index) {
            return index < parts.size();
        }

        long number(int index) {
            return (Long) parts.get(index);
        }

        byte[] bytes(int index) {
            return (byte[]) parts.get(index);
        }
    }

    private static final class Output extends CommandOutput<String, String, Reply> {

        private final Sendings sendings;

        private Output(Sendings sendings) {
            super(RedisLink.CODEC, new Reply());
            this.sendings = sendings;
        }

        @Override
        public void setError(ByteBuffer error) {
            sendings.refused();
            super.setError(error);
        }

        @Override
        public void multi(int count) {}

        @Override
        public void set(long number) {
            output.parts.add(number);
        }

        @Override
        public void set(@Nullable ByteBuffer bytes) {
            byte[] copy = new byte[bytes == null ? 0 : bytes.remaining()];
            if (bytes != null) {
                bytes.get(copy);
            }
            output.parts.add(copy);
        }
    }
}
