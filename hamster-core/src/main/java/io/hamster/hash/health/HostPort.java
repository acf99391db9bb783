package io.hamster.hash.health;

import io.hamster.hash.Peer;
import java.util.Locale;

/**
 * Where to connect for a peer. Parsed by hand, because {@code java.net.URI} refuses host names with underscores.
 *
 * @param host a name or address, IPv6 without brackets
 * @param port 1 to 65535
 */
public record HostPort(String host, int port) {

    private static final int MAX_PORT = 65_535;

    /**
     * Finds host and port in a peer's address.
     *
     * @param peer a peer whose address is {@code host:port}, {@code [IPv6]:port}, or a URL, whose scheme may give the port
     * @return where to connect
     * @throws IllegalArgumentException if the address has another form
     */
    public static HostPort of(Peer peer) {
        String address = peer.address();
        int scheme = address.indexOf("://");
        String rest = scheme < 0 ? address : address.substring(scheme + 3);
        int path = rest.indexOf('/');
        String authority = path < 0 ? rest : rest.substring(0, path);
        int colon = authority.lastIndexOf(':');
        if (colon < authority.lastIndexOf(']')) {
            colon = -1;
        }
        String host = colon < 0 ? authority : authority.substring(0, colon);
        int port = colon < 0 ? defaultPort(scheme < 0 ? "" : address.substring(0, scheme)) : number(authority, colon);
        boolean bracketed = host.startsWith("[") && host.endsWith("]");
        String bare = bracketed ? host.substring(1, host.length() - 1) : host;
        if (bare.isBlank() || port < 1 || port > MAX_PORT || (!bracketed && bare.indexOf(':') >= 0)) {
            throw new IllegalArgumentException("Peer '" + peer.id() + "' has the address '" + address
                    + "', which can't be probed; give it as host:port, [IPv6]:port or a URL");
        }
        return new HostPort(bare, port);
    }

    private static int number(String authority, int colon) {
        try {
            return Integer.parseInt(authority, colon + 1, authority.length(), 10);
        } catch (NumberFormatException e) {
            return -1;
        }
    }

    private static int defaultPort(String scheme) {
        return switch (scheme.toLowerCase(Locale.ROOT)) {
            case "http" -> 80;
            case "https" -> 443;
            default -> -1;
        };
    }
}
