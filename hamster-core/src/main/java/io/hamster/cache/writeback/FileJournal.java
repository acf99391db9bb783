package io.hamster.cache.writeback;

import io.hamster.cache.writeback.Group.Mark;
import io.hamster.cache.writeback.RecordFormat.Type;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes what its callers append, from one thread: whatever has come while one group was forced is the next group. The
 * callers only wait for its answers, so interrupting them closes no file.
 */
final class FileJournal implements DirtyJournal {

    private static final Logger log = LoggerFactory.getLogger(FileJournal.class);
    private static final int MAX_RECORD = 64 << 20;
    private static final int MAX_GROUP = 4 << 20;
    private static final int MAX_REASON = 500;
    private static final long CLOSE_MILLIS = 30_000;
    /** Much shorter than most disks take to force. */
    private static final long PAUSE_NANOS = 30_000;

    private static final int PAUSES = 2;

    private final String name;
    private final Opener opener;
    private final LongSupplier firstSequence;
    private final BlockingQueue<Request> requests = new LinkedBlockingQueue<>();
    /** How many appends the last groups had, the latest first; the writing thread's own. */
    private int last;

    private int beforeLast;
    private volatile @Nullable Thread thread;
    private volatile boolean ended;
    private volatile boolean failed;
    private volatile long damaged;

    /** Opens and locks a directory. */
    interface Opener {

        JournalFiles open() throws IOException;
    }

    private sealed interface Request {}

    private record Append(List<Change> changes, CompletableFuture<Long> answer) implements Request {}

    private record Forget(List<Long> sequences) implements Request {}

    private record Note(Mark mark) implements Request {}

    private record End() implements Request {}

    FileJournal(String name, Opener opener, LongSupplier firstSequence) {
        this.name = name;
        this.opener = opener;
        this.firstSequence = firstSequence;
    }

    @Override
    public List<JournalRecord> open() {
        try {
            JournalFiles files = opener.open();
            try {
                return open(files);
            } catch (Throwable e) {
                closeAfter(e, files);
                throw e;
            }
        } catch (IOException e) {
            throw new JournalException(
                    "The write-back journal " + name + " can't be opened: " + e
                            + "; the cache doesn't start without it. Make the directory readable and writable",
                    e);
        }
    }

    private List<JournalRecord> open(JournalFiles files) throws IOException {
        SegmentLog opened = new SegmentLog(name, files, firstSequence, SegmentLog.SEGMENT_BYTES);
        List<JournalRecord> records = opened.recover();
        try {
            damaged = opened.damaged();
            Thread writer = new Thread(() -> run(opened, files), "hamster-journal");
            writer.setDaemon(true);
            writer.start();
            thread = writer;
        } catch (Throwable e) {
            // Out of threads, say.
            closeAfter(e, opened);
            throw e;
        }
        return records;
    }

    private static void closeAfter(Throwable failure, AutoCloseable opened) {
        try {
            opened.close();
        } catch (Throwable e) {
            failure.addSuppressed(e);
        }
    }

    @Override
    public CompletionStage<Long> append(List<Change> changes) {
        for (Change change : changes) {
            if (change.key().length
                            + (long) change.value().map(value -> value.length).orElse(0)
                    > MAX_RECORD) {
                return CompletableFuture.failedFuture(new JournalException(
                        "A write for the journal " + name + " has more than " + MAX_RECORD
                                + " bytes; nothing was written",
                        null));
            }
        }
        CompletableFuture<Long> answer = new CompletableFuture<>();
        submit(new Append(changes, answer));
        return answer;
    }

    @Override
    public void forget(List<Long> sequences) {
        submit(new Forget(List.copyOf(sequences)));
    }

    @Override
    public void park(long sequence, String reason) {
        String start = reason.substring(0, Math.min(MAX_REASON, reason.length()));
        submit(new Note(new Mark(Type.PARKED, sequence, start.getBytes(StandardCharsets.UTF_8))));
    }

    @Override
    public void unpark(long sequence) {
        submit(new Note(new Mark(Type.UNPARKED, sequence, new byte[0])));
    }

    @Override
    public long damaged() {
        return damaged;
    }

    @Override
    public boolean hasFailed() {
        return failed;
    }

    private void submit(Request request) {
        requests.add(request);
        if (ended) {
            failWaiting();
        }
    }

    /** Writes group after group until the end is asked for. */
    private void run(SegmentLog to, JournalFiles files) {
        Group group = new Group();
        List<Append> appends = new ArrayList<>();
        try {
            while (collect(group, appends)) {
                commit(to, group, appends);
            }
            commit(to, group, appends);
        } catch (InterruptedException e) {
            failed = true;
            log.error("The write-back journal {} was interrupted and takes no more writes", name);
        } catch (Throwable e) {
            failed = true;
            log.error("The write-back journal {} has failed and takes no more writes", name, e);
        } finally {
            ended = true;
            // Out of memory, say, with a group half collected: nobody else would ever answer those of it.
            appends.forEach(this::refuse);
            failWaiting();
            close(to, files);
        }
    }

    /** Takes what has come; waits if nothing has. False if the end has come with it. */
    private boolean collect(Group group, List<Append> appends) throws InterruptedException {
        boolean goesOn = take(requests.take(), group, appends);
        // Those who were answered together are about to come again: a moment's wait saves them a force of their own.
        int company = Math.max(last, beforeLast);
        for (int pause = 0; goesOn && pause < PAUSES && appends.size() < company * 3 / 4; pause++) {
            LockSupport.parkNanos(PAUSE_NANOS);
            goesOn = take(requests.poll(), group, appends);
        }
        beforeLast = last;
        last = appends.size();
        return goesOn;
    }

    /** Takes a request and what has come behind it. */
    private boolean take(@Nullable Request first, Group group, List<Append> appends) {
        long bytes = 0;
        Request request = first;
        while (request != null) {
            if (request instanceof Append append) {
                appends.add(append);
                group.changes.addAll(append.changes());
                for (Change change : append.changes()) {
                    bytes += RecordFormat.size(change);
                }
            } else if (request instanceof Forget forget) {
                group.forgotten.addAll(forget.sequences());
            } else if (request instanceof Note note) {
                group.marks.add(note.mark());
            } else {
                return false;
            }
            request = bytes < MAX_GROUP ? requests.poll() : null;
        }
        return true;
    }

    private void commit(SegmentLog to, Group group, List<Append> appends) {
        if (group.isEmpty()) {
            return;
        }
        try {
            long sequence = to.write(group);
            group.forgotten.clear();
            group.marks.clear();
            for (Append append : appends) {
                append.answer().complete(sequence);
                sequence += append.changes().size();
            }
        } catch (Throwable e) {
            // What is to be forgotten and marked stays for the next group.
            if (appends.isEmpty()) {
                log.warn("The write-back journal {} can't be written for now", name, e);
            }
            JournalException failure = new JournalException(
                    "The write-back journal " + name + " can't be written: " + e
                            + "; the write was not taken and nothing else is lost. Is the disk full?",
                    e);
            appends.forEach(append -> append.answer().completeExceptionally(failure));
        }
        boolean hadChanges = !group.changes.isEmpty();
        group.changes.clear();
        appends.clear();
        if (hadChanges) {
            // What is left of a group that failed takes little room on a full disk, and may give some back.
            commit(to, group, appends);
        }
    }

    private void failWaiting() {
        Request request = requests.poll();
        while (request != null) {
            if (request instanceof Append append) {
                refuse(append);
            }
            request = requests.poll();
        }
    }

    private void refuse(Append append) {
        append.answer()
                .completeExceptionally(new JournalException(
                        "The write-back journal " + name + " is closed; the write was not taken", null));
    }

    private void close(SegmentLog to, JournalFiles files) {
        try (files;
                to) {
            log.debug("The write-back journal {} ends with {} segments", name, to.segments());
        } catch (IOException e) {
            log.warn("The write-back journal {} was not closed properly", name, e);
        }
    }

    @Override
    public void close() {
        Thread writer = thread;
        if (writer == null) {
            return;
        }
        submit(new End());
        try {
            writer.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            // It ends by itself; only nobody waits for that.
            Thread.currentThread().interrupt();
        }
    }
}
