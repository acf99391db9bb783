package io.hamster.spring.hash.cloud;

import java.util.Optional;
import java.util.function.Function;
import org.springframework.cloud.client.loadbalancer.Request;
import org.springframework.cloud.client.loadbalancer.RequestData;
import org.springframework.cloud.client.loadbalancer.RequestDataContext;

/**
 * A request's key is the value of a header.
 *
 * @param name the header's name
 */
record HeaderKey(String name) implements Function<Request<?>, Optional<String>> {

    @Override
    public Optional<String> apply(Request<?> request) {
        return Optional.ofNullable(request.getContext())
                .filter(RequestDataContext.class::isInstance)
                .map(context -> ((RequestDataContext) context).getClientRequest())
                .map(RequestData::getHeaders)
                .map(headers -> headers.getFirst(name))
                .filter(value -> !value.isEmpty());
    }
}
