/* Server-sent events: "all" with every seat, then "some" with those that changed; an empty one at least every ten seconds. */
#include "hall_hub.h"
#include "handlers.h"

#include "khoacu/base/banned.h"

void api_hall_events_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct hall_room room;
    if (!api_find_room(api, request, reply, &room))
        return;
    if (api_hall_listen(api->state->hall, request, reply, room.room_id))
        api->kept = true;
    else
        api_overload(reply, request);
}
