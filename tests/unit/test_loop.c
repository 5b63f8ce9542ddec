#include "unit.h"

#include "khoacu/base/loop.h"

#include <stdbool.h>
#include <sys/epoll.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

/* Two turn callbacks; the second leaves work behind for the first, as http does for the journal. */
struct pair {
    struct loop *loop;
    int firsts, seconds, urgent;
    bool left_behind;
    int pipe_out;
};

static int first(void *ctx) {
    struct pair *pair = ctx;
    pair->firsts++;
    if (pair->left_behind)
        loop_stop(pair->loop);
    return -1;
}

static int second(void *ctx) {
    struct pair *pair = ctx;
    if (pair->seconds++ == 0) {
        pair->left_behind = true;
        loop_again(pair->loop);
    }
    return -1;
}

static void work_left_behind_is_taken_up_without_an_event(void **state) {
    (void)state;
    struct pair pair = {0};
    assert_int_equal(loop_new(&pair.loop), ERR_NONE);
    assert_int_equal(loop_on_turn(pair.loop, first, &pair), ERR_NONE);
    assert_int_equal(loop_on_turn(pair.loop, second, &pair), ERR_NONE);
    (void)alarm(10); /* a lost turn would wait for ever */
    loop_run(pair.loop);
    (void)alarm(0);
    assert_int_equal(pair.firsts, 2);
    loop_free(pair.loop);
}

static void read_urgent(void *ctx, int fd, uint32_t events) {
    char byte;
    (void)events;
    assert_int_equal(read(fd, &byte, 1), 1);
    ((struct pair *)ctx)->urgent++;
}

static void urgent_descriptors_are_served_in_between(void **state) {
    (void)state;
    struct pair pair = {0};
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(loop_new(&pair.loop), ERR_NONE);
    assert_int_equal(loop_watch(pair.loop, ends[0], EPOLLIN, read_urgent, &pair), ERR_NONE);
    loop_urge(pair.loop, ends[0]);
    loop_urge(pair.loop, ends[0]);
    loop_serve_urgent(pair.loop);
    assert_int_equal(pair.urgent, 0);
    assert_int_equal(write(ends[1], "xy", 2), 2);
    loop_serve_urgent(pair.loop);
    assert_int_equal(pair.urgent, 1);
    loop_unwatch(pair.loop, ends[0]);
    loop_serve_urgent(pair.loop);
    assert_int_equal(pair.urgent, 1);
    (void)close(ends[0]);
    (void)close(ends[1]);
    loop_free(pair.loop);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(work_left_behind_is_taken_up_without_an_event),
        cmocka_unit_test(urgent_descriptors_are_served_in_between),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
