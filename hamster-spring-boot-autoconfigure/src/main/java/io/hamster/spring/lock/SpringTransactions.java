package io.hamster.spring.lock;

import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/** Spring's transactions. Their synchronizations are suspended and resumed with them, and so is what is kept in these. */
final class SpringTransactions implements Transactions, Transactions.Running {

    @Override
    public Optional<Running> current() {
        return TransactionSynchronizationManager.isActualTransactionActive()
                        && TransactionSynchronizationManager.isSynchronizationActive()
                ? Optional.of(this)
                : Optional.empty();
    }

    @Override
    public Optional<HeldLock> kept(String key) {
        for (TransactionSynchronization synchronization : TransactionSynchronizationManager.getSynchronizations()) {
            HeldLocks locks = synchronization instanceof Kept keeper ? keeper.now() : null;
            if (locks != null) {
                Optional<HeldLock> lock = locks.find(key);
                if (lock.isPresent()) {
                    locks.assertHeld();
                    return lock;
                }
            }
        }
        return Optional.empty();
    }

    @Override
    public void keep(CompletableFuture<HeldLocks> whenWorkEnds) {
        TransactionSynchronizationManager.registerSynchronization(new Kept(whenWorkEnds));
    }

    private record Kept(CompletableFuture<HeldLocks> whenWorkEnds) implements TransactionSynchronization {

        @Nullable
        HeldLocks now() {
            return whenWorkEnds.getNow(null);
        }

        @Override
        public void beforeCommit(boolean readOnly) {
            HeldLocks locks = now();
            if (locks != null) {
                locks.assertHeld();
            }
        }

        @Override
        public void afterCompletion(int status) {
            HeldLocks locks = now();
            if (locks != null) {
                locks.release().join();
            } else {
                whenWorkEnds.thenAccept(HeldLocks::release);
            }
        }
    }
}
