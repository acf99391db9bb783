package io.hamster.hash.health;

import io.hamster.hash.Peer;
import java.io.IOException;
import java.net.URI;
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
     * @param path the path to get, such as {@code /actuator/health}; begins with a slash
     * @throws IllegalArgumentException if the path doesn't
     */
    public HttpPeerHealthChecker(HttpClient client, String path) {
        if (!path.startsWith("/")) {
            throw new IllegalArgumentException("Health check path '" + path + "' must begin with a slash");
        }
        this.client = client;
        this.path = path;
    }

    /**
     * Gets the path.
     *
     * @param peer a peer whose address is {@code host:port}, then by plain HTTP, or a URL, to which the path is added
     * @param timeout how long to wait for the answer
     * @return whether the status is from 200 to 299
     * @throws IOException if there is no answer
     * @throws InterruptedException if interrupted
     * @throws IllegalArgumentException if the address has another form
     */
    @Override
    public boolean isAlive(Peer peer, Duration timeout) throws IOException, InterruptedException {
        HostPort.of(peer);
        String base = peer.address().contains("://") ? peer.address() : "http://" + peer.address();
        String trimmed = base.endsWith("/") ? base.substring(0, base.length() - 1) : base;
        HttpRequest request = HttpRequest.newBuilder(URI.create(trimmed + path))
                .version(Version.HTTP_1_1)
                .timeout(timeout)
                .build();
        int status = client.send(request, BodyHandlers.discarding()).statusCode();
        return status >= 200 && status < 300;
    }
}
