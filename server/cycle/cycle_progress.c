#include "khoacu/cycle/cycle.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define ROWS_MAX 200

/* ---- posts ---- */

static enum err add_post(void *ctx, const struct db_row *row) {
    struct cycle_posts *posts = ctx;
    struct cycle_post *post = &posts->posts[posts->count++];
    size_t codes = 0, names = 0, quotas = 0;
    *post = (struct cycle_post){.post_id = db_int(row, 0),
                                .code = db_text(row, 1),
                                .title = db_text(row, 2),
                                .quota = db_int(row, 3),
                                .applicants = db_int(row, 4)};
    post->agency_ids = db_ints(row, 5, &post->agency_count);
    post->agency_codes = db_texts(row, 6, &codes);
    post->agency_names = db_texts(row, 7, &names);
    post->agency_quotas = db_ints(row, 8, &quotas);
    return codes == post->agency_count && names == codes && quotas == codes ? ERR_NONE : ERR_MEMORY;
}

enum err cycle_posts_read(struct db *db, struct arena *arena, int64_t cycle_id, struct cycle_posts *ret_posts) {
    struct cycle_posts posts = {.posts = ARENA_ARRAY(arena, CYCLE_POSTS_MAX, struct cycle_post)};
    if (!posts.posts)
        return ERR_MEMORY;
    enum err err = db_many(db, arena, DB_CYCLE_POSTS, DB_PARAMS(P_INT(cycle_id)), CYCLE_POSTS_MAX, add_post, &posts);
    if (err == ERR_NONE)
        *ret_posts = posts;
    return err;
}

static int by_code(const void *key, const void *post) {
    return strcmp(key, ((const struct cycle_post *)post)->code);
}

const struct cycle_post *cycle_post_find(const struct cycle_posts *posts, const char *code) {
    return bsearch(code, posts->posts, posts->count, sizeof *posts->posts, by_code);
}

/* ---- the rest of the way ---- */

static enum err add_form(void *ctx, const struct db_row *row) {
    struct cycle_progress *progress = ctx;
    progress->forms[progress->form_count++] = (struct cycle_form){.form_id = db_int(row, 0),
                                                                  .code = db_text(row, 1),
                                                                  .item_count = db_int(row, 2),
                                                                  .sha256 = db_text(row, 3),
                                                                  .sealed_us = db_time(row, 4),
                                                                  .sections = db_text(row, 5)};
    return ERR_NONE;
}

static enum err add_shift(void *ctx, const struct db_row *row) {
    struct cycle_progress *progress = ctx;
    progress->shifts[progress->shift_count++] = (struct cycle_shift){.shift_id = db_int(row, 0),
                                                                     .code = db_text(row, 1),
                                                                     .form_code = db_text(row, 2),
                                                                     .clock = db_text(row, 3),
                                                                     .starts_us = db_time(row, 4),
                                                                     .ends_us = db_time(row, 5),
                                                                     .minutes = db_int(row, 6),
                                                                     .state = db_text(row, 7),
                                                                     .assigned = db_int(row, 8),
                                                                     .open = db_int(row, 9),
                                                                     .submitted = db_int(row, 10),
                                                                     .closed = db_int(row, 11),
                                                                     .absent = db_int(row, 12)};
    return ERR_NONE;
}

static enum err add_run(void *ctx, const struct db_row *row) {
    struct cycle_progress *progress = ctx;
    progress->runs[progress->run_count++] = (struct cycle_run){.run_id = db_int(row, 0),
                                                               .version = db_int(row, 1),
                                                               .computed_us = db_time(row, 2),
                                                               .cause = db_text(row, 3),
                                                               .candidates = db_int(row, 4),
                                                               .selected = db_int(row, 5),
                                                               .unresolved = db_int(row, 6),
                                                               .computed_by = db_text(row, 7),
                                                               .verdict = db_text(row, 8),
                                                               .approved_us = db_time(row, 9),
                                                               .approved_by = db_text(row, 10),
                                                               .release_version = db_int(row, 11),
                                                               .published_us = db_time(row, 12)};
    return ERR_NONE;
}

static enum err read_counts(struct db *db, struct arena *arena, const struct cycle *cycle, int64_t now_us,
                            struct cycle_counts *counts) {
    const struct cycle_rules *rules = NULL;
    const struct db_row *row = NULL;
    enum err err = cycle_rules_read(db, arena, cycle, &rules);
    if (err != ERR_NONE)
        return err;
    int64_t pass = rules->computer == RANK_NONE ? 0 : cycle_pass_count(&rules->rank, rules->computer);
    err = db_one(db, arena, DB_CYCLE_COUNTS, DB_PARAMS(P_INT(cycle->cycle_id), P_INT(pass), P_TIME(now_us)), &row);
    if (err != ERR_NONE)
        return err;
    *counts = (struct cycle_counts){.posts = db_int(row, 0),
                                    .candidates = db_int(row, 1),
                                    .forms = db_int(row, 2),
                                    .shifts = db_int(row, 3),
                                    .without_code = db_int(row, 4),
                                    .without_seat = db_int(row, 5),
                                    .shifts_open = db_int(row, 6),
                                    .shifts_late = db_int(row, 7),
                                    .scored = db_int(row, 8),
                                    .counted = db_int(row, 9),
                                    .passed = db_int(row, 10),
                                    .absent = db_int(row, 11),
                                    .written = {.total = db_int(row, 12), .marked = db_int(row, 13)},
                                    .interview = {.total = db_int(row, 14), .marked = db_int(row, 15)},
                                    .frozen = db_bool(row, 16),
                                    .no_round1 = rules->computer == RANK_NONE,
                                    .staged = rules->staged,
                                    .stage_open = db_bool(row, 17),
                                    .field_min = rules->rank.field_min,
                                    .waives = rules->waives};
    return ERR_NONE;
}

static enum err read_lists(struct db *db, struct arena *arena, int64_t cycle_id, struct cycle_progress *progress) {
    const struct db_param id = P_INT(cycle_id), limit = P_INT(ROWS_MAX);
    progress->forms = ARENA_ARRAY(arena, ROWS_MAX, struct cycle_form);
    progress->shifts = ARENA_ARRAY(arena, ROWS_MAX, struct cycle_shift);
    progress->runs = ARENA_ARRAY(arena, ROWS_MAX, struct cycle_run);
    if (!progress->forms || !progress->shifts || !progress->runs)
        return ERR_MEMORY;
    enum err err = db_many(db, arena, DB_CYCLE_FORMS, DB_PARAMS(id, limit), ROWS_MAX, add_form, progress);
    if (err == ERR_NONE)
        err = db_many(db, arena, DB_CYCLE_SHIFTS, DB_PARAMS(id, limit), ROWS_MAX, add_shift, progress);
    if (err == ERR_NONE)
        err = db_many(db, arena, DB_CYCLE_RUNS, DB_PARAMS(id, limit), ROWS_MAX, add_run, progress);
    return err;
}

enum err cycle_progress_read(struct db *db, struct arena *arena, const struct cycle *cycle, int64_t now_us,
                             struct cycle_progress *ret_progress) {
    struct cycle_progress progress = {0};
    enum err err = cycle_posts_read(db, arena, cycle->cycle_id, &progress.posts);
    if (err == ERR_NONE)
        err = read_counts(db, arena, cycle, now_us, &progress.counts);
    if (err == ERR_NONE)
        err = read_lists(db, arena, cycle->cycle_id, &progress);
    if (err != ERR_NONE)
        return err;
    const struct cycle_run none = {0};
    progress.next = cycle_next_step(&progress.counts, progress.run_count > 0 ? &progress.runs[0] : &none);
    *ret_progress = progress;
    return ERR_NONE;
}
