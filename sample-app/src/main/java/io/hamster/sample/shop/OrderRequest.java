package io.hamster.sample.shop;

/**
 * What a customer asks for.
 *
 * @param eventId the event's number
 * @param customer who buys
 */
public record OrderRequest(long eventId, String customer) {

    private static final int LONGEST_NAME = 200;

    /** Checks the customer. */
    public OrderRequest {
        requireCustomer(customer);
    }

    static void requireCustomer(String customer) {
        if (customer == null || customer.isBlank() || customer.length() > LONGEST_NAME) {
            throw new IllegalArgumentException("customer must be 1 to " + LONGEST_NAME + " characters");
        }
    }
}
