/* Rate limits and the memory of candidates' log-ins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include "api/limits.h"
#include "api/tokens.h"

#include "khoacu/base/banned.h"

static void a_bucket_empties_and_refills(void **state) {
    (void)state;
    struct api_limits *limits = NULL;
    assert_int_equal(api_limits_new(0, &limits), ERR_NONE);
    int64_t now_us = 5000000;
    for (int i = 0; i < 30; i++)
        assert_int_equal(api_limit_take(limits, LIMIT_LOGIN, "10.0.0.1", 0, now_us), 0);
    assert_int_equal(api_limit_take(limits, LIMIT_LOGIN, "10.0.0.1", 0, now_us), 2);
    assert_int_equal(api_limit_peek(limits, LIMIT_LOGIN, "10.0.0.1", 0, now_us), 2);
    assert_int_equal(api_limit_take(limits, LIMIT_LOGIN, "10.0.0.2", 0, now_us), 0);
    assert_int_equal(api_limit_take(limits, LIMIT_LOOKUP, "10.0.0.1", 0, now_us), 0);
    now_us += 2000000;
    assert_int_equal(api_limit_peek(limits, LIMIT_LOGIN, "10.0.0.1", 0, now_us), 0);
    assert_int_equal(api_limit_take(limits, LIMIT_LOGIN, "10.0.0.1", 0, now_us), 0);
    assert_int_equal(api_limit_take(limits, LIMIT_LOGIN, "10.0.0.1", 0, now_us), 2);
    api_limits_free(limits);
}

static void a_crowd_does_not_free_the_one_who_is_over(void **state) {
    (void)state;
    struct api_limits *limits = NULL;
    assert_int_equal(api_limits_new(0, &limits), ERR_NONE);
    int64_t now_us = 1000000;
    for (int i = 0; i < 30; i++)
        assert_int_equal(api_limit_take(limits, LIMIT_LOGIN, "10.0.0.1", 0, now_us), 0);
    for (int64_t id = 1; id < 200000; id++)
        (void)api_limit_take(limits, LIMIT_ACCOUNT, NULL, id, now_us);
    assert_true(api_limit_peek(limits, LIMIT_LOGIN, "10.0.0.1", 0, now_us) > 0);
    assert_int_equal(api_limit_take(NULL, LIMIT_LOGIN, "10.0.0.1", 0, now_us), 0);
    api_limits_free(limits);
}

static void saves_have_the_rate_that_was_asked_for(void **state) {
    (void)state;
    struct api_limits *limits = NULL;
    assert_int_equal(api_limits_new(10, &limits), ERR_NONE);
    for (int i = 0; i < 50; i++)
        assert_int_equal(api_limit_take(limits, LIMIT_SAVE, NULL, 7, 1000000), 0);
    assert_int_equal(api_limit_take(limits, LIMIT_SAVE, NULL, 7, 1000000), 1);
    assert_int_equal(api_limit_take(limits, LIMIT_SAVE, NULL, 7, 1100000), 0);
    assert_int_equal(api_limit_take(limits, LIMIT_SAVE, NULL, 7, 1100000), 1);
    api_limits_free(limits);
    assert_int_equal(api_limits_new(0, &limits), ERR_NONE);
    for (int i = 0; i < 100000; i++)
        assert_int_equal(api_limit_take(limits, LIMIT_SAVE, NULL, 7, 1000000), 0);
    /* two threads read the clock in one order and come here in the other */
    assert_int_equal(api_limit_take(limits, LIMIT_ROOM, NULL, 7, 1000001), 0);
    assert_int_equal(api_limit_take(limits, LIMIT_ROOM, NULL, 7, 1000000), 0);
    api_limits_free(limits);
}

static void log_ins_are_remembered_for_a_while(void **state) {
    (void)state;
    struct api_tokens *tokens = NULL;
    assert_int_equal(api_tokens_new(&tokens), ERR_NONE);
    int64_t now_us = 1000000, hour_us = 3600000000LL;
    struct identity_actor actor = {.kind = IDENTITY_CANDIDATE,
                                   .candidate_id = 7,
                                   .sitting_id = 8,
                                   .room_id = 9,
                                   .access_generation = 3,
                                   .expires_us = now_us + hour_us,
                                   .token_sha256 = {1, 2, 3}};
    struct identity_actor found = {0};
    assert_false(api_token_find(tokens, actor.token_sha256, now_us, &found));
    api_token_remember(tokens, &actor, now_us);
    assert_true(api_token_find(tokens, actor.token_sha256, now_us, &found));
    assert_int_equal(found.sitting_id, 8);
    assert_int_equal(found.access_generation, 3);
    assert_false(api_token_find(tokens, actor.token_sha256, now_us + hour_us / 4, &found));
    actor.access_generation = 4;
    api_token_remember(tokens, &actor, now_us + hour_us - 1);
    assert_true(api_token_find(tokens, actor.token_sha256, now_us + hour_us - 1, &found));
    assert_int_equal(found.access_generation, 4);
    assert_false(api_token_find(tokens, actor.token_sha256, now_us + hour_us, &found));
    api_token_forget(tokens, actor.token_sha256);
    assert_false(api_token_find(tokens, actor.token_sha256, now_us, &found));
    actor.sitting_id = 0;
    api_token_remember(tokens, &actor, now_us);
    assert_false(api_token_find(tokens, actor.token_sha256, now_us, &found));
    api_tokens_free(tokens);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_bucket_empties_and_refills),
        cmocka_unit_test(a_crowd_does_not_free_the_one_who_is_over),
        cmocka_unit_test(saves_have_the_rate_that_was_asked_for),
        cmocka_unit_test(log_ins_are_remembered_for_a_while),
    };
    return cmocka_run_group_tests_name("api_limits", tests, NULL, NULL);
}
