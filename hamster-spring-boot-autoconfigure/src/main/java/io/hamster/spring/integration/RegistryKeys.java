package io.hamster.spring.integration;

import io.hamster.lock.InvalidLockKeyException;
import io.hamster.lock.LockRequest;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.UUID;

/**
 * Turns Spring Integration's keys into Hamster's. What can't be one, such as a long path of a file, is replaced by its
 * digest: rather that than a message that can't be handled.
 */
record RegistryKeys(String prefix) {

    private static final String DIGEST = "SHA-256";

    RegistryKeys {
        LockRequest.of(prefix + digested(prefix));
    }

    String of(Object lockKey) {
        String text = text(lockKey);
        if (!text.isEmpty()) {
            try {
                return LockRequest.of(prefix + text).key();
            } catch (InvalidLockKeyException e) {
                return prefix + digested(text);
            }
        }
        return prefix + digested(text);
    }

    private static String text(Object lockKey) {
        if (lockKey instanceof Enum<?> constant) {
            return constant.name();
        }
        if (lockKey instanceof String || lockKey instanceof Number || lockKey instanceof UUID) {
            return lockKey.toString();
        }
        throw new IllegalArgumentException(
                "A lock key of type " + lockKey.getClass().getName()
                        + " may have another text in another instance; give a String, a number, a UUID or an enum constant");
    }

    private static String digested(String text) {
        try {
            byte[] digest = MessageDigest.getInstance(DIGEST).digest(text.getBytes(StandardCharsets.UTF_8));
            return "sha256:" + HexFormat.of().formatHex(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java platform has " + DIGEST, e);
        }
    }
}
