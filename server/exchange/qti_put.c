#include "qti.h"

#include "khoacu/doc/markup.h"

#include <string.h>

#include "khoacu/base/banned.h"

static const char *words_of(struct qti_put *put, const struct item_text *text) {
    const char *markup = exchange_in_lang(text, put->lang), *words = markup ? markup_plain(put->arena, markup) : "";
    return words ? words : "";
}

static void open_interaction(struct qti_put *put, const char *name, const char *response) {
    qti_open(put, name);
    qti_attr(put, "responseIdentifier", response);
}

static bool said(const struct item_text *text) {
    return (text->vi && *text->vi) || (text->en && *text->en);
}

/* ---- options ---- */

static void put_option(struct qti_put *put, const char *element, const char *id, const struct item_option *option, bool feedback, int64_t match_max) {
    qti_open(put, element);
    qti_attr(put, "identifier", id);
    if (match_max >= 0)
        qti_attr_number(put, "matchMax", match_max);
    buf_addc(put->out, '>');
    qti_put_text(put, &option->text, NULL, NULL);
    if (feedback && said(&option->note)) {
        qti_open(put, "feedbackBlock");
        qti_attr(put, "outcomeIdentifier", "FEEDBACK");
        qti_attr(put, "identifier", id);
        qti_attr(put, "showHide", "show");
        buf_adds(put->out, put->three ? "><qti-content-body>" : "><div>");
        qti_put_text(put, &option->note, NULL, NULL);
        buf_adds(put->out, put->three ? "</qti-content-body>" : "</div>");
        qti_end(put, "feedbackBlock");
    }
    qti_end(put, element);
}

static void put_choice(struct qti_put *put, const struct item *item) {
    const char *name = item->kind == ITEM_ORDERING ? "orderInteraction" : "choiceInteraction";
    open_interaction(put, name, "RESPONSE");
    qti_attr(put, "shuffle", item->shuffle ? "true" : "false");
    if (item->kind == ITEM_MULTIPLE) {
        qti_attr_number(put, "maxChoices", item->choices_max);
        qti_attr_number(put, "minChoices", item->choices_min);
    } else if (item->kind != ITEM_ORDERING) {
        qti_attr(put, "maxChoices", "1");
    }
    buf_addc(put->out, '>');
    for (size_t i = 0; i < item->option_count; i++)
        put_option(put, "simpleChoice", qti_id(put, item->options[i].id), &item->options[i], true, -1);
    qti_end(put, name);
}

static void put_set(struct qti_put *put, const char *prefix, const struct item_option *options, size_t count, int64_t match_max) {
    qti_open(put, "simpleMatchSet");
    buf_addc(put->out, '>');
    for (size_t i = 0; i < count; i++) {
        const char *id = arena_printf(put->arena, "%s.%s", prefix, options[i].id);
        put_option(put, "simpleAssociableChoice", id ? id : "", &options[i], false, match_max);
    }
    qti_end(put, "simpleMatchSet");
}

static void put_pairs(struct qti_put *put, const struct item *item) {
    open_interaction(put, "matchInteraction", "RESPONSE");
    qti_attr(put, "shuffle", item->shuffle ? "true" : "false");
    qti_attr(put, "maxAssociations", "0");
    buf_addc(put->out, '>');
    put_set(put, "r", item->options, item->option_count, item->choices_max);
    put_set(put, "c", item->columns, item->column_count, 0);
    qti_end(put, "matchInteraction");
}

static void put_gap(struct qti_put *put, const void *ctx, const char *id) {
    const struct item *item = ctx;
    const char *response = qti_gap_response(put, item, id);
    if (!response)
        return;
    open_interaction(put, "inlineChoiceInteraction", response);
    qti_attr(put, "shuffle", item->shuffle ? "true" : "false");
    buf_addc(put->out, '>');
    for (size_t i = 0; i < item->gap_count; i++)
        for (size_t k = 0; strcmp(item->gaps[i].id, id) == 0 && k < item->gaps[i].option_count; k++) {
            qti_open(put, "inlineChoice");
            qti_attr(put, "identifier", qti_id(put, item->gaps[i].options[k].id));
            buf_addc(put->out, '>');
            xml_put_text(put->out, words_of(put, &item->gaps[i].options[k].text));
            qti_end(put, "inlineChoice");
        }
    qti_end(put, "inlineChoiceInteraction");
}

static void put_entry(struct qti_put *put, const struct item *item) {
    buf_adds(put->out, "<p>");
    open_interaction(put, "textEntryInteraction", "RESPONSE");
    buf_adds(put->out, "/>");
    if (item->unit && item->unit[0]) {
        buf_addc(put->out, ' ');
        xml_put_text(put->out, item->unit);
    }
    buf_adds(put->out, "</p>");
}

static void put_interaction(struct qti_put *put, const struct item *item) {
    switch (item->kind) {
    case ITEM_SINGLE:
    case ITEM_MULTIPLE:
    case ITEM_TRUEFALSE:
    case ITEM_GRADED:
    case ITEM_ORDERING:
        put_choice(put, item);
        break;
    case ITEM_MATCHING:
        put_pairs(put, item);
        break;
    case ITEM_NUMERIC:
    case ITEM_TEXT:
        put_entry(put, item);
        break;
    case ITEM_ESSAY:
        open_interaction(put, "extendedTextInteraction", "RESPONSE");
        if (item->lines)
            qti_attr_number(put, "expectedLines", item->lines);
        buf_adds(put->out, "/>");
        break;
    case ITEM_UPLOAD:
        open_interaction(put, "uploadInteraction", "RESPONSE");
        if (item->upload_type_count)
            qti_attr(put, "type", item->upload_types[0]);
        buf_adds(put->out, "/>");
        break;
    case ITEM_INLINE:
    case ITEM_STIMULUS:
    case ITEM_KIND_COUNT:
        break;
    }
}

/* ---- for markers ---- */

static void open_guide(struct qti_put *put) {
    qti_open(put, "rubricBlock");
    if (put->three)
        qti_attr(put, "use", "scoring");
    qti_attr(put, "view", "scorer");
    buf_adds(put->out, put->three ? "><qti-content-body>" : "><div>");
}

static void end_guide(struct qti_put *put) {
    buf_adds(put->out, put->three ? "</qti-content-body>" : "</div>");
    qti_end(put, "rubricBlock");
}

static void put_criterion(struct qti_put *put, const struct item_criterion *criterion) {
    buf_adds(put->out, "<li>");
    xml_put_text(put->out, words_of(put, &criterion->text));
    buf_adds(put->out, " (");
    xml_put_text(put->out, criterion->max ? criterion->max : "");
    buf_addc(put->out, ')');
    if (criterion->level_count)
        buf_adds(put->out, "<ul>");
    for (size_t i = 0; i < criterion->level_count; i++) {
        buf_adds(put->out, "<li>");
        xml_put_text(put->out, words_of(put, &criterion->levels[i].text));
        buf_adds(put->out, " (");
        xml_put_text(put->out, criterion->levels[i].credit ? criterion->levels[i].credit : "");
        buf_adds(put->out, ")</li>");
    }
    buf_adds(put->out, criterion->level_count ? "</ul></li>" : "</li>");
}

static void put_guides(struct qti_put *put, const struct item *item) {
    if (said(&item->rationale)) {
        open_guide(put);
        qti_put_text(put, &item->rationale, NULL, NULL);
        end_guide(put);
    }
    if (!item->criterion_count)
        return;
    open_guide(put);
    buf_adds(put->out, "<ul>");
    for (size_t i = 0; i < item->criterion_count; i++)
        put_criterion(put, &item->rubric[i]);
    buf_adds(put->out, "</ul>");
    end_guide(put);
}

/* ---- the document ---- */

bool qti_put_item(struct qti_put *put, const struct item *item) {
    const char *code = item->meta.code ? item->meta.code : item->meta.external_id;
    buf_adds(put->out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    qti_open(put, "assessmentItem");
    xml_put_attr(put->out, "xmlns", put->three ? "http://www.imsglobal.org/xsd/imsqtiasi_v3p0" : "http://www.imsglobal.org/xsd/imsqti_v2p1");
    qti_attr(put, "identifier", code && *code ? code : "item");
    qti_attr(put, "title", item->title && *item->title ? item->title : code && *code ? code : "item");
    qti_attr(put, "adaptive", "false");
    qti_attr(put, "timeDependent", "false");
    xml_put_attr(put->out, "xml:lang", put->lang);
    buf_adds(put->out, ">\n");
    qti_put_declarations(put, item);
    buf_addc(put->out, '\n');
    qti_open(put, "itemBody");
    buf_adds(put->out, "><div>");
    qti_put_text(put, &item->body, item->kind == ITEM_INLINE ? put_gap : NULL, item);
    buf_adds(put->out, "</div>");
    put_interaction(put, item);
    put_guides(put, item);
    qti_end(put, "itemBody");
    buf_addc(put->out, '\n');
    qti_put_processing(put, item);
    buf_addc(put->out, '\n');
    qti_end(put, "assessmentItem");
    buf_addc(put->out, '\n');
    return !put->out->failed && !put->arena->failed;
}
