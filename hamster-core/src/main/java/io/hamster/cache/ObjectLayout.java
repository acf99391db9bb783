package io.hamster.cache;

import com.sun.management.HotSpotDiagnosticMXBean;
import java.lang.management.ManagementFactory;

/**
 * How this JVM lays out objects. Read from HotSpot's options; another JVM is taken for a 64-bit HotSpot with its
 * defaults.
 *
 * @param header bytes before an object's fields
 * @param arrayHeader bytes before an array's elements
 * @param reference bytes of a reference
 * @param alignment what sizes are rounded up to
 * @param compactStrings whether strings of Latin-1 characters take one byte for each
 */
record ObjectLayout(int header, int arrayHeader, int reference, int alignment, boolean compactStrings) {

    static ObjectLayout ofThisJvm() {
        boolean compressedOops = option("UseCompressedOops", true);
        boolean compactHeaders = option("UseCompactObjectHeaders", false);
        boolean compressedClasses = compactHeaders || option("UseCompressedClassPointers", true);
        int header = compactHeaders ? 8 : compressedClasses ? 12 : 16;
        return new ObjectLayout(
                header,
                // The length follows the header; without a gap to fill, the elements are aligned to eight bytes.
                compressedClasses ? header + Integer.BYTES : 24,
                compressedOops ? 4 : 8,
                Integer.parseInt(text("ObjectAlignmentInBytes", "8")),
                option("CompactStrings", true));
    }

    long object(long fieldBytes) {
        return aligned(header + fieldBytes);
    }

    long array(long length, int elementBytes) {
        return aligned(arrayHeader + length * elementBytes);
    }

    long references(long count) {
        return array(count, reference);
    }

    private long aligned(long bytes) {
        return (bytes + alignment - 1) / alignment * alignment;
    }

    private static boolean option(String name, boolean otherwise) {
        return Boolean.parseBoolean(text(name, Boolean.toString(otherwise)));
    }

    private static String text(String name, String otherwise) {
        try {
            HotSpotDiagnosticMXBean bean = ManagementFactory.getPlatformMXBean(HotSpotDiagnosticMXBean.class);
            return bean == null ? otherwise : bean.getVMOption(name).getValue();
        } catch (IllegalArgumentException | LinkageError e) {
            // Another JVM, which has no such bean or not even its class, or a version that doesn't know the option.
            return otherwise;
        }
    }
}
