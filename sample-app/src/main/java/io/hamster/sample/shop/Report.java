package io.hamster.sample.shop;

import io.hamster.annotation.LeaderOnly;
import java.time.Instant;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/** Reports now and then how many tickets were sold; among several instances only the leader does. */
@Component
public class Report {

    private static final Logger logger = LoggerFactory.getLogger(Report.class);

    private final EventRepository repository;
    private volatile Line latest = new Line(Instant.EPOCH, 0);

    Report(EventRepository repository) {
        this.repository = repository;
    }

    /** Counts the tickets and logs the result. */
    @LeaderOnly
    @Scheduled(fixedDelayString = "${shop.report-interval:30s}")
    public void count() {
        latest = new Line(Instant.now(), repository.countOrders());
        logger.info("{} tickets sold so far", latest.sold());
    }

    Line latest() {
        return latest;
    }

    /**
     * One report.
     *
     * @param at when it was made; the epoch if this instance never made one
     * @param sold tickets sold by all instances
     */
    public record Line(Instant at, int sold) {}
}
