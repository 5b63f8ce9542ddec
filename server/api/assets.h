/* assets.h: the web applications as they were built in, with entity tags.
 *
 * Used by: dispatch, static_get, openapi_get. Threads: any; constant after api_assets_new.
 */
#ifndef KHOACU_SERVER_API_ASSETS_H
#define KHOACU_SERVER_API_ASSETS_H

#include "api.h"

#include "khoacu/base/buf.h"

struct api_asset {
    const struct embed_file *file;
    const char *type; /* Content-Type by the file's extension */
    char tag[20];     /* quoted, from the SHA-256 of the bytes */
    struct buf packed; /* as a gzip stream; empty where that saves less than a tenth */
    char packed_tag[24];
};

enum err api_assets_new(struct api_assets **ret_assets) MUST_CHECK;
void api_assets_free(struct api_assets *assets);
/* The file of the source tree, or NULL when it is not there or of no kind that is served. The worker that keeps the candidate's
 * pages has their list and a version of them all set before it. */
const struct api_asset *api_asset_find(const struct api_assets *assets, const char *path);
/* Answers with the file, packed for a client that takes gzip, or 304 when the client has it. */
void api_asset_send(const struct api_asset *asset, const struct http_request *request, struct http_reply *reply);

#endif
