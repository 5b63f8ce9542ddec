/* section.h: sections of a form: what a blueprint divides stays divided.
 *
 * Sections follow one another and cover all positions; each has a code, a title in Vietnamese and perhaps in English, and a
 * number of positions. Candidates' own orders are drawn within a section (order.h), its title heads it in the booklet, in the
 * key and on the screen, and a shift that gives parts of the paper a time of their own divides it where sections end.
 *
 * As JSON, in bodies, in the database, and in the hash of a form:
 *   [{"code":"A","items":20,"title_en":"Reasoning","title_vi":"Suy luận"},…]
 *
 * Used by: form, sitting, api. Uses: base, json. Threads: constant once read.
 */
#ifndef KHOACU_FORM_SECTION_H
#define KHOACU_FORM_SECTION_H

#include "khoacu/base/arena.h"
#include "khoacu/base/err.h"
#include "khoacu/json/json.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define FORM_SECTIONS_MAX 20
#define FORM_SECTION_TITLE_MAX 200 /* code points */

struct form_section {
    const char *code, *title_vi, *title_en; /* title_en "": there is none */
    int64_t items;
};
struct form_sections {
    size_t count; /* 0: the form is one */
    struct form_section list[FORM_SECTIONS_MAX];
};

/* Reads a list (NULL: none) for a form of so many positions. Misfits are those of json.h, and "unique" of a code, "total" (the
 * sections have other than `positions` positions together). False: misfits were added. */
bool form_sections_fit(struct arena *arena, const struct json *list, size_t positions, struct form_sections *ret_sections,
                       struct json_misfits *misfits);
/* Reads what the database keeps (NULL: none). ERR_STATE: it is no such list. */
enum err form_sections_read(struct arena *arena, const char *text, size_t positions, struct form_sections *ret_sections) MUST_CHECK;
/* The list as canonical JSON. *ret_text NULL: there are no sections. */
enum err form_sections_text(struct arena *arena, const struct form_sections *sections, const char **ret_text) MUST_CHECK;
/* Which section position 1 … is in, from 1; 0: there are none. */
size_t form_sections_of(const struct form_sections *sections, size_t position);
/* Whether a section ends with this position, or there are none. */
bool form_sections_end(const struct form_sections *sections, size_t position);

#endif
