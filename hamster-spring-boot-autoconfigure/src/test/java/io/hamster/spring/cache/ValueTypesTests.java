package io.hamster.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.util.ReflectionUtils;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

class ValueTypesTests {

    private static final String HERE = ValueTypesTests.class.getName();

    record Product(String name) {}

    @SuppressWarnings("rawtypes")
    abstract static class Base<T> {
        abstract T variable();

        abstract List<T> list();

        abstract CompletionStage<List<? extends T>> wildcard();

        abstract int primitive();

        abstract byte[] bytes();

        abstract T[] array();

        abstract Optional<String> optional();

        abstract CompletableFuture<Map<String, Object>> future();

        abstract Mono<T> mono();

        abstract Object object();

        abstract List raw();

        abstract List<?> anything();

        abstract <X> X free();

        abstract Flux<T> flux();

        abstract Stream<T> stream();

        abstract void nothing();
    }

    abstract static class Products extends Base<Product> {}

    abstract static class ProductLists extends Base<List<Product>> {}

    private static Optional<String> of(Class<?> bean, String method) {
        Method found = Arrays.stream(ReflectionUtils.getAllDeclaredMethods(bean))
                .filter(candidate -> candidate.getName().equals(method))
                .findFirst()
                .orElseThrow();
        return ValueTypes.of(found, bean).map(Type::getTypeName);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            variable  | $Product
            list      | java.util.List<$Product>
            wildcard  | java.util.List<$Product>
            primitive | java.lang.Integer
            bytes     | byte[]
            array     | $Product[]
            optional  | java.lang.String
            future    | java.util.Map<java.lang.String, java.lang.Object>
            mono      | $Product
            """)
    void unwrapsAndResolves(String method, String type) {
        assertThat(of(Products.class, method)).contains(type.replace("$", HERE + "$"));
    }

    @Test
    void keepsWhatAVariableStandsFor() {
        assertThat(of(ProductLists.class, "variable")).contains("java.util.List<" + HERE + "$Product>");
    }

    @ParameterizedTest
    @ValueSource(strings = {"object", "raw", "anything", "free", "flux", "stream", "nothing"})
    void saysNothingOfWhatIsLeftOpen(String method) {
        assertThat(of(Products.class, method)).isEmpty();
    }

    @Test
    void saysNothingOfAVariableThatNobodyResolved() {
        assertThat(of(Base.class, "variable")).isEmpty();
        assertThat(of(Base.class, "list")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            java.lang.String                                    | java.lang.String
            int                                                 | java.lang.Integer
            java.lang.String[]                                  | java.lang.String[]
            java.util.List<java.lang.String>                    | java.util.List<java.lang.String>
            java.util.Map< java.lang.String , java.util.List<java.net.URI> > | java.util.Map<java.lang.String, java.util.List<java.net.URI>>
            """)
    void readsText(String text, String type) {
        assertThat(ValueTypes.parse(text, getClass().getClassLoader()).getTypeName())
                .isEqualTo(type);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            com.acme.Gone                      | there is no class 'com.acme.Gone'
            java.util.List<com.acme.Gone>      | there is no class 'com.acme.Gone'
            java.util.List                     | it leaves open what is in it
            java.util.Map<java.lang.String>    | Mismatched number of generics
            java.util.List<java.lang.String    | a > is missing
            java.lang.String>                  | nothing can follow 'java.lang.String'
            java.util.List<>                   | there is no class ''
            """)
    void refusesTextThatIsNoType(String text, String problem) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> ValueTypes.parse(text, getClass().getClassLoader()))
                .withMessageContaining(problem);
    }
}
