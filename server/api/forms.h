/* forms.h: what the endpoints of forms have in common.
 *
 * Used by: form_list, form_get, form_post, form_version_post, form_review_post, form_seal_post, form_print.
 */
#ifndef KHOACU_SERVER_API_FORMS_H
#define KHOACU_SERVER_API_FORMS_H

#include "api.h"

#include "khoacu/form/form.h"

/* What the texts of one form may take. */
#define API_FORM_ARENA_MAX ((size_t)512 << 20)

/* A list of items as a body gives it: [{"id":"…","version":3?},…], 1 to 200, each once. False: misfits were added. */
bool api_read_form_items(struct arena *arena, const struct json *list, struct form_item *items, size_t *ret_count,
                         struct json_misfits *misfits);
/* Sections of so many items, as a body gives them (section.h); NULL: none. False: misfits were added. */
bool api_read_form_sections(struct arena *arena, const struct json *list, size_t items, const struct form_sections **ret_sections,
                            struct json_misfits *misfits);
void api_put_form_sections(struct json_writer *writer, const struct form_sections *sections);
/* The problem that stands for an outcome. Requires: it is not DONE. */
void api_form_refused(struct http_request *request, struct http_reply *reply, const struct form_result *result);
/* Members of a form, into an object that is open. */
void api_put_form(struct json_writer *writer, const struct form *form);

#endif
