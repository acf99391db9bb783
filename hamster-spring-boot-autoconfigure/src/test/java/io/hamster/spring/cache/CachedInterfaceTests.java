package io.hamster.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;

import io.hamster.annotation.CacheUpdate;
import io.hamster.annotation.Cached;
import io.hamster.cache.SharedTier;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Interfaces without a class, as of HTTP clients and repositories: their beans are proxies of the JDK. */
class CachedInterfaceTests {

    private final AtomicInteger calls = new AtomicInteger();

    @Test
    void knowsParametersAndTypesOfTheInterface() {
        // A shared cache has to know of what type its values are.
        CacheTestContexts.runner()
                .withPropertyValues("hamster.cache.caches.books.tier=remote", "hamster.cache.caches.lists.tier=remote")
                .withBean(SharedTier.class, SharedTiers::alone)
                .withBean(Books.class, this::books)
                .run(context -> {
                    Books books = context.getBean(Books.class);

                    assertThat(books.find(1)).contains(new Book(1));
                    assertThat(books.find(1)).contains(new Book(1));
                    assertThat(books.findAll(2)).containsExactly(new Book(2));
                    assertThat(books.findAll(2)).containsExactly(new Book(2));
                    assertThat(calls).hasValue(2);

                    Library<Book> library = books;
                    assertThat(library.save(new Book(3))).isEqualTo(new Book(3));
                    assertThat(books.find(3)).contains(new Book(3));
                    assertThat(calls).hasValue(3);
                });
    }

    private Books books() {
        return (Books) Proxy.newProxyInstance(
                Books.class.getClassLoader(),
                new Class<?>[] {Books.class},
                (proxy, method, arguments) -> switch (method.getName()) {
                    case "find" -> {
                        calls.incrementAndGet();
                        yield Optional.of(new Book((Long) arguments[0]));
                    }
                    case "findAll" -> {
                        calls.incrementAndGet();
                        yield List.of(new Book((Long) arguments[0]));
                    }
                    case "save" -> {
                        calls.incrementAndGet();
                        yield arguments[0];
                    }
                    case "hashCode" -> System.identityHashCode(proxy);
                    case "equals" -> proxy == arguments[0];
                    default -> method.getName();
                });
    }

    record Book(long id) {}

    interface Library<T> {

        T save(T book);
    }

    interface Books extends Library<Book> {

        @Cached(name = "books", key = "#id")
        Optional<Book> find(long id);

        @Cached(name = "lists", key = "#author")
        List<Book> findAll(long author);

        @Override
        @CacheUpdate(name = "books", key = "#book.id")
        Book save(Book book);
    }
}
