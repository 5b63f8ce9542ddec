#include "khoacu/base/work.h"

#include <pthread.h>
#include <stdlib.h>

#include "khoacu/base/banned.h"

struct job {
    work_fn *run;
    void *job;
};

struct work_pool {
    struct work_config config;
    pthread_mutex_t lock;
    pthread_cond_t more, started;
    struct job *ring; /* config.queue_max places */
    size_t head, count;
    size_t running;   /* threads that have their slot */
    bool failed, ending;
    pthread_t *threads;
    size_t thread_count;
};

static bool take(struct work_pool *pool, struct job *ret_job) {
    pthread_mutex_lock(&pool->lock);
    while (pool->count == 0 && !pool->ending)
        pthread_cond_wait(&pool->more, &pool->lock);
    bool got = pool->count > 0;
    if (got) {
        *ret_job = pool->ring[pool->head];
        pool->head = (pool->head + 1) % pool->config.queue_max;
        pool->count--;
    }
    pthread_mutex_unlock(&pool->lock);
    return got;
}

static void *thread_run(void *ctx) {
    struct work_pool *pool = ctx;
    void *slot = pool->config.slot_new ? pool->config.slot_new(pool->config.ctx) : NULL;
    pthread_mutex_lock(&pool->lock);
    pool->running++;
    if (pool->config.slot_new && !slot)
        pool->failed = true;
    pthread_cond_signal(&pool->started);
    pthread_mutex_unlock(&pool->lock);
    struct job job;
    while (take(pool, &job))
        job.run(slot, job.job);
    if (slot && pool->config.slot_free)
        pool->config.slot_free(slot);
    return NULL;
}

enum err work_pool_new(const struct work_config *config, struct work_pool **ret_pool) {
    struct work_pool *pool = calloc(1, sizeof *pool);
    if (!pool || config->threads < 1 || config->threads > 256 || config->queue_max < 1) {
        free(pool);
        return pool ? ERR_RANGE : ERR_MEMORY;
    }
    pool->config = *config;
    pool->ring = calloc(config->queue_max, sizeof *pool->ring);
    pool->threads = calloc(config->threads, sizeof *pool->threads);
    bool good = pool->ring && pool->threads && pthread_mutex_init(&pool->lock, NULL) == 0 &&
                pthread_cond_init(&pool->more, NULL) == 0 && pthread_cond_init(&pool->started, NULL) == 0;
    while (good && pool->thread_count < config->threads) {
        good = pthread_create(&pool->threads[pool->thread_count], NULL, thread_run, pool) == 0;
        pool->thread_count += good;
    }
    pthread_mutex_lock(&pool->lock);
    while (pool->running < pool->thread_count)
        pthread_cond_wait(&pool->started, &pool->lock);
    bool failed = pool->failed;
    pthread_mutex_unlock(&pool->lock);
    if (!good || failed) {
        work_pool_free(pool);
        return failed ? ERR_DB_DOWN : ERR_MEMORY;
    }
    *ret_pool = pool;
    return ERR_NONE;
}

bool work_submit(struct work_pool *pool, work_fn *run, void *job) {
    pthread_mutex_lock(&pool->lock);
    bool taken = !pool->ending && pool->count < pool->config.queue_max;
    if (taken) {
        pool->ring[(pool->head + pool->count) % pool->config.queue_max] = (struct job){.run = run, .job = job};
        pool->count++;
        pthread_cond_signal(&pool->more);
    }
    pthread_mutex_unlock(&pool->lock);
    return taken;
}

size_t work_waiting(struct work_pool *pool) {
    pthread_mutex_lock(&pool->lock);
    size_t count = pool->count;
    pthread_mutex_unlock(&pool->lock);
    return count;
}

void work_pool_free(struct work_pool *pool) {
    if (!pool)
        return;
    pthread_mutex_lock(&pool->lock);
    pool->ending = true;
    pthread_cond_broadcast(&pool->more);
    pthread_mutex_unlock(&pool->lock);
    for (size_t i = 0; i < pool->thread_count; i++)
        pthread_join(pool->threads[i], NULL);
    free(pool->threads);
    free(pool->ring);
    free(pool);
}
