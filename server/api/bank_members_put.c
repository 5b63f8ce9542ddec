/* GET and PUT /banks/{bank}/members: the list is read and put as a whole. */
#include "banks.h"
#include "cycles.h"
#include "handlers.h"

#include <string.h>

#include "khoacu/base/banned.h"

struct input {
    const struct json *members;
};
static const struct json_field FIELDS[] = {JSON_FIELD(struct input, members, JSON_ARRAY, true, 1, BANK_MEMBERS_MAX), {0}};

struct member {
    const char *login_name, *topic;
    const struct json *rights;
};
static const struct json_field MEMBER_FIELDS[] = {
    JSON_FIELD(struct member, login_name, JSON_STRING, true, 1, 40),
    JSON_FIELD(struct member, topic, JSON_STRING, false, 0, 120),
    JSON_FIELD(struct member, rights, JSON_ARRAY, true, 1, 4),
    {0},
};

static void read_member(struct arena *arena, const struct json *value, struct json_misfits *misfits, struct bank_member *ret_member) {
    struct member member = {.login_name = "", .topic = ""};
    if (!json_fit(arena, value, MEMBER_FIELDS, &member, misfits))
        return;
    *ret_member = (struct bank_member){.login_name = member.login_name, .topic = member.topic};
    for (size_t i = 0; i < json_count(member.rights); i++) {
        const char *key = json_text(json_at(member.rights, i));
        enum bank_right right;
        if (!key || !bank_right_parse(key, &right))
            json_misfit_add(arena, misfits, arena_printf(arena, "rights[%zu]", i), "unknown-value", 0, 0);
        else
            ret_member->rights |= right;
    }
    if (member.topic[0] && !bank_topic_valid(member.topic))
        json_misfit_add(arena, misfits, "topic", "form", 0, 0);
    else if (member.topic[0] && (ret_member->rights & BANK_RIGHT_OWNER))
        json_misfit_add(arena, misfits, "topic", "owner-whole", 0, 0);
}

static bool read_members(struct http_request *request, struct http_reply *reply, struct bank_member **ret_members, size_t *ret_count) {
    struct input input = {0};
    struct json_misfits misfits = {0};
    struct arena *arena = request->arena;
    if (!api_read(request, reply, FIELDS, &input))
        return false;
    size_t count = json_count(input.members);
    struct bank_member *members = ARENA_ARRAY(arena, count, struct bank_member);
    for (size_t i = 0; members && i < count; i++) {
        misfits.prefix = arena_printf(arena, "members[%zu]", i);
        members[i] = (struct bank_member){.login_name = "", .topic = ""};
        read_member(arena, json_at(input.members, i), &misfits, &members[i]);
        for (size_t k = 0; k < i; k++)
            if (members[i].login_name[0] && strcmp(members[k].login_name, members[i].login_name) == 0 &&
                strcmp(members[k].topic, members[i].topic) == 0)
                json_misfit_add(arena, &misfits, "login_name", "unique", 0, 0);
    }
    if (misfits.count > 0)
        api_invalid(reply, request, &misfits);
    *ret_members = members;
    *ret_count = count;
    return members && misfits.count == 0;
}

static void answer(struct api *api, struct http_request *request, struct http_reply *reply, const struct bank_desk *desk) {
    enum bank_verdict verdict = BANK_UNKNOWN;
    struct bank_member *members = NULL;
    size_t count = 0;
    const char *code = request->params[0];
    enum err err = cycle_code_valid(code) ? bank_members_read(desk, code, &verdict, &members, &count) : ERR_NONE;
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    if (!api_bank_done(reply, request, verdict))
        return;
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_put_key(&writer, "members");
    json_open_array(&writer);
    for (size_t i = 0; i < count; i++) {
        json_open_object(&writer);
        json_member_text(&writer, "login_name", members[i].login_name);
        json_member_text(&writer, "full_name", members[i].full_name);
        json_member_text(&writer, "topic", members[i].topic);
        json_put_key(&writer, "rights");
        api_put_rights(&writer, members[i].rights);
        json_close_object(&writer);
    }
    json_close_array(&writer);
    json_close_object(&writer);
    api_json(reply, request, 200);
}

void api_bank_members_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct bank_desk desk;
    if (api_desk(api, request, reply, &desk))
        answer(api, request, reply, &desk);
}

void api_bank_members_put(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct bank_desk desk;
    struct bank_member *members;
    size_t count, place = 0;
    enum bank_members_verdict verdict = BANK_MEMBERS_UNKNOWN;
    const char *code = request->params[0];
    if (!read_members(request, reply, &members, &count) || !api_desk(api, request, reply, &desk))
        return;
    enum err err = cycle_code_valid(code) ? bank_members_put(&desk, code, members, count, &verdict, &place) : ERR_NONE;
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    switch (verdict) {
    case BANK_MEMBERS_DONE:
        answer(api, request, reply, &desk);
        return;
    case BANK_MEMBERS_UNKNOWN:
        api_not_found(reply, request);
        return;
    case BANK_MEMBERS_FORBIDDEN:
        api_right_missing(reply, request);
        return;
    case BANK_MEMBERS_STAFF_UNKNOWN:
        api_invalid_field(reply, request, arena_printf(request->arena, "members[%zu].login_name", place), "unknown-value");
        return;
    case BANK_MEMBERS_NO_OWNER:
        api_invalid_field(reply, request, "members", "no-owner");
        return;
    }
}
