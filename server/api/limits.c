#include "limits.h"

#include "khoacu/base/random.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define SETS 8192
#define WAYS 8
#define LOCKS 64

static const struct rate {
    int64_t burst, refill_us;
} RATES[LIMIT_COUNT] = {
#define X(name, burst, refill_ms, whose) {burst, refill_ms * 1000LL},
    API_LIMIT_TABLE(X)
#undef X
};

struct bucket {
    uint64_t key;
    int64_t full_at_us; /* monotonic; in the past: full, and the place is free */
};

struct api_limits {
    struct bucket sets[SETS][WAYS];
    struct rate rates[LIMIT_COUNT];
    pthread_mutex_t locks[LOCKS];
    uint64_t seed[2]; /* so that nobody can choose addresses that share a set */
};

enum err api_limits_new(int64_t saves_per_s, struct api_limits **ret_limits) {
    struct api_limits *limits = calloc(1, sizeof *limits);
    if (!limits)
        return ERR_MEMORY;
    for (int i = 0; i < LOCKS; i++)
        (void)pthread_mutex_init(&limits->locks[i], NULL);
    random_bytes(limits->seed, sizeof limits->seed);
    memcpy(limits->rates, RATES, sizeof RATES);
    limits->rates[LIMIT_SAVE] =
        saves_per_s > 0 ? (struct rate){saves_per_s * 5, 1000000 / saves_per_s} : (struct rate){1, 0};
    limits->rates[LIMIT_ROOM] = saves_per_s > 0 ? (struct rate){saves_per_s * 400, 1000000 / (saves_per_s * 40)} : (struct rate){1, 0};
    *ret_limits = limits;
    return ERR_NONE;
}

void api_limits_free(struct api_limits *limits) {
    if (!limits)
        return;
    for (int i = 0; i < LOCKS; i++)
        (void)pthread_mutex_destroy(&limits->locks[i]);
    free(limits);
}

static uint64_t mix(uint64_t a, uint64_t b) {
    __extension__ unsigned __int128 product = (unsigned __int128)a * b;
    return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static uint64_t key_of(const struct api_limits *limits, enum api_limit limit, const char *address, int64_t id) {
    uint64_t hash = mix(limits->seed[0] ^ (uint64_t)limit, limits->seed[1] | 1);
    if (!address)
        return mix(hash ^ (uint64_t)id, limits->seed[1] ^ 0x9E3779B97F4A7C15u);
    for (const char *p = address; *p; p++)
        hash = mix(hash ^ (unsigned char)*p, limits->seed[1] ^ 0x9E3779B97F4A7C15u);
    return hash;
}

/* The bucket of the key, or the one in its set that is nearest to full. */
static struct bucket *bucket_of(struct bucket set[WAYS], uint64_t key) {
    struct bucket *least = &set[0];
    for (int i = 0; i < WAYS; i++) {
        if (set[i].key == key)
            return &set[i];
        if (set[i].full_at_us < least->full_at_us)
            least = &set[i];
    }
    return least;
}

static int ask(struct api_limits *limits, enum api_limit limit, const char *address, int64_t id, int64_t mono_us,
               bool take) {
    if (!limits)
        return 0;
    const struct rate *rate = &limits->rates[limit];
    if (rate->refill_us == 0) /* no limit: threads whose clocks differ by a microsecond must not meet one */
        return 0;
    uint64_t key = key_of(limits, limit, address, id);
    size_t set = (size_t)(key % SETS);
    pthread_mutex_t *lock = &limits->locks[set % LOCKS];
    (void)pthread_mutex_lock(lock);
    struct bucket *bucket = bucket_of(limits->sets[set], key);
    int64_t full_at_us = bucket->key == key && bucket->full_at_us > mono_us ? bucket->full_at_us : mono_us;
    int64_t over_us = full_at_us + rate->refill_us - mono_us - rate->burst * rate->refill_us;
    if (over_us <= 0 && take)
        *bucket = (struct bucket){.key = key, .full_at_us = full_at_us + rate->refill_us};
    (void)pthread_mutex_unlock(lock);
    return over_us <= 0 ? 0 : (int)((over_us + 999999) / 1000000);
}

int api_limit_take(struct api_limits *limits, enum api_limit limit, const char *address, int64_t id, int64_t mono_us) {
    return ask(limits, limit, address, id, mono_us, true);
}

int api_limit_peek(struct api_limits *limits, enum api_limit limit, const char *address, int64_t id, int64_t mono_us) {
    return ask(limits, limit, address, id, mono_us, false);
}
