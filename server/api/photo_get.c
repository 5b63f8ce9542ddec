#include "halls.h"
#include "handlers.h"

#include "khoacu/base/banned.h"

void api_photo_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    int64_t sitting_id;
    struct hall_sitting sitting = {0};
    const uint8_t *jpeg = NULL;
    size_t len = 0;
    if (!api_param_id(request, reply, 0, &sitting_id))
        return;
    enum err err = hall_sitting_read(api->db, request->arena, sitting_id, api->actor.staff_id, &sitting);
    if (err == ERR_NONE && sitting.watches)
        err = hall_photo_read(api->db, request->arena, sitting.candidate_id, &jpeg, &len);
    if (err == ERR_DB_NO_ROW || (err == ERR_NONE && sitting.watches && len == 0)) {
        api_not_found(reply, request);
    } else if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
    } else if (!sitting.watches) {
        api_not_your_hall(reply, request);
    } else {
        buf_reset(&reply->body);
        buf_add(&reply->body, jpeg, len);
        reply->status = 200;
        reply->type = "image/jpeg";
    }
}
