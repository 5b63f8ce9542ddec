#include "handlers.h"
#include "sittings.h"

#include "khoacu/base/banned.h"

void api_sitting_paper_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct sitting_place place;
    struct sitting sitting;
    if (!api_own_sitting(api, request, reply, &place))
        return;
    enum err err = sitting_read(api->db, request->arena, place, &sitting);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    switch (sitting_time_judge(&sitting.times, sitting.shift_closed, sitting.state, sitting.closes_us, api->now_us)) {
    case SITTING_TIME_WORKING:
        api_send_paper(api, request, reply, &sitting);
        return;
    case SITTING_TIME_EARLY:
    case SITTING_TIME_START:
        api_sitting_not_open(reply, request);
        return;
    case SITTING_TIME_HELD:
        api_sitting_held(reply, request);
        return;
    case SITTING_TIME_ENDED:
        api_sitting_ended(reply, request);
        return;
    }
}
