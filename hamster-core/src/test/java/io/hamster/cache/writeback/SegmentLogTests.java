package io.hamster.cache.writeback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.cache.writeback.Group.Mark;
import io.hamster.cache.writeback.RecordFormat.Type;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

class SegmentLogTests {

    private static final int SEGMENT_BYTES = 1000;

    private long clock = 1;
    private boolean recovered;
    private LossyFiles files = new LossyFiles(new Random(1), true);

    @Test
    void keepsWhatWasAcknowledgedWhereverItDies() {
        List<String> faults = new ArrayList<>();
        for (long seed = 0; seed < 3000; seed++) {
            faults.addAll(new JournalLives(seed, true, 10 + (int) (seed % 400)).run(8));
        }

        assertThat(faults).isEmpty();
    }

    @Test
    void aDiskThatStumblesIsNotTakenForDamaged() {
        List<String> faults = new ArrayList<>();
        for (long seed = 0; seed < 1000; seed++) {
            faults.addAll(new JournalLives(seed, true, 10 + (int) (seed % 400))
                    .stumbling()
                    .run(8));
        }

        assertThat(faults).isEmpty();
    }

    @Test
    void aDiskThatForcesNothingIsFoundOut() {
        List<String> faults = new ArrayList<>();
        for (long seed = 0; seed < 20; seed++) {
            faults.addAll(new JournalLives(seed, false, 200).run(4));
        }

        assertThat(faults).anyMatch(fault -> fault.contains("lost"));
    }

    @Test
    void damageIsKeptAsideAndWhatItMayHaveHiddenIsParked() throws IOException {
        SegmentLog log = open();
        long first = put(log, "a", "A");
        put(log, "b", "B");
        put(log, "c", "C");
        String segment = files.list().get(0);
        int middle = RecordFormat.HEADER
                + RecordFormat.GROUP
                + RecordFormat.size(change("a", "A"))
                + RecordFormat.GROUP
                + 20;
        files.corrupt(segment, middle);
        byte[] before = files.bytes(segment);
        clock = 100;

        SegmentLog again = open();
        List<JournalRecord> records = again.recover();

        assertThat(again.damaged()).isEqualTo(1);
        assertThat(records).singleElement().satisfies(record -> {
            assertThat(record.sequence()).isEqualTo(first);
            assertThat(record.parked())
                    .hasValueSatisfying(reason -> assertThat(reason).contains("damaged"));
        });
        String aside = segment + ".damaged";
        assertThat(files.list()).contains(aside);
        assertThat(before).endsWith(files.bytes(aside));
        assertThat(new String(files.bytes(aside), StandardCharsets.UTF_8)).contains("C");

        SegmentLog third = open();
        assertThat(third.recover()).singleElement().satisfies(record -> {
            assertThat(record.sequence()).isEqualTo(first);
            assertThat(record.parked()).isPresent();
        });
        assertThat(third.damaged()).isEqualTo(1);
        assertThat(put(third, "d", "D")).isGreaterThan(first + 2);
    }

    @Test
    void damageInALaterLifeIsNotMistakenForATornWrite() throws IOException {
        SegmentLog log = open();
        put(log, "a", "A");
        open().recover();
        files.corrupt(files.list().get(0), RecordFormat.HEADER + 3);

        SegmentLog again = open();

        assertThat(again.recover()).isEmpty();
        assertThat(again.damaged()).isEqualTo(1);
    }

    private SegmentLog open() {
        return new SegmentLog("under test", files, () -> clock, SEGMENT_BYTES);
    }

    private static Change change(String key, String value) {
        return new Change(key.getBytes(StandardCharsets.UTF_8), Optional.of(value.getBytes(StandardCharsets.UTF_8)));
    }

    private long put(SegmentLog log, String key, String value) throws IOException {
        if (!recovered) {
            log.recover();
            recovered = true;
        }
        Group group = new Group();
        group.changes.add(change(key, value));
        return log.write(group);
    }

    @Test
    void aFullDiskLosesNothingAndIsOverWhenItIs() throws IOException {
        SegmentLog log = open();
        put(log, "a", "old");
        files.failAt(step -> step.equals("write"));
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> put(log, "a", "refused"))
                .withMessageContaining("space");
        files.failAt(step -> step.equals("force"));
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> put(log, "b", "refused"));
        files.failAt(step -> false);

        put(log, "c", "new");

        files = files.afterCrash();
        assertThat(values(open().recover())).containsExactly("old", "new");
    }

    @Test
    void aSegmentThatCouldNotBeMadeIsRemoved() throws IOException {
        SegmentLog log = openWithARollThatFails(step -> step.equals("force directory"));

        assertThat(files.list()).hasSize(1);
        assertThat(files.open()).isEqualTo(1);
        put(log, "c", "C");
        log.close();

        assertNothingIsDamaged("A", "B", "C");
    }

    /** The segment before it goes on being written, and has room filled in advance. */
    @Test
    void aSegmentThatCouldNotBeMadeNorRemovedIsNoDamage() throws IOException {
        SegmentLog log = openWithARollThatFails(step -> step.equals("force directory") || step.equals("delete"));
        assertThat(files.list()).hasSize(2);
        put(log, "c", "C");
        files.dieAt(files.steps() + 1);
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> put(log, "d", "torn"));

        files = files.afterCrash();
        assertNothingIsDamaged("A", "B", "C");
        assertNothingIsDamaged("A", "B", "C");
    }

    @Test
    void aWriteThatIsTornRightAfterASegmentThatCouldNotBeRemovedIsNoDamage() throws IOException {
        for (int seed = 0; seed < 100; seed++) {
            files = new LossyFiles(new Random(seed), true);
            recovered = false;
            SegmentLog log = openWithARollThatFails(step -> step.equals("force directory") || step.equals("delete"));
            files.dieAt(files.steps() + 1);
            assertThatExceptionOfType(IOException.class).isThrownBy(() -> put(log, "c", "torn".repeat(50)));

            files = files.afterCrash();
            assertNothingIsDamaged("A", "B");
        }
    }

    @Test
    void aSegmentWithoutAWholeHeaderIsNoDamageOfTheOneBefore() throws IOException {
        SegmentLog log = openWithARollThatFails(step -> step.equals("write") || step.equals("delete"));
        assertThat(files.list()).hasSize(2);
        put(log, "c", "C");

        assertNothingIsDamaged("A", "B", "C");
    }

    private SegmentLog openWithARollThatFails(Predicate<String> failing) throws IOException {
        SegmentLog log = open();
        put(log, "a", "A");
        put(log, "b", "B");
        files.failAt(failing);
        assertThatExceptionOfType(IOException.class).isThrownBy(() -> put(log, "large", "v".repeat(SEGMENT_BYTES)));
        files.failAt(step -> false);
        return log;
    }

    private void assertNothingIsDamaged(String... values) throws IOException {
        try (SegmentLog log = open()) {
            List<JournalRecord> records = log.recover();
            assertThat(log.damaged()).isZero();
            assertThat(values(records)).containsExactly(values);
            assertThat(records).allSatisfy(record -> assertThat(record.parked()).isEmpty());
        }
    }

    @Test
    void aDiskThatItHasFilledItselfIsFreedByForgetting() throws IOException {
        SegmentLog log = open();
        files.room(2500);
        Group done = new Group();
        assertThatExceptionOfType(IOException.class)
                .isThrownBy(() -> {
                    for (int i = 0; i < 100; i++) {
                        done.forgotten.add(put(log, "k" + i, "v".repeat(100)));
                    }
                })
                .withMessageContaining("space");

        log.write(done);

        assertThat(log.segments()).isEqualTo(1);
        put(log, "again", "new");
        files = files.afterCrash();
        assertThat(values(open().recover())).containsExactly("new");
    }

    private static List<String> values(List<JournalRecord> records) {
        return records.stream()
                .map(record -> new String(record.change().value().orElseThrow(), StandardCharsets.UTF_8))
                .toList();
    }

    @Test
    void whatIsForcedCountsThoughThereIsNoMemoryToTidyUp() throws IOException {
        SegmentLog log = open();
        files.failAt(step -> {
            if (step.equals("delete")) {
                throw new InternalError("as out of memory");
            }
            return false;
        });
        for (int i = 0; i < 200; i++) {
            put(log, "hot", "value " + i);
        }
        assertThat(log.segments()).isGreaterThan(5);
        files.failAt(step -> false);

        put(log, "hot", "last");

        assertThat(log.segments()).isLessThan(6);
        assertThat(values(open().recover())).containsExactly("last");
    }

    @Test
    void leavesNoFileOpenWhereverItFailsToOpen() throws IOException {
        int step = 1;
        while (!opensOrClosesAll(step)) {
            step++;
        }

        assertThat(step).isGreaterThan(10);
    }

    private boolean opensOrClosesAll(int failing) throws IOException {
        files = new LossyFiles(new Random(1), true);
        recovered = false;
        try (SegmentLog log = open()) {
            for (int i = 0; i < 20; i++) {
                put(log, "k" + i, "v".repeat(100));
            }
        }
        files.corrupt(files.list().get(0), SEGMENT_BYTES / 2);
        long last = files.steps() + failing;
        files.failAt(step -> {
            if (files.steps() == last) {
                throw new InternalError("as out of memory");
            }
            return false;
        });
        SegmentLog again = open();
        try {
            again.recover();
        } catch (InternalError e) {
            assertThat(files.open()).isZero();
            return false;
        }
        assertThat(files.open()).isPositive();
        return true;
    }

    @Test
    void parkedRecordsStayParkedWhenTheyMove() throws IOException {
        SegmentLog log = open();
        long poison = put(log, "poison", "P");
        Group park = new Group();
        park.marks.add(new Mark(Type.PARKED, poison, "refused".getBytes(StandardCharsets.UTF_8)));
        log.write(park);
        String firstSegment = files.list().get(0);
        for (int i = 0; i < 200; i++) {
            put(log, "hot", "value " + i);
        }

        assertThat(files.list()).doesNotContain(firstSegment);
        assertThat(log.segments()).isLessThan(6);
        List<JournalRecord> records = open().recover();
        assertThat(values(records)).containsExactly("P", "value 199");
        assertThat(records.get(0).parked()).contains("refused");
        assertThat(records.get(0).sequence()).isEqualTo(poison);
    }
}
