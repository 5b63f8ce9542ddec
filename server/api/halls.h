/* halls.h: what the endpoints of a hall share: which hall, who may, a seat's JSON, and the hub of live listeners.
 *
 * Used by: hall_*.c, check_in_post.c, incident_*.c, presence_put.c, main (the hub). Threads: the request's, unless said.
 */
#ifndef KHOACU_SERVER_API_HALLS_H
#define KHOACU_SERVER_API_HALLS_H

#include "api.h"

#include "khoacu/sitting/hall.h"

/* A machine that was not heard of for so long is offline. */
#define HALL_OFFLINE_US (45 * INT64_C(1000000))

/* The hall of the path (shift id, room code). False after a 404. */
bool api_find_room(const struct api *api, struct http_request *request, struct http_reply *reply, struct hall_room *ret_room);
/* The same, for those of the hall alone. False after a 404 or 403 `not-your-hall`. */
bool api_own_room(const struct api *api, struct http_request *request, struct http_reply *reply, struct hall_room *ret_room);
/* 403 `not-your-hall`. */
void api_not_your_hall(struct http_reply *reply, const struct http_request *request);
/* A seat as the console shows it; what changes with every second is not in it. */
void api_put_seat(struct json_writer *writer, const struct hall_seat *seat, int64_t now_us);

/* ---- live listeners ----
 *
 * One thread with one connection reads every hall that somebody listens to, once for all its listeners and every server's
 * answers alike, and hands what has changed to the loops. It never takes more than a twentieth of its time: the longer
 * a hall takes to read, the rarer it is read. */
struct api_hall_hub;
enum err api_hall_hub_new(const char *conninfo, struct api_hall_hub **ret_hub) MUST_CHECK;
/* Stops the thread; before the loops end. */
void api_hall_hub_stop(struct api_hall_hub *hub);
/* After the loops are freed: their streams leave it. */
void api_hall_hub_free(struct api_hall_hub *hub); /* accepts NULL */

#endif
