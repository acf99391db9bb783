package io.hamster.spring.test;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.cluster.Cluster;
import io.hamster.hash.PeerPicker;
import org.junit.jupiter.api.Test;
import org.springframework.beans.factory.annotation.Autowired;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.jdbc.autoconfigure.DataSourceAutoConfiguration;
import org.springframework.boot.test.context.SpringBootTest;
import org.springframework.context.annotation.Configuration;

/** An application whose ring follows its cluster, which is off in a test. */
@SpringBootTest(
        properties = {
            "hamster.cluster.enabled=true",
            "hamster.cluster.mode=redis",
            "hamster.cluster.node-name=a",
            "hamster.hash.source=cluster"
        })
@HamsterTest
class HamsterTestRingTests {

    @Autowired
    private Cluster cluster;

    @Autowired
    private PeerPicker picker;

    @Test
    void theRingHasThisInstanceAlone() {
        assertThat(picker.pickPeer("key").id()).isEqualTo(cluster.self().name());
        assertThat(picker.peerCount()).isEqualTo(1);
    }

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration(exclude = DataSourceAutoConfiguration.class)
    static class Application {}
}
