package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
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
                        list.append(node);
                        expected.add(node);
                    }
                }
                case 1 -> {
                    if (!expected.isEmpty()) {
                        OrderedNode<Integer, String> node = expected.remove(random.nextInt(expected.size()));
                        list.moveToEnd(node);
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
}
