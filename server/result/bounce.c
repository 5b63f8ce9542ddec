#include "khoacu/result/bounce.h"

#include "khoacu/crypto/crypto.h"
#include "khoacu/doc/mail.h"
#include "khoacu/ledger/ledger.h"

#include "khoacu/base/text.h"

#include <ctype.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define MAIL_ARENA_MAX (MAIL_FILE_MAX * 3) /* of one mail: its parts decoded, and its texts */
#define ATTEMPT_DIGITS 4

#define X(name, key) key,
static const char *const KEYS[] = {RESULT_BOUNCE_TABLE(X)};
#undef X

const char *result_bounce_key(enum result_bounce_outcome outcome) {
    return KEYS[outcome];
}

static enum result_bounce_outcome outcome_of(const char *key) {
    int found = 0;
    while (found < RESULT_BOUNCE_UNREADABLE && strcmp(key, KEYS[found]) != 0)
        found++;
    return (enum result_bounce_outcome)found;
}

/* ---- whose letter ---- */

/* 16 hexadecimal digits, in whatever case a mail server made of them. */
static bool id_at(const char *text, int64_t *ret_id) {
    char id[TEXT_ID_LEN + 1] = "";
    for (size_t i = 0; i < TEXT_ID_LEN && isxdigit((unsigned char)text[i]); i++)
        id[i] = (char)tolower((unsigned char)text[i]);
    return text_parse_id(id, ret_id);
}

/* "…ID.ATTEMPT@…": the address to which this one letter comes back. */
static bool letter_of_address(const char *address, int64_t *ret_id, int64_t *ret_attempt) {
    for (const char *dot = strchr(address, '.'); dot; dot = strchr(dot + 1, '.')) {
        size_t digits = strspn(dot + 1, "0123456789");
        char attempt[ATTEMPT_DIGITS + 1] = "";
        if (dot - address < TEXT_ID_LEN || digits == 0 || digits > ATTEMPT_DIGITS || dot[1 + digits] != '@')
            continue;
        memcpy(attempt, dot + 1, digits);
        if (id_at(dot - TEXT_ID_LEN, ret_id) && text_parse_int(attempt, 1, 1000, ret_attempt))
            return true;
    }
    return false;
}

static bool letter_of(const struct mail_report *report, int64_t *ret_id, int64_t *ret_attempt) {
    *ret_attempt = 0;
    for (size_t i = 0; i < report->to_count; i++)
        if (letter_of_address(report->to[i], ret_id, ret_attempt))
            return true;
    const char *open = report->about ? strchr(report->about, '<') : NULL;
    return open && strlen(open) > TEXT_ID_LEN + 1 && open[TEXT_ID_LEN + 1] == '@' && id_at(open + 1, ret_id);
}

/* ---- one report ---- */

struct taking {
    struct arena *arena; /* of this mail */
    struct arena *kept;  /* of the answer */
    int64_t staff_id, now_us, mail_id, attempt;
    const struct mail_recipient *recipient;
    uint8_t sha256[CRYPTO_SHA256_LEN];
    struct result_bounce bounce;
};

/* By its own Message-ID, which stays however often and in whatever mailbox the report is brought in; without one by its bytes. */
static bool name_report(struct taking *t, const struct mail_report *report, struct mail_slice mail) {
    uint8_t bytes[CRYPTO_SHA256_LEN];
    char hex[2 * CRYPTO_SHA256_LEN + 1];
    crypto_sha256(mail.start, mail.len, bytes);
    text_hex(bytes, sizeof bytes, hex);
    const char *text = arena_printf(t->arena, "%s|%s|%s|%s", report->message_id ? report->message_id : hex, t->recipient->address,
                                    mail_action_key(t->recipient->action), t->recipient->status);
    if (!text)
        return false;
    crypto_sha256(text, strlen(text), t->sha256);
    return true;
}

static enum err log_report(struct db *db, struct taking *t, int64_t run_id) {
    char letter[TEXT_ID_LEN + 1];
    text_format_id(t->mail_id, letter);
    const char *details = arena_printf(t->arena, "{\"action\":\"%s\",\"effect\":\"%s\",\"letter\":\"%s\",\"status\":\"%s\"}", mail_action_key(t->recipient->action),
                                       KEYS[t->bounce.outcome], letter, t->recipient->status);
    if (!details)
        return ERR_MEMORY;
    return ledger_append(db, t->arena,
                         &(struct ledger_event){.actor = LEDGER_STAFF(t->staff_id), .act = "result.mail_report", .subject_kind = "run", .subject_id = run_id,
                                                .details = details, .at_us = t->now_us});
}

static enum err take_body(void *ctx, struct db *db) {
    struct taking *t = ctx;
    const struct db_row *row = NULL;
    enum err err = db_one(db, t->arena, DB_RELEASE_LETTER_REPORT,
                          DB_PARAMS(P_INT(t->mail_id), P_BYTES(t->sha256, sizeof t->sha256), t->attempt ? P_INT(t->attempt) : P_NULL,
                                    P_TEXT(mail_action_key(t->recipient->action)), P_TEXT(t->recipient->status), P_TEXT(t->recipient->address),
                                    P_TEXT(t->recipient->diagnostic), P_INT(t->staff_id), P_TIME(t->now_us)),
                          &row);
    if (err != ERR_NONE)
        return err;
    t->bounce.outcome = outcome_of(db_text(row, 0));
    if (t->bounce.outcome == RESULT_BOUNCE_UNKNOWN)
        return DB_ROLLBACK;
    t->bounce.roll_number = arena_strdup(t->kept, db_text(row, 2));
    t->bounce.cycle_code = arena_strdup(t->kept, db_text(row, 3));
    t->bounce.version = db_int(row, 4);
    if (!t->bounce.roll_number || !t->bounce.cycle_code)
        return ERR_MEMORY;
    return t->bounce.outcome == RESULT_BOUNCE_REPEATED ? DB_ROLLBACK : log_report(db, t, db_int(row, 1));
}

static enum err take_recipient(struct db *db, struct taking *t, const struct mail_report *report, struct mail_slice mail) {
    struct result_bounce *b = &t->bounce;
    b->outcome = RESULT_BOUNCE_UNKNOWN;
    b->address = arena_strdup(t->kept, t->recipient->address);
    b->status = arena_strdup(t->kept, t->recipient->status);
    b->diagnostic = arena_strdup(t->kept, t->recipient->diagnostic);
    b->action = mail_action_key(t->recipient->action);
    if (!b->address || !b->status || !b->diagnostic || !name_report(t, report, mail))
        return ERR_MEMORY;
    return t->mail_id ? db_transact(db, take_body, t) : ERR_NONE;
}

/* ---- a file ---- */

static const struct result_bounce NOTHING = {.why = "", .roll_number = "", .cycle_code = "", .address = "", .action = "", .status = "", .diagnostic = ""};

static void add(struct result_bounces *bounces, const struct result_bounce *bounce) {
    bounces->counts[bounce->outcome]++;
    if (bounces->listed < RESULT_BOUNCES_MAX)
        bounces->list[bounces->listed++] = *bounce;
}

static enum err take_mail(struct db *db, struct taking *t, struct mail_slice mail, struct result_bounces *bounces) {
    struct mail_report *report = ARENA_NEW(t->arena, struct mail_report);
    enum mail_reading reading = MAIL_NO_MAIL;
    struct result_bounce bounce = NOTHING;
    if (!report)
        return ERR_MEMORY;
    enum err err = mail_report_read(t->arena, mail, &reading, report);
    bounce.mail = (size_t)++bounces->mails;
    if (err != ERR_NONE || reading != MAIL_REPORT) {
        bounce.outcome = RESULT_BOUNCE_UNREADABLE;
        bounce.why = mail_reading_key(reading);
        if (err == ERR_NONE)
            add(bounces, &bounce);
        return err;
    }
    if (!letter_of(report, &t->mail_id, &t->attempt))
        t->mail_id = 0;
    for (size_t i = 0; i < report->recipient_count && err == ERR_NONE; i++) {
        t->bounce = bounce;
        t->recipient = &report->recipients[i];
        err = take_recipient(db, t, report, mail);
        if (err == ERR_NONE)
            add(bounces, &t->bounce);
    }
    return err;
}

enum err result_bounces_take(struct db *db, struct arena *arena, int64_t staff_id, const char *bytes, size_t len, int64_t now_us,
                             struct result_bounces *ret_bounces) {
    struct result_bounces bounces = {.list = ARENA_ARRAY(arena, RESULT_BOUNCES_MAX, struct result_bounce)};
    struct mail_slice mail;
    struct arena own;
    size_t at = 0;
    enum err err = bounces.list ? ERR_NONE : ERR_MEMORY;
    arena_init(&own, MAIL_ARENA_MAX);
    while (err == ERR_NONE && mail_next(bytes, len, &at, &mail)) {
        struct taking t = {.arena = &own, .kept = arena, .staff_id = staff_id, .now_us = now_us};
        err = take_mail(db, &t, mail, &bounces);
        arena_reset(&own);
    }
    arena_release(&own);
    if (err == ERR_NONE)
        *ret_bounces = bounces;
    return err;
}
