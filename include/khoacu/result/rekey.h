/* rekey.h: what a correction of a key does: seen before it is confirmed, then done.
 *
 * The preview counts every sitting of the form by the key as it is and as proposed, judges the stage of the computer test
 * both ways, and, where marks are frozen and a list was computed, ranks the field both ways. It stores what it found beside
 * the proposal and no score. Its report is a JSON object:
 *   candidates        counted sittings of the form
 *   changed           of them, those with another number of right answers
 *   questions_before, questions_after
 *   passes, falls     who newly passes the stage; who no longer does
 *   why               "" where there is a list, else why there is none: not-frozen, no-list, questions-differ (forms of one
 *                     cycle would count different numbers of questions), rescore-pending, or what makes the field unfit
 *   selected, deselected, moved   of the list: newly selected, no longer, with another rank; null without a list
 *
 * The correction writes the next version of the key, scores every sitting of the form again, room by room, and then says
 * that it is applied; a worker that comes after an interruption goes on. Where a list was computed from frozen marks, the
 * worker is asked for a new run whose cause names form, version and hash of the key.
 *
 * Used by: main (worker). Uses: score (rekey), rank, ledger, json, db. Threads: that of the struct db.
 */
#ifndef KHOACU_RESULT_REKEY_H
#define KHOACU_RESULT_REKEY_H

#include "khoacu/score/job.h"

/* The job of kind key_preview: subject a proposal. Messages: "pack-unfit", "decided". Side effects: where the map of blind
 * codes is read, event marking.map_open. */
score_job_fn result_job_key_preview;
/* The job of kind key_apply: subject a confirmed proposal. Messages: "not-confirmed", "stale". Side effects: events
 * score.key_correct, score.room, score.key_apply, result.run_request. */
score_job_fn result_job_key_apply;

#endif
