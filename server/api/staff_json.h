/* staff_json.h: staff as JSON, and what is said of acts on accounts. Used by: the handlers of log-ins and of staff. */
#ifndef KHOACU_SERVER_API_STAFF_JSON_H
#define KHOACU_SERVER_API_STAFF_JSON_H

#include "api.h"

/* "roles":[…] */
void api_put_roles(struct json_writer *writer, unsigned roles);
/* {id, login_name, full_name, roles, password_reset, permissions} */
void api_put_staff_actor(struct json_writer *writer, const struct identity_actor *actor);
/* Whether the act was done; otherwise the reply is the refusal. */
bool api_account_done(struct http_request *request, struct http_reply *reply, enum identity_account_verdict verdict);

#endif
