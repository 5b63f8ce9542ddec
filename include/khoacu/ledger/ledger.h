/* ledger.h: the audit trail: who changed what, when and why.
 *
 * Every operation that changes state appends one event inside its own transaction, so that there is neither a change
 * without an event nor an event without its change. The event is stored as canonical JSON (RFC 8785, integers
 * only) with its SHA-256; no role of the database may change or remove one.
 *
 * The payload: {"actor":"staff:…","at":microseconds since 1970,"d":{details},"reason":"…" (only when given),
 * "subject":"shift:…","t":"module.verb","v":1}.
 * Details never hold personal data, secrets or keys: ids, codes, counts, hashes, states.
 *
 * Used by: every module to its right, api. Uses: base, json, crypto, doc, db. Threads: that of the struct db.
 */
#ifndef KHOACU_LEDGER_LEDGER_H
#define KHOACU_LEDGER_LEDGER_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/db/db.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Who acts. Zeroed: the system itself (a deadline, the worker). */
enum ledger_actor_kind { LEDGER_ACTOR_SYSTEM, LEDGER_ACTOR_COMMAND, LEDGER_ACTOR_STAFF, LEDGER_ACTOR_CANDIDATE };
struct ledger_actor {
    enum ledger_actor_kind kind;
    int64_t id; /* of STAFF and CANDIDATE */
};
#define LEDGER_SYSTEM ((struct ledger_actor){.kind = LEDGER_ACTOR_SYSTEM})
#define LEDGER_COMMAND ((struct ledger_actor){.kind = LEDGER_ACTOR_COMMAND})
#define LEDGER_STAFF(staff_id) ((struct ledger_actor){.kind = LEDGER_ACTOR_STAFF, .id = (staff_id)})
#define LEDGER_CANDIDATE(candidate_id) ((struct ledger_actor){.kind = LEDGER_ACTOR_CANDIDATE, .id = (candidate_id)})

struct ledger_event {
    struct ledger_actor actor;
    const char *act;          /* "module.verb", lower case, e.g. "result.publish" */
    const char *subject_kind; /* noun of what was changed, e.g. "shift" */
    int64_t subject_id;       /* its id; 0: the subject is the kind alone */
    const char *reason;       /* the actor's words, 1..2000 code points; NULL where none is asked for */
    const char *details;      /* a JSON object of integers and texts in any order; NULL: {} */
    int64_t at_us;            /* platform time of the act, microseconds since 1970 */
};

/* Appends the event within the transaction that `db` is in. Requires: the caller's db_transact body; details up to
 * 60,000 bytes. Returns ERR_SYNTAX or ERR_RANGE when the details are no JSON object of integers and texts. */
enum err ledger_append(struct db *db, struct arena *arena, const struct ledger_event *event) MUST_CHECK;

/* The event as the row that it becomes. For operations that are one statement: an SQL function of theirs makes the
 * change and inserts this row, which saves the frame of a transaction on the hottest paths. */
struct ledger_row {
    int64_t event_id;
    const char *actor, *subject, *payload; /* in the arena */
    uint8_t payload_sha256[CRYPTO_SHA256_LEN];
};
enum err ledger_compose(struct arena *arena, const struct ledger_event *event, struct ledger_row *ret_row) MUST_CHECK;

/* Appends the event of an import: the file's SHA-256 and what came of its rows; the actor is who imports. Requires: as
 * ledger_append. */
struct import_request;
struct import_report;
enum err ledger_append_import(struct db *db, struct arena *arena, const char *act, const char *subject_kind,
                              int64_t subject_id, const struct import_request *request,
                              const struct import_report *report) MUST_CHECK;

/* An event as it is read back. */
struct ledger_entry {
    int64_t event_id;
    int64_t at_us;
    const char *actor, *act, *subject, *reason; /* reason may be NULL */
    const char *payload;                        /* canonical JSON */
    char sha256[65];                            /* of the payload, hexadecimal */
    int64_t log_index;                          /* in the public log (log.h) */
    char log_salt[65];                          /* hexadecimal; "": it is not there yet */
};
/* Where a page continues: behind this event. Zeroed: from the newest. */
struct ledger_place {
    int64_t at_us, event_id;
};
struct ledger_page {
    struct ledger_entry *entries; /* newest first */
    size_t count;
    bool more;
    struct ledger_place next; /* when more */
    int64_t total;            /* events that match */
};
/* Which events; NULL and 0: whichever. */
struct ledger_filter {
    const char *subject; /* "shift:…" */
    const char *actor;   /* "staff:…", "candidate:…", "system", "command" */
    const char *act;     /* "result.publish", or "result": every act of a module */
    int64_t from_us, until_us; /* until: not itself */
};
/* Reads up to `limit` (1..200) events that match, behind `after`. Walks the index of the subject if there is one, else that of time;
 * what else is asked is compared event by event. */
enum err ledger_list(struct db *db, struct arena *arena, const struct ledger_filter *filter, struct ledger_place after, size_t limit,
                     struct ledger_page *ret_page) MUST_CHECK;

#endif
