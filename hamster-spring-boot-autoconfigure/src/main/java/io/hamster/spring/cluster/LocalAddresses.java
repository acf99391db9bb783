package io.hamster.spring.cluster;

import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.LinkedHashSet;
import java.util.Locale;
import java.util.Set;

/**
 * What this machine is called: its host names in lower case and the addresses of its network interfaces.
 *
 * @param names host names and textual addresses
 */
record LocalAddresses(Set<String> names) {

    static LocalAddresses ofThisMachine() {
        Set<String> names = new LinkedHashSet<>();
        try {
            InetAddress local = InetAddress.getLocalHost();
            names.add(local.getHostName().toLowerCase(Locale.ROOT));
            names.add(local.getCanonicalHostName().toLowerCase(Locale.ROOT));
        } catch (UnknownHostException e) {
            // A machine whose own name doesn't resolve still has its interfaces.
            names.add("localhost");
        }
        try {
            NetworkInterface.networkInterfaces()
                    .flatMap(NetworkInterface::inetAddresses)
                    .forEach(address -> names.add(textual(address)));
        } catch (SocketException e) {
            names.add(textual(InetAddress.getLoopbackAddress()));
        }
        return new LocalAddresses(names);
    }

    /** Whether a configured host is this machine, by name or by what the name resolves to. */
    boolean include(String host) {
        if (names.contains(host.toLowerCase(Locale.ROOT))) {
            return true;
        }
        try {
            for (InetAddress address : InetAddress.getAllByName(host)) {
                if (names.contains(textual(address))) {
                    return true;
                }
            }
            return false;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** Without the zone of a link-local address, which configured addresses don't have. */
    private static String textual(InetAddress address) {
        String text = address.getHostAddress();
        int zone = text.indexOf('%');
        return zone < 0 ? text : text.substring(0, zone);
    }
}
