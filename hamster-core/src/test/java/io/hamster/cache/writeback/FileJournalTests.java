package io.hamster.cache.writeback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.testing.ManualTime;
import io.hamster.testing.OtherProcess;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.AbstractList;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileJournalTests {

    private final ManualTime time = new ManualTime();

    @TempDir
    private Path directory;

    private DirtyJournal journal() {
        return Journals.file(directory, "books", time);
    }

    private static Change change(String key, String value) {
        return new Change(key.getBytes(StandardCharsets.UTF_8), Optional.of(value.getBytes(StandardCharsets.UTF_8)));
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static long append(DirtyJournal journal, Change... changes) {
        return journal.append(List.of(changes)).toCompletableFuture().join();
    }

    @Test
    void tellsThatItHasFailedAndNotThatItWasClosed() throws Exception {
        DirtyJournal closed = journal();
        closed.open();
        closed.close();
        assertThat(closed.hasFailed()).isFalse();

        Set<Thread> others = threads();
        try (DirtyJournal journal = journal()) {
            journal.open();
            append(journal, change("a", "A"));
            assertThat(journal.hasFailed()).isFalse();
            for (Thread thread : threads()) {
                if (!others.contains(thread)) {
                    thread.interrupt();
                    thread.join();
                }
            }

            assertThat(journal.hasFailed()).isTrue();
            assertThat(journal.append(List.of(change("b", "B"))).toCompletableFuture())
                    .isCompletedExceptionally();
        }
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().equals("hamster-journal"))
                .collect(Collectors.toSet());
    }

    @Test
    void replaysWhatWasNotForgotten() {
        long first;
        try (DirtyJournal journal = journal()) {
            assertThat(journal.open()).isEmpty();
            first = append(journal, change("a", "A"), change("b", "B"));
            append(journal, change("a", "newer"));
            journal.forget(List.of(first + 1));
            journal.park(first + 2, "refused");
        }
        try (DirtyJournal journal = journal()) {
            assertThat(journal.open()).singleElement().satisfies(record -> {
                assertThat(record.change().value().map(String::new)).contains("newer");
                assertThat(record.sequence()).isEqualTo(first + 2);
                assertThat(record.parked()).contains("refused");
            });
            journal.unpark(first + 2);
        }
        try (DirtyJournal journal = journal()) {
            assertThat(journal.open())
                    .singleElement()
                    .extracting(JournalRecord::parked)
                    .isEqualTo(Optional.empty());
        }
    }

    @Test
    void answersWhatItHasNoMemoryFor() {
        List<Change> tooMuch = new AbstractList<>() {
            @Override
            public Change get(int index) {
                return change("a", "A");
            }

            @Override
            public int size() {
                return 1;
            }

            @Override
            public Object[] toArray() {
                throw new InternalError("as out of memory");
            }
        };
        try (DirtyJournal journal = journal()) {
            journal.open();
            CompletableFuture<Long> answer = journal.append(tooMuch).toCompletableFuture();

            assertThat(answer)
                    .failsWithin(Duration.ofSeconds(20))
                    .withThrowableOfType(ExecutionException.class)
                    .withCauseInstanceOf(JournalException.class);
            assertThat(journal.append(List.of(change("b", "B"))).toCompletableFuture())
                    .failsWithin(Duration.ofSeconds(20));
        }
        try (DirtyJournal journal = journal()) {
            assertThat(journal.open()).isEmpty();
        }
    }

    @Test
    void refusesASegmentOfAnotherFormatAndLeavesItAsItIs() throws Exception {
        try (DirtyJournal journal = journal()) {
            journal.open();
            append(journal, change("a", "A"));
        }
        Path segment;
        try (var files = Files.list(directory.resolve("books"))) {
            segment = files.filter(file -> file.toString().endsWith(".log"))
                    .findFirst()
                    .orElseThrow();
        }
        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(segment));
        bytes.put(Integer.BYTES - 1, (byte) 2);
        CRC32C crc = new CRC32C();
        crc.update(bytes.slice(0, Integer.BYTES + Long.BYTES));
        bytes.putInt(Integer.BYTES + Long.BYTES, (int) crc.getValue());
        Files.write(segment, bytes.array());

        try (DirtyJournal journal = journal()) {
            assertThatExceptionOfType(JournalException.class)
                    .isThrownBy(journal::open)
                    .withMessageContaining("has format 2; this release of Hamster reads format 1");
        }
        assertThat(Files.readAllBytes(segment)).isEqualTo(bytes.array());
    }

    @Test
    void sequencesRiseEvenIfTheJournalIsLost() throws Exception {
        long before;
        try (DirtyJournal journal = journal()) {
            journal.open();
            before = append(journal, change("a", "A"));
        }
        try (var files = Files.list(directory.resolve("books"))) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        time.advance(Duration.ofSeconds(1));
        try (DirtyJournal journal = journal()) {
            journal.open();

            assertThat(append(journal, change("a", "A"))).isGreaterThan(before);
        }
    }

    @Test
    void aSecondOwnerIsRefused() {
        try (DirtyJournal journal = journal()) {
            journal.open();
            try (DirtyJournal second = journal()) {
                assertThatExceptionOfType(JournalException.class)
                        .isThrownBy(second::open)
                        .withMessageContaining("in use")
                        .withMessageContaining("REDIS");
            }
        }
        try (DirtyJournal next = journal()) {
            assertThat(next.open()).isEmpty();
        }
    }

    /** Closing any descriptor of a file would drop the process's locks of it. */
    @Test
    void aSecondOwnerThatIsRefusedLetsNoOtherProcessIn() throws Exception {
        Path lock = directory.resolve("books").resolve("lock");
        try (DirtyJournal journal = journal()) {
            journal.open();
            for (int i = 0; i < 2; i++) {
                try (DirtyJournal second = journal()) {
                    assertThatExceptionOfType(JournalException.class).isThrownBy(second::open);
                }
            }

            assertThat(OtherProcess.canLock(lock)).isFalse();
        }
        assertThat(OtherProcess.canLock(lock)).isTrue();
    }

    @Test
    void aSecondOwnerByAnotherPathIsRefused() throws Exception {
        Path link = directory.resolve("link");
        Files.createSymbolicLink(link, Files.createDirectories(directory.resolve("books")));
        try (DirtyJournal journal = journal()) {
            journal.open();
            try (DirtyJournal second = Journals.file(directory, "link", time)) {
                assertThatExceptionOfType(JournalException.class)
                        .isThrownBy(second::open)
                        .withMessageContaining("in use");
            }

            assertThat(OtherProcess.canLock(directory.resolve("books").resolve("lock")))
                    .isFalse();
        }
    }

    /** As by an application of the same process that has classes of its own. */
    @Test
    void anOwnerThatIsNotKnownOfKeepsItsLock() throws Exception {
        Path lock = Files.createDirectories(directory.resolve("books")).resolve("lock");
        try (FileChannel unknown = FileChannel.open(lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            unknown.lock();
            for (int i = 0; i < 2; i++) {
                try (DirtyJournal journal = journal()) {
                    assertThatExceptionOfType(JournalException.class)
                            .isThrownBy(journal::open)
                            .withMessageContaining("in use");
                }
            }

            assertThat(OtherProcess.canLock(lock)).isFalse();
        }
        Files.delete(lock);
        try (DirtyJournal journal = journal()) {
            assertThat(journal.open()).isEmpty();
            assertThat(OtherProcess.canLock(lock)).isFalse();
        }
    }

    @Test
    void anErrorWhileItOpensLeavesNothingOpen() {
        LossyFiles files = new LossyFiles(new Random(1), true);
        files.failAt(step -> {
            throw new InternalError("as out of memory");
        });
        try (DirtyJournal journal = new FileJournal("under test", () -> files, () -> 1)) {
            assertThatExceptionOfType(InternalError.class).isThrownBy(journal::open);
        }

        assertThat(files.isClosed()).isTrue();
        assertThat(files.open()).isZero();
    }

    /** Or a power cut would take the journal with the name of a directory above it. */
    @Test
    void forcesTheNamesOfAllDirectoriesThatItMakes() throws Exception {
        Path journals = directory.resolve("shop").resolve("journals");
        Path books = journals.resolve("books");

        assertThat(DiskFiles.parentsToForce(books)).containsExactly(journals, directory.resolve("shop"), directory);
        Files.createDirectories(journals);
        assertThat(DiskFiles.parentsToForce(books)).containsExactly(journals);
        Files.createDirectory(books);
        assertThat(DiskFiles.parentsToForce(books)).containsExactly(journals);
    }

    @Test
    void takesNothingAfterItsEnd() {
        DirtyJournal journal = journal();
        journal.open();
        CompletionStage<Long> before = journal.append(List.of(change("a", "A")));
        journal.close();

        assertThat(before.toCompletableFuture()).isCompleted();
        assertThatExceptionOfType(CompletionException.class)
                .isThrownBy(() -> append(journal, change("b", "B")))
                .withCauseInstanceOf(JournalException.class)
                .withMessageContaining("closed");
    }

    @Test
    void whatWasAcknowledgedToManyThreadsOutlastsTheLossOfAllThatWasNotForced() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            for (int seed = 0; seed < 60; seed++) {
                Random random = new Random(seed);
                LossyFiles files = new LossyFiles(random, true);
                files.dieAt(10 + random.nextInt(100));
                Map<String, Long> acknowledged = appendUntilDeath(files, threads);

                try (FileJournal again = new FileJournal("under test", files::afterCrash, () -> 1)) {
                    Map<String, Long> found = new HashMap<>();
                    again.open()
                            .forEach(record ->
                                    found.put(new String(record.change().key()), record.sequence()));
                    assertThat(acknowledged)
                            .allSatisfy((key, sequence) ->
                                    assertThat(found.get(key)).isGreaterThanOrEqualTo(sequence));
                }
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static Map<String, Long> appendUntilDeath(LossyFiles files, ExecutorService threads) throws Exception {
        Map<String, Long> acknowledged = new ConcurrentHashMap<>();
        try (FileJournal journal = new FileJournal("under test", () -> files, () -> 1)) {
            journal.open();
            List<Future<?>> writers = new ArrayList<>();
            for (int thread = 0; thread < 8; thread++) {
                String key = "key-" + thread;
                writers.add(threads.submit(() -> {
                    try {
                        while (true) {
                            acknowledged.put(key, append(journal, change(key, "value")));
                        }
                    } catch (CompletionException e) {
                        assertThat(e).hasCauseInstanceOf(JournalException.class);
                    }
                }));
            }
            for (Future<?> writer : writers) {
                writer.get(20, TimeUnit.SECONDS);
            }
        }
        return acknowledged;
    }

    @Test
    void forgettingOnAFullDiskDoesNotWaitForWritesToFit() throws Exception {
        LossyFiles files = new LossyFiles(new Random(1), true);
        files.room(9 << 20);
        String large = "v".repeat(100 << 10);
        String tooLarge = "v".repeat(2 << 20);
        try (DirtyJournal journal = new FileJournal("under test", () -> files, () -> 1)) {
            journal.open();
            List<Long> written = new ArrayList<>();
            assertThatExceptionOfType(CompletionException.class).isThrownBy(() -> {
                for (int i = 0; i < 1000; i++) {
                    written.add(append(journal, change("k" + i, large)));
                }
            });
            CountDownLatch writing = new CountDownLatch(1);
            CountDownLatch go = new CountDownLatch(1);
            files.failAt(step -> {
                writing.countDown();
                await(go);
                return false;
            });
            CompletionStage<Long> before = journal.append(List.of(change("before", tooLarge)));
            writing.await();

            journal.forget(written);
            CompletionStage<Long> together = journal.append(List.of(change("together", tooLarge)));
            go.countDown();

            assertThat(before.toCompletableFuture()).failsWithin(Duration.ofSeconds(20));
            assertThat(together.toCompletableFuture()).failsWithin(Duration.ofSeconds(20));
            append(journal, change("again", tooLarge));
        }
    }

    @Test
    void interruptedCallersHarmNobody() {
        try (DirtyJournal journal = journal()) {
            journal.open();
            List<CompletionStage<Long>> answers = new ArrayList<>();
            Thread.currentThread().interrupt();
            for (int i = 0; i < 100; i++) {
                answers.add(journal.append(List.of(change("k" + i, "v"))));
            }
            answers.forEach(answer -> answer.toCompletableFuture().join());

            assertThat(Thread.interrupted()).isTrue();
            assertThat(append(journal, change("after", "wards"))).isPositive();
        }
    }

    @Test
    void cachesHaveDirectoriesThatDiffer() {
        assertThat(JournalDirectories.name("books")).isEqualTo("books");
        assertThat(List.of("Books", "BOOKS", "a/b", "a_b", "..", ".", "a.", "ü".repeat(250), "con:1"))
                .extracting(JournalDirectories::name)
                .doesNotHaveDuplicates()
                .allMatch(name -> name.matches("[a-z0-9_-][a-z0-9._~-]{0,99}"));
    }
}
