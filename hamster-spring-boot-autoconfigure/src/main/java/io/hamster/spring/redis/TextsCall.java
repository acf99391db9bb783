package io.hamster.spring.redis;

import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.output.NestedMultiOutput;
import io.lettuce.core.protocol.CommandArgs;
import java.util.List;

/** A script that is answered with texts, perhaps in lists. */
record TextsCall(Script script, List<String> names, List<String> values) implements RedisLink.Call<List<Object>> {

    @Override
    public int keys() {
        return names.size();
    }

    @Override
    public void addTo(CommandArgs<String, String> args) {
        names.forEach(args::addKey);
        values.forEach(args::addValue);
    }

    @Override
    public CommandOutput<String, String, List<Object>> output() {
        return new NestedMultiOutput<>(RedisLink.CODEC);
    }
}
