/* staff_json.h: staff as JSON. Used by: login_post, login_get, staff_list. */
#ifndef KHOACU_SERVER_API_STAFF_JSON_H
#define KHOACU_SERVER_API_STAFF_JSON_H

#include "api.h"

/* "roles":[…] */
void api_put_roles(struct json_writer *writer, unsigned roles);
/* {id, login_name, full_name, roles, permissions} */
void api_put_staff_actor(struct json_writer *writer, const struct identity_actor *actor);

#endif
