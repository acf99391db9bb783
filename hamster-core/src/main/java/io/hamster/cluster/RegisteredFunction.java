package io.hamster.cluster;

import io.hamster.Codec;
import io.hamster.CodecException;
import io.hamster.cluster.Wire.Reply;
import java.lang.reflect.Type;
import org.jspecify.annotations.Nullable;

/**
 * A function with its types: the declared type decides what is created from an argument, whatever the payload says.
 *
 * @param name its name
 * @param argumentType what an argument is decoded as
 * @param resultType what a result is encoded as; {@code null} for its own class
 * @param function what runs
 * @param codec turns arguments and results into bytes
 * @param maxPayload the largest result in bytes
 * @param share the threads it may use
 */
record RegisteredFunction(
        String name,
        Type argumentType,
        @Nullable Type resultType,
        ClusterFunction<@Nullable Object, @Nullable Object> function,
        Codec codec,
        int maxPayload,
        Share share) {

    Reply run(byte @Nullable [] argument) throws Exception {
        Object decoded = decode(argument);
        Object result = function.apply(decoded);
        if (result == null) {
            return Reply.ok(null);
        }
        byte[] encoded = codec.encode(result, resultType == null ? result.getClass() : resultType);
        if (encoded.length > maxPayload) {
            throw new PayloadTooLargeException("The result of function '" + name + "' has " + encoded.length
                    + " bytes; at most " + maxPayload + " are allowed there");
        }
        return Reply.ok(encoded);
    }

    private @Nullable Object decode(byte @Nullable [] argument) {
        boolean takesNone = argumentType == Void.class || argumentType == void.class;
        if (argument == null) {
            if (takesNone) {
                return null;
            }
            throw new CodecException(
                    "Function '" + name + "' was called without its argument, a " + argumentType.getTypeName(), null);
        }
        if (takesNone) {
            throw new CodecException("Function '" + name + "' takes no argument but was called with one", null);
        }
        return codec.decode(argument, argumentType);
    }
}
