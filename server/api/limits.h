/* limits.h: rate limits as token buckets in memory, by account and by address.
 *
 * A bucket is one number, the time at which it will be full again (GCRA, ITU-T I.371), so a full bucket need not be
 * kept and the table has a fixed size. When a set of the table has no room the bucket nearest to full makes way.
 *
 * A room has a limit beside those of its candidates: machines of a room that go wild do not slow the other rooms down.
 * Whole examination halls share an address: what is right costs an address nothing, only failures, staff sign-ins and
 * anonymous queries of the database do.
 *
 * Used by: guard and the sign-in handlers. Threads: any.
 */
#ifndef KHOACU_SERVER_API_LIMITS_H
#define KHOACU_SERVER_API_LIMITS_H

#include "khoacu/base/err.h"

#include <stdint.h>

/* X(name, tokens a bucket holds, milliseconds for a new token, whose) */
#define API_LIMIT_TABLE(X)                                                                                             \
    X(ACCOUNT, 200, 20, "requests of one signed-in person")                                                            \
    X(SAVE, 250, 20, "saves of one candidate: see api_limits_new")                                                     \
    X(ROOM, 20000, 1, "requests of all candidates of a room: see api_limits_new")                                      \
    X(ANONYMOUS, 2000, 5, "public queries of one address")                                                             \
    X(LOOKUP, 60, 500, "look-ups of a result from one address")                                                        \
    X(LOGIN, 30, 2000, "staff sign-ins from one address")                                                              \
    X(CODE_FAILURE, 300, 200, "wrong access codes from one address")

enum api_limit {
#define X(name, burst, refill_ms, whose) LIMIT_##name,
    API_LIMIT_TABLE(X)
#undef X
        LIMIT_COUNT
};

struct api_limits;
/* `saves_per_s` replaces the rate of LIMIT_SAVE, with bursts of five seconds, and forty times that the one of LIMIT_ROOM, with
 * bursts of ten: five hundred candidates who come back from an outage at once are within it; 0: neither is limited. */
enum err api_limits_new(int64_t saves_per_s, struct api_limits **ret_limits) MUST_CHECK;
void api_limits_free(struct api_limits *limits);
/* Takes a token from the bucket of an address (`address`) or an account (address NULL: `id`). Returns 0, or the seconds
 * until there is one again. `limits` NULL: no limits. */
int api_limit_take(struct api_limits *limits, enum api_limit limit, const char *address, int64_t id, int64_t mono_us);
/* The same without taking one. */
int api_limit_peek(struct api_limits *limits, enum api_limit limit, const char *address, int64_t id, int64_t mono_us);

#endif
