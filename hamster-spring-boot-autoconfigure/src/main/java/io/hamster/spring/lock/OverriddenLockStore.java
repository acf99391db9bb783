package io.hamster.spring.lock;

import io.hamster.lock.LockStore;
import io.hamster.spring.HamsterConfigurationException;
import io.hamster.spring.lock.HamsterLockProperties.Store;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import org.springframework.beans.factory.ListableBeanFactory;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;

/**
 * Refuses a configuration that asks for one shared store and has a bean that is another: locks would silently be where
 * nobody looks for them. A store in memory gives way without a word, as tests ask for it whatever the application has.
 */
final class OverriddenLockStore implements SmartInitializingSingleton {

    /** Hamster's own, by what the application asks for. */
    private static final Map<Store, String> OWN =
            Map.of(Store.REDIS, "hamsterRedisLockStore", Store.CLUSTER, "hamsterRaftLockStore");

    /** Hamster's in memory, which isn't there for another store: what has its name was put there by a test. */
    private static final String REPLACED = "hamsterLockStore";

    private final Store wanted;
    private final ObjectProvider<LockStoreInfo> info;
    private final ListableBeanFactory beans;

    OverriddenLockStore(Store wanted, ObjectProvider<LockStoreInfo> info, ListableBeanFactory beans) {
        this.wanted = wanted;
        this.info = info;
        this.beans = beans;
    }

    @Override
    public void afterSingletonsInstantiated() {
        String own = OWN.get(wanted);
        if (own == null || beans.containsBean(own) || beans.containsBean(REPLACED)) {
            return;
        }
        String store = wanted.name().toLowerCase(Locale.ROOT);
        if (!info.getObject().name().equals(store)) {
            throw failure(store);
        }
    }

    private HamsterConfigurationException failure(String store) {
        String names = String.join(", ", Arrays.asList(beans.getBeanNamesForType(LockStore.class)));
        return new HamsterConfigurationException(
                "hamster.lock.store is " + store + ", but locks would be in the application's own LockStore bean '"
                        + names + "'.",
                "Remove one of the two, or in a test set hamster.lock.store=memory. If that bean is a store in " + store
                        + ", say so beside it:\n\n"
                        + "    @Bean\n"
                        + "    LockStoreInfo lockStoreInfo() {\n"
                        + "        return new LockStoreInfo(\"" + store + "\", \"in " + store
                        + "\", \"all instances on it\");\n"
                        + "    }\n");
    }
}
