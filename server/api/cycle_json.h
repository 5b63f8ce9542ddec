/* cycle_json.h: a cycle as the interface shows it. Used by: cycle_list, cycle_get. */
#ifndef KHOACU_SERVER_API_CYCLE_JSON_H
#define KHOACU_SERVER_API_CYCLE_JSON_H

#include "khoacu/cycle/cycle.h"
#include "khoacu/json/json.h"

/* The members of a cycle, inside an object that the caller opens and closes. */
void api_put_cycle(struct json_writer *writer, const struct cycle *cycle);

#endif
