package io.hamster.spring.actuate;

import java.util.List;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.Access;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;

/** All of Hamster at one glance. Asks nobody outside of this JVM, so that it answers while everything else doesn't. */
@Endpoint(id = "hamster", defaultAccess = Access.READ_ONLY)
public final class HamsterEndpoint {

    private final Supplier<List<HamsterOverviewPart>> parts;
    private final @Nullable String version;

    /**
     * Creates the endpoint.
     *
     * @param parts asked for when somebody looks
     * @param version Hamster's, if it is known
     */
    HamsterEndpoint(Supplier<List<HamsterOverviewPart>> parts, @Nullable String version) {
        this.parts = parts;
        this.version = version;
    }

    /**
     * The overview.
     *
     * @return what this instance knows
     */
    @ReadOperation
    public HamsterOverview overview() {
        HamsterOverview overview = new HamsterOverview(version, null, null, null, null);
        for (HamsterOverviewPart part : parts.get()) {
            overview = part.addTo(overview);
        }
        return overview;
    }
}
