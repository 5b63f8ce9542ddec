#include "result_db.h"

#include "khoacu/base/text.h"
#include "khoacu/crypto/crypto.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define LIST_MAX 200

static void put_sha256(const struct db_row *row, int column, char out[65]) {
    size_t len = 0;
    const uint8_t *bytes = db_bytes(row, column, &len);
    if (bytes && len == CRYPTO_SHA256_LEN)
        text_hex(bytes, len, out);
}

/* ---- runs ---- */

/* Who, when, why, from a column on; nothing where nobody did. */
static struct result_word word_of(const struct db_row *row, int column) {
    return (struct result_word){.by = {db_int(row, column), db_text(row, column + 1), db_text(row, column + 2)},
                                .at_us = db_time(row, column + 3)};
}

static enum err take_run(void *ctx, const struct db_row *row) {
    struct result_runs *runs = ctx;
    struct result_run *run = &runs->runs[runs->count++];
    *run = (struct result_run){.run_id = db_int(row, 0),
                               .version = db_int(row, 1),
                               .release_version = db_int(row, 2),
                               .cycle_code = db_text(row, 3),
                               .title_vi = db_text(row, 4),
                               .title_en = db_text(row, 5),
                               .authority_vi = db_text(row, 6),
                               .authority_en = db_text(row, 7),
                               .demonstration = db_bool(row, 8),
                               .cause = db_text(row, 9),
                               .engine = db_text(row, 10),
                               .computed_by = {db_int(row, 11), db_text(row, 12), db_text(row, 13)},
                               .computed_us = db_time(row, 14),
                               .candidates = db_int(row, 16),
                               .selected = db_int(row, 17),
                               .unresolved = db_int(row, 18),
                               .published_us = db_time(row, 19),
                               .freeze = word_of(row, 20),
                               .sign_a = word_of(row, 25),
                               .sign_b = word_of(row, 31),
                               .schedule = word_of(row, 37),
                               .publish_us = db_time(row, 41)};
    run->freeze.reason = db_text(row, 24);
    run->sign_a.reason = db_text(row, 29);
    run->sign_a.verdict = db_text(row, 30);
    run->sign_b.reason = db_text(row, 35);
    run->sign_b.verdict = db_text(row, 36);
    put_sha256(row, 15, run->sha256);
    return ERR_NONE;
}

enum err result_run_list(struct db *db, struct arena *arena, const char *cycle_code, bool *ret_found,
                         struct result_runs *ret_runs) {
    int64_t cycle_id = 0;
    struct result_runs runs = {.runs = ARENA_ARRAY(arena, LIST_MAX, struct result_run)};
    if (!runs.runs)
        return ERR_MEMORY;
    enum err err = result_db_cycle_find(db, arena, cycle_code, &cycle_id);
    if (err == ERR_NONE && cycle_id != 0)
        err = db_many(db, arena, DB_RESULT_RUNS, DB_PARAMS(P_INT(cycle_id), P_NULL), LIST_MAX, take_run, &runs);
    if (err != ERR_NONE)
        return err;
    *ret_found = cycle_id != 0;
    *ret_runs = runs;
    return ERR_NONE;
}

struct post_counts {
    struct result_post *posts;
    size_t count;
};

static enum err take_counts(void *ctx, const struct db_row *row) {
    struct post_counts *counts = ctx;
    for (size_t i = 0; i < counts->count; i++) {
        struct result_post *post = &counts->posts[i];
        if (strcmp(post->code, db_text(row, 0)) != 0)
            continue;
        post->candidates = db_int(row, 1);
        post->passed = db_int(row, 2);
        post->selected = db_int(row, 3);
        post->tied = db_int(row, 4);
    }
    return ERR_NONE;
}

struct tie_taker {
    struct result_run_detail *detail;
    struct arena *arena;
    size_t room;
};

static enum err take_tie(void *ctx, const struct db_row *row) {
    struct tie_taker *t = ctx;
    struct result_run_detail *detail = t->detail;
    if (detail->tie_count == t->room) {
        t->room = t->room ? t->room * 2 : 16;
        struct result_open_tie *more = ARENA_ARRAY(t->arena, t->room, struct result_open_tie);
        if (!more)
            return ERR_MEMORY;
        if (detail->tie_count)
            memcpy(more, detail->ties, detail->tie_count * sizeof *more);
        detail->ties = more;
    }
    struct result_open_tie *tie = &detail->ties[detail->tie_count++];
    *tie = (struct result_open_tie){.post = db_text(row, 0), .reason = db_text(row, 1), .total = db_hundredths(row, 2)};
    tie->rolls = db_texts(row, 3, &tie->count);
    return ERR_NONE;
}

#define EXHAUSTED_MAX 200

static enum err take_exhausted(void *ctx, const struct db_row *row) {
    struct result_run_detail *detail = ctx;
    struct result_exhausted *one = &detail->exhausted[detail->exhausted_count++];
    *one = (struct result_exhausted){.post = db_text(row, 0), .roll = db_text(row, 1), .total = db_hundredths(row, 2)};
    one->agencies = db_texts(row, 3, &one->agency_count);
    return ERR_NONE;
}

static enum err read_posts(struct db *db, struct arena *arena, int64_t run_id, struct result_post **ret_posts,
                           size_t *ret_count) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_RESULT_RUN_POSTS, DB_PARAMS(P_INT(run_id)), &row);
    return err == ERR_NONE ? result_posts_read(arena, db_text(row, 0), ret_posts, ret_count) : err;
}

enum err result_run_read(struct db *db, struct arena *arena, int64_t run_id, bool *ret_found,
                         struct result_run_detail *ret_detail) {
    struct result_run_detail detail = {0};
    struct result_runs runs = {.runs = &detail.run};
    enum err err = db_many(db, arena, DB_RESULT_RUNS, DB_PARAMS(P_NULL, P_INT(run_id)), 1, take_run, &runs);
    *ret_found = runs.count == 1;
    if (err != ERR_NONE || runs.count == 0)
        return err;
    err = read_posts(db, arena, run_id, &detail.posts, &detail.post_count);
    struct post_counts counts = {.posts = detail.posts, .count = detail.post_count};
    if (err == ERR_NONE)
        err = db_many(db, arena, DB_RESULT_RUN_COUNTS, DB_PARAMS(P_INT(run_id)), RESULT_ROWS_MAX, take_counts, &counts);
    struct tie_taker taker = {.detail = &detail, .arena = arena};
    if (err == ERR_NONE)
        err = db_many(db, arena, DB_RESULT_RUN_TIES, DB_PARAMS(P_INT(run_id)), RESULT_ROWS_MAX, take_tie, &taker);
    detail.exhausted = ARENA_ARRAY(arena, EXHAUSTED_MAX, struct result_exhausted);
    if (err == ERR_NONE)
        err = detail.exhausted ? db_many(db, arena, DB_RESULT_RUN_EXHAUSTED, DB_PARAMS(P_INT(run_id)), EXHAUSTED_MAX, take_exhausted, &detail) : ERR_MEMORY;
    if (err == ERR_NONE)
        *ret_detail = detail;
    return err;
}

/* ---- decisions ---- */

static enum err take_decision(void *ctx, const struct db_row *row) {
    struct result_rows *rows = ctx;
    rows->rows[rows->count++] = (struct result_row){.roll_number = db_text(row, 0),
                                                    .full_name = db_text(row, 1),
                                                    .post = db_text(row, 2),
                                                    .priority_class = db_text(row, 3),
                                                    .outcome = db_text(row, 4),
                                                    .agency = db_text(row, 5),
                                                    .reason = db_text(row, 6),
                                                    .derivation = db_text(row, 7),
                                                    .rank = db_int(row, 8),
                                                    .raw = db_hundredths(row, 9),
                                                    .priority = db_hundredths(row, 10),
                                                    .total = db_hundredths(row, 11)};
    return ERR_NONE;
}

static const char *unless_empty(const char *text) {
    return text && *text ? text : NULL;
}

enum err result_rows_read(struct db *db, struct arena *arena, int64_t run_id, const struct result_filter *filter,
                          struct result_rows *ret_rows) {
    if (filter->limit < 1 || filter->limit > LIST_MAX)
        return ERR_RANGE;
    const char *post = unless_empty(filter->post), *outcome = unless_empty(filter->outcome),
               *search = unless_empty(filter->search), *reason = unless_empty(filter->reason);
    struct result_rows rows = {.rows = ARENA_ARRAY(arena, filter->limit, struct result_row)};
    const struct db_row *row = NULL;
    if (!rows.rows)
        return ERR_MEMORY;
    enum err err = db_many(db, arena, DB_RESULT_DECISIONS_PAGE,
                           DB_PARAMS(P_INT(run_id), P_TEXT(post), P_TEXT(outcome), P_TEXT(search), P_INT(filter->after),
                                     P_INT((int64_t)filter->limit), P_TEXT(reason), P_TEXT(unless_empty(filter->sort)),
                                     P_BOOL(filter->reversed)),
                           filter->limit, take_decision, &rows);
    if (err == ERR_NONE)
        err = db_one(db, arena, DB_RESULT_DECISIONS_COUNT,
                     DB_PARAMS(P_INT(run_id), P_TEXT(post), P_TEXT(outcome), P_TEXT(search), P_TEXT(reason)), &row);
    if (err != ERR_NONE)
        return err;
    rows.total = db_int(row, 0);
    *ret_rows = rows;
    return ERR_NONE;
}

/* ---- the public ---- */

static enum err take_release(void *ctx, const struct db_row *row) {
    struct result_releases *list = ctx;
    struct result_release *release = &list->releases[list->count++];
    *release = (struct result_release){.run_id = db_int(row, 0),
                                       .version = db_int(row, 1),
                                       .cycle_code = db_text(row, 2),
                                       .title_vi = db_text(row, 3),
                                       .title_en = db_text(row, 4),
                                       .authority_vi = db_text(row, 5),
                                       .authority_en = db_text(row, 6),
                                       .demonstration = db_bool(row, 7),
                                       .published_us = db_time(row, 8),
                                       .approved_us = db_time(row, 9),
                                       .cause = db_text(row, 10),
                                       .candidates = db_int(row, 12),
                                       .selected = db_int(row, 13)};
    put_sha256(row, 11, release->sha256);
    result_verify_code(release->sha256, release->verify_code);
    return ERR_NONE;
}

/* Newest first. The list has one row a cycle and is short. */
static void sort_releases(struct result_releases *list) {
    for (size_t i = 1; i < list->count; i++)
        for (size_t k = i; k > 0 && list->releases[k - 1].published_us < list->releases[k].published_us; k--) {
            struct result_release kept = list->releases[k];
            list->releases[k] = list->releases[k - 1];
            list->releases[k - 1] = kept;
        }
}

enum err result_release_list(struct db *db, struct arena *arena, struct result_releases *ret_releases) {
    struct result_releases list = {.releases = ARENA_ARRAY(arena, LIST_MAX, struct result_release)};
    if (!list.releases)
        return ERR_MEMORY;
    enum err err = db_many(db, arena, DB_RESULT_RELEASES, DB_NO_PARAMS, LIST_MAX, take_release, &list);
    if (err != ERR_NONE)
        return err;
    sort_releases(&list);
    *ret_releases = list;
    return ERR_NONE;
}

enum err result_release_versions(struct db *db, struct arena *arena, const char *cycle_code,
                                 struct result_releases *ret_releases) {
    struct result_releases list = {.releases = ARENA_ARRAY(arena, LIST_MAX, struct result_release)};
    if (!list.releases)
        return ERR_MEMORY;
    enum err err =
        db_many(db, arena, DB_RESULT_RELEASE_VERSIONS, DB_PARAMS(P_TEXT(cycle_code)), LIST_MAX, take_release, &list);
    if (err == ERR_NONE)
        *ret_releases = list;
    return err;
}

static enum err read_pack(struct db *db, struct arena *arena, struct result_release *release) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_RESULT_RELEASE_PACK, DB_PARAMS(P_INT(release->run_id)), &row);
    if (err != ERR_NONE)
        return err;
    release->pack_id = db_text(row, 0);
    release->pack_version = db_int(row, 1);
    release->pack_basis = db_text(row, 2);
    release->ties = db_text(row, 3);
    release->document_number = db_text(row, 4);
    return ERR_NONE;
}

enum err result_release_read(struct db *db, struct arena *arena, const char *cycle_code, int64_t version,
                             bool *ret_found, struct result_release *ret_release) {
    struct result_releases list;
    enum err err = result_release_versions(db, arena, cycle_code, &list);
    if (err != ERR_NONE)
        return err;
    size_t at = 0;
    while (at < list.count && version != 0 && list.releases[at].version != version)
        at++;
    *ret_found = at < list.count;
    if (at == list.count)
        return ERR_NONE;
    *ret_release = list.releases[at];
    return read_pack(db, arena, ret_release);
}

enum err result_run_release(struct db *db, struct arena *arena, int64_t run_id, bool *ret_found, struct result_release *ret_release) {
    struct result_run run = {0};
    struct result_runs runs = {.runs = &run};
    enum err err = db_many(db, arena, DB_RESULT_RUNS, DB_PARAMS(P_NULL, P_INT(run_id)), 1, take_run, &runs);
    *ret_found = runs.count == 1;
    if (err != ERR_NONE || runs.count == 0)
        return err;
    *ret_release = (struct result_release){.run_id = run_id,
                                           .version = run.release_version,
                                           .cycle_code = run.cycle_code,
                                           .title_vi = run.title_vi,
                                           .title_en = run.title_en,
                                           .authority_vi = run.authority_vi,
                                           .authority_en = run.authority_en,
                                           .demonstration = run.demonstration,
                                           .published_us = run.published_us,
                                           .approved_us = run.sign_b.at_us,
                                           .cause = run.cause,
                                           .candidates = run.candidates,
                                           .selected = run.selected};
    (void)snprintf(ret_release->sha256, sizeof ret_release->sha256, "%s", run.sha256);
    result_verify_code(ret_release->sha256, ret_release->verify_code);
    return read_pack(db, arena, ret_release);
}

void result_verify_code(const char *sha256_hex, char out[RESULT_VERIFY_CODE_SIZE]) {
    uint8_t sha256[CRYPTO_SHA256_LEN];
    char text[2 * RESULT_VERIFY_CODE_BYTES];
    *out = '\0';
    if (!text_unhex(sha256_hex, sha256, sizeof sha256))
        return;
    text_base32(sha256, RESULT_VERIFY_CODE_BYTES, text);
    (void)snprintf(out, RESULT_VERIFY_CODE_SIZE, "%.4s-%.4s-%.4s-%.4s", text, text + 4, text + 8, text + 12);
}

struct coded {
    struct result_releases list;
    int64_t newest;
};

static enum err take_coded(void *ctx, const struct db_row *row) {
    struct coded *coded = ctx;
    coded->newest = db_int(row, 14);
    return take_release(&coded->list, row);
}

enum err result_release_find(struct db *db, struct arena *arena, const char *verify_code, bool *ret_found,
                             struct result_release *ret_release, int64_t *ret_newest) {
    uint8_t head[RESULT_VERIFY_CODE_BYTES];
    struct coded coded = {.list.releases = ret_release};
    *ret_found = false;
    if (!text_unbase32(verify_code, head, sizeof head))
        return ERR_NONE;
    enum err err = db_many(db, arena, DB_RESULT_RELEASE_CODED, DB_PARAMS(P_BYTES(head, sizeof head)), 1, take_coded, &coded);
    *ret_found = coded.list.count == 1;
    *ret_newest = coded.newest;
    return err;
}

enum err result_release_file(struct db *db, struct arena *arena, int64_t run_id, const char **ret_text) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_RESULT_RELEASE_FILE, DB_PARAMS(P_INT(run_id)), &row);
    if (err == ERR_NONE)
        *ret_text = db_text(row, 0);
    return err;
}

struct row_taker {
    struct arena *arena;
    struct result_release_list *list;
    size_t room;
};

static enum err take_public_row(void *ctx, const struct db_row *row) {
    struct row_taker *t = ctx;
    struct result_release_list *list = t->list;
    if (list->row_count == t->room) {
        t->room = t->room ? t->room * 2 : 1024;
        struct result_row *more = ARENA_ARRAY(t->arena, t->room, struct result_row);
        if (!more)
            return ERR_MEMORY;
        if (list->row_count)
            memcpy(more, list->rows, list->row_count * sizeof *more);
        list->rows = more;
    }
    list->rows[list->row_count++] = (struct result_row){.roll_number = db_text(row, 0),
                                                        .post = db_text(row, 1),
                                                        .outcome = db_text(row, 2),
                                                        .agency = db_text(row, 3),
                                                        .reason = db_text(row, 4),
                                                        .rank = db_int(row, 5),
                                                        .raw = db_hundredths(row, 6),
                                                        .priority = db_hundredths(row, 7),
                                                        .total = db_hundredths(row, 8),
                                                        .withheld = db_bool(row, 9),
                                                        .parts = db_text(row, 10)};
    return ERR_NONE;
}

enum err result_release_rows(struct db *db, struct arena *arena, int64_t run_id, struct result_release_list *ret_list) {
    struct result_release_list list = {0};
    struct row_taker taker = {.arena = arena, .list = &list};
    enum err err = read_posts(db, arena, run_id, &list.posts, &list.post_count);
    if (err == ERR_NONE)
        err = db_many(db, arena, DB_RESULT_RELEASE_ROWS, DB_PARAMS(P_INT(run_id)), RESULT_ROWS_MAX, take_public_row,
                      &taker);
    if (err != ERR_NONE)
        return err;
    size_t at = 0;
    for (size_t i = 0; i < list.post_count; i++) {
        list.posts[i].first_row = at;
        while (at < list.row_count && strcmp(list.rows[at].post, list.posts[i].code) == 0)
            at++;
        list.posts[i].row_count = at - list.posts[i].first_row;
    }
    *ret_list = list;
    return ERR_NONE;
}

/* ---- look-up ---- */

struct looking {
    const char *roll, *birth_date;
    struct result_row row;
    bool found;
};

/* Compares in time that does not depend on where the texts differ. */
static bool same(const char *asked, const char *stored) {
    char a[48] = {0}, b[48] = {0};
    (void)snprintf(a, sizeof a, "%s", asked);
    (void)snprintf(b, sizeof b, "%s", stored);
    return text_same_secret(a, b, sizeof a);
}

static struct result_row own_row(const struct db_row *row) {
    return (struct result_row){.roll_number = db_text(row, 0),
                               .post = db_text(row, 2),
                               .outcome = db_text(row, 3),
                               .agency = db_text(row, 4),
                               .reason = db_text(row, 5),
                               .rank = db_int(row, 6),
                               .raw = db_hundredths(row, 7),
                               .priority = db_hundredths(row, 8),
                               .total = db_hundredths(row, 9),
                               .derivation = db_text(row, 10)};
}

static enum err take_lookup(void *ctx, const struct db_row *row) {
    struct looking *l = ctx;
    bool same_roll = same(l->roll, db_text(row, 0)), same_date = same(l->birth_date, db_text(row, 1));
    l->row = own_row(row);
    l->found = same_roll & same_date;
    return ERR_NONE;
}

struct people_taker {
    struct arena *arena;
    struct result_people people;
    size_t room;
};

static enum err take_person(void *ctx, const struct db_row *row) {
    struct people_taker *t = ctx;
    struct result_people *people = &t->people;
    if (people->count == t->room) {
        t->room = t->room ? t->room * 2 : 1024;
        struct result_row *rows = ARENA_ARRAY(t->arena, t->room, struct result_row);
        const char **dates = ARENA_ARRAY(t->arena, t->room, const char *);
        if (!rows || !dates)
            return ERR_MEMORY;
        if (people->count) {
            memcpy(rows, people->rows, people->count * sizeof *rows);
            memcpy(dates, people->birth_dates, people->count * sizeof *dates);
        }
        people->rows = rows;
        people->birth_dates = dates;
    }
    people->birth_dates[people->count] = db_text(row, 1);
    people->rows[people->count++] = own_row(row);
    return ERR_NONE;
}

enum err result_release_people(struct db *db, struct arena *arena, int64_t run_id, struct result_people *ret_people) {
    struct people_taker taker = {.arena = arena};
    enum err err = db_many(db, arena, DB_RESULT_RELEASE_PEOPLE, DB_PARAMS(P_INT(run_id)), RESULT_ROWS_MAX, take_person, &taker);
    if (err == ERR_NONE)
        *ret_people = taker.people;
    return err;
}

enum err result_lookup(struct db *db, struct arena *arena, const char *cycle_code, const char *roll_number,
                       const char *birth_date, bool *ret_found, struct result_row *ret_row) {
    struct looking looking = {.roll = roll_number, .birth_date = birth_date};
    enum err err = db_many(db, arena, DB_RESULT_LOOKUP, DB_PARAMS(P_TEXT(cycle_code), P_TEXT(roll_number)), 1,
                           take_lookup, &looking);
    if (err != ERR_NONE)
        return err;
    *ret_found = looking.found;
    if (looking.found)
        *ret_row = looking.row;
    return ERR_NONE;
}

static enum err take_own(void *ctx, const struct db_row *row) {
    struct result_own *own = ctx;
    own->row = own_row(row);
    own->version = db_int(row, 11);
    own->cycle_code = db_text(row, 12);
    return ERR_NONE;
}

enum err result_own_read(struct db *db, struct arena *arena, int64_t candidate_id, struct result_own *ret_own) {
    struct result_own own = {0};
    enum err err = db_many(db, arena, DB_RESULT_OWN, DB_PARAMS(P_INT(candidate_id)), 1, take_own, &own);
    if (err == ERR_NONE)
        *ret_own = own;
    return err;
}
