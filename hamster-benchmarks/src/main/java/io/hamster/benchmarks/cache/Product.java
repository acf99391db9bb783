package io.hamster.benchmarks.cache;

import java.io.Serializable;
import java.util.List;

/**
 * A value as applications share them, some 200 bytes as JSON. JetCache's default codec wants it serializable.
 *
 * @param id its number
 * @param name what it is called
 * @param description what it is
 * @param price in some currency
 * @param tags what it belongs to
 */
public record Product(long id, String name, String description, double price, List<String> tags)
        implements Serializable {

    static Product of(int id) {
        return new Product(
                id,
                "Product " + id,
                "What there is to say of product " + id + " fills a line or two on the page of a shop.",
                id + 0.99,
                List.of("new", "sale", "group " + id % 10));
    }
}
