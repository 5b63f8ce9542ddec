#include "khoacu/sitting/opening.h"

#include "sitting_db.h"

#include <pthread.h>
#include <stdlib.h>

#include "khoacu/base/banned.h"

/* One who waits; it lies in her request's arena. */
struct request {
    struct sitting_place place;
    int64_t now_us;
    struct request *next;
    bool told;   /* the leader is done with it */
    bool opened; /* `sitting` holds; else it is to be judged alone */
    struct sitting sitting;
};

struct opening {
    pthread_mutex_t lock;
    pthread_cond_t told;
    struct request *first, **last; /* those who wait, in order */
    bool led;                      /* a thread is at the database */
};

enum err opening_new(struct opening **ret_opening) {
    struct opening *opening = calloc(1, sizeof *opening);
    if (!opening)
        return ERR_MEMORY;
    (void)pthread_mutex_init(&opening->lock, NULL);
    (void)pthread_cond_init(&opening->told, NULL);
    opening->last = &opening->first;
    *ret_opening = opening;
    return ERR_NONE;
}

void opening_free(struct opening *opening) {
    if (!opening)
        return;
    (void)pthread_cond_destroy(&opening->told);
    (void)pthread_mutex_destroy(&opening->lock);
    free(opening);
}

/* ---- one batch ---- */

struct batch {
    struct request *requests[OPENING_BATCH];
    size_t count;
};

/* Takes those who wait, up to a batch. Requires: the lock. */
static void take(struct opening *opening, struct batch *batch) {
    batch->count = 0;
    while (opening->first && batch->count < OPENING_BATCH) {
        struct request *request = opening->first;
        batch->requests[batch->count++] = request;
        opening->first = request->next;
    }
    if (!opening->first)
        opening->last = &opening->first;
}

/* Which of the batch may be opened now, by what was read of them. */
static size_t judge(struct batch *batch, const bool *found, struct sitting_db_opening *openings) {
    size_t count = 0;
    for (size_t i = 0; i < batch->count; i++) {
        struct request *request = batch->requests[i];
        const struct sitting *sitting = &request->sitting;
        if (!found[i] || sitting_time_judge(&sitting->times, sitting->shift_closed, sitting->state, sitting->closes_us,
                                            request->now_us) != SITTING_TIME_START)
            continue;
        openings[count++] = (struct sitting_db_opening){
            .of = i, .now_us = request->now_us, .closes_us = sitting_deadline_us(&sitting->times, request->now_us)};
    }
    return count;
}

static enum err open_batch(struct db *db, struct arena *arena, struct batch *batch) {
    struct sitting_place places[OPENING_BATCH];
    struct sitting sittings[OPENING_BATCH];
    struct sitting_db_opening openings[OPENING_BATCH];
    bool found[OPENING_BATCH] = {false};
    for (size_t i = 0; i < batch->count; i++)
        places[i] = batch->requests[i]->place;
    enum err err = sitting_db_read_unopened(db, arena, places, batch->count, sittings, found);
    for (size_t i = 0; i < batch->count && err == ERR_NONE; i++)
        batch->requests[i]->sitting = sittings[i];
    size_t count = err == ERR_NONE ? judge(batch, found, openings) : 0;
    for (size_t i = 0; i < count && err == ERR_NONE; i++)
        err = sitting_compose_start(arena, &batch->requests[openings[i].of]->sitting, openings[i].now_us,
                                    openings[i].closes_us, &openings[i].event);
    if (err == ERR_NONE && count > 0)
        err = sitting_db_open_many(db, arena, sittings, openings, count);
    for (size_t i = 0; i < count && err == ERR_NONE; i++) {
        struct request *request = batch->requests[openings[i].of];
        request->opened = openings[i].opened;
        request->sitting.state = SITTING_OPEN;
        request->sitting.started_us = openings[i].now_us;
        request->sitting.closes_us = openings[i].closes_us;
    }
    return err;
}

/* Leads until the own request is told. Requires: the lock, which is let go while the database works. */
static void lead(struct opening *opening, struct db *db, struct arena *arena, const struct request *own) {
    struct batch batch;
    opening->led = true;
    while (!own->told) {
        take(opening, &batch);
        (void)pthread_mutex_unlock(&opening->lock);
        /* What fails for many is tried for each alone, which then says why. */
        enum err err = open_batch(db, arena, &batch);
        (void)pthread_mutex_lock(&opening->lock);
        for (size_t i = 0; i < batch.count; i++) {
            batch.requests[i]->opened = err == ERR_NONE && batch.requests[i]->opened;
            batch.requests[i]->told = true;
        }
        opening->led = !own->told;
        (void)pthread_cond_broadcast(&opening->told);
    }
}

enum err opening_start(struct opening *opening, struct db *db, struct arena *arena, struct sitting_place place,
                       int64_t now_us, enum sitting_start_verdict *ret_verdict, struct sitting *ret_sitting) {
    struct request *own = ARENA_NEW(arena, struct request);
    if (!own)
        return ERR_MEMORY;
    *own = (struct request){.place = place, .now_us = now_us};
    (void)pthread_mutex_lock(&opening->lock);
    *opening->last = own;
    opening->last = &own->next;
    while (!own->told && opening->led)
        (void)pthread_cond_wait(&opening->told, &opening->lock);
    if (!own->told)
        lead(opening, db, arena, own);
    (void)pthread_mutex_unlock(&opening->lock);
    if (!own->opened)
        return sitting_start(db, arena, place, now_us, ret_verdict, ret_sitting);
    *ret_sitting = own->sitting;
    *ret_verdict = SITTING_START_OPEN;
    return ERR_NONE;
}
