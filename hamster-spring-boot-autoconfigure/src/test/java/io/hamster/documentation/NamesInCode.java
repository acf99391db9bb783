package io.hamster.documentation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The names under {@code hamster} that the code uses for what isn't a property: meters, observations. */
final class NamesInCode {

    private static final Path ROOT = Path.of("..");
    private static final Pattern NAME = Pattern.compile("\"(hamster\\.[a-z0-9.-]+)\"");
    private static final Pattern WORD = Pattern.compile("\"([a-z][a-z0-9.-]*)\"");

    private final Set<String> names = new HashSet<>();

    NamesInCode() {
        for (String module : List.of("hamster-core", "hamster-cluster", "hamster-spring-boot-autoconfigure")) {
            try (Stream<Path> files = Files.walk(ROOT.resolve(module).resolve("src/main/java"))) {
                files.filter(file -> file.toString().endsWith(".java")).forEach(this::collect);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /** Names as they are, and those that a file puts together of a beginning and a word. */
    private void collect(Path file) {
        String code = read(file);
        NAME.matcher(code).results().map(found -> found.group(1)).forEach(name -> {
            names.add(name);
            if (name.endsWith(".")) {
                WORD.matcher(code).results().map(word -> name + word.group(1)).forEach(names::add);
            }
        });
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    boolean has(String name) {
        return names.contains(name);
    }
}
