#include "handlers.h"
#include "keys.h"

#include "khoacu/base/banned.h"

void api_challenge_withdraw_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    enum rekey_outcome outcome;
    int64_t challenge_id = 0;
    if (!api_param_id(request, reply, 0, &challenge_id))
        return;
    enum err err = rekey_withdraw(api->db, request->arena, api->actor.candidate_id, challenge_id, api->now_us, &outcome);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (outcome != REKEY_DONE && outcome != REKEY_AGAIN) {
        api_key_outcome(reply, request, outcome);
        return;
    }
    api_no_content(reply);
}
