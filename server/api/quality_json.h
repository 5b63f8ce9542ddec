/* quality_json.h: a stored report as endpoints give it. Used by: api. */
#ifndef KHOACU_SERVER_API_QUALITY_JSON_H
#define KHOACU_SERVER_API_QUALITY_JSON_H

#include "khoacu/json/json.h"
#include "khoacu/quality/quality.h"

/* The member "report": the newest one, or null. */
void api_put_report(struct json_writer *writer, const struct quality_report *report);

#endif
