/* hall_hub.h: joining the live listeners of a hall.
 *
 * Used by: hall_events_get.c. Threads: a worker's.
 */
#ifndef KHOACU_SERVER_API_HALL_HUB_H
#define KHOACU_SERVER_API_HALL_HUB_H

#include "halls.h"

/* From a worker, of an exchange that its handler keeps: the loop makes it a stream of events, or answers 503. False: no memory. */
bool api_hall_listen(struct api_hall_hub *hub, struct http_request *request, struct http_reply *reply, int64_t room_id) MUST_CHECK;

#endif
