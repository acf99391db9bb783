package io.hamster.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.documentation.Block;
import io.hamster.documentation.Page;
import io.hamster.documentation.Snippets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What the documentation shows of other libraries is how they are used. They are on this module's class path only. */
class OtherLibrariesDocumentationTests {

    private final Snippets snippets = new Snippets("""
            import com.alicp.jetcache.anno.*;
            import io.hamster.annotation.HamsterLocked;
            import io.hamster.annotation.HamsterLocked.OnFailure;
            import java.util.concurrent.TimeUnit;
            import net.javacrumbs.shedlock.spring.annotation.SchedulerLock;
            import org.redisson.api.*;
            import org.springframework.scheduling.annotation.Scheduled;
            """, "RedissonClient redisson;");

    @Test
    void everyBlockCompiles() {
        List<Block> blocks = Page.all().stream()
                .flatMap(page -> page.blocks().stream())
                .filter(block -> block.info().equals("java other"))
                .toList();

        assertThat(blocks).isNotEmpty();
        assertThat(snippets.problems(blocks)).isEmpty();
    }
}
