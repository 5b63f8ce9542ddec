/* standard.h: examiners made alike: scripts with a definitive mark, what is asked by them, who is stopped, who may go on.
 *
 * The chief marker chooses scripts and says which mark is right (samples): for practice (the right mark is shown after one's
 * own), for qualification (before live scripts), as seeds (among them, unseen). Examiners get a sample under a code of their
 * own. What is asked of a part (script_standard) is data in versions: how many qualification scripts, how many of them
 * within which tolerance, how many chances, a seed for so many scripts, and how many seeds missed in a row stop her.
 *
 *     qualify --passed--> open --seeds missed in a row--> stopped --release, by the chief marker with a reason--> open
 *        '------all chances failed--------------------------^
 *
 * Without a standard everybody is open. Statistics never change a mark.
 *
 * Used by: api. Uses: script.h, ledger, db. Threads: that of the struct db.
 * Why: Circular 10/2021/TT-BTP (at least three scripts of a subject are marked in common first); peers.md, screens.md B2.
 */
#ifndef KHOACU_MARKING_STANDARD_H
#define KHOACU_MARKING_STANDARD_H

#include "khoacu/marking/script.h"

#define MARKING_SAMPLES_MAX 2000
#define MARKING_TRIALS_MAX 100000
#define MARKING_REPORTS_MAX 500

struct marking_standard {
    const char *component;
    int64_t question, version; /* version: the last one; of a put: the one that was seen, 0 none */
    int64_t qualify_scripts, qualify_passes, chances, seed_every, seed_misses, quick_seconds;
    int64_t tolerance, criterion_tolerance; /* hundredths; criterion_tolerance -1: only the whole counts */
};
struct marking_sample {
    int64_t blind_id;
    const char *component, *purpose, *reason;
    int32_t question;
    int64_t value; /* hundredths */
    const int64_t *criteria;
    size_t criteria_count;
};
/* A final mark of a sample beside the definitive one; final_us 0: the examiner has none yet. */
struct marking_trial {
    const char *component, *login_name, *full_name, *state, *purpose;
    int32_t question;
    int64_t marker_id, final_us, difference; /* hundredths, hers less the definitive one */
    bool within;
};
struct marking_alike {
    struct marking_standard *standards;
    struct marking_sample *samples;
    struct marking_trial *trials; /* by part, examiner, time */
    size_t standard_count, sample_count, trial_count;
};
enum err marking_alike_read(struct db *db, struct arena *arena, int64_t cycle_id, struct marking_alike *ret_alike) MUST_CHECK;
/* Up to 50 scripts of a part that are no samples, behind a code: where the chief marker looks for samples. */
enum err marking_pool_read(struct db *db, struct arena *arena, int64_t cycle_id, const char *component, int32_t question, int64_t after,
                           int64_t ret_ids[50], size_t *ret_count) MUST_CHECK;

/* Acts of the chief marker. *ret_outcome: a word of the function of the schema; only "kept" and "released" leave an event. */
struct marking_lead {
    int64_t cycle_id, staff_id, now_us;
    const char *reason; /* 1..2000 code points */
};
/* kept, stale, frozen. Side effects: event marking.standard. */
enum err marking_standard_put(struct db *db, struct arena *arena, const struct marking_lead *lead, const struct marking_standard *standard,
                              const char **ret_outcome) MUST_CHECK;
/* kept, repeated, unknown, taken, frozen, own, off_scale, off_step, or as script_criteria_fault. Side effects: event
 * marking.sample, without the mark. */
enum err marking_sample_put(struct db *db, struct arena *arena, const struct marking_lead *lead, const struct marking_sample *sample,
                            const char **ret_outcome) MUST_CHECK;
/* released, unknown, not_stopped, own. Side effects: event marking.release. */
enum err marking_marker_release(struct db *db, struct arena *arena, const struct marking_lead *lead, const char *component,
                                int32_t question, int64_t marker_id, const char **ret_outcome) MUST_CHECK;
/* `verdict` zero, suspected or dismissed. kept, repeated, unknown, decided, frozen, own, zeroed, no_article; of suspected also no_rule
 * (the scheme has none for signs) and nobody (is left to mark it). Side effects: event marking.report_decide; zero settles the
 * script, suspected has more examiners mark it (settlement.h). */
#define MARKING_VERDICT_SUSPECTED "suspected"
enum err marking_report_decide(struct db *db, struct arena *arena, const struct marking_lead *lead, int64_t report_id, const char *verdict,
                               const char **ret_outcome) MUST_CHECK;

struct marking_report_line {
    int64_t report_id, blind_id, reported_us, decided_us; /* decided_us 0: waits for a word */
    const char *component, *login_name, *article, *reason, *verdict, *decision_reason;
    int32_t question;
};
/* Those without a word first, at most MARKING_REPORTS_MAX. */
enum err marking_reports_list(struct db *db, struct arena *arena, int64_t cycle_id, struct marking_report_line **ret_reports,
                              size_t *ret_count) MUST_CHECK;

/* A script as the chief marker reads it. ERR_DB_NO_ROW: there is none. */
enum err marking_script_view(struct db *db, struct arena *arena, int64_t blind_id, struct marking_page **ret_pages, size_t *ret_count,
                             struct marking_guide **ret_guide) MUST_CHECK;
enum err marking_view_page_read(struct db *db, struct arena *arena, int64_t blind_id, int32_t page, const char **ret_type,
                                const uint8_t **ret_bytes, size_t *ret_len) MUST_CHECK;

#endif
