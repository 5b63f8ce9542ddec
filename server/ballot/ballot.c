#include "ballot_private.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/random.h"
#include "khoacu/base/text.h"
#include "khoacu/ledger/ledger.h"

#include <string.h>

#include "khoacu/base/banned.h"

enum ballot_verdict ballot_verdict_of(const char *outcome) {
    static const struct {
        const char *word;
        enum ballot_verdict verdict;
    } GOOD[] = {{"opened", BALLOT_DONE}, {"prepared", BALLOT_DONE}, {"cast", BALLOT_DONE}, {"counted", BALLOT_DONE}, {"picked", BALLOT_DONE}};
    static const char *const WORDS[] = {
#define X(name, key) key,
        BALLOT_VERDICT_TABLE(X)
#undef X
    };
    for (size_t i = 0; i < sizeof GOOD / sizeof *GOOD; i++)
        if (strcmp(outcome, GOOD[i].word) == 0)
            return GOOD[i].verdict;
    for (int i = 0; i < BALLOT_VERDICT_COUNT; i++)
        if (strcmp(outcome, WORDS[i]) == 0)
            return (enum ballot_verdict)i;
    return BALLOT_VERDICT_COUNT;
}

static enum err load_pack(struct db *db, struct arena *arena, const struct cycle *cycle, const struct cycle_pack **ret_pack) {
    struct cycle_pack *pack = ARENA_NEW(arena, struct cycle_pack);
    enum err err = pack ? cycle_pack_load(db, arena, cycle->pack_id, cycle->pack_version, pack) : ERR_MEMORY;
    *ret_pack = pack;
    return err;
}

enum err ballot_place_find(struct db *db, struct arena *arena, int64_t id, struct ballot_place *ret_place) {
    const struct db_row *row = NULL;
    *ret_place = (struct ballot_place){0};
    enum err err = db_one(db, arena, DB_BALLOT_CYCLE, DB_PARAMS(P_INT(id)), &row);
    if (err == ERR_DB_NO_ROW)
        return ERR_NONE;
    if (err == ERR_NONE) {
        ret_place->step = (int32_t)db_int(row, 2);
        err = cycle_find(db, arena, db_text(row, 0), &ret_place->cycle);
    }
    return err == ERR_NONE ? load_pack(db, arena, &ret_place->cycle, &ret_place->pack) : err;
}

/* One act in one transaction with its event. */
struct act {
    struct arena *arena;
    int64_t staff_id, now_us, subject_id;
    const char *verb, *subject, *reason, *details;
    enum ballot_verdict verdict;
};

static enum err take_verdict(struct act *act, const char *outcome) {
    act->verdict = ballot_verdict_of(outcome);
    if (act->verdict == BALLOT_VERDICT_COUNT)
        return ERR_STATE;
    return act->verdict == BALLOT_DONE ? ERR_NONE : DB_ROLLBACK;
}

static enum err log_act(struct act *act, struct db *db) {
    if (!act->details)
        return ERR_MEMORY;
    return ledger_append(db, act->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(act->staff_id),
                                                .act = act->verb,
                                                .subject_kind = act->subject,
                                                .subject_id = act->subject_id,
                                                .reason = act->reason,
                                                .details = act->details,
                                                .at_us = act->now_us});
}

/* ---- the appointment ---- */

struct appointing {
    struct act act;
    const char *cycle_code, *post;
    const char *const *rolls;
    size_t count, place;
};

static enum err appoint_body(void *ctx, struct db *db) {
    struct appointing *a = ctx;
    struct cycle cycle;
    const struct cycle_pack *pack = NULL;
    const struct db_row *row = NULL;
    enum err err = cycle_find(db, a->act.arena, a->cycle_code, &cycle);
    a->act.verdict = BALLOT_NO_CYCLE;
    if (err != ERR_NONE || cycle.cycle_id == 0)
        return err == ERR_NONE ? DB_ROLLBACK : err;
    err = load_pack(db, a->act.arena, &cycle, &pack);
    a->act.verdict = BALLOT_NO_BALLOTS;
    if (err != ERR_NONE || pack->ballot_count == 0)
        return err == ERR_NONE ? DB_ROLLBACK : err;
    err = db_one(db, a->act.arena, DB_BALLOT_APPOINT,
                 DB_PARAMS(P_INT(a->act.subject_id), P_INT(cycle.cycle_id), P_TEXT(a->post), P_TEXTS(a->rolls, a->count), P_TEXT(a->act.reason),
                           P_INT(a->act.staff_id), P_TIME(a->act.now_us)),
                 &row);
    if (err != ERR_NONE)
        return err;
    a->place = (size_t)db_int(row, 1);
    err = take_verdict(&a->act, db_text(row, 0));
    a->act.details = arena_printf(a->act.arena, "{\"cycle\":\"%s\",\"names\":%zu,\"post\":\"%s\"}", cycle.code, a->count, a->post);
    return err == ERR_NONE ? log_act(&a->act, db) : err;
}

enum err ballot_appoint(struct db *db, struct arena *arena, int64_t staff_id, const char *cycle_code, const char *post,
                        const char *const *rolls, size_t count, const char *reason, int64_t now_us, enum ballot_verdict *ret_verdict,
                        int64_t *ret_appointment_id, size_t *ret_place) {
    struct appointing a = {.act = {.arena = arena,
                                   .staff_id = staff_id,
                                   .now_us = now_us,
                                   .subject_id = random_id(),
                                   .verb = "ballot.appoint",
                                   .subject = "appointment",
                                   .reason = reason},
                           .cycle_code = cycle_code,
                           .post = post,
                           .rolls = rolls,
                           .count = count};
    enum err err = db_transact(db, appoint_body, &a);
    if (err != ERR_NONE)
        return err;
    *ret_verdict = a.act.verdict;
    *ret_appointment_id = a.act.subject_id;
    *ret_place = a.place;
    return ERR_NONE;
}

/* ---- the next ballot ---- */

struct preparing {
    struct act act;
    const struct identity_secret *secret;
    int64_t appointment_id;
    int32_t summoned, excused;
    struct ballot_slips *slips;
};

void ballot_slip_hmac(const struct identity_secret *secret, const uint8_t code[BALLOT_CODE_LEN], uint8_t out[CRYPTO_SHA256_LEN]) {
    static const char HEAD[] = "khoacu/slip/v1\n";
    uint8_t message[sizeof HEAD - 1 + BALLOT_CODE_LEN];
    memcpy(message, HEAD, sizeof HEAD - 1);
    memcpy(message + sizeof HEAD - 1, code, BALLOT_CODE_LEN);
    crypto_hmac_sha256(secret->key, sizeof secret->key, message, sizeof message, out);
    crypto_wipe(message, sizeof message);
}

/* Codes in fours, and their keyed hashes as hexadecimal texts. */
static enum err make_slips(struct preparing *p, size_t count, const char ***ret_hmacs) {
    char(*codes)[32] = arena_array(p->act.arena, count, sizeof *codes);
    const char **hmacs = ARENA_ARRAY(p->act.arena, count, const char *);
    if (!codes || !hmacs)
        return ERR_MEMORY;
    for (size_t i = 0; i < count; i++) {
        uint8_t code[BALLOT_CODE_LEN], hmac[CRYPTO_SHA256_LEN];
        char plain[(BALLOT_CODE_LEN * 8 + 4) / 5 + 1], hex[2 * CRYPTO_SHA256_LEN + 1];
        random_bytes(code, sizeof code);
        text_base32(code, sizeof code, plain);
        size_t put = 0;
        for (size_t k = 0; plain[k]; k++) {
            if (k > 0 && k % 4 == 0)
                codes[i][put++] = '-';
            codes[i][put++] = plain[k];
        }
        codes[i][put] = '\0';
        ballot_slip_hmac(p->secret, code, hmac);
        text_hex(hmac, sizeof hmac, hex);
        hmacs[i] = arena_strdup(p->act.arena, hex);
        crypto_wipe(code, sizeof code);
        crypto_wipe(plain, sizeof plain);
    }
    p->slips->codes = (const char(*)[32])codes;
    p->slips->count = count;
    *ret_hmacs = hmacs;
    return p->act.arena->failed ? ERR_MEMORY : ERR_NONE;
}

static enum err prepare_body(void *ctx, struct db *db) {
    struct preparing *p = ctx;
    struct ballot_place place;
    const struct db_row *row = NULL;
    const char **hmacs = NULL;
    size_t count = (size_t)(p->summoned - p->excused);
    enum err err = ballot_place_find(db, p->act.arena, p->appointment_id, &place);
    p->act.verdict = BALLOT_NO_APPOINTMENT;
    if (err != ERR_NONE || !place.pack)
        return err == ERR_NONE ? DB_ROLLBACK : err;
    err = make_slips(p, count, &hmacs);
    if (err == ERR_NONE)
        err = db_one(db, p->act.arena, DB_BALLOT_PREPARE,
                     DB_PARAMS(P_INT(p->act.subject_id), P_INT(p->appointment_id), P_INT((int64_t)place.pack->ballot_count), P_INT(p->summoned),
                               P_INT(p->excused), P_TEXTS(hmacs, count), P_INT(p->act.staff_id), P_TIME(p->act.now_us)),
                     &row);
    if (err != ERR_NONE)
        return err;
    err = take_verdict(&p->act, db_text(row, 0));
    if (err != ERR_NONE)
        return err;
    int64_t step = db_int(row, 1);
    p->slips->title_vi = place.pack->ballots[step - 1].title.vi;
    p->slips->title_en = place.pack->ballots[step - 1].title.en;
    p->slips->cycle_title = place.cycle.title_vi;
    p->act.details = arena_printf(p->act.arena, "{\"appointment\":\"%016llx\",\"excused\":%d,\"step\":%lld,\"summoned\":%d}",
                                  (unsigned long long)p->appointment_id, p->excused, (long long)step, p->summoned);
    return log_act(&p->act, db);
}

enum err ballot_prepare(struct db *db, struct arena *arena, const struct identity_secret *secret, int64_t staff_id, int64_t appointment_id,
                        int32_t summoned, int32_t excused, int64_t now_us, enum ballot_verdict *ret_verdict, int64_t *ret_ballot_id,
                        struct ballot_slips *ret_slips) {
    struct ballot_slips slips = {0};
    struct preparing p = {.act = {.arena = arena,
                                  .staff_id = staff_id,
                                  .now_us = now_us,
                                  .subject_id = random_id(),
                                  .verb = "ballot.prepare",
                                  .subject = "ballot"},
                          .secret = secret,
                          .appointment_id = appointment_id,
                          .summoned = summoned,
                          .excused = excused,
                          .slips = &slips};
    if (summoned < 1 || summoned > BALLOT_SUMMONED_MAX || excused < 0 || excused >= summoned)
        return ERR_RANGE;
    enum err err = db_transact(db, prepare_body, &p);
    if (err != ERR_NONE)
        return err;
    *ret_verdict = p.act.verdict;
    *ret_ballot_id = p.act.subject_id;
    *ret_slips = slips;
    return ERR_NONE;
}

static enum err open_body(void *ctx, struct db *db) {
    struct act *act = ctx;
    const struct db_row *row = NULL;
    enum err err = db_one(db, act->arena, DB_BALLOT_OPEN, DB_PARAMS(P_INT(act->subject_id), P_TIME(act->now_us)), &row);
    if (err == ERR_NONE)
        err = take_verdict(act, db_text(row, 0));
    act->details = "{}";
    return err == ERR_NONE ? log_act(act, db) : err;
}

enum err ballot_open(struct db *db, struct arena *arena, int64_t staff_id, int64_t ballot_id, int64_t now_us,
                     enum ballot_verdict *ret_verdict) {
    struct act act = {.arena = arena, .staff_id = staff_id, .now_us = now_us, .subject_id = ballot_id, .verb = "ballot.open", .subject = "ballot"};
    enum err err = db_transact(db, open_body, &act);
    if (err == ERR_NONE)
        *ret_verdict = act.verdict;
    return err;
}

/* ---- counting ---- */

struct counting {
    struct act act;
    int32_t present;
    struct ballot_end *end;
};

/* The numbers of those who go on, and every number for the event. */
static enum err apply_rule(struct counting *c, struct db *db, const struct ballot_place *place, const struct db_row *row) {
    size_t count = 0, names = 0, going = 0;
    const int64_t *votes = db_ints(row, 2, &count), *numbers = db_ints(row, 4, &names);
    const struct cycle_pack_ballot *of = &place->pack->ballots[place->step - 1];
    const struct settle_ballot *rule = &of->rules;
    uint32_t tally[BALLOT_NAMES_MAX] = {0};
    int64_t goes_on[BALLOT_NAMES_MAX];
    struct rank_misfit misfit;
    static const char *const ENDS[] = {
#define X(name, key) key,
        SETTLE_BALLOT_TABLE(X)
#undef X
    };
    for (size_t i = 0; i < count && i < BALLOT_NAMES_MAX; i++)
        tally[i] = (uint32_t)votes[i];
    struct settle_ballot_facts facts = {.summoned = (uint32_t)db_int(row, 5),
                                        .excused = (uint32_t)db_int(row, 6),
                                        .present = (uint32_t)c->present,
                                        .votes = tally,
                                        .names = (uint32_t)names};
    struct ballot_end *end = c->end;
    if (names > BALLOT_NAMES_MAX || settle_ballot_count(rule, &facts, &end->result, &misfit) != ERR_NONE)
        return ERR_STATE;
    settle_ballot_sentence(rule, of->title.vi, &facts, &end->result, "vi", end->sentence_vi);
    settle_ballot_sentence(rule, of->title.en, &facts, &end->result, "en", end->sentence_en);
    for (size_t i = 0; i < names; i++)
        if (end->result.goes_on[i])
            goes_on[going++] = numbers[i];
    const struct db_row *ended = NULL;
    enum err err = db_one(db, c->act.arena, DB_BALLOT_END,
                          DB_PARAMS(P_INT(c->act.subject_id), P_TEXT(ENDS[end->result.end]), P_INTS(goes_on, going),
                                    P_INT((int64_t)place->pack->ballot_count), P_TIME(c->act.now_us)),
                          &ended);
    c->act.details = arena_printf(c->act.arena, "{\"bar\":%u,\"excused\":%u,\"going\":%zu,\"outcome\":\"%s\",\"papers\":%u,\"present\":%d,\"step\":%d,\"summoned\":%u,\"votes\":\"%s\"}",
                                  end->result.bar, facts.excused, going, ENDS[end->result.end], end->papers, c->present, place->step, facts.summoned,
                                  db_text(row, 2));
    return err;
}

static enum err count_body(void *ctx, struct db *db) {
    struct counting *c = ctx;
    struct ballot_place place;
    const struct db_row *row = NULL;
    enum err err = ballot_place_find(db, c->act.arena, c->act.subject_id, &place);
    c->act.verdict = BALLOT_NO_BALLOT;
    if (err != ERR_NONE || !place.pack || place.step < 1 || (size_t)place.step > place.pack->ballot_count)
        return err == ERR_NONE ? DB_ROLLBACK : err;
    err = db_one(db, c->act.arena, DB_BALLOT_COUNT,
                 DB_PARAMS(P_INT(c->act.subject_id), P_INT(c->present), P_INT(c->act.staff_id), P_TIME(c->act.now_us)), &row);
    if (err != ERR_NONE)
        return err;
    c->end->papers = (uint32_t)db_int(row, 1);
    err = take_verdict(&c->act, db_text(row, 0));
    if (err == ERR_NONE)
        err = apply_rule(c, db, &place, row);
    return err == ERR_NONE ? log_act(&c->act, db) : err;
}

enum err ballot_count(struct db *db, struct arena *arena, int64_t staff_id, int64_t ballot_id, int32_t present, int64_t now_us,
                      enum ballot_verdict *ret_verdict, struct ballot_end *ret_end) {
    struct ballot_end end = {0};
    struct counting c = {.act = {.arena = arena,
                                 .staff_id = staff_id,
                                 .now_us = now_us,
                                 .subject_id = ballot_id,
                                 .verb = "ballot.count",
                                 .subject = "ballot"},
                         .present = present,
                         .end = &end};
    enum err err = db_transact(db, count_body, &c);
    if (err != ERR_NONE)
        return err;
    *ret_verdict = c.act.verdict;
    *ret_end = end;
    return ERR_NONE;
}

struct picking {
    struct act act;
    int32_t number;
};

static enum err pick_body(void *ctx, struct db *db) {
    struct picking *p = ctx;
    struct ballot_place place;
    const struct db_row *row = NULL;
    enum err err = ballot_place_find(db, p->act.arena, p->act.subject_id, &place);
    p->act.verdict = BALLOT_NO_BALLOT;
    if (err != ERR_NONE || !place.pack)
        return err == ERR_NONE ? DB_ROLLBACK : err;
    err = db_one(db, p->act.arena, DB_BALLOT_PICK,
                 DB_PARAMS(P_INT(p->act.subject_id), P_INT(p->number), P_TEXT(p->act.reason), P_INT(p->act.staff_id),
                           P_INT((int64_t)place.pack->ballot_count), P_TIME(p->act.now_us)),
                 &row);
    if (err == ERR_NONE)
        err = take_verdict(&p->act, db_text(row, 0));
    p->act.details = arena_printf(p->act.arena, "{\"number\":%d}", p->number);
    return err == ERR_NONE ? log_act(&p->act, db) : err;
}

enum err ballot_pick(struct db *db, struct arena *arena, int64_t staff_id, int64_t ballot_id, int32_t number, const char *reason,
                     int64_t now_us, enum ballot_verdict *ret_verdict) {
    struct picking p = {.act = {.arena = arena,
                                .staff_id = staff_id,
                                .now_us = now_us,
                                .subject_id = ballot_id,
                                .verb = "ballot.pick",
                                .subject = "ballot",
                                .reason = reason},
                        .number = number};
    enum err err = db_transact(db, pick_body, &p);
    if (err == ERR_NONE)
        *ret_verdict = p.act.verdict;
    return err;
}
