package io.hamster.cache.writeback;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;

/**
 * Files in memory that tell what was forced from what was only written. They die at a chosen step, which may be done in
 * part, and {@link #afterCrash} keeps what was forced and, page by page, chance decides on the rest.
 */
final class LossyFiles implements JournalFiles {

    private static final int PAGE = 64;

    private final Map<String, Content> names = new TreeMap<>();
    private final Map<String, Content> lastingNames = new HashMap<>();
    private final Random random;
    private final boolean forces;
    private long steps;
    private int open;
    private boolean closed;
    private long dieAt = Long.MAX_VALUE;
    private Predicate<String> failing = step -> false;
    private long room = Long.MAX_VALUE;

    private static final class Content {

        private byte[] now = new byte[0];
        private byte[] lasting = new byte[0];
    }

    /**
     * @param forces whether forcing does anything; otherwise it is a disk that lies
     */
    LossyFiles(Random random, boolean forces) {
        this.random = random;
        this.forces = forces;
    }

    void dieAt(long step) {
        this.dieAt = step;
    }

    void failAt(Predicate<String> step) {
        this.failing = step;
    }

    /** The most bytes that all files may have together. */
    void room(long bytes) {
        this.room = bytes;
    }

    long steps() {
        return steps;
    }

    boolean isDead() {
        return steps >= dieAt;
    }

    boolean isClosed() {
        return closed;
    }

    /** How many files were opened and not closed. */
    int open() {
        return open;
    }

    /** What a new process finds. */
    LossyFiles afterCrash() {
        LossyFiles after = new LossyFiles(random, forces);
        Set<String> all = new TreeSet<>(names.keySet());
        all.addAll(lastingNames.keySet());
        for (String name : all) {
            Content lasting = lastingNames.get(name);
            Content content = names.get(name) == lasting || random.nextBoolean() ? lasting : names.get(name);
            if (content != null) {
                Content left = new Content();
                left.now = remains(content);
                left.lasting = left.now.clone();
                after.names.put(name, left);
                after.lastingNames.put(name, left);
            }
        }
        return after;
    }

    private byte[] remains(Content content) {
        int mood = random.nextInt(3);
        if (mood == 0) {
            return content.lasting.clone();
        }
        byte[] mixed =
                Arrays.copyOf(content.lasting, random.nextBoolean() ? content.now.length : content.lasting.length);
        for (int page = 0; page < mixed.length; page += PAGE) {
            int end = Math.min(Math.min(page + PAGE, mixed.length), content.now.length);
            if (end > page && (mood == 1 || random.nextBoolean())) {
                System.arraycopy(content.now, page, mixed, page, end - page);
            }
        }
        return mixed;
    }

    /** Changes a byte of what lasts. */
    void corrupt(String name, int at) {
        Content content = names.get(name);
        content.now[at] ^= 0x10;
        content.lasting[at] ^= 0x10;
    }

    byte[] bytes(String name) {
        return names.get(name).now.clone();
    }

    /** Whether this step is still done; the one of death is done in part by some. */
    private boolean step(String what) throws IOException {
        steps++;
        if (steps > dieAt) {
            throw new IOException("dead");
        }
        if (failing.test(what)) {
            throw new IOException("No space left on device");
        }
        return steps < dieAt;
    }

    private void dieIf(boolean isLast) throws IOException {
        if (isLast) {
            throw new IOException("dies in this step");
        }
    }

    @Override
    public List<String> list() {
        return List.copyOf(names.keySet());
    }

    @Override
    public JournalFile open(String name) throws IOException {
        if (!names.containsKey(name)) {
            boolean alive = step("create");
            names.put(name, new Content());
            dieIf(!alive);
        }
        return new LossyFile(names.get(name));
    }

    @Override
    public void delete(String name) throws IOException {
        boolean alive = step("delete");
        names.remove(name);
        dieIf(!alive);
    }

    @Override
    public void force() throws IOException {
        boolean alive = step("force directory");
        if (forces && (alive || random.nextBoolean())) {
            lastingNames.clear();
            lastingNames.putAll(names);
        }
        dieIf(!alive);
    }

    @Override
    public void close() {
        closed = true;
    }

    private final class LossyFile implements JournalFile {

        private final Content content;
        private boolean closed;

        private LossyFile(Content content) {
            this.content = content;
            open++;
        }

        @Override
        public long size() {
            return content.now.length;
        }

        @Override
        public void read(ByteBuffer into, long position) {
            int from = (int) Math.min(position, content.now.length);
            into.put(content.now, from, Math.min(into.remaining(), content.now.length - from));
        }

        @Override
        public void write(ByteBuffer from, long position) throws IOException {
            boolean alive = step("write");
            int count = alive ? from.remaining() : random.nextInt(from.remaining() + 1);
            long others = names.values().stream()
                    .filter(other -> other != content)
                    .mapToLong(other -> other.now.length)
                    .sum();
            if (position + count > content.now.length && others + position + count > room) {
                throw new IOException("No space left on device");
            }
            if (content.now.length < position + count) {
                content.now = Arrays.copyOf(content.now, (int) position + count);
            }
            from.get(content.now, (int) position, count);
            dieIf(!alive);
        }

        @Override
        public void truncate(long size) throws IOException {
            boolean alive = step("truncate");
            if (size < content.now.length) {
                content.now = Arrays.copyOf(content.now, (int) size);
            }
            dieIf(!alive);
        }

        @Override
        public void force() throws IOException {
            boolean alive = step("force");
            if (forces && (alive || random.nextBoolean())) {
                content.lasting = content.now.clone();
            }
            dieIf(!alive);
        }

        @Override
        public void close() {
            open -= closed ? 0 : 1;
            closed = true;
        }
    }
}
