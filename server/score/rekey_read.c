#include "khoacu/score/rekey.h"

#include "score_private.h"

#include "khoacu/bank/bank.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define FORMS_MAX 200
#define CHALLENGES_MAX 5000
#define PROPOSALS_MAX 200

/* Rows into an array that has room for all of them. */
struct list {
    void *rows;
    size_t count;
};

/* ---- reviews ---- */

static enum err take_review(void *ctx, const struct db_row *row) {
    struct list *list = ctx;
    ((struct rekey_review *)list->rows)[list->count++] = (struct rekey_review){.review_id = db_int(row, 0),
                                                                               .form_id = db_int(row, 1),
                                                                               .cycle_id = db_int(row, 2),
                                                                               .form_code = db_text(row, 3),
                                                                               .cycle_code = db_text(row, 4),
                                                                               .questions = db_int(row, 5),
                                                                               .opens_us = db_time(row, 6),
                                                                               .closes_us = db_time(row, 7),
                                                                               .opened_us = db_time(row, 8),
                                                                               .decided_us = db_time(row, 9),
                                                                               .reason = db_text(row, 10),
                                                                               .opened_by = db_text(row, 11),
                                                                               .verdict = db_text(row, 12),
                                                                               .verdict_reason = db_text(row, 13),
                                                                               .decided_by = db_text(row, 14),
                                                                               .opened_by_id = db_int(row, 15),
                                                                               .shifts_closed = db_bool(row, 16),
                                                                               .version = db_int(row, 17),
                                                                               .pending = db_bool(row, 18),
                                                                               .challenges = db_int(row, 19)};
    return ERR_NONE;
}

/* Of a cycle, one by its id, or one of a form; the others NULL or 0. */
static enum err read_reviews(struct db *db, struct arena *arena, const char *cycle_code, int64_t review_id, int64_t form_id,
                             struct list *list) {
    list->rows = ARENA_ARRAY(arena, FORMS_MAX, struct rekey_review);
    if (!list->rows)
        return ERR_MEMORY;
    return db_many(db, arena, DB_REKEY_REVIEWS, DB_PARAMS(P_TEXT(cycle_code), review_id ? P_INT(review_id) : P_NULL, form_id ? P_INT(form_id) : P_NULL),
                   FORMS_MAX, take_review, list);
}

enum err rekey_form_list(struct db *db, struct arena *arena, const char *cycle_code, struct rekey_review **ret_reviews, size_t *ret_count) {
    struct list list = {.count = 0};
    enum err err = read_reviews(db, arena, cycle_code, 0, 0, &list);
    *ret_reviews = list.rows;
    *ret_count = list.count;
    return err;
}

enum err rekey_review_read(struct db *db, struct arena *arena, int64_t review_id, struct rekey_review *ret_review) {
    struct list list = {.count = 0};
    enum err err = read_reviews(db, arena, NULL, review_id, 0, &list);
    if (err == ERR_NONE && list.count == 0)
        return ERR_DB_NO_ROW;
    if (err == ERR_NONE)
        *ret_review = *(struct rekey_review *)list.rows;
    return err;
}

enum err rekey_review_own(struct db *db, struct arena *arena, int64_t form_id, struct rekey_review *ret_review) {
    struct list list = {.count = 0};
    enum err err = read_reviews(db, arena, NULL, 0, form_id, &list);
    *ret_review = err == ERR_NONE && list.count ? *(struct rekey_review *)list.rows : (struct rekey_review){0};
    return err;
}

/* ---- keys ---- */

static enum err take_position(void *ctx, const struct db_row *row) {
    struct list *list = ctx;
    ((struct rekey_position *)list->rows)[list->count++] = (struct rekey_position){.position = db_int(row, 0),
                                                                                   .decision = db_text(row, 1),
                                                                                   .key_texts = db_text(row, 2),
                                                                                   .shown = db_text(row, 3),
                                                                                   .decided = db_text(row, 4),
                                                                                   .reason = db_text(row, 5),
                                                                                   .decided_us = db_time(row, 6)};
    return ERR_NONE;
}

enum err rekey_positions(struct db *db, struct arena *arena, int64_t form_id, struct rekey_position **ret_positions, size_t *ret_count) {
    struct list list = {.rows = ARENA_ARRAY(arena, SITTING_POSITIONS_MAX, struct rekey_position)};
    if (!list.rows)
        return ERR_MEMORY;
    enum err err = db_many(db, arena, DB_REKEY_POSITIONS, DB_PARAMS(P_INT(form_id)), SITTING_POSITIONS_MAX, take_position, &list);
    *ret_positions = list.rows;
    *ret_count = list.count;
    return err;
}

enum err rekey_statistics_read(struct db *db, struct arena *arena, int64_t form_id, const char **ret_text, int64_t *ret_sittings) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_REKEY_STATISTICS, DB_PARAMS(P_INT(form_id)), &row);
    *ret_text = err == ERR_NONE ? db_text(row, 0) : NULL;
    *ret_sittings = err == ERR_NONE ? db_int(row, 1) : 0;
    return err == ERR_DB_NO_ROW ? ERR_NONE : err;
}

struct sealed_keys {
    struct arena *arena;
    const struct json *keys[SITTING_POSITIONS_MAX + 1];
    size_t count;
};

static enum err take_sealed(void *ctx, const struct db_row *row) {
    struct sealed_keys *sealed = ctx;
    const struct json *list = NULL;
    int64_t position = db_int(row, 0);
    const char *text = db_text(row, 1);
    if (position < 1 || position > SITTING_POSITIONS_MAX)
        return ERR_STATE;
    sealed->count++;
    enum err err = json_read(sealed->arena, text, strlen(text), &list, NULL);
    sealed->keys[position] = json_at(list, 0);
    return err;
}

struct places {
    int64_t items[SITTING_POSITIONS_MAX], versions[SITTING_POSITIONS_MAX];
    size_t count;
};

static enum err take_place(void *ctx, const struct db_row *row) {
    struct places *places = ctx;
    places->items[places->count] = db_int(row, 1);
    places->versions[places->count++] = db_int(row, 2);
    return ERR_NONE;
}

enum err rekey_released_read(struct db *db, struct bank_vault *vault, struct arena *arena, int64_t form_id, struct score_key *ret_key) {
    struct sealed_keys sealed = {.arena = arena};
    struct places places = {.count = 0};
    struct bank_version_text *texts = ARENA_ARRAY(arena, SITTING_POSITIONS_MAX, struct bank_version_text);
    *ret_key = (struct score_key){.version = 1};
    enum err err = texts ? db_many(db, arena, DB_REKEY_SEALED, DB_PARAMS(P_INT(form_id)), SITTING_POSITIONS_MAX, take_sealed, &sealed) : ERR_MEMORY;
    if (err == ERR_NONE && sealed.count == 0)
        return ERR_DB_NO_ROW;
    if (err == ERR_NONE)
        err = db_many(db, arena, DB_FORM_VERSIONS, DB_PARAMS(P_INT(form_id)), SITTING_POSITIONS_MAX, take_place, &places);
    if (err == ERR_NONE)
        err = bank_texts_read(db, vault, arena, places.items, places.versions, places.count, false, texts);
    for (size_t i = 0; err == ERR_NONE && i < places.count; i++) {
        struct item_faults faults = {.count = 0};
        err = json_read(arena, texts[i].content, texts[i].content_len, &ret_key->contents[i + 1], NULL);
        if (err == ERR_NONE)
            (void)item_read(arena, ret_key->contents[i + 1], sealed.keys[i + 1], NULL, &ret_key->items[i + 1], &faults);
        if (err == ERR_NONE && faults.grave)
            err = ERR_STATE;
    }
    ret_key->count = (int32_t)places.count;
    return err == ERR_NONE ? rekey_newest_read(db, arena, form_id, ret_key) : err;
}

/* ---- challenges and proposals ---- */

static enum err take_challenge(void *ctx, const struct db_row *row) {
    struct list *list = ctx;
    ((struct rekey_challenge_line *)list->rows)[list->count++] = (struct rekey_challenge_line){.challenge_id = db_int(row, 0),
                                                                                               .position = db_int(row, 1),
                                                                                               .filed_us = db_time(row, 2),
                                                                                               .withdrawn_us = db_time(row, 3),
                                                                                               .roll_number = db_text(row, 4),
                                                                                               .reason = db_text(row, 5),
                                                                                               .source = db_text(row, 6)};
    return ERR_NONE;
}

enum err rekey_challenges(struct db *db, struct arena *arena, int64_t review_id, int64_t candidate_id, struct rekey_challenge_line **ret_lines,
                          size_t *ret_count) {
    struct list list = {.rows = ARENA_ARRAY(arena, CHALLENGES_MAX, struct rekey_challenge_line)};
    if (!list.rows)
        return ERR_MEMORY;
    enum err err = db_many(db, arena, DB_REKEY_CHALLENGES, DB_PARAMS(P_INT(review_id), P_INT(candidate_id)), CHALLENGES_MAX, take_challenge, &list);
    *ret_lines = list.rows;
    *ret_count = list.count;
    return err;
}

static enum err take_proposal(void *ctx, const struct db_row *row) {
    struct list *list = ctx;
    ((struct rekey_proposal_line *)list->rows)[list->count++] = (struct rekey_proposal_line){.proposal_id = db_int(row, 0),
                                                                                             .base_version = db_int(row, 1),
                                                                                             .proposed_us = db_time(row, 2),
                                                                                             .decided_us = db_time(row, 3),
                                                                                             .proposed_by_id = db_int(row, 4),
                                                                                             .proposed_by = db_text(row, 5),
                                                                                             .reason = db_text(row, 6),
                                                                                             .verdict = db_text(row, 7),
                                                                                             .decided_by = db_text(row, 8),
                                                                                             .verdict_reason = db_text(row, 9),
                                                                                             .report = db_text(row, 10),
                                                                                             .version = db_int(row, 11),
                                                                                             .applied = db_bool(row, 12)};
    return ERR_NONE;
}

enum err rekey_proposals(struct db *db, struct arena *arena, int64_t review_id, struct rekey_proposal_line **ret_lines, size_t *ret_count) {
    struct list list = {.rows = ARENA_ARRAY(arena, PROPOSALS_MAX, struct rekey_proposal_line)};
    if (!list.rows)
        return ERR_MEMORY;
    enum err err = db_many(db, arena, DB_REKEY_PROPOSALS, DB_PARAMS(P_INT(review_id)), PROPOSALS_MAX, take_proposal, &list);
    *ret_lines = list.rows;
    *ret_count = list.count;
    return err;
}

static enum err take_row(void *ctx, const struct db_row *row) {
    struct list *list = ctx;
    int decision = settle_rekey_find(db_text(row, 1));
    if (decision < 0)
        return ERR_STATE;
    ((struct rekey_row *)list->rows)[list->count++] =
        (struct rekey_row){.position = db_int(row, 0), .decision = (uint8_t)decision, .key_texts = db_text(row, 2), .reason = db_text(row, 3)};
    return ERR_NONE;
}

enum err rekey_proposal_read(struct db *db, struct arena *arena, int64_t proposal_id, struct rekey_proposal *ret_proposal) {
    const struct db_row *row = NULL;
    struct list list = {.rows = ARENA_ARRAY(arena, SITTING_POSITIONS_MAX, struct rekey_row)};
    if (!list.rows)
        return ERR_MEMORY;
    enum err err = db_one(db, arena, DB_REKEY_PROPOSAL_READ, DB_PARAMS(P_INT(proposal_id)), &row);
    if (err != ERR_NONE)
        return err;
    struct rekey_proposal proposal = {.proposal_id = db_int(row, 0),
                                      .review_id = db_int(row, 1),
                                      .form_id = db_int(row, 2),
                                      .cycle_id = db_int(row, 3),
                                      .base_version = db_int(row, 4),
                                      .proposed_by = db_int(row, 5),
                                      .decided_by = db_int(row, 6),
                                      .form_code = db_text(row, 7),
                                      .reason = db_text(row, 8),
                                      .confirmed = db_bool(row, 9),
                                      .rows = list.rows};
    err = db_many(db, arena, DB_REKEY_PROPOSAL_ITEMS, DB_PARAMS(P_INT(proposal_id)), SITTING_POSITIONS_MAX, take_row, &list);
    proposal.count = list.count;
    *ret_proposal = proposal;
    return err;
}

static enum err take_preview(void *ctx, const struct db_row *row) {
    struct list *list = ctx;
    ((struct rekey_preview_line *)list->rows)[list->count++] = (struct rekey_preview_line){.roll_number = db_text(row, 0),
                                                                                           .post = db_text(row, 1),
                                                                                           .before = db_int(row, 2),
                                                                                           .after = db_int(row, 3),
                                                                                           .passed_before = db_bool(row, 4),
                                                                                           .passed_after = db_bool(row, 5),
                                                                                           .outcome_before = db_text(row, 6),
                                                                                           .outcome_after = db_text(row, 7),
                                                                                           .rank_before = db_int(row, 8),
                                                                                           .rank_after = db_int(row, 9)};
    return ERR_NONE;
}

enum err rekey_preview_rows(struct db *db, struct arena *arena, int64_t proposal_id, bool touched, const char *after, size_t limit,
                            struct rekey_preview_line **ret_lines, size_t *ret_count) {
    struct list list = {.rows = ARENA_ARRAY(arena, limit, struct rekey_preview_line)};
    if (!list.rows)
        return ERR_MEMORY;
    enum err err = db_many(db, arena, DB_REKEY_PREVIEW_ROWS, DB_PARAMS(P_INT(proposal_id), P_BOOL(touched), P_TEXT(after), P_INT((int64_t)limit)),
                           limit, take_preview, &list);
    *ret_lines = list.rows;
    *ret_count = list.count;
    return err;
}
