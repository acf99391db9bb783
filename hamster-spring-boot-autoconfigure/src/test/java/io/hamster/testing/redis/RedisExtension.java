package io.hamster.testing.redis;

import io.hamster.testing.redis.RedisTest.Topology;
import java.net.URI;
import java.util.Optional;
import org.junit.jupiter.api.extension.ConditionEvaluationResult;
import org.junit.jupiter.api.extension.ExecutionCondition;
import org.junit.jupiter.api.extension.ExtensionConfigurationException;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ExtensionContext.Namespace;
import org.junit.jupiter.api.extension.ExtensionContext.Store;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import org.junit.platform.commons.support.AnnotationSupport;

/** Starts what {@link RedisTest} asks for when it is first needed, and stops it when the run, or the class, has ended. */
final class RedisExtension implements ParameterResolver, ExecutionCondition {

    private static final Namespace NAMESPACE = Namespace.create(RedisExtension.class);
    private static final String EXTERNAL = "HAMSTER_TEST_REDIS_URI";

    @Override
    public ConditionEvaluationResult evaluateExecutionCondition(ExtensionContext context) {
        RedisTest test = annotation(context);
        if (external(test).isPresent() || executable(context).isPresent() || isContained(test, context)) {
            return ConditionEvaluationResult.enabled("Redis is available");
        }
        String reason = "No Redis here: set " + EXTERNAL + " or put redis-server on the PATH";
        if ("required".equals(System.getProperty("hamster.test.redis"))) {
            throw new ExtensionConfigurationException(reason);
        }
        return ConditionEvaluationResult.disabled(reason);
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == RedisDeployment.class;
    }

    @Override
    public RedisDeployment resolveParameter(ParameterContext parameter, ExtensionContext context) {
        RedisTest test = annotation(context);
        Store store = test.exclusive()
                ? classContext(context).getStore(NAMESPACE)
                : context.getRoot().getStore(NAMESPACE);
        // A class' store gives what the root's has for the same key.
        return store.computeIfAbsent(
                new Key(test.topology(), test.exclusive()), key -> start(test, context), RedisDeployment.class);
    }

    private record Key(Topology topology, boolean isExclusive) {}

    private static ExtensionContext classContext(ExtensionContext context) {
        ExtensionContext current = context;
        while (current.getTestMethod().isPresent()) {
            current = current.getParent().orElseThrow();
        }
        return current;
    }

    private static RedisDeployment start(RedisTest test, ExtensionContext context) {
        RedisDeployment deployment = external(test)
                .<RedisDeployment>map(ExternalDeployment::new)
                .or(() -> isContained(test, context) ? ContainerDeployment.start() : Optional.empty())
                .orElseGet(() ->
                        LocalDeployment.start(executable(context).orElseThrow(), test.topology(), test.exclusive()));
        System.out.println("@RedisTest: " + deployment.description() + ", " + deployment.topology());
        return deployment;
    }

    private static Optional<URI> external(RedisTest test) {
        return isSharedAndStandalone(test)
                ? Optional.ofNullable(System.getenv(EXTERNAL)).map(URI::create)
                : Optional.empty();
    }

    private static boolean isContained(RedisTest test, ExtensionContext context) {
        return isSharedAndStandalone(test)
                && context.getRoot()
                        .getStore(NAMESPACE)
                        .computeIfAbsent("docker", key -> ContainerDeployment.isPossible(), Boolean.class);
    }

    /** What is killed, paused or has several servers is made of processes of this machine. */
    private static boolean isSharedAndStandalone(RedisTest test) {
        return test.topology() == Topology.STANDALONE && !test.exclusive();
    }

    @SuppressWarnings("unchecked")
    private static Optional<RedisExecutable> executable(ExtensionContext context) {
        return (Optional<RedisExecutable>)
                context.getRoot().getStore(NAMESPACE).computeIfAbsent("executable", key -> RedisExecutable.find());
    }

    private static RedisTest annotation(ExtensionContext context) {
        return AnnotationSupport.findAnnotation(context.getRequiredTestClass(), RedisTest.class)
                .orElseThrow(() ->
                        new ExtensionConfigurationException("@RedisTest is missing on " + context.getDisplayName()));
    }
}
