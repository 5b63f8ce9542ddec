/* result_json.h: how lists and runs are written, for the endpoints that share a shape. */
#ifndef KHOACU_SERVER_API_RESULT_JSON_H
#define KHOACU_SERVER_API_RESULT_JSON_H

#include "api.h"

#include "khoacu/result/result.h"

/* Members of one run: id, version, …, computed_by {id, login_name, full_name}, approval, release. */
void api_put_run(struct json_writer *writer, const struct result_run *run);
/* rank, roll_number, raw, priority, total, outcome, agency, reason; marks of those who did not pass are
 * null, and of whoever is withheld all but the total. */
void api_put_row(struct json_writer *writer, const struct result_row *row);
/* "cycle": {code, title_vi, title_en, authority_vi, authority_en, demonstration} */
void api_put_release_cycle(struct json_writer *writer, const struct result_release *release);
/* One post of a list: code, title, quota, agencies, rows. */
void api_put_post(struct json_writer *writer, const struct result_post *post, const struct result_row *rows);
/* A whole list as an object. `folder`: NULL, or where the rows of each post stand in files of their own; then a post has file,
 * candidates and passed in their place. */
void api_put_release(struct json_writer *writer, const struct result_release *release, const struct result_releases *versions,
                     const struct result_release_list *list, const char *folder);
/* The list for spreadsheets: UTF-8 with its mark, heads in both languages. */
void api_put_release_csv(struct buf *out, struct arena *arena, const struct result_release_list *list);
/* The release that path and query ask for; false: the reply is filled. */
bool api_find_release(struct api *api, struct http_request *request, struct http_reply *reply, struct arena *arena,
                      struct result_release *ret_release);
/* Room for the rows of a large list, beyond what a request has. */
#define API_LIST_ARENA_MAX ((size_t)1 << 30)

#endif
