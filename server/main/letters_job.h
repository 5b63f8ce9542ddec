/* letters_job.h: the worker's job that mails the letters of a release, one by one, by SMTP (KHOACU_SMTP_…).
 *
 * A mail is taken, sent and noted each in a commit of its own: the job may be ended at any moment and goes on where it was.
 * What the mail server refuses or puts off stands with its answer; when the server cannot be reached the job fails
 * ("smtp-unreachable", "smtp-login") and what waits keeps waiting.
 *
 * Used by: worker. Uses: libcurl. Threads: the worker's.
 */
#ifndef KHOACU_MAIN_LETTERS_JOB_H
#define KHOACU_MAIN_LETTERS_JOB_H

#include "khoacu/score/job.h"

/* Messages: "smtp-not-set", "smtp-unreachable", "smtp-login". */
score_job_fn letters_job;

#endif
