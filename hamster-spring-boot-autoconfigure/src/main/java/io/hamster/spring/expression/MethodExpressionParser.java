package io.hamster.spring.expression;

import io.hamster.spring.HamsterConfigurationException;
import java.lang.reflect.Method;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.config.ConfigurableBeanFactory;
import org.springframework.boot.convert.DurationStyle;
import org.springframework.context.expression.BeanFactoryResolver;
import org.springframework.core.DefaultParameterNameDiscoverer;
import org.springframework.core.ParameterNameDiscoverer;
import org.springframework.expression.BeanResolver;
import org.springframework.expression.Expression;
import org.springframework.expression.ParseException;
import org.springframework.expression.spel.SpelCompilerMode;
import org.springframework.expression.spel.SpelNode;
import org.springframework.expression.spel.SpelParserConfiguration;
import org.springframework.expression.spel.ast.VariableReference;
import org.springframework.expression.spel.standard.SpelExpression;
import org.springframework.expression.spel.standard.SpelExpressionParser;
import org.springframework.expression.spel.support.StandardTypeLocator;

/**
 * Parses the expressions of annotations. Names that an expression may use: each parameter by its name, {@code #p0} and
 * {@code #a0} by index, {@code #result}, {@code #root.method}, {@code .methodName}, {@code .target},
 * {@code .targetClass} and {@code .args}, beans as {@code @name}, and placeholders, which are resolved first.
 *
 * <p>Thread-safe. A broken expression and a name that doesn't exist are refused here, at start, because SpEL itself
 * would quietly read the latter as {@code null}.
 */
public final class MethodExpressionParser {

    private static final Pattern ARGUMENT = Pattern.compile("#([A-Za-z_$][A-Za-z0-9_$]*)");
    private static final Pattern INDEXED = Pattern.compile("[pa](0|[1-9][0-9]{0,2})");
    private static final Pattern BARE_NUMBER = Pattern.compile("[+-]?[0-9]+");
    private static final String RESULT = "result";
    private static final Set<String> ALWAYS_KNOWN = Set.of("root", "this", RESULT);

    private final ConfigurableBeanFactory beanFactory;
    private final BeanResolver beans;
    private final SpelExpressionParser parser;
    private final StandardTypeLocator types;
    private final ParameterNameDiscoverer parameterNames = new DefaultParameterNameDiscoverer();

    /**
     * Creates the parser.
     *
     * @param beanFactory where placeholders and {@code @name} are looked up
     */
    public MethodExpressionParser(ConfigurableBeanFactory beanFactory) {
        this.beanFactory = beanFactory;
        this.beans = new BeanFactoryResolver(beanFactory);
        ClassLoader classLoader = beanFactory.getBeanClassLoader();
        this.parser = new SpelExpressionParser(new SpelParserConfiguration(SpelCompilerMode.MIXED, classLoader));
        this.types = new StandardTypeLocator(classLoader);
    }

    /**
     * Resolves the placeholders of an annotation's attribute.
     *
     * @param value the attribute's value
     * @param where the attribute and method, for the message: {@code "@Cached(ttl) on Users.find"}
     * @return the value without placeholders
     * @throws HamsterConfigurationException if a placeholder has no value
     */
    public String resolve(String value, String where) {
        try {
            String resolved = beanFactory.resolveEmbeddedValue(value);
            return resolved == null ? "" : resolved;
        } catch (IllegalArgumentException e) {
            throw new HamsterConfigurationException(
                    where + " is '" + value + "', and that placeholder has no value.",
                    "Set the property or give a default: ${name:default}.",
                    e);
        }
    }

    /**
     * Reads an annotation's attribute that is a duration, such as 30s.
     *
     * @param value the attribute's value, perhaps with placeholders
     * @param where the attribute and method, for the message: {@code "@Cached(ttl) on Users.find"}
     * @return the duration, which may be negative, or {@code null} if the attribute is empty
     * @throws HamsterConfigurationException if it is none, or a number other than 0 without a unit
     */
    public @Nullable Duration duration(String value, String where) {
        String text = resolve(value, where).strip();
        if (text.isEmpty()) {
            return null;
        }
        Duration duration;
        try {
            duration = DurationStyle.detectAndParse(text);
        } catch (IllegalArgumentException | ArithmeticException e) {
            throw new HamsterConfigurationException(
                    where + " is '" + text + "', which is no duration.", "Write 500ms, 30s, 10m or PT10M.", e);
        }
        // Spring takes it for milliseconds, which hardly anyone means who writes 30.
        if (BARE_NUMBER.matcher(text).matches() && !duration.isZero()) {
            throw new HamsterConfigurationException(
                    where + " is '" + text + "', which has no unit.",
                    "Write " + text + "s, or " + text + "ms for milliseconds.");
        }
        return duration;
    }

    /**
     * Parses an expression for a method.
     *
     * @param expression the expression, perhaps with placeholders
     * @param method the annotated method, of the class rather than of an interface where there is a choice
     * @param where the attribute and method, for the message: {@code "@HamsterLocked(key) on Orders.place"}
     * @return the parsed expression
     * @throws HamsterConfigurationException if it can't be parsed or names what doesn't exist
     */
    public MethodExpression parse(String expression, Method method, String where) {
        return parse(expression, method, where, true);
    }

    /**
     * Parses an expression for a method that is evaluated before that is called.
     *
     * @param expression the expression, perhaps with placeholders
     * @param method the annotated method
     * @param where the attribute and method, for the message
     * @return the parsed expression
     * @throws HamsterConfigurationException if {@link #parse} refuses it, or it names {@code #result}
     */
    public MethodExpression parseBeforeCall(String expression, Method method, String where) {
        return parse(expression, method, where, false);
    }

    private MethodExpression parse(String expression, Method method, String where, boolean knowsResult) {
        String text = resolve(expression, where);
        String[] names = names(method);
        Matcher argument = ARGUMENT.matcher(text.strip());
        if (argument.matches()) {
            int index = indexOf(argument.group(1), names, method.getParameterCount());
            if (index >= 0) {
                return new ArgumentExpression(index);
            }
        }
        Expression parsed = parse(text, where);
        Set<String> used = variables(parsed);
        requireKnownNames(used, names, method, where, knowsResult);
        return new SpelMethodExpression(parsed, method, names, beans, types, used.contains(RESULT));
    }

    /** The parameters' names; none if the class was compiled without them. */
    private String[] names(Method method) {
        @Nullable String @Nullable [] found = parameterNames.getParameterNames(method);
        if (found == null) {
            return new String[0];
        }
        return Arrays.stream(found).map(name -> name == null ? "" : name).toArray(String[]::new);
    }

    private Expression parse(String text, String where) {
        try {
            return parser.parseExpression(text);
        } catch (ParseException | IllegalStateException | IllegalArgumentException e) {
            throw new HamsterConfigurationException(
                    where + " is '" + text + "', which is no valid expression: " + e.getMessage() + ".",
                    "Correct the expression; text needs single quotes, a parameter a #.",
                    e);
        }
    }

    private static int indexOf(String name, String[] names, int parameterCount) {
        int byName = Arrays.asList(names).indexOf(name);
        if (byName >= 0) {
            return byName;
        }
        if (INDEXED.matcher(name).matches()) {
            int index = Integer.parseInt(name.substring(1));
            return index < parameterCount ? index : -1;
        }
        return -1;
    }

    private static void requireKnownNames(
            Set<String> used, String[] names, Method method, String where, boolean knowsResult) {
        for (String name : used) {
            if (!knowsResult && name.equals(RESULT) && !Arrays.asList(names).contains(RESULT)) {
                throw new HamsterConfigurationException(
                        where + " uses #result, but it is evaluated before the method is called.",
                        "Use the parameters.");
            }
            if (!ALWAYS_KNOWN.contains(name) && indexOf(name, names, method.getParameterCount()) < 0) {
                throw new HamsterConfigurationException(
                        where + " uses #" + name + ", but the method has no such parameter"
                                + (names.length == 0 ? " name at run time" : ": it has " + Arrays.toString(names))
                                + ".",
                        names.length == 0
                                ? "Compile with -parameters, or refer to parameters by index: #p0, #p1."
                                : "Use one of these names, or the index: #p0, #p1.");
            }
        }
    }

    private static Set<String> variables(Expression parsed) {
        Set<String> used = new HashSet<>();
        if (parsed instanceof SpelExpression spel) {
            collectVariables(spel.getAST(), used);
        }
        return used;
    }

    private static void collectVariables(SpelNode node, Set<String> into) {
        if (node instanceof VariableReference) {
            into.add(node.toStringAST().substring(1));
        }
        for (int i = 0; i < node.getChildCount(); i++) {
            collectVariables(node.getChild(i), into);
        }
    }
}
