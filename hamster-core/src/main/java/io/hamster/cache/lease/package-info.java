/**
 * Loads that the nodes of a cluster share without a server: each key's load lease is kept by the key's owner on a ring of
 * the nodes.
 *
 * <p>{@link io.hamster.cache.lease.ClusterLeases} opens, for each cache, a
 * {@link io.hamster.cache.store.CacheStore} that keeps no entries: it gives the key's ticket to one of those who miss,
 * and hands what that one loads, as encoded by the cache's codec, to the others for as long as a lease stands. Whoever has
 * the ticket runs <em>its own</em> loader, in its own context. So an owner runs nobody's code; a loader that asks for
 * other keys needs no thread of theirs; and what a loader throws stays with its callers, while the ticket goes to the next
 * who waits.
 *
 * <p>Owners are found on a consistent hash ring of the members in a {@linkplain io.hamster.cache.lease.LeaseChannel.View
 * view}, which all of its members see alike. Nothing is replicated and no clocks are compared. Invariants: (1) An owner's
 * book of tickets and values is for one view and is thrown away with it. (2) It gives tickets only once every member has
 * said that it is in that view. (3) Each question carries its asker's view and is refused in another, and an answer counts
 * only if its asker is still in the view in which it asked. (4) A change is confirmed once every member has noted it in
 * one view; until then the changed keys bypass the store, and are told to the others again afterwards.
 *
 * <p>Hence no value that was loaded before a confirmed change reaches a member of the view in which that was confirmed,
 * once it was. Within the view, the owner has dropped what it had of the key, and the ticket under which more could have
 * come: a ticket's name is never used twice, not even by a question that is asked again. Answers of earlier views don't
 * count any more by (3): the member was in the view when it noted the change. And in a later view that the member enters,
 * every ticket was given after all its members had entered it by (2), among them this one, which was after the change. What
 * comes in while the change is being confirmed is dropped by the news of it, or isn't kept, as with any other store. Nodes
 * out of each other's reach are in different views; when they find each other again, the news have them forget everything.
 *
 * <p>What isn't to be kept (absences, if they aren't) is handed only to those who were waiting for it, and so is what has
 * expired before they come for it: to each in one call, as often as that asks. What can't be handed on (too large, without a
 * codec, no room) has those who were waiting told so likewise: they load for themselves, all at the same time, and whoever
 * comes later gets a ticket again.
 *
 * <p>What that costs: when nodes come and go, loads that are running then may be run once more. An owner that doesn't
 * answer within the bound, if it answers nothing else either, or says all the while that it is in another view, is done
 * without until it has said that it is in this one: then each instance loads for itself. What a node itself refuses to send
 * is no silence of the owner. Questions to a member go together while others wait for their answers, and who waits asks the
 * less often the longer it takes and the more it waits for, so the number of messages doesn't grow with that of the keys.
 */
@NullMarked
package io.hamster.cache.lease;

import org.jspecify.annotations.NullMarked;
