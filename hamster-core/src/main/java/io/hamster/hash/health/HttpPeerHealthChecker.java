package io.hamster.hash.health;

import io.hamster.hash.Peer;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.http.HttpClient;
import java.net.http.HttpClient.Version;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;

/** Takes a peer as alive when a {@code GET} of a path answers with a status from 200 to 299. */
public final class HttpPeerHealthChecker implements PeerHealthChecker {

    private final HttpClient client;
    private final String path;

    /**
     * Creates the checker.
     *
     * @param client sends the requests; remains the caller's to close
     * @param path the path to get, such as {@code /actuator/health/liveness}; begins with a slash. What answers there
     *     mustn't itself depend on which peers are alive, or peers that are once taken as dead stay so
     * @throws IllegalArgumentException as {@link #requirePath}
     */
    public HttpPeerHealthChecker(HttpClient client, String path) {
        requirePath(path);
        this.client = client;
        this.path = path;
    }

    /**
     * Checks that a path can be added to a peer's address.
     *
     * @param path a path, with or without a query
     * @throws IllegalArgumentException if it doesn't begin with a slash, or has characters that a URL can't have
     */
    public static void requirePath(String path) {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("Health check path '" + path + "' must begin with a slash");
        }
        try {
            new URI("http://host" + path);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException(
                    "Health check path '" + path + "' can't be part of a URL: " + e.getReason() + " at index "
                            + (e.getIndex() - "http://host".length()) + "; write such characters as % and two"
                            + " hexadecimal digits",
                    e);
        }
    }

    /**
     * Checks that a peer has an address that {@link #isAlive} takes.
     *
     * @param peer a peer
     * @throws IllegalArgumentException if the address has another form, or a host name that {@code java.net.URI}
     *     refuses, such as one with an underscore
     */
    public static void requireProbeable(Peer peer) {
        base(peer);
    }

    /**
     * Gets the path.
     *
     * @param peer a peer whose address is {@code host:port}, then by plain HTTP, or an HTTP URL, to which the path is
     *     added
     * @param timeout how long to wait for the answer
     * @return true
     * @throws IOException if there is no answer, or its status isn't from 200 to 299
     * @throws InterruptedException if interrupted
     * @throws IllegalArgumentException as {@link #requireProbeable}
     */
    @Override
    public boolean isAlive(Peer peer, Duration timeout) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(base(peer) + path))
                .version(Version.HTTP_1_1)
                .timeout(timeout)
                .build();
        int status = client.send(request, BodyHandlers.discarding()).statusCode();
        if (status < 200 || status >= 300) {
            throw new IOException("GET " + request.uri() + " was answered with " + status
                    + "; the health check's path must be answered with a status from 200 to 299");
        }
        return true;
    }

    /** The URL to which the path is added. */
    private static String base(Peer peer) {
        HostPort.of(peer);
        String url = peer.address().contains("://") ? peer.address() : "http://" + peer.address();
        if (!isHttp(url)) {
            throw new IllegalArgumentException("Peer '" + peer.id() + "' has the address '" + peer.address()
                    + "', which can't be probed by HTTP; give it as host:port, [IPv6]:port or an http or https URL,"
                    + " with a host name of letters, digits, dots and hyphens, or probe by TCP");
        }
        return url.endsWith("/") ? url.substring(0, url.length() - 1) : url;
    }

    /** What the HTTP client asks of a URL. */
    private static boolean isHttp(String url) {
        try {
            URI uri = new URI(url);
            return uri.getHost() != null
                    && ("http".equalsIgnoreCase(uri.getScheme()) || "https".equalsIgnoreCase(uri.getScheme()));
        } catch (URISyntaxException e) {
            return false;
        }
    }
}
