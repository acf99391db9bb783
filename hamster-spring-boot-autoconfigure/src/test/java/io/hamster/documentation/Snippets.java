package io.hamster.documentation;

import com.sun.source.util.JavacTask;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.SimpleJavaFileObject;
import javax.tools.ToolProvider;

/**
 * Compiles the Java of the documentation. A block that declares a package is compiled as it stands; another one is
 * wrapped as the body of a method, or else as that of a class, with these imports and members, and with what the comment
 * before it declares. A body of {@code { … }} stands for any.
 */
public final class Snippets {

    private static final JavaCompiler COMPILER = ToolProvider.getSystemJavaCompiler();
    private static final Pattern UNIT = Pattern.compile("(?m)^package ([\\w.]+);");
    private static final Pattern TYPE =
            Pattern.compile("(?m)^public (?:final |abstract |sealed )*(?:class|record|interface|enum) (\\w+)");
    private static final List<String> OPTIONS =
            List.of("-proc:none", "-parameters", "-Xlint:none", "-classpath", System.getProperty("java.class.path"));

    private final String imports;
    private final String members;

    /**
     * Creates a compiler.
     *
     * @param imports of every wrapped block
     * @param members of the class around every wrapped block
     */
    public Snippets(String imports, String members) {
        this.imports = imports;
        this.members = members;
    }

    /**
     * Compiles blocks, without writing classes.
     *
     * @param blocks Java
     * @return what is wrong with them, by page and line; empty if nothing is
     */
    public List<String> problems(List<Block> blocks) {
        Map<String, Source> sources = new HashMap<>();
        for (Block block : blocks) {
            Source source = source(block, sources.size());
            sources.put(source.getName(), source);
        }
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        analyze(List.copyOf(sources.values()), found);
        return found.getDiagnostics().stream()
                .filter(each -> each.getKind() == Diagnostic.Kind.ERROR)
                .map(each -> describe(each, sources))
                .toList();
    }

    private static String describe(Diagnostic<? extends JavaFileObject> found, Map<String, Source> sources) {
        JavaFileObject file = found.getSource();
        Source source = file == null ? null : sources.get(file.getName());
        String message = found.getMessage(Locale.ROOT);
        return source == null ? message : source.where(found.getLineNumber()) + ": " + message;
    }

    private Source source(Block block, int number) {
        if (UNIT.matcher(block.code()).find()) {
            return new Source(block, path(block.code()), "", block.code(), "");
        }
        String begin = "package snippet" + number + ";\n" + imports + "\nclass Snippet {\n" + members + "\n"
                + block.needs() + "\n";
        String code = block.code().replace("{ … }", "{ throw new UnsupportedOperationException(); }");
        String path = "snippet" + number + "/Snippet";
        Source statements = new Source(block, path, begin + "void snippet() throws Exception {\n", code, "}\n}\n");
        return parses(statements) ? statements : new Source(block, path, begin, code, "}\n");
    }

    private static String path(String unit) {
        Matcher name = UNIT.matcher(unit);
        Matcher type = TYPE.matcher(unit);
        return name.find() && type.find() ? name.group(1).replace('.', '/') + "/" + type.group(1) : "Unit";
    }

    private static boolean parses(Source source) {
        DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
        try {
            task(List.of(source), found).parse();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found.getDiagnostics().isEmpty();
    }

    private static void analyze(List<Source> sources, DiagnosticCollector<JavaFileObject> found) {
        try {
            task(sources, found).analyze();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static JavacTask task(List<Source> sources, DiagnosticCollector<JavaFileObject> found) {
        return (JavacTask) COMPILER.getTask(null, null, found, OPTIONS, null, new ArrayList<>(sources));
    }

    /** A block with what is put around it. */
    private static final class Source extends SimpleJavaFileObject {

        private final Block block;
        private final String text;
        private final long linesBefore;

        Source(Block block, String path, String begin, String code, String end) {
            super(URI.create("string:///" + path + ".java"), Kind.SOURCE);
            this.block = block;
            this.text = begin + code + end;
            this.linesBefore = begin.lines().count();
        }

        @Override
        public CharSequence getCharContent(boolean ignoreEncodingErrors) {
            return text;
        }

        String where(long line) {
            long inBlock = line - linesBefore;
            boolean isDeclared = inBlock < 1;
            return block.page() + ":" + (isDeclared ? block.line() : block.line() + inBlock - 1)
                    + (isDeclared ? " (what the comment before it declares)" : "");
        }
    }
}
