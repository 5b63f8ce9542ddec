/* script.h: what one examiner does with one script: reading it, marking it by the guide, remarks, reports, the final word.
 *
 * A task is a script that is assigned to the examiner, or a sample (standard.h) under a code of its own; a script that she marks
 * again on appeal has a fresh code too (appeal.h). To every operation here they are the same, and nothing that is given out tells a seed from a live script. What an examiner gets says nothing
 * of whose the script is, and nothing of what others gave it.
 *
 *     waiting --mark, revisions 1, 2, …--> draft --final--> final: it stays, and others may see it
 *
 * Where the part has a guide (rubric.h), a mark is the sum of the marks of its criteria, each on its own scale and step.
 * Live scripts of a part lie there only while the examiner may mark it: from her qualification on, where one is asked for,
 * and until a stop.
 *
 * Invariants, kept by the database itself (script_task, mark_guard, mark_criteria_guard, do_script_final): only what lies
 * before the examiner is read, marked, remarked on or reported; a final mark is not changed and not declared twice.
 *
 * Used by: api. Uses: marking.h, settlement.h, ledger, base, db. Threads: that of the struct db.
 * Why: REG-2020 Art. 28 (two independent rounds, the first mark unseen); screens.md B2.
 */
#ifndef KHOACU_MARKING_SCRIPT_H
#define KHOACU_MARKING_SCRIPT_H

#include "khoacu/marking/marking.h"

#define MARKING_CRITERIA_MAX 60
#define MARKING_FINALS_AT_ONCE 200
#define MARKING_ANNOTATIONS_MAX 200 /* of one examiner on one script */
#define MARKING_PAGES_MAX 400

/* X(name, key) : what an examiner may do in a part */
#define MARKING_STANDING_TABLE(X)                                                                                      \
    X(OPEN, "open")                                                                                                    \
    X(QUALIFY, "qualify") /* samples first */                                                                          \
    X(STOPPED, "stopped") /* until the chief marker releases her */

struct marking_script {
    int64_t blind_id;            /* the code under which she has it */
    const char *purpose;         /* "live", "practice" or "qualification" */
    const char *component;       /* "written" or "interview" */
    int32_t question;            /* 0: the whole part */
    int64_t mark_max, mark_step; /* hundredths */
    int32_t revision;            /* the one that the next mark replaces */
    const char *status, *note;   /* status NULL: not marked yet, and what follows is empty */
    int64_t value;               /* hundredths, of awarded */
    const int64_t *criteria;     /* hundredths */
    size_t criteria_count;
    int64_t seconds; /* -1: not said */
    int64_t entered_us, final_us; /* final_us 0: not final */
};
/* X(name, key of the query) */
#define MARKING_FILTER_TABLE(X)                                                                                        \
    X(ALL, "all")                                                                                                      \
    X(WAITING, "waiting")                                                                                              \
    X(MARKED, "marked")                                                                                                \
    X(DRAFT, "draft") /* marked, not final */                                                                          \
    X(FINAL, "final")
enum marking_filter {
#define X(name, key) MARKING_FILTER_##name,
    MARKING_FILTER_TABLE(X)
#undef X
        MARKING_FILTER_COUNT
};
/* -1: no such key. */
int marking_filter_find(const char *key);

/* A part that the examiner marks in. */
struct marking_standing {
    const char *component, *state; /* state: a key of MARKING_STANDING_TABLE */
    int32_t question;
};
struct marking_queue {
    struct marking_script *scripts; /* by code, which is random */
    size_t count;
    bool more;
    /* of the first page alone */
    int64_t waiting, marked, final; /* of all that lies before her; marked: final ones too */
    int64_t own_ms, all_ms;         /* mean time for a script, hers and everybody's; 0: not known */
    struct marking_standing *standings;
    size_t standing_count;
};
/* Up to `limit` (1..200) of the examiner's scripts behind code `after` (0: the first page). Side effects of the first page: the
 * samples that are due to her are given out, all at once, so that no moment tells one. */
enum err marking_queue_read(struct db *db, struct arena *arena, int64_t marker_id, enum marking_filter filter,
                            int64_t after, size_t limit, struct marking_queue *ret_queue) MUST_CHECK;

/* ---- reading ---- */

struct marking_page {
    int32_t page, question; /* question: position that it answers; 0: not known */
    const char *kind, *body; /* kind: text, image or withheld; body: of text, NFC */
    int64_t width, height;   /* of image, pixels */
};
struct marking_annotation {
    int32_t number, revision, page;
    const int64_t *place; /* of a text: from, to (code points); of a picture: left, top, width, height (1/10000) */
    size_t place_count;
    const char *body; /* "": taken back */
};
struct marking_report {
    const char *article, *reason;
    int64_t reported_us;
};
/* The definitive mark of a practice script, shown once one's own is final. */
struct marking_lesson {
    bool shown, within;
    int64_t value;
    const int64_t *criteria;
    size_t criteria_count;
    const char *reason;
};
struct marking_guide;
struct marking_reading {
    struct marking_page *pages;
    struct marking_annotation *annotations;
    struct marking_report *reports;
    size_t page_count, annotation_count, report_count;
    struct marking_guide *guide; /* NULL: none */
    struct marking_lesson lesson;
};
/* ERR_DB_NO_ROW: no such code lies before the examiner, or not yet. */
enum err marking_script_read(struct db *db, struct arena *arena, int64_t marker_id, int64_t blind_id,
                             struct marking_reading *ret_reading) MUST_CHECK;
/* Reads pages from rows (page, question, kind, body, width, height). */
enum err marking_pages_read(struct db *db, struct arena *arena, enum db_statement statement, int64_t blind_id, int64_t marker_id,
                            struct marking_page **ret_pages, size_t *ret_count) MUST_CHECK;
/* ERR_DB_NO_ROW as above. Allocates the picture in the arena. */
enum err marking_page_read(struct db *db, struct arena *arena, int64_t marker_id, int64_t blind_id, int32_t page,
                           const char **ret_type, const uint8_t **ret_bytes, size_t *ret_len) MUST_CHECK;

/* ---- marking ---- */

struct marking_entry {
    int64_t blind_id;
    int32_t seen_revision; /* the one that this replaces; 0: the first mark */
    enum marking_status status;
    int64_t value;           /* hundredths, of AWARDED */
    const int64_t *criteria; /* hundredths, by the guide; NULL: none */
    size_t criteria_count;
    int64_t seconds;  /* that the script stood before her; -1: not said */
    const char *note; /* NULL: none */
};
/* Pure: what is wrong with an entry in itself. A suspension and a void need words; a value is the sum of its criteria. */
enum marking_entry_fault {
    MARKING_ENTRY_FINE,
    MARKING_ENTRY_NO_VALUE,
    MARKING_ENTRY_EXTRA_VALUE,
    MARKING_ENTRY_NO_NOTE,
    MARKING_ENTRY_SUM
};
/* Where criteria are given without a value, sets the value. */
enum marking_entry_fault marking_entry_judge(struct marking_entry *entry, bool has_value);

enum marking_put_verdict {
    MARKING_PUT_ENTERED, /* or entered by the same request before */
    MARKING_PUT_STALE,   /* another revision came between: revision is the last one */
    MARKING_PUT_FROZEN,
    MARKING_PUT_FINAL, /* it was declared final */
    MARKING_PUT_QUALIFY,
    MARKING_PUT_STOPPED,
    MARKING_PUT_OFF_SCALE, /* place 0: the whole, else the criterion */
    MARKING_PUT_OFF_STEP,
    MARKING_PUT_CRITERIA_MISSING,
    MARKING_PUT_CRITERIA_EXTRA, /* the part has no guide, or there is no mark */
    MARKING_PUT_CRITERIA_COUNT,
    MARKING_PUT_CRITERIA_SUM,
    MARKING_PUT_NOT_ASSIGNED /* to this examiner, or there is no such script: not said which */
};
struct marking_put {
    enum marking_put_verdict verdict;
    int32_t revision, place;
    int64_t entered_us;
    bool quick; /* entered, in less time than a script takes */
};
/* Requires: marking_entry_judge found nothing. Side effects: event marking.mark, which does not tell the mark. */
enum err marking_mark_put(struct db *db, struct arena *arena, int64_t marker_id, const struct marking_entry *entry,
                          int64_t now_us, struct marking_put *ret_put) MUST_CHECK;

struct marking_declaration {
    int64_t blind_id;
    int32_t revision; /* the one that she saw */
    /* afterwards */
    const char *outcome; /* declared, repeated, final, frozen, unmarked, stale, qualify, stopped or not_assigned */
    int64_t final_us;
    int64_t script_id; /* the script behind the code; 0: a sample, or nothing of hers */
};
/* Declares up to MARKING_FINALS_AT_ONCE marks final, each by itself, in one transaction. Side effects: events marking.final;
 * marking_script_settle for each. */
enum err marking_finals_declare(struct db *db, struct arena *arena, int64_t marker_id, struct marking_declaration *declarations,
                                size_t count, int64_t now_us) MUST_CHECK;

/* ---- beside the mark ---- */

/* X(name, key of the outcome) */
#define MARKING_ACT_TABLE(X)                                                                                           \
    X(KEPT, "kept")                                                                                                    \
    X(REPEATED, "repeated")                                                                                            \
    X(STALE, "stale")                                                                                                  \
    X(FROZEN, "frozen")                                                                                                \
    X(FINAL, "final")                                                                                                  \
    X(QUALIFY, "qualify")                                                                                              \
    X(STOPPED, "stopped")                                                                                              \
    X(NO_PAGE, "no_page")                                                                                              \
    X(OFF_PAGE, "off_page")                                                                                            \
    X(NOT_ASSIGNED, "not_assigned")
enum marking_act {
#define X(name, key) MARKING_ACT_##name,
    MARKING_ACT_TABLE(X)
#undef X
        MARKING_ACT_COUNT
};
/* `annotation` revision: the one that this replaces; afterwards the last one. Side effects: event marking.annotate, without the
 * words. */
enum err marking_annotation_put(struct db *db, struct arena *arena, int64_t marker_id, int64_t blind_id,
                                struct marking_annotation *annotation, int64_t now_us, enum marking_act *ret_act) MUST_CHECK;
/* X(name, key): zero by the regulation for the first four (rules.md 1.9) */
#define MARKING_ARTICLE_TABLE(X)                                                                                       \
    X(TWO_SCRIPTS, "two_scripts")                                                                                      \
    X(TWO_HANDS, "two_hands")                                                                                          \
    X(TWO_INKS, "two_inks")                                                                                            \
    X(FOREIGN_PAPER, "foreign_paper")                                                                                  \
    X(SIGN, "sign")                                                                                                    \
    X(OTHER, "other")
bool marking_article_known(const char *article);
/* Goes to the head of the board and changes no mark. Side effects: event marking.report with the article and the reason. */
enum err marking_report_put(struct db *db, struct arena *arena, int64_t marker_id, int64_t blind_id, const char *article,
                            const char *reason, int64_t now_us, enum marking_act *ret_act, int64_t *ret_reported_us) MUST_CHECK;

#endif
