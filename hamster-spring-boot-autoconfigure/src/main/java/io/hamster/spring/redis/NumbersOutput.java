package io.hamster.spring.redis;

import io.lettuce.core.codec.RedisCodec;
import io.lettuce.core.output.CommandOutput;
import java.util.Arrays;

/** A reply of one number or a flat array of them, without boxes. */
final class NumbersOutput extends CommandOutput<String, String, long[]> {

    private int size;

    NumbersOutput(RedisCodec<String, String> codec) {
        super(codec, new long[1]);
    }

    @Override
    public void multi(int count) {
        output = new long[Math.max(count, 0)];
    }

    @Override
    public void set(long number) {
        if (size == output.length) {
            output = Arrays.copyOf(output, size + 1);
        }
        output[size++] = number;
    }
}
