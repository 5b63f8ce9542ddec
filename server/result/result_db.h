/* result_db.h: rows to and from the structs of this module. */
#ifndef KHOACU_SERVER_RESULT_RESULT_DB_H
#define KHOACU_SERVER_RESULT_RESULT_DB_H

#include "khoacu/result/bundle.h"
#include "khoacu/result/result.h"

#define RESULT_ROWS_MAX 2000000

/* What a run or round 2 needs to know of its cycle. */
struct result_cycle {
    int64_t cycle_id;
    const char *code, *title_vi, *title_en, *authority_vi, *authority_en, *pack_id, *state;
    bool demonstration;
    int64_t pack_version;
    struct cycle_pack_scales scales;
    int64_t dropped; /* questions of round 1 that no longer count */
};
/* Id of a cycle by its code; 0: there is none. */
enum err result_db_cycle_find(struct db *db, struct arena *arena, const char *code, int64_t *ret_cycle_id) MUST_CHECK;
enum err result_db_cycle_read(struct db *db, struct arena *arena, int64_t cycle_id,
                              struct result_cycle *ret_cycle) MUST_CHECK;
enum err result_db_scores_missing(struct db *db, struct arena *arena, int64_t cycle_id,
                                  int64_t *ret_missing) MUST_CHECK;
enum err result_db_frozen(struct db *db, struct arena *arena, int64_t cycle_id, bool *ret_frozen) MUST_CHECK;
/* The pack of the cycle, bound to its scales; *ret_misfit.reason "" when it fits. */
enum err result_db_rules_read(struct db *db, struct arena *arena, const struct result_cycle *cycle,
                              struct result_field *field, struct rank_misfit *ret_misfit) MUST_CHECK;

/* The field of a cycle with the ids behind its rows. */
struct result_collected {
    struct result_field field;
    int64_t *candidate_ids, *post_ids, *agency_ids; /* in the order of the field */
    bool rescoring;                                 /* a confirmed correction of a key is still being applied */
    const char *message;                            /* stable key of what does not fit, or "" */
    const char *detail;                             /* for the audit trail, or NULL */
};
/* Which results of round 2 are wanted. Each but NONE opens the map of blind codes, as far as its marks are frozen. */
enum result_marks { RESULT_MARKS_NONE, RESULT_MARKS_PART /* of the parts frozen by themselves */, RESULT_MARKS_ALL };
/* Agencies, posts, candidates, their scores of round 1, recorded decisions, and the results of round 2 that are wanted.
 * Requires: a worker's connection, a transaction. */
enum err result_db_collect(struct db *db, struct arena *arena, const struct result_cycle *cycle, enum result_marks marks,
                           struct result_collected *ret_collected) MUST_CHECK;
/* Marks who was struck off, and (of a substitution) the seats that all others hold since the newest release. */
enum err result_db_withdrawn(struct db *db, struct arena *arena, int64_t cycle_id, struct result_field *field) MUST_CHECK;
enum err result_db_kept(struct db *db, struct arena *arena, int64_t cycle_id, struct result_field *field) MUST_CHECK;
/* Posts from the JSON that a run keeps. */
enum err result_posts_read(struct arena *arena, const char *text, struct result_post **ret_posts,
                           size_t *ret_count) MUST_CHECK;

#endif
