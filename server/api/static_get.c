#include "assets.h"
#include "handlers.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

/* The page of each application. */
static const struct page {
    const char *path, *file;
} PAGES[] = {
    {"/", "web/public/index.html"},         {"/ket-qua", "web/public/index.html"},
    {"/ket-qua/", "web/public/index.html"}, {"/thi", "web/candidate/index.html"},
    {"/thi/", "web/candidate/index.html"},  {"/thi/shell.worker.js", "web/candidate/shell.worker.js"},  {"/can-bo", "web/staff/index.html"},
    {"/kiem-tra", "web/public/index.html"}, {"/bo-phieu", "web/public/index.html"}, {"/can-bo/", "web/staff/index.html"},   {"/favicon.ico", "web/shared/icon.svg"},
};

void api_static_get(struct api *api, struct http_request *request, struct http_reply *reply) {
    char file[256] = "";
    for (size_t i = 0; i < sizeof PAGES / sizeof PAGES[0]; i++)
        if (strcmp(request->path, PAGES[i].path) == 0)
            (void)snprintf(file, sizeof file, "%s", PAGES[i].file);
    if (strncmp(request->path, "/verify/", strlen("/verify/")) == 0)
        (void)snprintf(file, sizeof file, "web/public/index.html");
    if (file[0] == '\0')
        (void)snprintf(file, sizeof file, "web/%s", request->path + strlen("/assets/"));
    const struct api_asset *asset = api_asset_find(api->state->assets, file);
    if (asset)
        api_asset_send(asset, request, reply);
    else
        api_not_found(reply, request);
}
