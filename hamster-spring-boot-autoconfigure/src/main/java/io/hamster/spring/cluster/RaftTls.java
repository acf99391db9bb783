package io.hamster.spring.cluster;

import io.hamster.cluster.raft.ClusterTls;
import io.hamster.spring.HamsterConfigurationException;
import java.util.Arrays;
import java.util.Optional;
import javax.net.ssl.X509KeyManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.ssl.NoSuchSslBundleException;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslBundles;

/** Finds what nodes prove themselves to each other with. */
final class RaftTls {

    private static final String PROPERTY = "hamster.cluster.tls.bundle";

    private RaftTls() {}

    /** Empty if no bundle is named. */
    static Optional<ClusterTls> of(@Nullable String name, @Nullable SslBundles bundles) {
        if (name == null) {
            return Optional.empty();
        }
        SslBundle bundle = find(name, bundles);
        if (bundle.getStores().getKeyStore() == null) {
            throw incomplete(name, "key and certificate", "keystore");
        }
        if (bundle.getStores().getTrustStore() == null) {
            // The JVM's own authorities would let in whoever has a certificate of any public one.
            throw incomplete(name, "authorities that other nodes' certificates are accepted from", "truststore");
        }
        X509KeyManager keys = first(X509KeyManager.class, bundle.getManagers().getKeyManagers())
                .orElseThrow(() -> incomplete(name, "X.509 key", "keystore"));
        X509TrustManager trust = first(
                        X509TrustManager.class, bundle.getManagers().getTrustManagers())
                .orElseThrow(() -> incomplete(name, "X.509 authorities", "truststore"));
        return Optional.of(new ClusterTls(keys, trust));
    }

    private static SslBundle find(String name, @Nullable SslBundles bundles) {
        if (bundles == null) {
            throw unknown(name, null);
        }
        try {
            return bundles.getBundle(name);
        } catch (NoSuchSslBundleException e) {
            throw unknown(name, e);
        }
    }

    private static HamsterConfigurationException unknown(String name, @Nullable Exception cause) {
        return new HamsterConfigurationException(
                PROPERTY + " is '" + name + "', but there is no SSL bundle of that name.", example(name), cause);
    }

    private static HamsterConfigurationException incomplete(String name, String what, String store) {
        return new HamsterConfigurationException(
                PROPERTY + " is '" + name + "', a bundle without " + what + ".",
                "Nodes prove themselves to each other in both directions. Add a " + store + ":\n\n" + example(name));
    }

    private static String example(String name) {
        return """
                Define the bundle:

                    spring.ssl.bundle.pem.%s:
                      keystore: { certificate: "file:node.crt", private-key: "file:node.key" }
                      truststore: { certificate: "file:cluster-ca.crt" }""".formatted(name);
    }

    private static <T> Optional<T> first(Class<T> type, Object[] managers) {
        return Arrays.stream(managers).filter(type::isInstance).map(type::cast).findFirst();
    }
}
