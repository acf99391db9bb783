package io.hamster.spring.cache;

import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.springframework.core.ResolvableType;
import org.springframework.util.ClassUtils;

/**
 * Finds the types of values, always in the same form: variables and wildcards resolved to classes, primitives to their
 * boxes. A type that leaves open what would be read back, such as {@code Object} or {@code List} without its elements,
 * is none.
 */
final class ValueTypes {

    private ValueTypes() {}

    /** What a method returns, or what is in the {@code Optional}, future or {@code Mono} that it does. */
    static Optional<Type> of(Method method, Class<?> beanType) {
        ResolvableType returned = ResolvableType.forMethodReturnType(method, beanType);
        return switch (ReturnShape.of(method)) {
            case VALUE -> of(returned);
            case OPTIONAL, STAGE, MONO -> of(returned.getGeneric(0));
            default -> Optional.empty();
        };
    }

    static Optional<Type> of(ResolvableType type) {
        return type.resolve() == Object.class ? Optional.empty() : told(type).map(ValueTypes::boxed);
    }

    private static Type boxed(Type type) {
        return type instanceof Class<?> raw ? ClassUtils.resolvePrimitiveIfNecessary(raw) : type;
    }

    private static Optional<Type> told(ResolvableType type) {
        Class<?> raw = type.resolve();
        if (raw == null) {
            return Optional.empty();
        }
        if (raw.isArray()) {
            return told(type.getComponentType())
                    .filter(Class.class::isInstance)
                    .map(component -> ((Class<?>) component).arrayType());
        }
        List<ResolvableType> arguments = new ArrayList<>();
        for (ResolvableType generic : type.getGenerics()) {
            Optional<Type> argument = told(generic);
            if (argument.isEmpty()) {
                return Optional.empty();
            }
            arguments.add(ResolvableType.forType(argument.get()));
        }
        if (raw.getTypeParameters().length != arguments.size()) {
            return Optional.empty();
        }
        return Optional.of(
                arguments.isEmpty()
                        ? raw
                        : ResolvableType.forClassWithGenerics(raw, arguments.toArray(ResolvableType[]::new))
                                .getType());
    }

    /**
     * Reads a type as it is written in Java, with full class names.
     *
     * @throws IllegalArgumentException if it can't be read, names a class that isn't there or leaves something open
     */
    static Type parse(String text, ClassLoader classes) {
        Parser parser = new Parser(text, classes);
        ResolvableType read = parser.type();
        if (parser.at < text.length()) {
            throw new IllegalArgumentException("nothing can follow '" + text.substring(0, parser.at) + "'");
        }
        return told(read)
                .map(ValueTypes::boxed)
                .orElseThrow(() -> new IllegalArgumentException("it leaves open what is in it"));
    }

    /** {@code type = name [ "<" type { "," type } ">" ]}, where a name may end in {@code []}. */
    private static final class Parser {

        private final String text;
        private final ClassLoader classes;
        private int at;

        private Parser(String text, ClassLoader classes) {
            this.text = text;
            this.classes = classes;
        }

        private ResolvableType type() {
            int start = at;
            while (at < text.length() && "<>,".indexOf(text.charAt(at)) < 0) {
                at++;
            }
            Class<?> raw = load(text.substring(start, at).strip());
            List<ResolvableType> arguments = new ArrayList<>();
            if (skip('<')) {
                do {
                    arguments.add(type());
                } while (skip(','));
                if (!skip('>')) {
                    throw new IllegalArgumentException("a > is missing");
                }
            }
            return arguments.isEmpty()
                    ? ResolvableType.forClass(raw)
                    : ResolvableType.forClassWithGenerics(raw, arguments.toArray(ResolvableType[]::new));
        }

        private boolean skip(char expected) {
            while (at < text.length() && text.charAt(at) == ' ') {
                at++;
            }
            boolean found = at < text.length() && text.charAt(at) == expected;
            at += found ? 1 : 0;
            return found;
        }

        private Class<?> load(String name) {
            try {
                return ClassUtils.forName(name, classes);
            } catch (ClassNotFoundException | LinkageError e) {
                throw new IllegalArgumentException("there is no class '" + name + "'", e);
            }
        }
    }
}
