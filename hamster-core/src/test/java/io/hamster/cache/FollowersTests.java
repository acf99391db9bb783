package io.hamster.cache;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class FollowersTests {

    private final Followers<String> followers = new Followers<>();
    private final List<String> called = new ArrayList<>();

    @Test
    void callsEachOnceWhetherBeforeOrAfter() {
        followers.call(what -> called.add("before " + what), new CompletableFuture<>());

        assertThat(followers.happen("it")).isTrue();
        assertThat(followers.happen("again")).isFalse();
        followers.call(what -> called.add("after " + what), new CompletableFuture<>());

        assertThat(called).containsExactly("before it", "after it");
        assertThat(followers.event()).isCompletedWithValue("it");
        assertThat(followers.size()).isZero();
    }

    @Test
    void forgetsThoseWhoGaveUp() {
        CompletableFuture<String> until = new CompletableFuture<>();
        followers.call(called::add, until);
        assertThat(followers.size()).isEqualTo(1);

        until.cancel(true);

        assertThat(followers.size()).isZero();
        followers.happen("it");
        assertThat(called).isEmpty();
    }
}
