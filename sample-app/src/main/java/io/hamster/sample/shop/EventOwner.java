package io.hamster.sample.shop;

import io.hamster.hash.Peer;
import io.hamster.hash.PeerPicker;
import java.net.http.HttpClient;
import java.time.Duration;
import java.util.Optional;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.http.HttpMethod;
import org.springframework.http.MediaType;
import org.springframework.http.ResponseEntity;
import org.springframework.http.client.JdkClientHttpRequestFactory;
import org.springframework.stereotype.Component;
import org.springframework.web.client.ResourceAccessException;
import org.springframework.web.client.RestClient;

/** Finds the instance that an event belongs to, and hands requests over to it. */
@Component
class EventOwner {

    /**
     * Names the instance that a request was handed over to, which answers it though its own ring may say otherwise. So a
     * request is handed over once at most. It decides nothing else, as anybody may send it.
     */
    static final String FORWARDED = "X-Forwarded-To-Owner";

    static final String OWNER = "X-Owner";

    private final PeerPicker picker;
    private final String self;
    private final RestClient http;

    EventOwner(
            PeerPicker picker,
            @Value("${shop.instance:shop-1}") String self,
            @Value("${shop.forward.connect-timeout:1s}") Duration connectTimeout,
            @Value("${shop.forward.read-timeout:35s}") Duration readTimeout) {
        this.picker = picker;
        this.self = self;
        JdkClientHttpRequestFactory requests = new JdkClientHttpRequestFactory(
                HttpClient.newBuilder().connectTimeout(connectTimeout).build());
        requests.setReadTimeout(readTimeout);
        this.http = RestClient.builder().requestFactory(requests).build();
    }

    String self() {
        return self;
    }

    /** The other instance that a request for an event is for; empty if it is this one. */
    Optional<Peer> other(long eventId, Optional<String> forwardedTo) {
        if (forwardedTo.isPresent()) {
            if (!forwardedTo.get().equals(self)) {
                throw new NotTheOwnerException(self);
            }
            return Optional.empty();
        }
        return Optional.of(picker.pickPeer("event-" + eventId))
                .filter(owner -> !owner.id().equals(self));
    }

    /** Sends a request to its owner and answers what that answers, errors included. */
    ResponseEntity<byte[]> forward(Peer owner, HttpMethod method, String path, Optional<Object> body) {
        RestClient.RequestBodySpec request =
                http.method(method).uri("http://" + owner.address() + path).header(FORWARDED, owner.id());
        body.ifPresent(
                content -> request.contentType(MediaType.APPLICATION_JSON).body(content));
        try {
            return request.exchange((sent, response) -> ResponseEntity.status(response.getStatusCode())
                    .contentType(Optional.ofNullable(response.getHeaders().getContentType())
                            .orElse(MediaType.APPLICATION_JSON))
                    .header(OWNER, owner.id())
                    .body(response.getBody().readAllBytes()));
        } catch (ResourceAccessException e) {
            throw new OwnerUnreachableException(owner, e);
        }
    }
}
