package io.hamster.spring.lock;

import io.hamster.lock.LockStore;
import io.hamster.spring.Choices;
import io.hamster.spring.HamsterConfigurationException;
import org.springframework.core.env.Environment;

/** Says what an application lacks for the lock store that it asks for. */
final class MissingLockStore {

    private static final String ENABLED = "hamster.cluster.enabled";
    private static final String MODE = "hamster.cluster.mode";

    private MissingLockStore() {}

    static HamsterConfigurationException failure(HamsterLockProperties.Store store, Environment environment) {
        return store == HamsterLockProperties.Store.CLUSTER ? cluster(environment) : redis();
    }

    private static HamsterConfigurationException redis() {
        return failure(
                "redis",
                "nothing in this application provides that store.",
                "Add Redis to the class path, in pom.xml:\n\n"
                        + dependency("org.springframework.boot", "spring-boot-starter-data-redis"));
    }

    private static HamsterConfigurationException cluster(Environment environment) {
        boolean enabled = environment.getProperty(ENABLED, Boolean.class, false);
        if (!enabled || !Choices.isChosen(environment, MODE, "cluster", false)) {
            return failure(
                    "cluster",
                    (enabled ? MODE + " is " + environment.getProperty(MODE, "single") : ENABLED + " is false") + ".",
                    "Locks are kept by the group that the instances form. Let them form one, in application.yml:\n\n"
                            + "hamster:\n  cluster:\n    enabled: true\n    mode: cluster\n");
        }
        return failure(
                "cluster",
                "nothing in this application provides that store.",
                "Add the cluster to the class path, in pom.xml:\n\n" + dependency("io.hamster", "hamster-cluster"));
    }

    private static HamsterConfigurationException failure(String store, String problem, String remedy) {
        return new HamsterConfigurationException(
                "hamster.lock.store is " + store + ", but " + problem,
                remedy + "\nOr set hamster.lock.store=memory, or leave that out and give a bean of type "
                        + LockStore.class.getName() + ".");
    }

    private static String dependency(String groupId, String artifactId) {
        return """
                <dependency>
                  <groupId>%s</groupId>
                  <artifactId>%s</artifactId>
                </dependency>
                """.formatted(groupId, artifactId);
    }
}
