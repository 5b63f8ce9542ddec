#include "khoacu/form/section.h"

#include "khoacu/base/cleanup.h"

#include <string.h>

#include "khoacu/base/banned.h"

#define TEXT_MAX ((size_t)64 << 10)

static const struct json_field FIELDS[] = {
    JSON_FIELD(struct form_section, code, JSON_STRING, true, 1, 60),
    JSON_FIELD(struct form_section, title_vi, JSON_STRING, true, 1, FORM_SECTION_TITLE_MAX),
    JSON_FIELD(struct form_section, title_en, JSON_STRING, false, 0, FORM_SECTION_TITLE_MAX),
    JSON_FIELD(struct form_section, items, JSON_INT, true, 1, 200),
    {0},
};

bool form_sections_fit(struct arena *arena, const struct json *list, size_t positions, struct form_sections *ret_sections,
                       struct json_misfits *misfits) {
    struct form_sections sections = {.count = 0};
    size_t before = misfits->count;
    int64_t total = 0;
    for (size_t i = 0; i < json_count(list) && i < FORM_SECTIONS_MAX; i++) {
        struct form_section *section = &sections.list[sections.count++];
        *section = (struct form_section){.code = "", .title_vi = "", .title_en = ""};
        misfits->prefix = arena_printf(arena, "sections[%zu]", i);
        if (!json_fit(arena, json_at(list, i), FIELDS, section, misfits))
            continue;
        total += section->items;
        for (size_t k = 0; k < i; k++)
            if (strcmp(sections.list[k].code, section->code) == 0)
                json_misfit_add(arena, misfits, "code", "unique", 0, 0);
    }
    misfits->prefix = NULL;
    if (json_count(list) > FORM_SECTIONS_MAX)
        json_misfit_add(arena, misfits, "sections", "count", 1, FORM_SECTIONS_MAX);
    else if (misfits->count == before && sections.count > 0 && total != (int64_t)positions)
        json_misfit_add(arena, misfits, "sections", "total", (int64_t)positions, (int64_t)positions);
    *ret_sections = sections;
    return misfits->count == before;
}

enum err form_sections_read(struct arena *arena, const char *text, size_t positions, struct form_sections *ret_sections) {
    struct json_misfits misfits = {.count = 0};
    const struct json *list = NULL;
    enum err err = text ? json_read(arena, text, strlen(text), &list, NULL) : ERR_NONE;
    if (err == ERR_NONE && !form_sections_fit(arena, list, positions, ret_sections, &misfits))
        err = ERR_STATE;
    return err;
}

enum err form_sections_text(struct arena *arena, const struct form_sections *sections, const char **ret_text) {
    struct buf out CLEANUP(buf_release);
    struct json_writer writer;
    buf_init(&out, TEXT_MAX);
    *ret_text = NULL;
    if (sections->count == 0)
        return ERR_NONE;
    json_writer_init(&writer, &out);
    json_open_array(&writer);
    for (size_t i = 0; i < sections->count; i++) { /* members in the order of RFC 8785 */
        const struct form_section *section = &sections->list[i];
        json_open_object(&writer);
        json_member_text(&writer, "code", section->code);
        json_member_int(&writer, "items", section->items);
        json_member_text(&writer, "title_en", section->title_en);
        json_member_text(&writer, "title_vi", section->title_vi);
        json_close_object(&writer);
    }
    json_close_array(&writer);
    *ret_text = out.failed ? NULL : arena_strndup(arena, out.data, out.len);
    return *ret_text ? ERR_NONE : ERR_MEMORY;
}

size_t form_sections_of(const struct form_sections *sections, size_t position) {
    int64_t last = 0;
    for (size_t i = 0; i < sections->count; i++) {
        last += sections->list[i].items;
        if ((int64_t)position <= last)
            return i + 1;
    }
    return 0;
}

bool form_sections_end(const struct form_sections *sections, size_t position) {
    return sections->count == 0 || form_sections_of(sections, position) != form_sections_of(sections, position + 1);
}
