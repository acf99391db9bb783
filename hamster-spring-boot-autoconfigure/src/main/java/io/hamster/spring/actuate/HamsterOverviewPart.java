package io.hamster.spring.actuate;

/** One concern's part of the endpoint {@code hamster}; a bean. */
@FunctionalInterface
public interface HamsterOverviewPart {

    /**
     * Adds what this instance knows already. Never asks a store or another instance.
     *
     * @param overview without the part
     * @return with it
     */
    HamsterOverview addTo(HamsterOverview overview);
}
