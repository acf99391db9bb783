package io.hamster.spring.lock;

import java.util.Optional;
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
    public boolean covers(String key) {
        for (TransactionSynchronization synchronization : TransactionSynchronizationManager.getSynchronizations()) {
            if (synchronization instanceof Kept kept && kept.returned && kept.locks.has(key)) {
                kept.locks.assertHeld();
                return true;
            }
        }
        return false;
    }

    @Override
    public Hold keep(HeldLocks locks) {
        Kept kept = new Kept(locks);
        TransactionSynchronizationManager.registerSynchronization(kept);
        return kept;
    }

    private static final class Kept implements TransactionSynchronization, Hold {

        private final HeldLocks locks;
        private boolean returned;

        private Kept(HeldLocks locks) {
            this.locks = locks;
        }

        @Override
        public void returned() {
            returned = true;
        }

        @Override
        public void beforeCommit(boolean readOnly) {
            locks.assertHeld();
        }

        @Override
        public void afterCompletion(int status) {
            locks.release().join();
        }
    }
}
