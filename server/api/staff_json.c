#include "staff_json.h"

#include "khoacu/base/banned.h"

void api_put_roles(struct json_writer *writer, unsigned roles) {
    json_put_key(writer, "roles");
    json_open_array(writer);
    for (int i = 0; i < IDENTITY_ROLE_COUNT; i++)
        if (roles & 1u << i)
            json_put_text(writer, identity_role_key((enum identity_role_number)i));
    json_close_array(writer);
}

void api_put_staff_actor(struct json_writer *writer, const struct identity_actor *actor) {
    json_open_object(writer);
    json_member_id(writer, "id", actor->staff_id);
    json_member_text(writer, "login_name", actor->name);
    json_member_text(writer, "full_name", actor->full_name);
    api_put_roles(writer, actor->roles);
    json_member_bool(writer, "password_reset", actor->reset_us != 0);
    json_put_key(writer, "permissions");
    json_open_array(writer);
    for (enum api_permission p = PERM_OWN; p < PERM_COUNT; p++)
        if (api_permitted(actor, p))
            json_put_text(writer, api_permission_key(p));
    json_close_array(writer);
    json_close_object(writer);
}

bool api_account_done(struct http_request *request, struct http_reply *reply, enum identity_account_verdict verdict) {
    switch (verdict) {
    case IDENTITY_ACCOUNT_DONE:
        return true;
    case IDENTITY_ACCOUNT_SAME:
        api_problem(reply, request, 409, "already-so", "The account is in that state already");
        break;
    case IDENTITY_ACCOUNT_OWN:
        api_problem(reply, request, 409, "own-account", "Nobody does this to his own account; another administrator must");
        break;
    case IDENTITY_ACCOUNT_UNKNOWN:
        api_not_found(reply, request);
        break;
    }
    return false;
}
