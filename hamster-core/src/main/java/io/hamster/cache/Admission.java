package io.hamster.cache;

/** Decides whether what a flight loaded may be published. A seam for tests, which plant faults here. */
interface Admission {

    /** Neither the key nor a tag may have been touched since the load began. */
    Admission STRICT = (isCurrent, tagsUntouched) -> isCurrent && tagsUntouched;

    boolean admits(boolean isCurrent, boolean tagsUntouched);
}
