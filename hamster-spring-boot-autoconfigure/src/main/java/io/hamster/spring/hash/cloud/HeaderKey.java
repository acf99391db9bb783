package io.hamster.spring.hash.cloud;

import java.util.Optional;
import java.util.function.Function;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.RequestDataContext;

/**
 * A request's key is the value of a header.
 *
 * @param name the header's name
 */
record HeaderKey(String name) implements Function<Request<?>, Optional<String>> {

    @Override
    public Optional<String> apply(Request<?> request) {
        if (request.getContext() instanceof RequestDataContext context && context.getClientRequest() != null) {
            String value = context.getClientRequest().getHeaders().getFirst(name);
            return Optional.ofNullable(value).filter(text -> !text.isEmpty());
        }
        return Optional.empty();
    }
}
