/* bounce.h: letters that come back: what mail servers report after they had taken a letter (RFC 3464).
 *
 *     report -> whose letter: by the address it came back to (tra+ID.ATTEMPT@…, KHOACU_SMTP_RETURN), else by the Message-ID
 *            -> failed: the letter is `returned` (letter.h); another word: noted; of an attempt before the last: older
 *
 * Reports come in as files, one mail or a mailbox each, by a command or a screen. What is no report is named and changes nothing:
 * an absence note does not make a letter come back.
 *
 * Invariants: the same report twice is one (letter_report); a letter is returned only by a report that is kept, with an event of
 * its own; nothing is sent again without an officer (result_mails_request).
 * Used by: api, main (letters). Uses: base, doc (mail), crypto, db, ledger. Threads: that of the struct db.
 */
#ifndef KHOACU_RESULT_BOUNCE_H
#define KHOACU_RESULT_BOUNCE_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/db/db.h"

#include <stddef.h>
#include <stdint.h>

/* X(name, key). What stands before UNREADABLE was a report. */
#define RESULT_BOUNCE_TABLE(X)                                                                                         \
    X(RETURNED, "returned")     /* the letter counts as not arrived */                                                 \
    X(NOTED, "noted")           /* delayed, delivered, or known as not arrived: kept */                                \
    X(OLDER, "older")           /* about an attempt before the last, or the letter already waits again: kept */        \
    X(REPEATED, "repeated")     /* this report was taken before */                                                     \
    X(UNKNOWN, "unknown")       /* about no letter of this house */                                                    \
    X(UNREADABLE, "unreadable") /* no report that can be used: `why` */
#define X(name, key) RESULT_BOUNCE_##name,
enum result_bounce_outcome { RESULT_BOUNCE_TABLE(X) RESULT_BOUNCE_COUNT };
#undef X
const char *result_bounce_key(enum result_bounce_outcome outcome);

/* One word on one recipient of one report, or on one mail that is none. */
struct result_bounce {
    size_t mail; /* which one of the file, 1, 2, … */
    enum result_bounce_outcome outcome;
    const char *why;                       /* UNREADABLE: a key of mail.h; else "" */
    const char *roll_number, *cycle_code;  /* "" where no letter is known */
    int64_t version;                       /* of the release; 0: no letter is known */
    const char *address, *action, *status, *diagnostic; /* of the report, or "" */
};
#define RESULT_BOUNCES_MAX 1000 /* that are listed of one file; all are counted, and taken */
struct result_bounces {
    struct result_bounce *list;
    size_t listed;
    int64_t mails, counts[RESULT_BOUNCE_COUNT];
};
/* Takes every report of a file, each in a transaction of its own. Side effects: event result.mail_report for each that is kept. */
enum err result_bounces_take(struct db *db, struct arena *arena, int64_t staff_id, const char *bytes, size_t len, int64_t now_us,
                             struct result_bounces *ret_bounces) MUST_CHECK;

#endif
