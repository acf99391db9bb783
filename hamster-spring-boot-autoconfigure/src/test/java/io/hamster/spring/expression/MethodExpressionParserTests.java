package io.hamster.spring.expression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import io.hamster.spring.HamsterConfigurationException;
import java.lang.reflect.Method;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.springframework.beans.factory.support.DefaultListableBeanFactory;
import org.springframework.core.env.MapPropertySource;
import org.springframework.core.env.StandardEnvironment;
import org.springframework.util.ReflectionUtils;

class MethodExpressionParserTests {

    private final DefaultListableBeanFactory beanFactory = new DefaultListableBeanFactory();
    private final Method method = ReflectionUtils.findMethod(Orders.class, "place", String.class, Item.class);
    private final Object[] arguments = {"o-1", new Item("book", 3)};
    private MethodExpressionParser parser;

    @BeforeEach
    void createParser() {
        StandardEnvironment environment = new StandardEnvironment();
        environment.getPropertySources().addFirst(new MapPropertySource("test", Map.of("prefix", "orders")));
        beanFactory.addEmbeddedValueResolver(environment::resolveRequiredPlaceholders);
        beanFactory.registerSingleton("tenant", new Tenant("acme"));
        parser = new MethodExpressionParser(beanFactory);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
            #id                                 | o-1
            #p0                                 | o-1
            ' #a0 '                             | ' #a0 '
            #item.name                          | book
            #p1.count + 1                       | 4
            'order:' + #id                      | order:o-1
            '${prefix}:' + #id                  | orders:o-1
            '${missing:none}'                   | none
            #root.methodName                    | place
            #root.method.name                   | place
            #root.target.class.simpleName       | Orders
            #root.targetClass.simpleName        | Orders
            #root.args[0]                       | o-1
            @tenant.name + ':' + #id            | acme:o-1
            {1,2,3}.?[#this > 2].size()         | 1
            T(java.lang.Math).max(1, #item.count) | 3
            """)
    void evaluates(String expression, String expected) {
        assertThat(evaluate(expression)).hasToString(expected.equals("' #a0 '") ? " #a0 " : expected);
    }

    @Test
    void readsABareParameterWithoutSpel() {
        assertThat(parser.parse(" #item ", method, "here")).isEqualTo(new ArgumentExpression(1));
    }

    @Test
    void knowsTheResult() {
        Object value = parser.parse("#result?.length()", method, "here").evaluate(new Orders(), arguments, "four");

        assertThat(value).isEqualTo(4);
        assertThat(evaluate("#result?.length()")).isNull();
    }

    @Test
    void refusesTheResultBeforeThereIsOne() {
        assertThatExceptionOfType(HamsterConfigurationException.class)
                .isThrownBy(() -> parser.parseBeforeCall("#result.name", method, "@Cached(key) on Orders.place"))
                .withMessageContaining("@Cached(key) on Orders.place uses #result");
    }

    @Test
    void takesAParameterOfThatNameAsLongAsThereIsNoResult() throws Exception {
        Method check = Orders.class.getMethod("check", String.class);
        MethodExpression expression = parser.parseBeforeCall("#result + '!'", check, "here");

        assertThat(expression.evaluate(new Orders(), new Object[] {"given"})).isEqualTo("given!");
    }

    @ParameterizedTest
    @ValueSource(strings = {"#idd", "'x' + #idd", "#p2", "{1}.?[#this == #idd]", "#item.equals(#idd)"})
    void refusesNamesThatDoNotExist(String expression) {
        assertThatExceptionOfType(HamsterConfigurationException.class)
                .isThrownBy(() -> parser.parse(expression, method, "@HamsterLocked(key) on Orders.place"))
                .withMessageStartingWith("@HamsterLocked(key) on Orders.place uses #")
                .withMessageContaining("[id, item]");
    }

    @ParameterizedTest
    @ValueSource(strings = {"#id +", "order:#id", "'open", ""})
    void refusesWhatCannotBeParsed(String expression) {
        assertThatExceptionOfType(HamsterConfigurationException.class)
                .isThrownBy(() -> parser.parse(expression, method, "@Cached(key) on Orders.place"))
                .withMessageContaining("@Cached(key) on Orders.place is '" + expression + "'");
    }

    @Test
    void refusesPlaceholdersWithoutAValue() {
        assertThatExceptionOfType(HamsterConfigurationException.class)
                .isThrownBy(() -> parser.resolve("${no.such.property}", "@Cached(ttl) on Orders.place"))
                .withMessageContaining("@Cached(ttl) on Orders.place is '${no.such.property}'");
    }

    @Test
    void keepsConcurrentCallsApart() throws Exception {
        MethodExpression expression = parser.parse("#id + ':' + #item.count", method, "here");
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            List<Future<Object>> results = IntStream.range(0, 4000)
                    .mapToObj(i -> pool.submit(() ->
                            expression.evaluate(new Orders(), new Object[] {"o-" + i, new Item("x", i)})))
                    .toList();
            for (int i = 0; i < results.size(); i++) {
                assertThat(results.get(i).get()).isEqualTo("o-" + i + ":" + i);
            }
        } finally {
            pool.shutdownNow();
        }
    }

    private Object evaluate(String expression) {
        return parser.parse(expression, method, "here").evaluate(new Orders(), arguments);
    }

    public static class Orders {
        public void place(String id, Item item) {}

        public void check(String result) {}
    }

    public record Item(String name, int count) {}

    public record Tenant(String name) {}
}
