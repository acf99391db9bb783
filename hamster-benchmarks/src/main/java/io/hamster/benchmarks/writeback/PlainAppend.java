package io.hamster.benchmarks.writeback;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;

/** What one writes by hand: one thread appends what has come, forces it once and answers. */
final class PlainAppend {

    private static final long MAX_BYTES = 256 << 20;
    private static final int BUFFER = 1 << 20;

    private final BlockingQueue<Append> queue = new LinkedBlockingQueue<>();
    private final FileChannel file;
    private final Thread thread = new Thread(this::run, "plain-append");

    private record Append(byte[] bytes, CompletableFuture<Void> answer) {}

    PlainAppend(Path path) {
        try {
            file = FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        thread.setDaemon(true);
        thread.start();
    }

    void append(byte[] bytes) {
        Append append = new Append(bytes, new CompletableFuture<>());
        queue.add(append);
        append.answer().join();
    }

    private void run() {
        ByteBuffer buffer = ByteBuffer.allocateDirect(BUFFER);
        List<Append> group = new ArrayList<>();
        try {
            while (true) {
                group.clear();
                buffer.clear();
                group.add(queue.take());
                queue.drainTo(group);
                for (Append append : group) {
                    buffer.putInt(append.bytes().length).put(append.bytes());
                }
                if (file.position() > MAX_BYTES) {
                    file.truncate(0);
                }
                file.write(buffer.flip());
                file.force(false);
                group.forEach(append -> append.answer().complete(null));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void end() throws IOException, InterruptedException {
        thread.interrupt();
        thread.join();
        file.close();
    }
}
