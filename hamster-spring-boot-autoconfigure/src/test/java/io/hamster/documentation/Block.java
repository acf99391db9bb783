package io.hamster.documentation;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A fenced block of a page.
 *
 * @param page where it is, for messages
 * @param line the page's line that its first line of code is on
 * @param info what follows the opening fence, such as {@code java}
 * @param code its lines
 * @param comment the HTML comment right before it; empty if there is none
 */
public record Block(String page, int line, String info, String code, String comment) {

    private static final Pattern NEEDS = Pattern.compile("needs:(.*)", Pattern.DOTALL);

    /**
     * What the page declares for the block to compile.
     *
     * @return members of a class; perhaps empty
     */
    public String needs() {
        Matcher needs = NEEDS.matcher(comment);
        return needs.find() ? needs.group(1).strip() : "";
    }

    String where() {
        return page + ":" + line;
    }
}
