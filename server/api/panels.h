/* panels.h: what the endpoints of panels have in common.
 *
 * Used by: panel_post, panel_acts, hearing_acts, panel_sign_post.
 */
#ifndef KHOACU_SERVER_API_PANELS_H
#define KHOACU_SERVER_API_PANELS_H

#include "api.h"

#include "khoacu/panel/panel.h"

/* The act of the actor on the panel or hearing of the address. False: the reply is filled. */
bool api_panel_act(struct api *api, struct http_request *request, struct http_reply *reply, const char *reason, struct panel_act *ret_act);
/* What came of it: {"outcome":…,"detail":…} or the problem. */
void api_put_panel(const struct api *api, struct http_request *request, struct http_reply *reply, enum err err, const struct panel_answer *answer);
/* A mark as text in its plain form ("8,5" → "8.50"). NULL: it is none, and the reply names `path`. */
const char *api_read_mark(struct http_request *request, struct http_reply *reply, const char *path, const char *text);

#endif
