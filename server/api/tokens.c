#include "tokens.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define SETS 16384
#define WAYS 8
#define LOCKS 64
#define BELIEVED_US (15 * 60 * 1000000LL)

struct entry {
    uint8_t token_sha256[CRYPTO_SHA256_LEN];
    int64_t candidate_id, cycle_id, sitting_id, room_id;
    int64_t expires_us, until_us; /* until_us 0: free */
    int32_t access_generation;
};

/* The tags are read first: a set is a dozen lines of the processor's cache, its tags are one or two. */
struct set {
    uint64_t tags[WAYS]; /* of the token's hash */
    struct entry entries[WAYS];
};

struct api_tokens {
    pthread_mutex_t locks[LOCKS];
    struct set sets[SETS];
};

enum err api_tokens_new(struct api_tokens **ret_tokens) {
    struct api_tokens *tokens = calloc(1, sizeof *tokens);
    if (!tokens)
        return ERR_MEMORY;
    for (int i = 0; i < LOCKS; i++)
        (void)pthread_mutex_init(&tokens->locks[i], NULL);
    *ret_tokens = tokens;
    return ERR_NONE;
}

void api_tokens_free(struct api_tokens *tokens) {
    if (!tokens)
        return;
    for (int i = 0; i < LOCKS; i++)
        (void)pthread_mutex_destroy(&tokens->locks[i]);
    free(tokens);
}

static size_t set_of(const uint8_t *token_sha256) {
    uint32_t bits;
    memcpy(&bits, token_sha256, sizeof bits);
    return bits % SETS;
}

static uint64_t tag_of(const uint8_t *token_sha256) {
    uint64_t tag;
    memcpy(&tag, &token_sha256[CRYPTO_SHA256_LEN - sizeof tag], sizeof tag);
    return tag;
}

/* The token's place, or -1. */
static int find(const struct set *set, const uint8_t *token_sha256) {
    uint64_t tag = tag_of(token_sha256);
    for (int i = 0; i < WAYS; i++)
        if (set->tags[i] == tag && set->entries[i].until_us != 0 &&
            memcmp(set->entries[i].token_sha256, token_sha256, CRYPTO_SHA256_LEN) == 0)
            return i;
    return -1;
}

/* The place that is believed the least long. */
static int find_least(const struct set *set) {
    int least = 0;
    for (int i = 1; i < WAYS; i++)
        if (set->entries[i].until_us < set->entries[least].until_us)
            least = i;
    return least;
}

void api_token_remember(struct api_tokens *tokens, const struct identity_actor *actor, int64_t now_us) {
    if (actor->kind != IDENTITY_CANDIDATE || actor->sitting_id == 0)
        return;
    size_t number = set_of(actor->token_sha256);
    pthread_mutex_t *lock = &tokens->locks[number % LOCKS];
    (void)pthread_mutex_lock(lock);
    struct set *set = &tokens->sets[number];
    int place = find(set, actor->token_sha256);
    if (place < 0)
        place = find_least(set);
    set->tags[place] = tag_of(actor->token_sha256);
    struct entry *entry = &set->entries[place];
    *entry = (struct entry){.candidate_id = actor->candidate_id,
                            .cycle_id = actor->cycle_id,
                            .sitting_id = actor->sitting_id,
                            .room_id = actor->room_id,
                            .expires_us = actor->expires_us,
                            .until_us = now_us + BELIEVED_US,
                            .access_generation = actor->access_generation};
    memcpy(entry->token_sha256, actor->token_sha256, CRYPTO_SHA256_LEN);
    (void)pthread_mutex_unlock(lock);
}

bool api_token_find(struct api_tokens *tokens, const uint8_t token_sha256[CRYPTO_SHA256_LEN], int64_t now_us,
                    struct identity_actor *ret_actor) {
    size_t number = set_of(token_sha256);
    pthread_mutex_t *lock = &tokens->locks[number % LOCKS];
    struct entry entry = {0};
    (void)pthread_mutex_lock(lock);
    int place = find(&tokens->sets[number], token_sha256);
    if (place >= 0)
        entry = tokens->sets[number].entries[place];
    (void)pthread_mutex_unlock(lock);
    if (place < 0 || now_us >= entry.until_us || now_us >= entry.expires_us)
        return false;
    *ret_actor = (struct identity_actor){.kind = IDENTITY_CANDIDATE,
                                         .candidate_id = entry.candidate_id,
                                         .cycle_id = entry.cycle_id,
                                         .sitting_id = entry.sitting_id,
                                         .room_id = entry.room_id,
                                         .access_generation = entry.access_generation,
                                         .expires_us = entry.expires_us};
    memcpy(ret_actor->token_sha256, token_sha256, CRYPTO_SHA256_LEN);
    return true;
}

void api_token_forget(struct api_tokens *tokens, const uint8_t token_sha256[CRYPTO_SHA256_LEN]) {
    size_t number = set_of(token_sha256);
    pthread_mutex_t *lock = &tokens->locks[number % LOCKS];
    (void)pthread_mutex_lock(lock);
    int place = find(&tokens->sets[number], token_sha256);
    if (place >= 0)
        tokens->sets[number].entries[place] = (struct entry){0};
    (void)pthread_mutex_unlock(lock);
}
