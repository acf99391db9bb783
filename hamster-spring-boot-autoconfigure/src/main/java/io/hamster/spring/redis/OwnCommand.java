package io.hamster.spring.redis;

import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.ProtocolKeyword;
import io.netty.buffer.ByteBuf;

/** A command that Hamster sends, on a client that it shares with the application. */
final class OwnCommand<T> extends Command<String, String, T> {

    private final Runnable sent;

    OwnCommand(ProtocolKeyword type, CommandOutput<String, String, T> output, CommandArgs<String, String> arguments) {
        this(type, output, arguments, () -> {});
    }

    /** One that has something done before each time that it is sent. */
    OwnCommand(
            ProtocolKeyword type,
            CommandOutput<String, String, T> output,
            CommandArgs<String, String> arguments,
            Runnable sent) {
        super(type, output, arguments);
        this.sent = sent;
    }

    @Override
    public void encode(ByteBuf buffer) {
        sent.run();
        super.encode(buffer);
    }
}
