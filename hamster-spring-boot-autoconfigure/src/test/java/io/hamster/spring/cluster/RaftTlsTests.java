package io.hamster.spring.cluster;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.cluster.raft.ClusterTls;
import io.hamster.spring.HamsterConfigurationException;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.springframework.boot.ssl.DefaultSslBundleRegistry;
import org.springframework.boot.ssl.SslBundle;
import org.springframework.boot.ssl.SslStoreBundle;

class RaftTlsTests {

    private static final String PASSWORD = "secret";

    private final KeyStore store = emptyStore();

    @Test
    void takesTheManagersOfTheBundle() {
        SslBundle bundle = bundle(store, store);

        Optional<ClusterTls> tls = RaftTls.of("nodes", registry(bundle));

        assertThat(tls).get().satisfies(found -> {
            assertThat(bundle.getManagers().getKeyManagers()).isNotEmpty();
            assertThat(found.keys()).isNotNull();
            assertThat(found.trust().getAcceptedIssuers()).isEmpty();
        });
    }

    @Test
    void isOffUnlessABundleIsNamed() {
        assertThat(RaftTls.of(null, null)).isEmpty();
    }

    @Test
    void saysThatThereIsNoSuchBundle() {
        assertThatExceptionOfType(HamsterConfigurationException.class)
                .isThrownBy(() -> RaftTls.of("others", registry(bundle(store, store))))
                .withMessageStartingWith(
                        "hamster.cluster.tls.bundle is 'others', but there is no SSL bundle of that name.")
                .withMessageContaining("spring.ssl.bundle.pem.others:");
        assertThatExceptionOfType(HamsterConfigurationException.class)
                .isThrownBy(() -> RaftTls.of("others", null))
                .withMessageStartingWith("hamster.cluster.tls.bundle is 'others'");
    }

    @Test
    void refusesABundleThatProvesOnlyOneDirection() {
        assertThatExceptionOfType(HamsterConfigurationException.class)
                .isThrownBy(() -> RaftTls.of("nodes", registry(bundle(null, store))))
                .withMessageStartingWith(
                        "hamster.cluster.tls.bundle is 'nodes', a bundle without key and certificate.");
        assertThatExceptionOfType(HamsterConfigurationException.class)
                .isThrownBy(() -> RaftTls.of("nodes", registry(bundle(store, null))))
                .withMessageStartingWith("hamster.cluster.tls.bundle is 'nodes', a bundle without authorities")
                .withMessageContaining("Add a truststore");
    }

    private static DefaultSslBundleRegistry registry(SslBundle bundle) {
        return new DefaultSslBundleRegistry("nodes", bundle);
    }

    private static SslBundle bundle(@Nullable KeyStore keys, @Nullable KeyStore trust) {
        return SslBundle.of(SslStoreBundle.of(keys, PASSWORD, trust));
    }

    private static KeyStore emptyStore() {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, PASSWORD.toCharArray());
            return store;
        } catch (GeneralSecurityException | IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
