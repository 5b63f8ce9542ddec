/* blueprints.h: what the endpoints of blueprints share. Used by: blueprint_*.c. */
#ifndef KHOACU_SERVER_API_BLUEPRINTS_H
#define KHOACU_SERVER_API_BLUEPRINTS_H

#include "api.h"

#include "khoacu/assembly/assembly.h"

/* Checks the document as a blueprint; false: the reply names what does not fit, under "document". */
bool api_blueprint_fits(struct http_request *request, struct http_reply *reply, const struct json *document);

#endif
