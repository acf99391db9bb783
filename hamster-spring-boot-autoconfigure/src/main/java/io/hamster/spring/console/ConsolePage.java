package io.hamster.spring.console;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpHeaders;

/** The page's files, and the headers under which they and the settings are answered. Immutable. */
final class ConsolePage {

    static final String PATH = "/hamster";
    static final String SETTINGS_PATH = PATH + "/settings.json";
    static final String FILE_PATH = PATH + "/{file}";
    /** Relative, as a proxy may have put something before it. */
    static final String WITHOUT_SLASH = "../hamster";

    static final List<String> FILES = List.of(
            "console.css",
            "icon.svg",
            "api.js",
            "caches.js",
            "cluster.js",
            "console.js",
            "dialog.js",
            "dom.js",
            "format.js",
            "history.js",
            "locks.js",
            "overview.js",
            "panel.js",
            "poller.js",
            "ring.js",
            "ringdrawing.js",
            "tabs.js",
            "theme.js");

    private static final String INDEX = "index.html";
    /** Nothing from anywhere else, nothing inline, and in nobody's frame. */
    private static final String POLICY = "default-src 'self'; frame-ancestors 'none'";

    private final ConsoleFile index = ConsoleFile.load(INDEX);
    private final Map<String, ConsoleFile> files =
            FILES.stream().collect(Collectors.toUnmodifiableMap(Function.identity(), ConsoleFile::load));

    ConsoleFile index() {
        return index;
    }

    Optional<ConsoleFile> file(String name) {
        return Optional.ofNullable(files.get(name));
    }

    /** Files may be kept, but are asked for again: the next release has others of the same names. */
    static void fileHeaders(HttpHeaders headers) {
        commonHeaders(headers);
        headers.setCacheControl(CacheControl.noCache());
    }

    static void settingsHeaders(HttpHeaders headers) {
        commonHeaders(headers);
        headers.setCacheControl(CacheControl.noStore());
    }

    private static void commonHeaders(HttpHeaders headers) {
        headers.set("Content-Security-Policy", POLICY);
        headers.set("X-Content-Type-Options", "nosniff");
        headers.set("Referrer-Policy", "no-referrer");
    }
}
