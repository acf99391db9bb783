package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class NodeListTests {

    @Test
    void isTheListThatAPlainOneWouldBe() {
        Random random = new Random(7);
        NodeList<Integer, String> list = new NodeList<>();
        List<OrderedNode<Integer, String>> expected = new ArrayList<>();
        for (int step = 0; step < 20_000; step++) {
            boolean grows = random.nextInt(2_000) < 2_000 - expected.size();
            switch (random.nextInt(3)) {
                case 0 -> {
                    if (grows) {
                        OrderedNode<Integer, String> node = new OrderedNode<>(step, null);
                        list.append(node, 0);
                        expected.add(node);
                    }
                }
                case 1 -> {
                    if (!expected.isEmpty()) {
                        OrderedNode<Integer, String> node = expected.remove(random.nextInt(expected.size()));
                        list.moveToEnd(node, 0);
                        expected.add(node);
                    }
                }
                default -> {
                    if (!expected.isEmpty() && random.nextInt(4) == 0) {
                        OrderedNode<Integer, String> node = expected.remove(random.nextInt(expected.size()));
                        int place = node.place;
                        list.remove(node);
                        assertThat(list.at(place)).as("its place").isNull();
                    }
                }
            }
            assertThat(list.size()).isEqualTo(expected.size());
            assertThat(list.first()).isSameAs(expected.isEmpty() ? null : expected.get(0));
            if (!expected.isEmpty()) {
                OrderedNode<Integer, String> last = expected.get(expected.size() - 1);
                assertThat(list.isLast(last)).isTrue();
                assertThat(list.at(last.place)).isSameAs(last);
            }
        }

        assertThat(expected).as("enough to have grown and reused places").hasSizeGreaterThan(100);
        for (OrderedNode<Integer, String> node : expected) {
            assertThat(list.first()).isSameAs(node);
            list.remove(node);
        }
        assertThat(list.first()).isNull();
    }

    /** What is of one generation stays in the order in which it came; generations come in theirs. */
    @Test
    void sortsByGeneration() {
        Random random = new Random(11);
        NodeList<Integer, String> list = new NodeList<>();
        List<OrderedNode<Integer, String>> expected = new ArrayList<>();
        int ended = 0;
        int generation = 0;
        for (int step = 0; step < 20_000; step++) {
            int what = random.nextInt(expected.isEmpty() ? 1 : 8);
            switch (what) {
                case 0, 1 -> {
                    OrderedNode<Integer, String> node = new OrderedNode<>(step, null);
                    list.append(node, generation);
                    insert(list, expected, node);
                }
                case 2, 3 -> {
                    OrderedNode<Integer, String> node = expected.remove(random.nextInt(expected.size()));
                    list.moveToEnd(node, generation);
                    insert(list, expected, node);
                }
                case 4, 5 -> {
                    OrderedNode<Integer, String> node = expected.remove(random.nextInt(expected.size()));
                    // Also generations of which nothing is left, or never was.
                    int into = Math.max(0, generation - 1 - random.nextInt(NodeList.SECTIONS / 2));
                    if (into == generation) {
                        list.moveToEnd(node, generation);
                    } else {
                        list.moveTo(node, into);
                    }
                    insert(list, expected, node);
                }
                case 6 -> {
                    if (random.nextBoolean()) {
                        list.remove(expected.remove(0));
                    } else {
                        list.remove(expected.remove(random.nextInt(expected.size())));
                    }
                }
                default -> {
                    if (random.nextInt(20) == 0) {
                        list.endSection(generation++);
                        ended++;
                    }
                }
            }
            assertThat(list.size()).isEqualTo(expected.size());
            if (ended == NodeList.SECTIONS / 2) {
                // Before sections have to be shared, all has to go.
                drain(list, expected);
                ended = 0;
            }
        }

        drain(list, expected);
    }

    private static void insert(
            NodeList<Integer, String> list,
            List<OrderedNode<Integer, String>> nodes,
            OrderedNode<Integer, String> node) {
        int index = nodes.size();
        while (index > 0 && list.generation(nodes.get(index - 1)) > list.generation(node)) {
            index--;
        }
        nodes.add(index, node);
    }

    private static void drain(NodeList<Integer, String> list, List<OrderedNode<Integer, String>> expected) {
        for (OrderedNode<Integer, String> node : expected) {
            assertThat(list.first()).isSameAs(node);
            list.remove(node);
        }
        assertThat(list.first()).isNull();
        expected.clear();
    }

    @Test
    void keepsEveryNodeAndNearlyTheirOrderWhenGenerationsShareSections() {
        NodeList<Integer, String> list = new NodeList<>();
        List<OrderedNode<Integer, String>> nodes = new ArrayList<>();
        int generations = 50 * NodeList.SECTIONS;
        for (int generation = 0; generation < generations; generation++) {
            OrderedNode<Integer, String> node = new OrderedNode<>(generation, null);
            list.append(node, generation);
            nodes.add(node);
            list.endSection(generation);
        }
        OrderedNode<Integer, String> used = nodes.remove(0);

        list.moveTo(used, generations - 8);

        nodes.add(generations - 8, used);
        drain(list, nodes);
    }

    /** To a part of their age, however many there were. */
    @Test
    void tellsGenerationsApartWhenTheyShareSections() {
        int generations = 50 * NodeList.SECTIONS;
        for (int age : new int[] {3, 10, 100, 1000, 6000}) {
            NodeList<Integer, String> list = new NodeList<>();
            OrderedNode<Integer, String> used = new OrderedNode<>(-1, null);
            list.append(used, 0);
            for (int generation = 10; generation <= 10 * generations; generation += 10) {
                list.append(new OrderedNode<>(generation, null), generation);
                list.endSection(generation);
            }

            list.moveTo(used, 10L * (generations - age) + 5);

            int before = 0;
            for (OrderedNode<Integer, String> node = list.first(); node != used; node = list.first()) {
                before++;
                list.remove(node);
            }
            assertThat(before)
                    .as("older ones than one of age %s", age)
                    .isBetween(generations - age - age / 5, generations - age + age / 5);
        }
    }

    @Test
    void sharesNoSectionWhereOthersAreEmpty() {
        NodeList<Integer, String> list = new NodeList<>();
        List<OrderedNode<Integer, String>> nodes = new ArrayList<>();
        for (int generation = 10; generation <= 10 * NodeList.SECTIONS; generation += 10) {
            OrderedNode<Integer, String> node = new OrderedNode<>(generation, null);
            list.append(node, generation);
            nodes.add(node);
            list.endSection(generation);
        }
        OrderedNode<Integer, String> used = nodes.remove(NodeList.SECTIONS - 1);
        while (nodes.size() > 2) {
            list.remove(nodes.remove(2));
        }

        list.moveTo(used, 15);

        nodes.add(1, used);
        drain(list, nodes);
    }

    /** Sections are shared all the time then; the nodes of the last few are sorted all the same. */
    @Test
    void losesNoNodeHoweverManyGenerationsAreTold() {
        Random random = new Random(13);
        NodeList<Integer, String> list = new NodeList<>();
        List<OrderedNode<Integer, String>> nodes = new ArrayList<>();
        int generation = 1;
        for (int step = 0; step < 50_000; step++) {
            if (nodes.size() < 300) {
                OrderedNode<Integer, String> node = new OrderedNode<>(step, null);
                list.append(node, generation);
                nodes.add(node);
            }
            OrderedNode<Integer, String> used = nodes.get(random.nextInt(nodes.size()));
            if (random.nextBoolean()) {
                list.moveTo(used, random.nextInt(generation));
            } else {
                list.moveToEnd(used, generation);
            }
            if (random.nextInt(3) == 0) {
                nodes.remove(used);
                list.remove(used);
            }
            if (random.nextInt(3) == 0) {
                list.endSection(generation++);
            }
        }
        for (OrderedNode<Integer, String> node : nodes) {
            list.moveTo(node, generation + node.key % 5);
        }

        assertThat(list.size()).isEqualTo(nodes.size()).isGreaterThan(100);
        nodes.sort(Comparator.comparing(node -> node.key % 5));
        drain(list, nodes);
    }
}
