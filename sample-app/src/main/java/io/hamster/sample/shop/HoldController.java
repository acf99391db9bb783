package io.hamster.sample.shop;

import io.hamster.hash.Peer;
import java.util.Optional;
import java.util.function.Supplier;
import org.springframework.http.HttpMethod;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;

/** Holds, each answered by the instance that owns the event: the header {@code X-Owner} names it. */
@RestController
@RequestMapping("/events/{id}/holds")
class HoldController {

    private final HoldDesk desk;
    private final EventOwner owner;

    HoldController(HoldDesk desk, EventOwner owner) {
        this.desk = desk;
        this.owner = owner;
    }

    @PostMapping
    ResponseEntity<?> hold(
            @PathVariable long id,
            @RequestBody NewHold hold,
            @RequestHeader(EventOwner.FORWARDED) Optional<String> forwarded) {
        return atOwner(id, forwarded, HttpMethod.POST, "", Optional.of(hold), () -> desk.hold(id, hold.customer()));
    }

    @GetMapping
    ResponseEntity<?> holds(@PathVariable long id, @RequestHeader(EventOwner.FORWARDED) Optional<String> forwarded) {
        return atOwner(id, forwarded, HttpMethod.GET, "", Optional.empty(), () -> desk.holds(id));
    }

    @PostMapping("/{hold}/order")
    ResponseEntity<?> buy(
            @PathVariable long id,
            @PathVariable long hold,
            @RequestHeader(EventOwner.FORWARDED) Optional<String> forwarded) {
        return atOwner(
                id, forwarded, HttpMethod.POST, "/" + hold + "/order", Optional.empty(), () -> desk.buy(id, hold));
    }

    private ResponseEntity<?> atOwner(
            long id,
            Optional<String> forwarded,
            HttpMethod method,
            String rest,
            Optional<Object> body,
            Supplier<Object> here) {
        Optional<Peer> other = owner.other(id, forwarded);
        if (other.isPresent()) {
            return owner.forward(other.get(), method, "/events/" + id + "/holds" + rest, body);
        }
        return ResponseEntity.ok().header(EventOwner.OWNER, owner.self()).body(here.get());
    }

    record NewHold(String customer) {

        NewHold {
            OrderRequest.requireCustomer(customer);
        }
    }
}
