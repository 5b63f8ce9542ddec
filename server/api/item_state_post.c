#include "banks.h"
#include "handlers.h"

#include "khoacu/base/banned.h"

struct input {
    const char *to, *reason;
    int64_t version;
};
static const struct json_field FIELDS[] = {
    JSON_FIELD(struct input, to, JSON_STRING, true, 1, 20),
    JSON_FIELD(struct input, reason, JSON_STRING, false, 0, BANK_NOTE_MAX),
    JSON_FIELD(struct input, version, JSON_INT, true, 1, INT32_MAX),
    {0},
};

void api_item_state_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct input input = {.reason = ""};
    enum bank_state to;
    int64_t item_id;
    struct bank_desk desk;
    struct bank_act_result result;
    if (!api_param_id(request, reply, 0, &item_id) || !api_read(request, reply, FIELDS, &input))
        return;
    if (!bank_state_parse(input.to, &to)) {
        api_invalid_field(reply, request, "to", "unknown-value");
        return;
    }
    if (to == BANK_RETIRED && !input.reason[0]) {
        api_invalid_field(reply, request, "reason", "required");
        return;
    }
    if (!api_desk(api, request, reply, &desk))
        return;
    /* From which state is the item's affair: what may be meant is tried, the likelier first. */
    struct bank_act_request asked = {.act = bank_act_towards(to == BANK_DRAFT ? BANK_IN_REVIEW : BANK_DRAFT, to),
                                     .item_ids = &item_id,
                                     .versions = &input.version,
                                     .count = 1,
                                     .value = "",
                                     .reason = input.reason};
    enum err err = bank_act(&desk, &asked, &result);
    if (err == ERR_NONE && to == BANK_APPROVED && result.outcomes[0] == BANK_OUTCOME_WRONG_STATE && result.states[0] == BANK_RETIRED) {
        asked.act = BANK_ACT_RESTORE;
        err = bank_act(&desk, &asked, &result);
    }
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else
        api_outcome(reply, request, result.outcomes[0], result.states[0], result.act_id);
}
