#include "assets.h"
#include "handlers.h"

#include "khoacu/base/banned.h"

void api_openapi_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    const struct api_asset *asset = api_asset_find(api->state->assets, "server/api/openapi.json");
    if (asset)
        api_asset_send(asset, request, reply);
    else
        api_not_found(reply, request);
}
