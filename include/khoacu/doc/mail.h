/* mail.h: reports of delivery as mail servers send them (RFC 3464), read from a mailbox without trusting it.
 *
 * A file is one mail, or a mailbox in which each mail begins behind a line "From …" (mbox). A report is a mail with a part
 * multipart/report, wherever it stands (lists and gateways wrap it), that has a part delivery-status; the headers of the mail that
 * is reported about stand beside it. What else looks like an answer (absence notes, receipts of reading, words of a postmaster)
 * is no report, and says so.
 *
 * Invariants: nothing outside the bytes is read; texts that come out are UTF-8 without control characters, of at most
 * MAIL_TEXT_MAX bytes; what an unknown field says is passed over, what a needed field lacks is named.
 *
 * Used by: result. Uses: base. Threads: any.
 */
#ifndef KHOACU_DOC_MAIL_H
#define KHOACU_DOC_MAIL_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"

#include <stdbool.h>
#include <stddef.h>

#define MAIL_FILE_MAX ((size_t)16 << 20)
#define MAIL_TEXT_MAX 500
#define MAIL_PARTS_MAX 100     /* of one mail, at all depths */
#define MAIL_DEPTH_MAX 8
#define MAIL_RECIPIENTS_MAX 50 /* that one report tells about */
#define MAIL_TO_MAX 20         /* addresses that a report was sent to */

struct mail_slice {
    const char *start;
    size_t len;
};
/* The next mail of a file from *at on, which moves behind it. False: there is none. */
bool mail_next(const char *bytes, size_t len, size_t *at, struct mail_slice *ret_mail);

/* What a report says became of a mail. X(name, key as the RFC has it) */
#define MAIL_ACTION_TABLE(X)                                                                                           \
    X(FAILED, "failed")                                                                                                \
    X(DELAYED, "delayed")                                                                                              \
    X(DELIVERED, "delivered")                                                                                          \
    X(RELAYED, "relayed")                                                                                              \
    X(EXPANDED, "expanded")
#define X(name, key) MAIL_##name,
enum mail_action { MAIL_ACTION_TABLE(X) MAIL_ACTION_COUNT };
#undef X
const char *mail_action_key(enum mail_action action);

struct mail_recipient {
    enum mail_action action;
    const char *address;    /* the original one where it is told, else the final one */
    const char *status;     /* "5.1.1", or "" */
    const char *diagnostic; /* the words of the server that refused, or "" */
};
struct mail_report {
    const char *message_id; /* of the report, or NULL */
    const char *about;      /* Message-ID of the mail that it is about, or NULL */
    const char *to[MAIL_TO_MAX]; /* where the report was sent: the address that a mail server returns mails to */
    size_t to_count;
    struct mail_recipient recipients[MAIL_RECIPIENTS_MAX];
    size_t recipient_count;
};

/* Why a mail is no report that can be used. X(name, key) */
#define MAIL_READING_TABLE(X)                                                                                          \
    X(REPORT, "report")                                                                                                \
    X(NO_MAIL, "no-mail")           /* does not begin with headers */                                                  \
    X(NO_REPORT, "no-report")       /* a mail, but no report of delivery */                                            \
    X(NO_STATUS, "no-status")       /* a report without its delivery-status */                                         \
    X(NO_RECIPIENT, "no-recipient") /* a status that names no recipient, or not what became of her mail */             \
    X(TOO_MUCH, "too-much")         /* more parts, levels or recipients than are read */
#define X(name, key) MAIL_##name,
enum mail_reading { MAIL_READING_TABLE(X) MAIL_READING_COUNT };
#undef X
const char *mail_reading_key(enum mail_reading reading);

/* Reads one mail. Texts live in `arena`. ERR_MEMORY. */
enum err mail_report_read(struct arena *arena, struct mail_slice mail, enum mail_reading *ret_reading, struct mail_report *ret_report) MUST_CHECK;

#endif
