#include "forms.h"

#include "cycles.h"

#include "khoacu/base/text.h"

#include "khoacu/base/banned.h"

struct item_input {
    const char *id;
    int64_t version;
};
static const struct json_field ITEM_FIELDS[] = {
    JSON_FIELD(struct item_input, id, JSON_STRING, true, TEXT_ID_LEN, TEXT_ID_LEN),
    JSON_FIELD(struct item_input, version, JSON_INT, false, 1, INT32_MAX),
    {0},
};

bool api_read_form_items(struct arena *arena, const struct json *list, struct form_item *items, size_t *ret_count,
                         struct json_misfits *misfits) {
    size_t before = misfits->count;
    for (size_t i = 0; i < json_count(list) && i < FORM_POSITIONS_MAX; i++) {
        struct item_input input = {0};
        misfits->prefix = arena_printf(arena, "items[%zu]", i);
        if (!json_fit(arena, json_at(list, i), ITEM_FIELDS, &input, misfits))
            continue;
        items[i].version = input.version;
        if (!text_parse_id(input.id, &items[i].item_id))
            json_misfit_add(arena, misfits, "id", "form", 0, 0);
        for (size_t k = 0; k < i; k++)
            if (items[k].item_id == items[i].item_id)
                json_misfit_add(arena, misfits, "id", "unique", 0, 0);
    }
    misfits->prefix = NULL;
    *ret_count = json_count(list);
    return misfits->count == before;
}

bool api_read_form_sections(struct arena *arena, const struct json *list, size_t items, const struct form_sections **ret_sections,
                            struct json_misfits *misfits) {
    struct form_sections *sections = ARENA_NEW(arena, struct form_sections);
    *ret_sections = sections;
    return sections && form_sections_fit(arena, list, items, sections, misfits);
}

void api_put_form_sections(struct json_writer *writer, const struct form_sections *sections) {
    json_put_key(writer, "sections");
    json_open_array(writer);
    for (size_t i = 0; i < sections->count; i++) {
        const struct form_section *section = &sections->list[i];
        json_open_object(writer);
        json_member_text(writer, "code", section->code);
        json_member_text(writer, "title_vi", section->title_vi);
        json_member_text(writer, "title_en", section->title_en);
        json_member_int(writer, "items", section->items);
        json_close_object(writer);
    }
    json_close_array(writer);
}

static void refuse_item(struct http_request *request, struct http_reply *reply, const struct form_result *result) {
    bool stimulus = result->outcome == FORM_STIMULUS;
    struct json_writer writer = api_problem_open(reply, request, 409, stimulus ? "stimulus-missing" : "item-unfit",
                                                 stimulus ? "An item refers to a stimulus that is not live"
                                                          : "An item must not be drawn");
    if (result->place != 0)
        json_member_int(&writer, "position", result->place);
    if (result->why)
        json_member_text(&writer, "why", result->why);
    api_problem_close(reply, request, &writer);
}

void api_form_refused(struct http_request *request, struct http_reply *reply, const struct form_result *result) {
    switch (result->outcome) {
    case FORM_UNKNOWN:
        api_not_found(reply, request);
        return;
    case FORM_FORBIDDEN:
        api_problem(reply, request, 403, "not-permitted", "The bank gives no right to this");
        return;
    case FORM_SEALED:
        api_problem(reply, request, 409, "sealed", "The form is sealed, or has a first seal");
        return;
    case FORM_STALE:
        api_problem(reply, request, 409, "stale-version", "Another version of the form is the newest");
        return;
    case FORM_NOT_REVIEWED:
        api_problem(reply, request, 409, "not-reviewed", "This version of the form was not reviewed and accepted");
        return;
    case FORM_SAME_PERSON:
        api_problem(reply, request, 403, "same-person", "The second seal is another person's");
        return;
    case FORM_UNFIT:
    case FORM_STIMULUS:
        refuse_item(request, reply, result);
        return;
    case FORM_CODE_TAKEN:
        api_problem(reply, request, 409, "code-taken", "The cycle has a form of this code");
        return;
    case FORM_BANK_UNKNOWN:
        api_invalid_field(reply, request, "bank", "unknown-value");
        return;
    case FORM_SIZE_WRONG: {
        struct json_misfits misfits = {
            .list[0] = {.path = "topics", .rule = "total", .min = result->item_count, .max = result->item_count}, .count = 1};
        api_invalid(reply, request, &misfits);
        return;
    }
    case FORM_TOO_FEW:
        api_problem(reply, request, 409, "too-few-items", "The bank has too few items of a topic");
        return;
    case FORM_DONE:
    case FORM_AGAIN:
    case FORM_CYCLE_LATE: /* form_post.c names the cycle's step */
    case FORM_OUTCOME_COUNT:
        api_overload(reply, request);
        return;
    }
}

void api_put_form(struct json_writer *writer, const struct form *form) {
    json_member_id(writer, "id", form->form_id);
    json_member_text(writer, "code", form->code);
    json_member_text(writer, "cycle", form->cycle_code);
    json_member_text(writer, "bank", form->bank_code);
    json_member_text(writer, "state", form_state_key(form->state));
    json_member_int(writer, "version", form->version);
    json_member_int(writer, "item_count", form->item_count);
    json_member_text(writer, "sha256", form->sha256);
    json_member_time(writer, "created_at", form->created_at_us);
    json_member_text(writer, "created_by", form->created_by);
    json_put_key(writer, "assembly_id");
    if (form->assembly_id)
        json_put_id(writer, form->assembly_id);
    else
        json_put_null(writer);
    json_put_key(writer, "seals");
    json_open_array(writer);
    for (int i = 0; i < 2; i++) {
        if (!form->seals[i].full_name)
            continue;
        json_open_object(writer);
        json_member_int(writer, "place", i + 1);
        json_member_text(writer, "name", form->seals[i].full_name);
        json_member_time(writer, "at", form->seals[i].at_us);
        json_close_object(writer);
    }
    json_close_array(writer);
}
