/* scripts.h: what the endpoints of scripts have in common.
 *
 * Used by: script_list, script_get, script_mark_put, script_finals_post, script_annotation_put, script_report_post,
 * script_give_back_post, marking_lead, rubrics, script_view_get.
 */
#ifndef KHOACU_SERVER_API_SCRIPTS_H
#define KHOACU_SERVER_API_SCRIPTS_H

#include "api.h"

#include "khoacu/marking/lease.h"
#include "khoacu/marking/rubric.h"
#include "khoacu/marking/script.h"

/* Marks as an array of texts; NULL writes null. */
void api_put_criteria(struct json_writer *writer, const char *key, const int64_t *values, size_t count);
/* Reads such an array, of at most MARKING_CRITERIA_MAX. False: the reply names what does not fit. */
bool api_read_criteria(struct http_request *request, struct http_reply *reply, const struct json *list, int64_t **ret_values,
                       size_t *ret_count);
void api_put_pages(struct json_writer *writer, const struct marking_page *pages, size_t count);
/* An object, or null. */
void api_put_guide(struct json_writer *writer, const struct marking_guide *guide);
/* A picture of a script, under no name. */
void api_send_picture(struct http_reply *reply, struct http_request *request, const char *type, const uint8_t *bytes, size_t len);
/* "written" or "interview". */
bool api_component_known(const char *component);
/* A refusal of an act beside the mark; false when it was done, now or before. */
bool api_act_refused(struct http_request *request, struct http_reply *reply, enum marking_act act, int32_t revision);
void api_held(struct http_request *request, struct http_reply *reply, bool stopped);
/* What became of a script that changes hands. */
void api_handed_over(struct http_request *request, struct http_reply *reply, enum marking_replace_verdict verdict);

#endif
