#include "ballots.h"
#include "handlers.h"

#include "khoacu/base/banned.h"

void api_ballot_open_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    enum ballot_verdict verdict;
    int64_t ballot_id = 0;
    if (!api_param_id(request, reply, 0, &ballot_id))
        return;
    enum err err = ballot_open(api->db, request->arena, api->actor.staff_id, ballot_id, api->now_us, &verdict);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else if (verdict != BALLOT_DONE)
        api_ballot_refuse(reply, request, verdict);
    else
        api_no_content(reply);
}
