#include "khoacu/sitting/late.h"

#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/ledger/ledger.h"
#include "sitting_db.h"

#include <assert.h>

#include "khoacu/base/banned.h"

enum err late_window_read(struct db *db, struct arena *arena, int64_t shift_id, int32_t *ret_late_s) {
    const struct db_row *row = NULL;
    enum err err = db_one(db, arena, DB_LATE_WINDOW, DB_PARAMS(P_INT(shift_id)), &row);
    if (err == ERR_NONE)
        *ret_late_s = (int32_t)db_int(row, 0);
    return err;
}

/* ---- keeping ---- */

struct keeping {
    struct arena *arena;
    const struct late_taking *taking;
    struct late_taken taken;
};

/* Events column by column. */
struct columns {
    int64_t *ns, *positions, *seqs, *choices, *flags, *made_ms;
    const char **hashes, **prevs, **answers;
};

static enum err fill_columns(struct arena *arena, const struct late_events *events, struct columns *columns) {
    int64_t *numbers = ARENA_ARRAY(arena, events->count * 6, int64_t);
    const char **texts = ARENA_ARRAY(arena, events->count * 3, const char *);
    if (!numbers || !texts)
        return ERR_MEMORY;
    size_t n = events->count;
    *columns = (struct columns){.ns = numbers, .positions = numbers + n, .seqs = numbers + 2 * n, .choices = numbers + 3 * n,
                                .flags = numbers + 4 * n, .made_ms = numbers + 5 * n, .hashes = texts, .prevs = texts + n,
                                .answers = texts + 2 * n};
    for (size_t i = 0; i < n; i++) {
        const struct late_event *event = &events->list[i];
        char hash[2 * CRYPTO_SHA256_LEN + 1], prev[2 * CRYPTO_SHA256_LEN + 1];
        text_hex(event->hash, CRYPTO_SHA256_LEN, hash);
        text_hex(event->prev, CRYPTO_SHA256_LEN, prev);
        columns->ns[i] = event->n;
        columns->positions[i] = event->position;
        columns->seqs[i] = event->seq;
        columns->choices[i] = event->choice;
        columns->flags[i] = event->flagged;
        columns->made_ms[i] = event->made_ms;
        columns->hashes[i] = arena_strdup(arena, hash);
        columns->prevs[i] = arena_strdup(arena, prev);
        columns->answers[i] = event->answer;
    }
    return arena->failed ? ERR_MEMORY : ERR_NONE;
}

static enum err append_kept(struct db *db, const struct keeping *keeping) {
    const struct late_taking *taking = keeping->taking;
    const struct late_events *events = taking->events;
    char id[TEXT_ID_LEN + 1], last[2 * CRYPTO_SHA256_LEN + 1];
    text_format_id(keeping->taken.batch_id, id);
    text_hex(events->list[events->count - 1].hash, CRYPTO_SHA256_LEN, last);
    const char *details = arena_printf(keeping->arena, "{\"answers\":%lld,\"batch\":\"%s\",\"chain\":\"%s\",\"source\":\"%s\"}",
                                       (long long)keeping->taken.kept, id, last, taking->file_sha256 ? "file" : "client");
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, keeping->arena,
                         &(struct ledger_event){.actor = taking->file_sha256 ? LEDGER_STAFF(taking->staff_id)
                                                                             : LEDGER_CANDIDATE(taking->sitting->candidate_id),
                                                .act = "sitting.late_keep",
                                                .subject_kind = "sitting",
                                                .subject_id = taking->sitting->place.sitting_id,
                                                .details = details,
                                                .at_us = taking->now_us});
}

static enum err take_body(void *ctx, struct db *db) {
    struct keeping *keeping = ctx;
    const struct late_taking *taking = keeping->taking;
    const struct sitting *sitting = taking->sitting;
    const struct late_events *events = taking->events;
    size_t n = events->count;
    struct columns c;
    enum err err = fill_columns(keeping->arena, events, &c);
    if (err == ERR_NONE)
        err = db_run(db, DB_LATE_BATCH_INSERT,
                     DB_PARAMS(P_INT(keeping->taken.batch_id), P_INT(sitting->place.room_id), P_INT(sitting->place.sitting_id),
                               P_INT(sitting->shift_id), P_TEXT(taking->file_sha256 ? "file" : "client"),
                               taking->file_sha256 ? P_BYTES(taking->file_sha256, CRYPTO_SHA256_LEN) : P_NULL, P_TIME(taking->now_us),
                               taking->file_sha256 ? P_INT(taking->staff_id) : P_NULL),
                     NULL);
    if (err == ERR_NONE)
        err = db_run(db, DB_LATE_RESPONSES_INSERT,
                     DB_PARAMS(P_INT(sitting->place.room_id), P_INT(sitting->place.sitting_id), P_INT(keeping->taken.batch_id),
                               P_TEXTS(c.hashes, n), P_TEXTS(c.prevs, n), P_INTS(c.ns, n), P_INTS(c.positions, n), P_INTS(c.seqs, n),
                               P_INTS(c.choices, n), P_TEXTS(c.answers, n), P_INTS(c.flags, n), P_INTS(c.made_ms, n)),
                     &keeping->taken.kept);
    if (err != ERR_NONE)
        return err;
    return keeping->taken.kept == 0 ? DB_ROLLBACK : append_kept(db, keeping);
}

enum err late_take(struct db *db, struct arena *arena, const struct late_taking *taking, struct late_taken *ret_taken) {
    struct keeping keeping = {.arena = arena, .taking = taking, .taken = {.batch_id = random_id()}};
    enum err err = db_transact(db, take_body, &keeping);
    if (err == ERR_NONE && keeping.taken.kept == 0)
        keeping.taken.batch_id = 0;
    if (err == ERR_NONE)
        *ret_taken = keeping.taken;
    return err;
}

/* ---- deciding ---- */

static enum err read_verdict(const char *outcome, enum late_verdict *ret_verdict) {
    static const struct db_word WORDS[] = {{"count", LATE_COUNTED},           {"leave", LATE_LEFT},     {"unknown", LATE_UNKNOWN},   {"no_proposal", LATE_NO_PROPOSAL},
                                           {"same_person", LATE_SAME_PERSON}, {"decided", LATE_DECIDED}, {"running", LATE_RUNNING}, {"proposed", LATE_PROPOSED}};
    int meaning = DB_MEANING(WORDS, outcome);
    *ret_verdict = (enum late_verdict)meaning;
    return meaning < 0 ? ERR_STATE : ERR_NONE;
}

struct proposing {
    struct arena *arena;
    const struct late_proposal *proposal;
    enum late_verdict verdict;
};

static enum err propose_body(void *ctx, struct db *db) {
    struct proposing *proposing = ctx;
    const struct late_proposal *proposal = proposing->proposal;
    const char *decision = proposal->count ? "count" : "leave";
    const struct db_row *row = NULL;
    enum err err = db_one(db, proposing->arena, DB_LATE_PROPOSE,
                          DB_PARAMS(P_INT(random_id()), P_INT(proposal->batch_id), P_TEXT(decision), P_TEXT(proposal->reason),
                                    P_INT(proposal->staff_id), P_TIME(proposal->now_us)),
                          &row);
    if (err == ERR_NONE)
        err = read_verdict(db_text(row, 0), &proposing->verdict);
    if (err != ERR_NONE)
        return err;
    if (proposing->verdict != LATE_PROPOSED)
        return DB_ROLLBACK;
    char id[TEXT_ID_LEN + 1];
    text_format_id(proposal->batch_id, id);
    const char *details = arena_printf(proposing->arena, "{\"batch\":\"%s\",\"decision\":\"%s\"}", id, decision);
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, proposing->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(proposal->staff_id),
                                                .act = "sitting.late_propose",
                                                .subject_kind = "sitting",
                                                .subject_id = db_int(row, 1),
                                                .reason = proposal->reason,
                                                .details = details,
                                                .at_us = proposal->now_us});
}

enum err late_propose(struct db *db, struct arena *arena, const struct late_proposal *proposal, enum late_verdict *ret_verdict) {
    struct proposing proposing = {.arena = arena, .proposal = proposal};
    enum err err = db_transact(db, propose_body, &proposing);
    if (err == ERR_NONE)
        *ret_verdict = proposing.verdict;
    return err;
}

/* The receipt of all that counts now, beside the one before. */
static enum err renew_receipt(struct db *db, struct arena *arena, struct sitting_place place, int64_t now_us, struct sitting *ret_sitting,
                              struct sitting_receipt *ret_receipt) {
    enum err err = sitting_read(db, arena, place, ret_sitting);
    if (err != ERR_NONE)
        return err;
    struct sitting_answers answers = sitting_answers_of(ret_sitting);
    err = sitting_receipt_make(ret_sitting->form_sha256, place.sitting_id, &answers, now_us, ret_receipt);
    if (err != ERR_NONE)
        return err;
    return db_run(db, DB_LATE_RECEIPT_INSERT,
                  DB_PARAMS(P_INT(place.room_id), P_INT(place.sitting_id), P_BYTES(ret_receipt->answers_sha256, CRYPTO_SHA256_LEN),
                            P_INT(ret_receipt->answered), P_TEXT(ret_receipt->code), P_TIME(now_us)),
                  NULL);
}

enum err late_confirm(struct db *db, struct arena *arena, const struct late_confirmation *confirmation, struct late_outcome *ret_outcome) {
    const struct db_row *row = NULL;
    struct late_outcome outcome = {.verdict = LATE_UNKNOWN};
    struct sitting sitting;
    enum err err = db_one(db, arena, DB_LATE_DECIDE,
                          DB_PARAMS(P_INT(confirmation->batch_id), P_INT(confirmation->staff_id), P_TIME(confirmation->now_us)), &row);
    if (err == ERR_NONE)
        err = read_verdict(db_text(row, 0), &outcome.verdict);
    if (err != ERR_NONE)
        return err;
    *ret_outcome = outcome;
    if (outcome.verdict != LATE_COUNTED && outcome.verdict != LATE_LEFT)
        return ERR_NONE;
    struct sitting_place place = {.room_id = db_int(row, 1), .sitting_id = db_int(row, 2)};
    if (outcome.verdict == LATE_COUNTED)
        err = db_run(db, DB_LATE_COUNT, DB_PARAMS(P_INT(confirmation->batch_id), P_TIME(confirmation->now_us)), &outcome.counted);
    if (err == ERR_NONE)
        err = outcome.verdict == LATE_COUNTED ? renew_receipt(db, arena, place, confirmation->now_us, &sitting, &outcome.receipt)
                                              : sitting_read(db, arena, place, &sitting);
    if (err != ERR_NONE)
        return err;
    outcome.cycle_id = sitting.cycle_id;
    outcome.shift_id = sitting.shift_id;
    outcome.shift_closed = sitting.shift_closed;
    char id[TEXT_ID_LEN + 1], sha256[2 * CRYPTO_SHA256_LEN + 1];
    text_format_id(confirmation->batch_id, id);
    text_hex(outcome.receipt.answers_sha256, CRYPTO_SHA256_LEN, sha256);
    const char *details = outcome.verdict == LATE_COUNTED
                              ? arena_printf(arena, "{\"answers\":%lld,\"answers_sha256\":\"%s\",\"batch\":\"%s\"}", (long long)outcome.counted, sha256, id)
                              : arena_printf(arena, "{\"batch\":\"%s\"}", id);
    if (!details)
        return ERR_MEMORY;
    *ret_outcome = outcome;
    return ledger_append(db, arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(confirmation->staff_id),
                                                .act = outcome.verdict == LATE_COUNTED ? "sitting.late_count" : "sitting.late_leave",
                                                .subject_kind = "sitting",
                                                .subject_id = place.sitting_id,
                                                .reason = db_text(row, 3),
                                                .details = details,
                                                .at_us = confirmation->now_us});
}

/* ---- what there is ---- */

struct walk {
    struct late_list *list;
    size_t limit;
};

static enum err add_entry(void *ctx, const struct db_row *row) {
    struct walk *walk = ctx;
    struct late_list *list = walk->list;
    if (list->count == walk->limit) {
        list->more = true;
        return ERR_NONE;
    }
    list->entries[list->count++] = (struct late_entry){.batch_id = db_int(row, 0),
                                                       .sitting_id = db_int(row, 1),
                                                       .room = db_text(row, 2),
                                                       .roll_number = db_text(row, 3),
                                                       .full_name = db_text(row, 4),
                                                       .source = db_text(row, 5),
                                                       .received_us = db_time(row, 6),
                                                       .answers = db_int(row, 7),
                                                       .made_first_us = db_time(row, 8),
                                                       .made_last_us = db_time(row, 9),
                                                       .closes_us = db_time(row, 10),
                                                       .state = db_text(row, 11),
                                                       .decision = db_text(row, 12),
                                                       .reason = db_text(row, 13),
                                                       .proposed_by = db_text(row, 14),
                                                       .confirmed_by = db_text(row, 15),
                                                       .decided_us = db_time(row, 16)};
    return ERR_NONE;
}

enum err late_list(struct db *db, struct arena *arena, int64_t shift_id, int64_t after, size_t limit, struct late_list *ret_list) {
    assert(limit >= 1 && limit <= LATE_PAGE_MAX);
    struct late_list list = {.entries = ARENA_ARRAY(arena, limit, struct late_entry)};
    struct walk walk = {.list = &list, .limit = limit};
    if (!list.entries)
        return ERR_MEMORY;
    enum err err = db_many(db, arena, DB_LATE_LIST, DB_PARAMS(P_INT(shift_id), P_INT(after), P_INT((int64_t)limit + 1)), limit + 1,
                           add_entry, &walk);
    if (err == ERR_NONE)
        *ret_list = list;
    return err;
}
