package io.hamster.spring.redis;

import io.hamster.cluster.Node;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** What the nodes announce of themselves in Redis. */
final class Announcements {

    private static final Script ANNOUNCE = Script.named("cluster-announce");
    private static final Script NAME = Script.named("cluster-name");
    private static final Duration REMEMBERED = Duration.ofHours(1);
    private static final int MOST_REMEMBERED = 1000;
    private static final long LEFT = 0;
    private static final long FORGOTTEN = -1;

    private final GroupLines lines;
    private final Node self;
    private final boolean named;
    private final Duration timeout;
    private final long process = ProcessHandle.current().pid();

    /**
     * @param named whether the node's name is one that it will have again
     * @param timeout how long an announcement counts
     */
    Announcements(GroupLines lines, Node self, boolean named, Duration timeout) {
        this.lines = lines;
        this.self = self;
        this.named = named;
        this.timeout = timeout;
    }

    /**
     * What is announced at a time.
     *
     * @param millis the time, by Redis' clock
     * @param before what was announced under this node's name until then
     * @param all every announcement, also such as have ended
     */
    record Table(long millis, Optional<Announcement> before, List<Announcement> all) {}

    CompletableFuture<Table> announce() {
        return run(timeout.toMillis());
    }

    /** Takes the announcement back. */
    CompletableFuture<Table> leave() {
        return run(named ? LEFT : FORGOTTEN);
    }

    /** Another process that lives under this node's name. */
    CompletableFuture<Optional<Announcement>> namesake() {
        return lines.run(
                NAME,
                List.of(lines.names().members()),
                List.of(self.name(), lines.token(), lines.names().inboxes()),
                reply -> reply.stream().findFirst().flatMap(text -> Announcement.parse(self.name(), text.toString())));
    }

    /** This process, for people. */
    String place() {
        return self.address() + " (process " + process + ")";
    }

    private CompletableFuture<Table> run(long millis) {
        return lines.run(
                ANNOUNCE,
                List.of(lines.names().members()),
                List.of(
                        self.name(),
                        lines.token(),
                        Announcement.description(self, process),
                        Long.toString(millis),
                        Long.toString(REMEMBERED.toMillis()),
                        Integer.toString(MOST_REMEMBERED),
                        lines.names().news()),
                this::table);
    }

    private Table table(List<Object> reply) {
        List<Announcement> all = new ArrayList<>();
        for (int i = 2; i + 1 < reply.size(); i += 2) {
            Announcement.parse(reply.get(i).toString(), reply.get(i + 1).toString())
                    .ifPresent(all::add);
        }
        return new Table(
                Long.parseLong(reply.get(0).toString()),
                Announcement.parse(self.name(), reply.get(1).toString()),
                all);
    }
}
