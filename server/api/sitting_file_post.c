/* POST /sittings/{id}/files?position=N: a file of an answer. What it is, is read from its bytes; whether the item takes that,
 * the paper says. */
#include "handlers.h"
#include "sittings.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/text.h"
#include "khoacu/doc/media.h"
#include "khoacu/form/paper.h"

#include <stdlib.h>
#include <string.h>

#include "khoacu/base/banned.h"

static const char OFFICE[] = "application/vnd.";

static const char *type_of(const char *bytes, size_t len) {
    const char *media = media_type(bytes, len);
    if (media)
        return media;
    if (len > 4 && memcmp(bytes, "%PDF-", 5) == 0)
        return "application/pdf";
    if (len > 3 && memcmp(bytes, "PK\3\4", 4) == 0)
        return "application/zip";
    return text_is_utf8(bytes, len) ? "text/plain" : "application/octet-stream";
}

/* Documents of office programs are zip archives. */
static bool takes(const struct form_upload *upload, const char *type) {
    for (size_t i = 0; i < upload->type_count; i++)
        if (strcmp(upload->types[i], type) == 0 || (strcmp(type, "application/zip") == 0 && strncmp(upload->types[i], OFFICE, strlen(OFFICE)) == 0))
            return true;
    return upload->type_count == 0;
}

/* What the shown position takes; NULL after the reply was filled. */
static const struct form_upload *find_upload(struct api *api, struct http_request *request, struct http_reply *reply,
                                             const struct sitting *sitting, int shown) {
    const struct form_paper *paper = NULL;
    struct form_order *order CLEANUP(cleanup_free) = NULL;
    enum err err = form_cache_get(api->state->forms, api->db, sitting->form_id, &paper);
    if (err == ERR_NONE)
        err = form_paper_order(paper, sitting->place.sitting_id, &order);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return NULL;
    }
    const struct form_upload *upload = form_paper_upload(paper, form_order_canonical(order, shown));
    if (!upload)
        api_not_found(reply, request);
    return upload;
}

static void put_kept(struct http_request *request, struct http_reply *reply, const char *sha256, const struct sitting_file *file) {
    struct json_writer writer = api_writer(reply);
    json_open_object(&writer);
    json_member_text(&writer, "sha256", sha256);
    json_member_text(&writer, "type", file->type);
    json_member_int(&writer, "size", (int64_t)file->len);
    json_close_object(&writer);
    api_json(reply, request, 201);
}

static void put_verdict(struct http_request *request, struct http_reply *reply, enum sitting_file_verdict verdict, const char *sha256,
                        const struct sitting_file *file) {
    switch (verdict) {
    case SITTING_FILE_KEPT:
        put_kept(request, reply, sha256, file);
        return;
    case SITTING_FILE_NOT_OPEN:
        api_sitting_not_open(reply, request);
        return;
    case SITTING_FILE_ENDED:
        api_sitting_ended(reply, request);
        return;
    case SITTING_FILE_REVOKED:
        api_problem(reply, request, 401, "not-signed-in", "This log-in has been ended by a newer one");
        return;
    case SITTING_FILE_LIMIT:
        api_problem(reply, request, 409, "too-many-files", "A sitting may send 60 files and 200 MiB in all");
        return;
    case SITTING_FILE_UNKNOWN:
        api_not_found(reply, request);
        return;
    }
}

void api_sitting_file_post(struct api *api, struct http_request *request, struct http_reply *reply) {
    struct sitting_place place;
    struct sitting sitting;
    int64_t shown = 0;
    char sha256[65];
    enum sitting_file_verdict verdict;
    if (!api_own_sitting(api, request, reply, &place) || !api_query_int(request, reply, "position", 1, FORM_POSITIONS_MAX, &shown))
        return;
    enum err err = sitting_read(api->db, request->arena, place, &sitting);
    if (err != ERR_NONE) {
        api_failure(api, reply, request, err);
        return;
    }
    const struct form_upload *upload = find_upload(api, request, reply, &sitting, (int)shown);
    if (!upload)
        return;
    struct sitting_file file = {.generation = api->actor.access_generation, .bytes = request->body, .len = request->body_len};
    if (file.len == 0 || file.len > SITTING_FILE_MAX || (int64_t)file.len > upload->bytes_max) {
        api_problem(reply, request, 413, "file-size", "The file is empty or larger than this question takes");
        return;
    }
    file.type = type_of(request->body, request->body_len);
    if (!takes(upload, file.type)) {
        api_problem(reply, request, 415, "file-type", "This question does not take files of that type");
        return;
    }
    err = sitting_file_keep(api->db, request->arena, place, &file, api->now_us, &verdict, sha256);
    if (err != ERR_NONE)
        api_failure(api, reply, request, err);
    else
        put_verdict(request, reply, verdict, sha256, &file);
}
