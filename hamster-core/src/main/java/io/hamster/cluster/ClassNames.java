package io.hamster.cluster;

/** What trackers are called that nobody has named. */
final class ClassNames {

    private ClassNames() {}

    /** A class' name without its package. Anonymous classes have no simple one: theirs is that of where they are. */
    static String of(Class<?> type) {
        return type.getName()
                .substring(
                        type.getPackageName().isEmpty()
                                ? 0
                                : type.getPackageName().length() + 1);
    }
}
