package io.hamster.benchmarks.cluster;

import io.hamster.benchmarks.process.Child;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** A node's side of the talk: a command a line, answered by a line, until the parent ends it. */
final class Obedience {

    private Obedience() {}

    /** Does what the words of a command say. */
    @FunctionalInterface
    interface Act {
        String act(String[] words) throws Exception;
    }

    /** A node's life; its threads end with it, also when it fails. */
    @FunctionalInterface
    interface Life {
        void live() throws Exception;
    }

    static void live(Life life) {
        try {
            life.live();
            System.exit(0);
        } catch (Exception e) {
            e.printStackTrace();
            System.exit(1);
        }
    }

    static void obey(Act act) throws Exception {
        Child.say("ready");
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            Child.say(act.act(line.split(" ")));
        }
    }

    static IllegalArgumentException unknown(String[] words) {
        return new IllegalArgumentException("There is no command '" + words[0] + "'");
    }
}
