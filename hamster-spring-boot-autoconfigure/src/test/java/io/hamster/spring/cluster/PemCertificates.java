package io.hamster.spring.cluster;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;

/**
 * A certificate made for a test, which trusts itself only.
 *
 * @param certificate the file with the certificate
 * @param key the file with its key
 */
record PemCertificates(Path certificate, Path key) {

    private static final String PASSWORD = "for-this-test";
    private static final String ALIAS = "node";

    static PemCertificates make(Path directory) throws IOException, InterruptedException, GeneralSecurityException {
        Path file = directory.resolve("node.p12");
        keytool(file);
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(file)) {
            store.load(in, PASSWORD.toCharArray());
        }
        return new PemCertificates(
                write(
                        directory.resolve("node.crt"),
                        "CERTIFICATE",
                        store.getCertificate(ALIAS).getEncoded()),
                write(
                        directory.resolve("node.key"),
                        "PRIVATE KEY",
                        store.getKey(ALIAS, PASSWORD.toCharArray()).getEncoded()));
    }

    /** The properties of a bundle of it. */
    List<String> bundle(String name) {
        String prefix = "spring.ssl.bundle.pem." + name + ".";
        return List.of(
                prefix + "keystore.certificate=file:" + certificate,
                prefix + "keystore.private-key=file:" + key,
                prefix + "truststore.certificate=file:" + certificate);
    }

    private static void keytool(Path file) throws IOException, InterruptedException {
        String command =
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
        Process keytool = new ProcessBuilder(List.of(
                        command,
                        "-genkeypair",
                        "-alias",
                        ALIAS,
                        "-keyalg",
                        "EC",
                        "-groupname",
                        "secp256r1",
                        "-dname",
                        "CN=node",
                        "-ext",
                        "san=ip:127.0.0.1,dns:localhost",
                        "-validity",
                        "2",
                        "-storetype",
                        "PKCS12",
                        "-storepass",
                        PASSWORD,
                        "-keystore",
                        file.toString()))
                .inheritIO()
                .start();
        if (keytool.waitFor() != 0) {
            throw new IOException("keytool failed with " + keytool.exitValue());
        }
    }

    private static Path write(Path file, String type, byte[] content) throws IOException {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        return Files.writeString(file, "-----BEGIN " + type + "-----\n" + body + "\n-----END " + type + "-----\n");
    }
}
