/**
 * Leader, members and remote calls of a cluster, written once over two seams: {@link io.hamster.cluster.Elector} decides
 * who leads, {@link io.hamster.cluster.Transport} carries messages. Single, Redis and Raft mode provide those.
 *
 * <p>Invariants: {@code isLeader()} is a comparison of the elector's lease with the monotonic clock, so it turns false
 * with nobody's help. Events and callbacks follow from one state machine under one lock; each tracker and each listener
 * has a serial queue of its own, which holds a tracker to strict pairing and is bounded. A call is one future, completed
 * once: by the answer, the timer, the loss of the node or the close, whichever is first.
 *
 * <p>Threads: elector, transport and scheduler threads never run an application's code. Callbacks, functions and the
 * completion of asynchronous calls run on the executor; each function has its own share of it.
 */
@NullMarked
package io.hamster.cluster;

import org.jspecify.annotations.NullMarked;
