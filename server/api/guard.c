#include "guard.h"

#include "limits.h"
#include "tokens.h"

#include "khoacu/base/clock.h"
#include "khoacu/sitting/seb.h"

#include <string.h>
#include <strings.h>

#include "khoacu/base/banned.h"

/* ---- forgery: a form or script of another site must not act with the cookie of ours ---- */

/* Whether the origin's host and port are those that the request was sent to. */
static bool same_host(const char *origin, const char *host) {
    const char *authority = strstr(origin, "://");
    return authority && host && strcasecmp(authority + 3, host) == 0;
}

static bool is_forged(const struct http_request *request) {
    if (request->method == HTTP_GET || request->method == HTTP_HEAD)
        return false;
    const char *header = http_header(request, "X-Khoacu");
    if (!header || strcmp(header, "1") != 0)
        return true;
    const char *site = http_header(request, "Sec-Fetch-Site");
    if (site && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0)
        return true;
    const char *origin = http_header(request, "Origin");
    return origin && !same_host(origin, http_header(request, "Host"));
}

/* ---- who ---- */

static enum guard_verdict refuse_unknown(struct http_request *request, struct http_reply *reply) {
    api_problem(reply, request, 401, "not-signed-in", "Please sign in");
    return GUARD_ANSWERED;
}

/* An ended log-in of a candidate says so when her sitting is at another device. */
static enum guard_verdict refuse_ended(struct api *api, struct http_request *request, struct http_reply *reply,
                                       const uint8_t token_sha256[CRYPTO_SHA256_LEN]) {
    enum identity_place place = IDENTITY_PLACE_HERE;
    enum err err = identity_candidate_place(api->db, request->arena, token_sha256, &place);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else if (place != IDENTITY_PLACE_HERE)
        api_other_device(reply, request, place == IDENTITY_PLACE_ELSEWHERE);
    else
        return refuse_unknown(request, reply);
    return GUARD_ANSWERED;
}

static enum guard_verdict find_actor(struct api *api, struct http_request *request, struct http_reply *reply) {
    bool candidate = request->route->permission == PERM_CANDIDATE;
    uint8_t token_sha256[CRYPTO_SHA256_LEN];
    const char *cookie = http_cookie(request, candidate ? API_COOKIE_CANDIDATE : API_COOKIE_STAFF);
    if (!(candidate ? identity_candidate_sha256(cookie, http_cookie(request, API_COOKIE_DEVICE), token_sha256)
                    : identity_token_sha256(cookie, token_sha256)))
        return refuse_unknown(request, reply);
    if (!api->db) {
        if (candidate && api_token_find(api->state->tokens, token_sha256, api->now_us, &api->actor))
            return GUARD_PASSED;
        if (http_retry_on_worker(request->exchange))
            return GUARD_KEPT;
        api_overload(reply, request);
        return GUARD_ANSWERED;
    }
    enum err err = identity_login_read(api->db, request->arena, candidate ? IDENTITY_CANDIDATE : IDENTITY_STAFF,
                                       token_sha256, api->now_us, &api->actor);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return GUARD_ANSWERED;
    }
    if (api->actor.kind == IDENTITY_NOBODY)
        return candidate ? refuse_ended(api, request, reply, token_sha256) : refuse_unknown(request, reply);
    api_token_remember(api->state->tokens, &api->actor, api->now_us);
    return GUARD_PASSED;
}

/* ---- how often ---- */

const char *api_client(const struct api_state *state, const struct http_request *request) {
    const char *proxy = state->config.trusted_proxy, *client = http_client(request);
    if (!proxy || proxy[0] == '\0' || strcmp(proxy, client) != 0)
        return client;
    const char *forwarded = http_header(request, "X-Forwarded-For");
    if (!forwarded)
        return client;
    const char *last = strrchr(forwarded, ',');
    last = last ? last + 1 : forwarded;
    last += strspn(last, " \t");
    size_t len = strlen(last);
    /* Only the entry that the proxy itself wrote is believed; one that is no address is not. */
    if (len == 0 || len > 45 || strspn(last, "0123456789abcdefABCDEF.:") != len)
        return client;
    return last;
}

static int candidate_over_rate(const struct api *api, const struct http_request *request, int64_t mono_us) {
    struct api_limits *limits = api->state->limits;
    enum api_limit own = request->route->lane == LANE_LOOP ? LIMIT_SAVE : LIMIT_ACCOUNT;
    int wait_s = api_limit_take(limits, own, NULL, api->actor.candidate_id, mono_us);
    return wait_s > 0 || api->actor.room_id == 0 ? wait_s : api_limit_take(limits, LIMIT_ROOM, NULL, api->actor.room_id, mono_us);
}

static int over_rate(const struct api *api, const struct http_request *request) {
    struct api_limits *limits = api->state->limits;
    int64_t mono_us = clock_mono_us();
    switch (api->actor.kind) {
    case IDENTITY_STAFF:
        return api_limit_take(limits, LIMIT_ACCOUNT, NULL, api->actor.staff_id, mono_us);
    case IDENTITY_CANDIDATE:
        return candidate_over_rate(api, request, mono_us);
    case IDENTITY_NOBODY:
        break;
    }
    bool costs = request->route->lane == LANE_WORK && request->method != HTTP_POST;
    return costs ? api_limit_take(limits, LIMIT_ANONYMOUS, api_client(api->state, request), 0, mono_us) : 0;
}

/* ---- the locked browser, where a candidate's hall asks for it ---- */

static bool browser_passes(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct seb_judged *judged = ARENA_NEW(request->arena, struct seb_judged);
    const struct seb_heard heard = {.path = request->path,
                                    .config = http_header(request, "X-SafeExamBrowser-ConfigKeyHash"),
                                    .browser = http_header(request, "X-SafeExamBrowser-RequestHash"),
                                    .page_config = http_header(request, "X-Khoacu-Seb-Page"),
                                    .page_browser = http_header(request, "X-Khoacu-Seb-Browser")};
    if (!judged) {
        api_failure(api, reply, request, ERR_MEMORY);
        return false;
    }
    seb_watch_judge(api->state->seb, api->actor.room_id, &heard, judged);
    if (judged->mode == SEB_OFF)
        return true;
    api->seb = judged;
    if (judged->seb == PRESENCE_SEB_MATCH)
        return true;
    presence_note(api->state->presence, &(struct presence_sign){.room_id = api->actor.room_id, .sitting_id = api->actor.sitting_id, .seen_us = api->now_us,
                                                                .seb = judged->seb, .received = judged->received, .expected = judged->expected});
    if (judged->mode == SEB_REFUSE)
        api_problem(reply, request, 403, "seb-required", "This examination is sat in Safe Exam Browser with the configuration of the shift");
    return judged->mode != SEB_REFUSE;
}

enum guard_verdict api_guard(struct api *api, struct http_request *request, struct http_reply *reply) {
    enum api_permission permission = (enum api_permission)request->route->permission;
    if (is_forged(request)) {
        api_problem(reply, request, 403, "csrf", "The request does not come from our own pages");
        return GUARD_ANSWERED;
    }
    if (permission != PERM_PUBLIC) {
        enum guard_verdict verdict = find_actor(api, request, reply);
        if (verdict != GUARD_PASSED)
            return verdict;
        if (!api_permitted(&api->actor, permission)) {
            if (api->actor.kind == IDENTITY_STAFF && api->actor.reset_us != 0)
                api_problem(reply, request, 403, "password-reset", "Somebody else set this password: choose one of your own first");
            else
                api_problem(reply, request, 403, "not-permitted", "Your roles do not include this");
            return GUARD_ANSWERED;
        }
    }
    if (api->actor.kind == IDENTITY_CANDIDATE && seb_watch_any(api->state->seb) && !browser_passes(api, request, reply))
        return GUARD_ANSWERED;
    int wait_s = over_rate(api, request);
    if (wait_s > 0) {
        api_too_many(reply, request, wait_s);
        return GUARD_ANSWERED;
    }
    return GUARD_PASSED;
}
