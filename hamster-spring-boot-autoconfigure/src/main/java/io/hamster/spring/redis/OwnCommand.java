package io.hamster.spring.redis;

import io.lettuce.core.output.CommandOutput;
import io.lettuce.core.protocol.Command;
import io.lettuce.core.protocol.CommandArgs;
import io.lettuce.core.protocol.ProtocolKeyword;

/** A command that Hamster sends, on a client that it shares with the application. */
final class OwnCommand<T> extends Command<String, String, T> {

    OwnCommand(ProtocolKeyword type, CommandOutput<String, String, T> output, CommandArgs<String, String> arguments) {
        super(type, output, arguments);
    }
}
