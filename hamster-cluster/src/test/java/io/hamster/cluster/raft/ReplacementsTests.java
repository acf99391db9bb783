package io.hamster.cluster.raft;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class ReplacementsTests {

    private static final long EVERYTHING = Long.MAX_VALUE - 1;

    private final Replacements replacements = new Replacements();

    @Test
    void areInDoubtUntilTheLogGoesOnAfterTheirTurn() throws Exception {
        assertThat(replacements.before()).isEqualTo(EVERYTHING);
        CompletableFuture<Void> begun = replacements.begin(50);
        assertThat(begun).isCompleted();

        // Forces what came before.
        replacements.forcing();
        assertThat(replacements.before()).isEqualTo(49);

        begun.get();
        assertThat(replacements.before()).isEqualTo(49);
        replacements.forcing();
        assertThat(replacements.before()).isEqualTo(EVERYTHING);
    }

    @Test
    void endEachInItsTurn() throws Exception {
        CompletableFuture<Void> first = replacements.begin(50);
        CompletableFuture<Void> second = replacements.begin(55);
        first.get();
        replacements.forcing();
        assertThat(replacements.before()).isEqualTo(54);

        CompletableFuture<Void> third = replacements.begin(40);
        assertThat(replacements.before()).isEqualTo(39);

        second.get();
        third.get();
        replacements.forcing();
        assertThat(replacements.before()).isEqualTo(EVERYTHING);
    }
}
