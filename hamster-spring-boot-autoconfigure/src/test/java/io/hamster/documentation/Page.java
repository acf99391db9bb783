package io.hamster.documentation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of the documentation.
 *
 * @param file the page
 * @param text its content
 */
public record Page(Path file, String text) {

    private static final Path ROOT = Path.of("..");
    private static final Pattern FENCED =
            Pattern.compile("(?ms)(?:^<!--((?:(?!-->).)*)-->\\n)?^```([^\\n`]*)\\n(.*?)^```$");
    private static final Pattern CODE = Pattern.compile("`([^`\\n]+)`");
    private static final Pattern LINK = Pattern.compile("\\[[^\\]]*]\\(([^)\\s]+)\\)|(?:src|srcset|href)=\"([^\"]+)\"");
    private static final Pattern HEADING = Pattern.compile("(?m)^#{1,6} +(.+?) *$");

    /**
     * Every page that readers get.
     *
     * @return those in the root, in {@code docs} and the sample's, sorted
     */
    public static List<Page> all() {
        List<Page> pages = new ArrayList<>();
        try (Stream<Path> root = Files.list(ROOT);
                Stream<Path> docs = Files.walk(ROOT.resolve("docs"));
                Stream<Path> sample = Files.list(ROOT.resolve("sample-app"))) {
            Stream.of(root, docs, sample)
                    .flatMap(files -> files)
                    .filter(file -> file.toString().endsWith(".md"))
                    .sorted()
                    .forEach(file -> pages.add(read(file)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return pages;
    }

    static Page of(String name) {
        return read(ROOT.resolve(name));
    }

    private static Page read(Path file) {
        try {
            return new Page(file, Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String name() {
        return ROOT.relativize(file).toString();
    }

    /**
     * The page's fenced blocks.
     *
     * @return in order
     */
    public List<Block> blocks() {
        List<Block> blocks = new ArrayList<>();
        Matcher fenced = FENCED.matcher(text);
        while (fenced.find()) {
            String comment = fenced.group(1) == null ? "" : fenced.group(1).strip();
            int line = 1 + (int) text.substring(0, fenced.start(3)).lines().count();
            blocks.add(new Block(name(), line, fenced.group(2).strip(), fenced.group(3), comment));
        }
        return blocks;
    }

    private String prose() {
        return FENCED.matcher(text).replaceAll("");
    }

    /** What stands in backticks in the prose. */
    List<String> codeInProse() {
        return CODE.matcher(prose()).results().map(found -> found.group(1)).toList();
    }

    /** Links that lead nowhere, with the reason. */
    List<String> deadLinks() {
        List<String> dead = new ArrayList<>();
        Matcher link = LINK.matcher(CODE.matcher(prose()).replaceAll(""));
        while (link.find()) {
            String target = link.group(1) == null ? link.group(2) : link.group(1);
            if (!target.matches("[a-z]+:.*")) {
                String reason = fault(target);
                if (!reason.isEmpty()) {
                    dead.add(name() + ": " + target + " " + reason);
                }
            }
        }
        return dead;
    }

    private String fault(String target) {
        int hash = target.indexOf('#');
        String path = hash < 0 ? target : target.substring(0, hash);
        Path linked = path.isEmpty() ? file : file.resolveSibling(path).normalize();
        if (!Files.exists(linked)) {
            return "doesn't exist";
        }
        if (hash < 0
                || (linked.toString().endsWith(".md") && read(linked).anchors().contains(target.substring(hash + 1)))) {
            return "";
        }
        return "has no such heading";
    }

    /** The anchors of headings, as repositories' web pages make them. */
    Set<String> anchors() {
        Set<String> anchors = new LinkedHashSet<>();
        Map<String, Integer> seen = new HashMap<>();
        Matcher heading = HEADING.matcher(prose());
        while (heading.find()) {
            String slug = heading.group(1)
                    .replaceAll("\\[([^\\]]*)]\\([^)]*\\)", "$1")
                    .toLowerCase(Locale.ROOT)
                    .replaceAll("[^\\p{L}\\p{N}_ -]", "")
                    .replace(' ', '-');
            int before = seen.merge(slug, 1, Integer::sum) - 1;
            anchors.add(before == 0 ? slug : slug + "-" + before);
        }
        return anchors;
    }
}
