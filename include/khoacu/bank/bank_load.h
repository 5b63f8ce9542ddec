/* bank_load.h: many items at once: what every import is made of.
 *
 * A load goes through a source item by item and tells at once what becomes of each: new, a new version, unchanged, a
 * repetition of one that came before in the source, or refused with a word. An item is found again by its external id when it has one, else by its code, so that the same
 * source twice changes nothing. Memory stays constant but for about 300 bytes an item that the bank has.
 *
 *   whole: one refusal, and nothing is stored.
 *   valid: what is good is stored.
 *   dry:   everything is done and rolled back, so that the report says exactly what would happen.
 *
 * A load is one transaction, in which others wait to change the same bank; the producer is run again when the database
 * asks for it. Imported items land as drafts. Requires an author's right on each item's topic.
 *
 * Used by: bank (CSV), api, main. Uses: bank. Threads: that of the desk.
 */
#ifndef KHOACU_BANK_BANK_LOAD_H
#define KHOACU_BANK_BANK_LOAD_H

#include "khoacu/bank/bank.h"

enum bank_load_mode { BANK_LOAD_WHOLE, BANK_LOAD_VALID };

/* X(name, key) */
#define BANK_LOADED_TABLE(X)                                                                                           \
    X(NEW, "imported")                                                                                                 \
    X(CHANGED, "new-version")                                                                                          \
    X(UNCHANGED, "unchanged")                                                                                          \
    X(REPEATED, "repeated")     /* all of it came before in this source; it is kept once */                           \
    X(TWICE, "twice")           /* refused: an item of this code came before in this source and says something else */ \
    X(TAKEN, "code-taken")      /* refused: another item has this code, with another external id */                    \
    X(RETIRED, "retired")       /* refused: the item is retired */                                                     \
    X(FORBIDDEN, "forbidden")   /* refused: no author's right on its topic */                                          \
    X(INVALID, "invalid")       /* refused: code, topic, tags or sizes out of range */                                 \
    X(FULL, "bank-full")        /* refused: BANK_ITEMS_MAX */
enum bank_loaded {
#define X(name, key) BANK_LOADED_##name,
    BANK_LOADED_TABLE(X)
#undef X
        BANK_LOADED_COUNT
};
const char *bank_loaded_key(enum bank_loaded loaded);
static inline bool bank_loaded_refused(enum bank_loaded loaded) {
    return loaded >= BANK_LOADED_TWICE;
}

struct bank_load;
struct bank_load_item {
    const char *code; /* NULL or "": made from the external id, or numbered */
    struct bank_meta meta;
    struct bank_text text;
    bool new_version; /* even when nothing differs */
    const struct bank_media *media;
    size_t media_count;
};
struct bank_load_counts {
    size_t imported, changed, unchanged, repeated, refused;
    bool applied; /* committed */
};
struct bank_load_request {
    const char *bank; /* code; made when it is missing and make_bank is set */
    bool make_bank, dry_run;
    enum bank_load_mode mode;
    const char *reason; /* of the versions, "" none */
    /* Called inside the transaction before the commit, in place of the event bank.items_import; NULL: the event. */
    enum err (*note)(void *ctx, struct db *db, int64_t bank_id, const struct bank_load_counts *counts);
};
enum bank_load_verdict { BANK_LOAD_DONE, BANK_LOAD_UNKNOWN, BANK_LOAD_FORBIDDEN };

/* Goes through the source and calls bank_load_add for each item; what it returns ends the load. It may be called again:
 * then the whole source comes once more, with a fresh report. For what the source refused by itself it calls
 * bank_load_refuse. */
typedef enum err bank_load_fn(void *ctx, struct bank_load *load);
/* The item's texts may go after the call. *ret_first, of an item that is REPEATED or TWICE: which one of the source came
 * before, from 1, counted as calls of bank_load_add and bank_load_refuse; may be NULL. */
enum err bank_load_add(struct bank_load *load, const struct bank_load_item *item, enum bank_loaded *ret_loaded, size_t *ret_first) MUST_CHECK;
void bank_load_refuse(struct bank_load *load);
/* bank_media_adopt for the bank of the load; `arena` for what it needs. */
enum err bank_load_adopt(struct bank_load *load, struct arena *arena, const char *const *names, size_t count,
                         const char **ret_absent) MUST_CHECK;
/* Side effects: event bank.items_import with the counts. */
enum err bank_load_run(const struct bank_desk *desk, const struct bank_load_request *request, bank_load_fn *producer,
                       void *ctx, enum bank_load_verdict *ret_verdict, struct bank_load_counts *ret_counts) MUST_CHECK;

#endif
