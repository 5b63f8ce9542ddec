/* marking_cases.h: a case as JSON, for its three readers.
 *
 * Used by: marking_lead, marking_words. Uses: marking, json, http. Threads: any.
 */
#ifndef KHOACU_SERVER_API_MARKING_CASES_H
#define KHOACU_SERVER_API_MARKING_CASES_H

#include "api.h"

#include "khoacu/marking/lead.h"

/* Reads and answers a page of cases. `own` not 0: log-in names stay out, and what is that marker's own is said. */
void marking_cases_answer(struct api *api, struct http_request *request, struct http_reply *reply, struct marking_case_query *query,
                          int64_t own);

#endif
