/* letter.h: what a candidate is told about her result, on paper and by mail, in Vietnamese and English.
 *
 * A letter says what was decided (selected and where, on the reserve list, not selected, which gate was failed, absent,
 * suspended, void, struck off), every step of it, what she has to do by when, and how she may appeal. All from one release.
 *
 * Mails of a release: one for each candidate with an address, prepared by an officer's request and sent by the worker.
 *     waiting --take--> sending --> sent | refused (by the mail server, for good) | deferred (for now)
 *                          +------> unsure: the worker died in between; goes out again only when an officer says so
 *     sent | unsure --a report of a mail server (bounce.h)--> returned: goes out again only when an officer says so
 *
 * Invariants (letter_mail_guard): one mail to a candidate for each release; what was sent is not sent again unless it came back;
 * a mail keeps its Message-ID over all attempts.
 *
 * Used by: api, main. Uses: base, json, doc, db, ledger, score (job). Threads: that of the struct db.
 */
#ifndef KHOACU_RESULT_LETTER_H
#define KHOACU_RESULT_LETTER_H

#include "khoacu/base/buf.h"
#include "khoacu/result/result.h"

/* The days that follow from a release; "" or NULL where the pack does not say. Dates as 2026-12-14. */
struct result_terms {
    const char *published, *first_published, *appeal, *file, *decision, *report, *reserve, *basis;
    int64_t notice_days; /* working days until a substitute is published */
};
/* `candidate_id` 0: of the release itself. */
enum err result_terms_read(struct db *db, struct arena *arena, int64_t run_id, int64_t candidate_id, struct result_terms *ret_terms) MUST_CHECK;

struct result_letter {
    int64_t candidate_id;
    const char *roll_number, *full_name, *post, *post_title, *outcome, *agency, *reason, *derivation, *email;
};
struct result_letters {
    struct result_letter *letters; /* by post, place and roll number */
    size_t count;
};
struct result_letter_filter {
    const char *post, *roll_number; /* NULL: any */
    int64_t candidate_id;           /* 0: any */
    bool unreached;                 /* only who has no address, or whose mail is not known to have arrived */
    size_t after, limit;            /* 1..RESULT_LETTERS_MAX */
};
#define RESULT_LETTERS_MAX 300 /* of one file */
enum err result_letters_read(struct db *db, struct arena *arena, int64_t run_id, const struct result_letter_filter *filter,
                             struct result_letters *ret_letters) MUST_CHECK;

struct result_letters_paper {
    const struct result_release *release;
    const struct result_terms *terms;
    const struct result_letter *letters;
    size_t count;
    const char *lang, *public_url;
    bool unnamed; /* leaves out names: for who has shown no more than number and date of birth */
};
/* Appends a PDF, a letter beginning each page. */
enum err result_letters_print(struct arena *arena, const struct result_letters_paper *paper, struct buf *out) MUST_CHECK;
/* The letter as a mail: subject, and text of both languages. */
enum err result_letter_mail(struct arena *arena, const struct result_letters_paper *paper, const struct result_letter *letter,
                            const char **ret_subject, const char **ret_text) MUST_CHECK;

/* ---- mails ---- */

struct result_mail_counts {
    int64_t candidates, addresses, unreached, mails, waiting, sent, refused, deferred, unsure, returned;
};
struct result_mail_trouble {
    const char *roll_number, *address, *state, *answer;
    int64_t attempts;
};
struct result_mails {
    struct result_mail_counts counts;
    struct result_mail_trouble *troubles; /* at most 200, by roll number */
    size_t trouble_count;
};
enum err result_mails_read(struct db *db, struct arena *arena, int64_t run_id, struct result_mails *ret_mails) MUST_CHECK;
enum result_mails_verdict { RESULT_MAILS_REQUESTED, RESULT_MAILS_NO_RUN, RESULT_MAILS_NOT_PUBLISHED, RESULT_MAILS_NO_ADDRESS };
/* Asks the worker to send what waits; `again`: also what was refused, came back or is unsure, to the address known now. Side effects: event result.mail_request. */
enum err result_mails_request(struct db *db, struct arena *arena, int64_t staff_id, int64_t run_id, bool again, int64_t now_us,
                              enum result_mails_verdict *ret_verdict, int64_t *ret_job_id) MUST_CHECK;

/* For the worker. */
struct result_mail {
    int64_t candidate_id, mail_id, attempt; /* 1, 2, … */
    const char *address;
};
enum err result_mails_begin(struct db *db, struct arena *arena, int64_t run_id, int64_t now_us, struct result_mail_counts *ret_counts) MUST_CHECK;
/* The next one, now being sent; candidate_id 0: none waits. */
enum err result_mail_take(struct db *db, struct arena *arena, int64_t run_id, int64_t now_us, struct result_mail *ret_mail) MUST_CHECK;
/* `state`: sent, refused, deferred, or waiting when it did not leave the house. */
enum err result_mail_done(struct db *db, int64_t run_id, int64_t candidate_id, const char *state, const char *answer, int64_t now_us) MUST_CHECK;
/* Event result.mail with the counts, for who asked. */
enum err result_mails_end(struct db *db, struct arena *arena, int64_t run_id, int64_t staff_id, int64_t now_us) MUST_CHECK;

#endif
