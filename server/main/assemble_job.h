/* assemble_job.h: the assembling of forms as a job of the worker.
 *
 * Used by: worker. Threads: that of the worker.
 */
#ifndef KHOACU_MAIN_ASSEMBLE_JOB_H
#define KHOACU_MAIN_ASSEMBLE_JOB_H

#include "khoacu/score/job.h"

score_job_fn assemble_job;

#endif
