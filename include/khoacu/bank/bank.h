/* bank.h: item banks: who may do what in them, and the life of their items.
 *
 * An item has a code, a state, and versions 1, 2, … that never change. What it says (content: as candidates see it; key:
 * by which it is scored; extra: source, external id, reason) is sealed by the vault; in clear stand only code, kind,
 * subject, topic, level, facility, seconds, expiry, tags, enemies, states, people and times. To this module content
 * and key are canonical JSON that it does not read.
 *
 *            submit            approve*            publish           retire
 *   draft ───────────▶ in_review ───────▶ approved ───────▶ live ───────────▶ retired
 *     ▲  ◀──return/withdraw──┘                │               │                  │
 *     └────────── a new version ──────────────┴───────────────┘      restore* ──▶ approved, or draft
 *
 *   * Separate hands, which the database holds against this program too: who has made any version of an item never
 *     reviews it; the newest version must be accepted by bank.reviewers_needed (1 or 2) different persons, and every
 *     comment on the item answered, before the item can be approved. A review for which the count is reached approves.
 *   A new version of any item but a retired one makes it a draft again. Only the newest version of a live item is drawn, unless
 *   it is at the bank's limit of exposure, or its source has expired.
 *
 * Scope: bank_member gives a person rights in a bank, in one branch of its topics or in all. What a person has no right
 * to read is "not found" to him. Author: writes, submits, withdraws. Reviewer: comments, reviews, publishes, retires,
 * restores, but never what he has written. Assembler: reads, and draws forms. Owner: all of an author's and publishing, retiring
 * and restoring, members, settings, export, topics of other people's items. Reading is in every right.
 *
 * Every reading of an item's text leaves a row of item_access, every change an event in the ledger (without texts).
 * `changed` of an item is the bank's counter of changes at its last change: whoever keeps an index reads what is above
 * the number that he has seen (bank_index_read).
 *
 * Limits: 50,000 items a bank; content and key 1 MiB together; 40 tags; 40 enemies; media of 8 MiB.
 *
 * Used by: assembly, form, api, main. Uses: ledger, cycle (codes), base, crypto, doc, db. Threads: that of the struct db.
 */
#ifndef KHOACU_BANK_BANK_H
#define KHOACU_BANK_BANK_H

#include "khoacu/bank/bank_vault.h"
#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/db/db.h"
#include "khoacu/doc/import.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BANK_ITEMS_MAX 50000
#define BANK_TEXT_MAX ((size_t)1 << 20)
#define BANK_TAGS_MAX 40
#define BANK_ENEMIES_MAX 40
#define BANK_ACT_ITEMS_MAX 1000
#define BANK_MEDIA_MAX ((size_t)8 << 20)
#define BANK_MEMBERS_MAX 500
#define BANK_BANKS_MAX 1000
#define BANK_NOTE_MAX 4000 /* code points of a comment, an answer, a reason */

/* X(name, key) */
#define BANK_STATE_TABLE(X)                                                                                            \
    X(DRAFT, "draft")                                                                                                  \
    X(IN_REVIEW, "in_review")                                                                                          \
    X(APPROVED, "approved")                                                                                            \
    X(LIVE, "live")                                                                                                    \
    X(RETIRED, "retired")
enum bank_state {
#define X(name, key) BANK_##name,
    BANK_STATE_TABLE(X)
#undef X
        BANK_STATE_COUNT
};
const char *bank_state_key(enum bank_state state);
bool bank_state_parse(const char *key, enum bank_state *ret_state);

/* Rights of a member, as a set. X(name, bit, key) */
#define BANK_RIGHT_TABLE(X)                                                                                            \
    X(AUTHOR, 1, "author")                                                                                             \
    X(REVIEWER, 2, "reviewer")                                                                                         \
    X(ASSEMBLER, 4, "assembler")                                                                                       \
    X(OWNER, 8, "owner")
enum bank_right {
#define X(name, bit, key) BANK_RIGHT_##name = (bit),
    BANK_RIGHT_TABLE(X)
#undef X
};
bool bank_right_parse(const char *key, enum bank_right *ret_right);

/* Who acts, with what. `db` is a connection as khoacu_bank. Everything that an operation gives is in `arena`. */
struct bank_desk {
    struct db *db;
    struct bank_vault *vault;
    struct arena *arena;
    int64_t staff_id;
    int64_t now_us;
};

/* Topic path: parts of [a-z0-9-] with '/' between, 2 to 120 bytes in all. */
bool bank_topic_valid(const char *topic);
/* Whether `topic` is `prefix`, or lies below it; "" holds everything. */
bool bank_topic_within(const char *topic, const char *prefix);

/* ---- banks ---- */

struct bank {
    int64_t bank_id;
    const char *code, *name;
    int64_t reviewers_needed; /* 1 or 2 */
    int64_t exposure_max;     /* sealed forms that may hold an item; 0: no limit */
    int64_t items, changes;   /* how many items; counter of changes */
    int64_t state_counts[BANK_STATE_COUNT];
    unsigned rights;          /* of who asks, anywhere in the bank */
    int64_t created_at_us;
};
/* *ret_bank_id 0: no bank of this code. Asks nobody for rights; for form and commands. Any role. */
enum err bank_find(struct db *db, struct arena *arena, const char *code, int64_t *ret_bank_id) MUST_CHECK;

enum bank_make_verdict { BANK_MADE, BANK_CODE_TAKEN };
struct bank_settings {
    const char *name; /* 1..200 code points; NULL: as it is (on change), the code (on make) */
    int64_t reviewers_needed, exposure_max; /* -1: as it is (on change), 1 and 0 (on make) */
};
/* Makes a bank with keys of its own; who makes it becomes owner and author. Side effects: event bank.make. */
enum err bank_make(const struct bank_desk *desk, const char *code, const struct bank_settings *settings,
                   enum bank_make_verdict *ret_verdict, int64_t *ret_bank_id) MUST_CHECK;
/* The banks in which the person has a right, by code. */
enum err bank_list(const struct bank_desk *desk, struct bank **ret_banks, size_t *ret_count) MUST_CHECK;
/* *ret_bank NULL: none of this code in the person's scope. */
enum err bank_read(const struct bank_desk *desk, const char *code, struct bank **ret_bank) MUST_CHECK;

/* Verdicts of everything that wants a right. UNKNOWN: not there, or not in scope. FORBIDDEN: may read, may not do this. */
enum bank_verdict { BANK_DONE, BANK_UNKNOWN, BANK_FORBIDDEN };
/* Owner. Side effects: event bank.change. */
enum err bank_change(const struct bank_desk *desk, const char *code, const struct bank_settings *settings,
                     enum bank_verdict *ret_verdict) MUST_CHECK;

struct bank_member {
    int64_t staff_id;
    const char *login_name, *full_name; /* not needed in what is put: login_name or staff_id */
    unsigned rights;                    /* not 0 */
    const char *topic;                  /* prefix, "" for the whole bank; owners have the whole bank */
};
enum bank_members_verdict {
    BANK_MEMBERS_DONE,
    BANK_MEMBERS_UNKNOWN,
    BANK_MEMBERS_FORBIDDEN,
    BANK_MEMBERS_STAFF_UNKNOWN, /* ret_place: which member has no active account */
    BANK_MEMBERS_NO_OWNER       /* nobody would own the bank */
};
/* Any member reads the list. *ret_verdict: DONE or UNKNOWN. */
enum err bank_members_read(const struct bank_desk *desk, const char *code, enum bank_verdict *ret_verdict,
                           struct bank_member **ret_members, size_t *ret_count) MUST_CHECK;
/* Owner. Puts the whole list in place of the old one; a person stands in it once a topic. Side effects: event
 * bank.members. */
enum err bank_members_put(const struct bank_desk *desk, const char *code, const struct bank_member *members, size_t count,
                          enum bank_members_verdict *ret_verdict, size_t *ret_place) MUST_CHECK;

/* What a person may see and do, for filters over many items. */
struct bank_scope_row {
    int64_t bank_id;
    const char *bank_code, *topic;
    unsigned rights;
};
struct bank_scope {
    struct bank_scope_row *rows; /* by bank_id */
    size_t count;
};
enum err bank_scope_read(const struct bank_desk *desk, struct bank_scope *ret_scope) MUST_CHECK;
/* All rights that the scope gives on an item of this topic; 0: it is not to be seen. Pure. */
unsigned bank_scope_rights(const struct bank_scope *scope, int64_t bank_id, const char *topic);

/* ---- items ---- */

/* What stands in clear. */
struct bank_meta {
    const char *kind;    /* key of item_kind, [a-z]{3,20} */
    const char *subject; /* "" or up to 60 of [a-z0-9-] */
    const char *topic;
    int64_t level;              /* 1..4; 0 unknown */
    int64_t facility;           /* thousandths 0..1000; -1 unknown */
    int64_t seconds;            /* 0 unknown */
    int64_t source_expires_day; /* days since 1970; 0 none */
    const char *const *tags;    /* each 1..40 code points without line breaks */
    size_t tag_count;
    const char *const *enemies; /* codes in the same bank; they need not exist yet */
    size_t enemy_count;
};
/* What is sealed. */
struct bank_text {
    const char *content, *key; /* canonical JSON */
    size_t content_len, key_len;
    const char *source, *external_id; /* "" none */
    /* Pictures and sounds that both name (sha256, hex), which the bank must have when it is written; not filled when read. */
    const char *const *media;
    size_t media_count;
};
struct bank_item {
    int64_t item_id, bank_id;
    const char *bank, *code;
    enum bank_state state;
    int64_t version; /* the newest */
    struct bank_meta meta;
    int64_t exposure, exposure_max;
    const int64_t *authors; /* staff ids of everybody who has made a version */
    size_t author_count;
    const char *author; /* full name of who made the newest version */
    int64_t created_at_us, updated_at_us, changed;
    unsigned rights; /* of who asks, on this item */
    bool own;        /* who asks is one of the authors */
};

struct bank_version {
    int64_t version, created_at_us, staff_id;
    const char *author, *reason; /* reason "" when none was given */
};
struct bank_comment {
    int64_t number, version, at_us, staff_id;
    const char *author, *text;
    const char *answer, *answerer; /* NULL: not answered */
    int64_t answered_at_us;
};
struct bank_review {
    int64_t review_id, version, at_us, staff_id;
    const char *reviewer, *verdict /* accept, return, withdraw */, *reason;
};
struct bank_passage { /* from state to state */
    const char *from, *to, *staff, *reason;
    int64_t version, at_us;
};
struct bank_document {
    struct bank_item item;  /* meta as of `version` but tags and enemies, which an item has once */
    int64_t version;        /* the one that was asked for */
    struct bank_text text;
    struct bank_version *versions; /* all, newest first */
    struct bank_comment *comments; /* oldest first */
    struct bank_review *reviews;   /* newest first */
    struct bank_passage *passages; /* newest first */
    size_t version_count, comment_count, review_count, passage_count;
    /* what who asks may do next */
    bool may_edit, may_submit, may_withdraw, may_review, may_publish, may_retire, may_restore, may_comment;
    bool comments_open; /* a comment waits for its answer: nobody can approve before */
};

/* Why a text is read; kept in the access history. X(name, key) */
#define BANK_PURPOSE_TABLE(X)                                                                                          \
    X(VIEW, "view") X(LIST, "list") X(DIFF, "diff") X(DUPLICATES, "duplicates") X(EXPORT, "export")                   \
    X(ASSEMBLE, "assemble") X(FORM, "form") X(PRINT, "print") X(REVIEW, "keyreview")
enum bank_purpose {
#define X(name, key) BANK_PURPOSE_##name,
    BANK_PURPOSE_TABLE(X)
#undef X
        BANK_PURPOSE_COUNT
};
const char *bank_purpose_key(enum bank_purpose purpose);

/* *ret_document NULL: no such item or version in scope. `version` 0: the newest. Side effects: a row of item_access. */
enum err bank_item_read(const struct bank_desk *desk, int64_t item_id, int64_t version, enum bank_purpose purpose,
                        struct bank_document **ret_document) MUST_CHECK;

enum bank_item_verdict {
    BANK_ITEM_DONE,
    BANK_ITEM_UNKNOWN,   /* the bank or the item, in scope */
    BANK_ITEM_FORBIDDEN, /* no author's right on this topic */
    BANK_ITEM_CODE_TAKEN,
    BANK_ITEM_STALE,   /* base_version is not the newest: ret->version is */
    BANK_ITEM_RETIRED, /* restore it first */
    BANK_ITEM_MEDIA,   /* it names a picture or sound that no bank of the person's scope has */
    BANK_ITEM_FULL     /* BANK_ITEMS_MAX */
};
struct bank_item_saved {
    int64_t item_id, version;
    const char *code;
};
/* Makes a draft. `code` NULL: one is made ("Q-00042"). Side effects: event bank.item_make. */
enum err bank_item_make(const struct bank_desk *desk, const char *bank, const char *code, const struct bank_meta *meta,
                        const struct bank_text *text, const char *reason, enum bank_item_verdict *ret_verdict,
                        struct bank_item_saved *ret_saved) MUST_CHECK;
/* Makes the next version, and a draft of the item. `base_version`: what the author has seen. Side effects: event
 * bank.item_save. */
enum err bank_item_save(const struct bank_desk *desk, int64_t item_id, int64_t base_version, const struct bank_meta *meta,
                        const struct bank_text *text, const char *reason, enum bank_item_verdict *ret_verdict,
                        struct bank_item_saved *ret_saved) MUST_CHECK;

/* ---- acts: one item or many ---- */

/* X(name, key) */
#define BANK_ACT_TABLE(X)                                                                                              \
    X(SUBMIT, "submit")     /* draft → in_review */                                                                    \
    X(WITHDRAW, "withdraw") /* in_review → draft, by an author */                                                      \
    X(APPROVE, "approve")   /* a review that accepts; in_review → approved when it is the last one needed */           \
    X(RETURN, "return")     /* a review that sends back: in_review or approved → draft; wants a reason */              \
    X(PUBLISH, "publish")   /* approved → live */                                                                      \
    X(RETIRE, "retire")     /* any → retired; wants a reason */                                                        \
    X(RESTORE, "restore")   /* retired → approved when the newest version has its reviews, else → draft */             \
    X(TAG, "tag")           /* value: the tag */                                                                       \
    X(UNTAG, "untag")                                                                                                  \
    X(TOPIC, "topic")       /* value: the topic; the right is needed on both */
enum bank_act {
#define X(name, key) BANK_ACT_##name,
    BANK_ACT_TABLE(X)
#undef X
        BANK_ACT_COUNT
};
const char *bank_act_key(enum bank_act act);
bool bank_act_parse(const char *key, enum bank_act *ret_act);
/* The act that brings an item from its state to `to` (POST /items/{id}/state): draft: WITHDRAW from in_review, in_review:
 * SUBMIT, approved: APPROVE, RESTORE from retired, live: PUBLISH, retired: RETIRE. */
enum bank_act bank_act_towards(enum bank_state from, enum bank_state to);

/* What became of one item. X(name, key): the words of SQL functions and replies. */
#define BANK_OUTCOME_TABLE(X)                                                                                          \
    X(DONE, "done")                                                                                                    \
    X(ACCEPTED, "accepted")          /* the review counts; another reviewer is needed */                               \
    X(UNCHANGED, "unchanged")        /* it was so already */                                                           \
    X(UNKNOWN, "unknown")            /* not there, or not in scope */                                                  \
    X(FORBIDDEN, "forbidden")        /* the right is missing */                                                        \
    X(OWN_ITEM, "own-item")          /* an author of the item does not judge it */                                     \
    X(WRONG_STATE, "wrong-state")                                                                                      \
    X(STALE, "stale-version")        /* another version is the newest */                                               \
    X(COMMENTS_OPEN, "comments-open") /* a comment waits for its answer */                                             \
    X(EXPIRED, "source-expired")     /* its source has expired: it cannot go live */                                   \
    X(LIMIT, "limit")                /* too many tags */                                                               \
    X(INCOMPLETE, "incomplete")      /* something of the item is still missing: only a draft may be so */              \
    X(MOVED_ON, "moved-on")          /* undo: the item was changed since */
enum bank_outcome {
#define X(name, key) BANK_OUTCOME_##name,
    BANK_OUTCOME_TABLE(X)
#undef X
        BANK_OUTCOME_COUNT
};
const char *bank_outcome_key(enum bank_outcome outcome);
bool bank_outcome_parse(const char *key, enum bank_outcome *ret_outcome);

struct bank_act_request {
    enum bank_act act;
    const int64_t *item_ids; /* 1..BANK_ACT_ITEMS_MAX, each once */
    const int64_t *versions; /* the versions that were seen, or NULL: not asked for */
    size_t count;
    const char *value;  /* of TAG, UNTAG, TOPIC; else "" */
    const char *reason; /* "" none */
};
struct bank_act_result {
    int64_t act_id; /* for bank_act_undo; 0 when nothing was changed */
    enum bank_outcome *outcomes; /* by item of the request */
    enum bank_state *states;     /* afterwards; of UNKNOWN without meaning */
    size_t done;                 /* DONE and ACCEPTED */
};
/* Each item by itself: one that cannot be done keeps no other from it. One transaction. Side effects: event bank.act. */
enum err bank_act(const struct bank_desk *desk, const struct bank_act_request *request,
                  struct bank_act_result *ret_result) MUST_CHECK;
/* Puts back what the act changed, where the item was not changed since; by who did it, within a day, once. A review is
 * withdrawn, not erased. *ret_found false: no such act of the person. Side effects: event bank.act_undo. */
enum err bank_act_undo(const struct bank_desk *desk, int64_t act_id, bool *ret_found, const int64_t **ret_item_ids, size_t *ret_count,
                       struct bank_act_result *ret_result) MUST_CHECK;

/* Comments. `text` has 1..BANK_NOTE_MAX code points. Every member who sees the item may comment. *ret_number counts in
 * the item from 1. Side effects: event bank.comment, bank.comment_answer. */
enum err bank_comment_add(const struct bank_desk *desk, int64_t item_id, int64_t version, const char *text,
                          enum bank_outcome *ret_outcome, int64_t *ret_number) MUST_CHECK;
/* By an author of the item, its bank's owner, or who made the comment; once (UNCHANGED: it has an answer). */
enum err bank_comment_answer(const struct bank_desk *desk, int64_t item_id, int64_t number, const char *text,
                             enum bank_outcome *ret_outcome) MUST_CHECK;

/* ---- access history ---- */

/* Notes that texts were shown, e.g. of a page of a list: one row an item. Within any transaction or none. */
enum err bank_access_note(const struct bank_desk *desk, enum bank_purpose purpose, const int64_t *item_ids,
                          const int64_t *versions, size_t count) MUST_CHECK;
struct bank_access {
    int64_t version, at_us;
    const char *login_name, *full_name, *purpose;
};
struct bank_access_page {
    struct bank_access *rows; /* newest first */
    size_t count;
    int64_t total;
};
/* Behind `after_us` (0: from the newest). *ret_verdict: reviewers and owners may; UNKNOWN, FORBIDDEN. */
enum err bank_access_read(const struct bank_desk *desk, int64_t item_id, int64_t after_us, size_t limit,
                          enum bank_verdict *ret_verdict, struct bank_access_page *ret_page) MUST_CHECK;

/* ---- media ---- */

struct bank_media {
    const char *type; /* "image/png", checked by the caller */
    const void *bytes;
    size_t len; /* 1..BANK_MEDIA_MAX */
};
/* Who acts for a command that names nobody: an owner of the bank, or, where there is no such bank, the item officer with the
 * first login name. *ret_staff_id 0: there is none. */
enum err bank_actor_find(struct db *db, struct arena *arena, const char *bank, int64_t *ret_staff_id) MUST_CHECK;

/* Keeps the bytes, once a bank. An author's right somewhere in the bank. */
enum err bank_media_put(const struct bank_desk *desk, const char *bank, const struct bank_media *media,
                        enum bank_verdict *ret_verdict, char ret_sha256[65]) MUST_CHECK;
/* The same inside a transaction, without asking for rights; for loads. */
enum err bank_media_keep(const struct bank_desk *desk, int64_t bank_id, const struct bank_media *media,
                         char ret_sha256[65]) MUST_CHECK;
/* Afterwards the bank has the pictures and sounds of these names (sha256, hex): what it lacks is taken over from another
 * bank of the person's scope. *ret_absent: the first that none of them has, or NULL. Inside a transaction. */
enum err bank_media_adopt(const struct bank_desk *desk, int64_t bank_id, const char *const *names, size_t count,
                          const char **ret_absent) MUST_CHECK;
/* ret->bytes NULL: not in any bank of the person's scope. */
enum err bank_media_read(const struct bank_desk *desk, const char *sha256, struct bank_media *ret_media) MUST_CHECK;
/* The same without scope, of one bank; for forms. `db`: server or bank. */
enum err bank_media_of(struct db *db, struct bank_vault *vault, struct arena *arena, int64_t bank_id, const char *sha256,
                       struct bank_media *ret_media) MUST_CHECK;

/* ---- for an index in memory, for exports, for forms ---- */

struct bank_change_row {
    int64_t bank_id, changes;
    const char *code, *name;
};
/* All banks with their counters of changes, whoever asks: the cheap question of an index. */
enum err bank_changes_read(const struct bank_desk *desk, struct bank_change_row **ret_rows, size_t *ret_count) MUST_CHECK;
struct bank_entry {
    struct bank_item item;  /* rights, own and author: not filled */
    struct bank_text text;  /* key NULL but with `keys` */
};
/* Called for each item; what the entry points to lives in `arena`, which is cleared after the call. */
typedef enum err bank_entry_fn(void *ctx, struct arena *arena, const struct bank_entry *entry);
/* The newest versions of a bank's items that were changed after `since` (0: all), by `changed`, read in portions. Asks
 * nobody for rights and notes no access: the index filters by scope (bank_scope_rights), and notes what it shows. */
enum err bank_index_read(const struct bank_desk *desk, int64_t bank_id, int64_t since, bool keys, bank_entry_fn *each,
                         void *ctx) MUST_CHECK;
/* The whole bank by code, for an export: its owner. Notes the access, and the event bank.export, unless it is a `trial` from
 * which no text goes out. */
enum err bank_export(const struct bank_desk *desk, const char *bank, bool trial, bank_entry_fn *each, void *ctx,
                     enum bank_verdict *ret_verdict) MUST_CHECK;

/* Item versions as a form holds them, in the order of the list; without rights and access rows, which are the caller's.
 * `db`: server (keys false), bank or worker. What an entry points to lives in `arena`. */
struct bank_version_text {
    int64_t item_id, version, bank_id;
    const char *code, *kind, *topic;
    const char *content, *key; /* key NULL without `keys` */
    size_t content_len, key_len;
};
enum err bank_texts_read(struct db *db, struct bank_vault *vault, struct arena *arena, const int64_t *item_ids,
                         const int64_t *versions, size_t count, bool keys, struct bank_version_text *ret_texts) MUST_CHECK;

/* ---- import of CSV ---- */

/* Columns of an import of items: code, topic, level, stem, option_a … option_d (c and d may be empty), key, source,
 * new_version. The items are single choice in Vietnamese. Makes the bank when it is missing; what it brings lands as
 * drafts. Side effects: event bank.items_import. */
extern const struct import_column BANK_ITEM_COLUMNS[];
enum err bank_import_items(const struct bank_desk *desk, const struct import_request *request,
                           struct import_report *report) MUST_CHECK;

#endif
