#include "handlers.h"
#include "tokens.h"

#include "khoacu/base/banned.h"

void api_candidate_login_delete(struct api *api, struct http_request *request, struct http_reply *reply) {
    enum err err = identity_login_end(api->db, request->arena, &api->actor, api->now_us);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    api_token_forget(api->state->tokens, api->actor.token_sha256);
    api_no_content(reply);
    api_clear_cookie(reply, request, API_COOKIE_CANDIDATE);
}
