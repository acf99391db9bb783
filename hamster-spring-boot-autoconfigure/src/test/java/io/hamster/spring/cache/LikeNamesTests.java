package io.hamster.spring.cache;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LikeNamesTests {

    @ParameterizedTest
    @CsvSource({
        "users, user",
        "users, usres",
        "users, uzers",
        "products, prodcuts",
        "products, prdoucst",
        "user:List, userlsit",
        "user:List, userlist",
        "orders2, ordes2"
    })
    void findsSlips(String one, String other) {
        assertThat(LikeNames.areAlike(one, other)).isTrue();
        assertThat(LikeNames.areAlike(other, one)).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "users, orders",
        "users, usr",
        "users, uesrz",
        "products, promotions",
        "customers, consumers",
        "a, b",
        "ab, ac",
        "shard-1, shard-2",
        "shard-1, shard",
        "users, userlist"
    })
    void leavesOthersAlone(String one, String other) {
        assertThat(LikeNames.areAlike(one, other)).isFalse();
        assertThat(LikeNames.areAlike(other, one)).isFalse();
    }
}
