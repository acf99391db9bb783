package io.hamster.testing;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/** Another process that tries to lock a file: what this process may do with its own locks proves nothing. */
public final class OtherProcess {

    private static final int LOCKED = 10;
    private static final int REFUSED = 11;

    private OtherProcess() {}

    /** Tries to lock the file it is given and tells by its exit code whether it could. */
    public static void main(String[] args) throws IOException {
        try (FileChannel channel = FileChannel.open(Path.of(args[0]), StandardOpenOption.WRITE)) {
            System.exit(channel.tryLock() != null ? LOCKED : REFUSED);
        }
    }

    /** Whether another process can lock a file now. */
    public static boolean canLock(Path file) throws IOException {
        Path output = Files.createTempFile("other-process", ".out");
        int code;
        try (JavaProcess other = JavaProcess.start(output, OtherProcess.class, List.of(file.toString()))) {
            other.end();
            code = other.exitValue();
        }
        String said = Files.readString(output);
        Files.delete(output);
        return switch (code) {
            case LOCKED -> true;
            case REFUSED -> false;
            default -> throw new IllegalStateException("The other process ended with " + code + ": " + said);
        };
    }
}
