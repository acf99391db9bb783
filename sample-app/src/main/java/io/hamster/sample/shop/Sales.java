package io.hamster.sample.shop;

import io.hamster.annotation.RemoteFunction;
import java.util.concurrent.atomic.AtomicInteger;
import org.springframework.stereotype.Component;

/** Tickets that this instance sold since it started; the other instances may ask. */
@Component
public class Sales {

    private final AtomicInteger sold = new AtomicInteger();

    void sold() {
        sold.incrementAndGet();
    }

    /**
     * How many tickets this instance sold.
     *
     * @return a count since the instance's start
     */
    @RemoteFunction("sales")
    public int sales() {
        return sold.get();
    }
}
