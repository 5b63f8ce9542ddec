#include "assets.h"
#include "guard.h"
#include "limits.h"
#include "metrics.h"
#include "tokens.h"

#include "khoacu/bank/bank_index.h"
#include "khoacu/base/log.h"
#include "khoacu/sitting/opening.h"
#include "khoacu/sitting/presence.h"
#include "khoacu/sitting/seb.h"

#include <string.h>

#include "khoacu/base/banned.h"

static bool routes_are_whole(const struct http_route *routes) {
    for (const struct http_route *route = routes; route->path; route++) {
        if (route->permission <= PERM_UNSAID || route->permission >= PERM_COUNT || !route->handle || !route->name)
            return false;
        for (const struct http_route *other = routes; other < route; other++)
            if (other->method == route->method && strcmp(other->path, route->path) == 0)
                return false;
    }
    return true;
}

enum err api_state_init(struct api_state *state, const struct api_config *config) {
    *state = (struct api_state){.config = *config};
    if (!routes_are_whole(API_ROUTES) || !routes_are_whole(API_ADMIN_ROUTES))
        return ERR_STATE;
    enum err err = api_metrics_new(&state->metrics);
    if (err == ERR_NONE)
        err = api_tokens_new(&state->tokens);
    if (err == ERR_NONE)
        err = api_assets_new(&state->assets);
    if (err == ERR_NONE)
        err = bank_index_new(&state->items);
    if (err == ERR_NONE)
        err = presence_new(&state->presence);
    if (err == ERR_NONE)
        err = opening_new(&state->opening);
    if (err == ERR_NONE)
        err = seb_watch_new(config->public_url, &state->seb);
    if (err == ERR_NONE && !config->limits_off)
        err = api_limits_new(config->saves_per_s, &state->limits);
    if (err != ERR_NONE)
        api_state_release(state);
    return err;
}

void api_state_release(struct api_state *state) {
    api_metrics_free(state->metrics);
    api_tokens_free(state->tokens);
    api_assets_free(state->assets);
    bank_index_free(state->items);
    presence_free(state->presence);
    opening_free(state->opening);
    seb_watch_free(state->seb);
    api_limits_free(state->limits);
    *state = (struct api_state){0};
}

struct sitting_journal *api_journal(const struct api *api, const struct http_request *request) {
    for (size_t i = 0; i < api->state->loop_count; i++)
        if (api->state->loops[i].loop == request->loop)
            return api->state->loops[i].journal;
    return NULL;
}

static void handle(struct api *api, struct http_request *request, struct http_reply *reply) {
    enum api_metric running = request->route->lane == LANE_SLOW ? METRIC_RUNNING_SLOW : METRIC_RUNNING_WORK;
    api_handler *handler = (api_handler *)request->route->handle;
    if (!api->db) {
        handler(api, request, reply);
        return;
    }
    api_metric_add(api->state->metrics, running, 1);
    handler(api, request, reply);
    api_metric_add(api->state->metrics, running, -1);
}

bool api_desk(struct api *api, struct http_request *request, struct http_reply *reply, struct bank_desk *ret_desk) {
    struct api_slot *slot = api->slot;
    char why[300];
    enum err err = slot->bank ? db_heal(slot->bank) : db_open(slot->bank_conninfo, DB_ROLE_BANK, &slot->bank, why, sizeof why);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return false;
    }
    *ret_desk = (struct bank_desk){.db = slot->bank,
                                   .vault = api->state->vault,
                                   .arena = request->arena,
                                   .staff_id = api->actor.staff_id,
                                   .now_us = api->now_us};
    return true;
}

bool api_dispatch(void *ctx, void *slot, struct http_request *request, struct http_reply *reply) {
    struct api_slot *own = slot;
    struct api api = {.db = own ? own->db : NULL, .slot = own, .now_us = request->received_us, .state = ctx};
    enum err err = api.db ? db_heal(api.db) : ERR_NONE;
    if (err != ERR_NONE) {
        api_failure(&api, reply, request, err);
        return true;
    }
    switch (api_guard(&api, request, reply)) {
    case GUARD_PASSED:
        handle(&api, request, reply);
        return !api.kept;
    case GUARD_ANSWERED:
        return true;
    case GUARD_KEPT:
        return false;
    }
    return true;
}

void api_observe(void *ctx, const struct http_route *route, int status, int64_t duration_us) {
    const struct api_state *state = ctx;
    if (status == 429)
        api_metric_add(state->metrics, METRIC_LIMITED, 1);
    if (status >= 500)
        api_metric_add(state->metrics, METRIC_FAILURES, 1);
    api_metrics_observe(state->metrics, route, status, duration_us);
}
