package io.hamster.cluster.raft;

import javax.net.ssl.X509KeyManager;
import javax.net.ssl.X509TrustManager;

/**
 * What nodes prove themselves to each other with, in both directions and to both engines.
 *
 * @param keys this node's key and certificate
 * @param trust the authorities whose certificates are accepted from other nodes
 */
public record ClusterTls(X509KeyManager keys, X509TrustManager trust) {}
