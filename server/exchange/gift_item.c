#include "draft.h"
#include "gift.h"
#include "gift_write.h"
#include "own.h"

#include <string.h>

#include "khoacu/base/banned.h"

static enum rich rich_of(enum gift_format format) {
    static const enum rich FORMATS[] = {
        [GIFT_MOODLE] = RICH_MOODLE, [GIFT_HTML] = RICH_HTML, [GIFT_MARKDOWN] = RICH_MARKDOWN, [GIFT_PLAIN] = RICH_PLAIN};
    return FORMATS[format];
}

static struct item_text text_of(struct draft *draft, struct gift_text text, const char *place) {
    return text.text ? draft_text(draft, rich_of(text.format), text.text, place) : (struct item_text){0};
}

static const char *place_of(struct draft *draft, const struct gift_answer *answer) {
    return exchange_line(draft->arena, answer->line);
}

/* What an answer earns, in units of DRAFT_WHOLE: its weight, or all for '='. */
static int64_t units_of(const struct gift_answer *answer) {
    int64_t units = answer->correct ? DRAFT_WHOLE : 0;
    if (answer->weight)
        (void)draft_percent(answer->weight, &units);
    return units;
}

/* ---- choices ---- */

/* The first feedback is for who answers wrongly (Moodle's description of GIFT, true-false questions). */
static void put_truefalse(struct draft *draft, const struct gift_question *question) {
    draft_truefalse(draft, question->truth, text_of(draft, question->said[question->truth], NULL),
                    text_of(draft, question->said[!question->truth], NULL));
}

/* '=' means that one answer is to be chosen, weights alone that several are (Moodle). */
static void put_choice(struct draft *draft, const struct gift_question *question) {
    size_t count = question->answer_count;
    struct draft_choice *choices = ARENA_ARRAY(draft->arena, count, struct draft_choice);
    bool single = false;
    for (size_t i = 0; choices && i < count; i++) {
        const struct gift_answer *answer = &question->answers[i];
        const char *place = place_of(draft, answer);
        choices[i] = (struct draft_choice){.text = text_of(draft, answer->text, place),
                                           .note = text_of(draft, answer->feedback, place),
                                           .units = units_of(answer)};
        single |= answer->correct;
    }
    if (choices)
        draft_choices(draft, single, choices, count);
}

static void put_pairs(struct draft *draft, const struct gift_question *question) {
    if (!draft_matching(draft, question->answer_count))
        return;
    draft->item.shuffle = true;
    for (size_t i = 0; i < question->answer_count; i++) {
        const struct gift_answer *answer = &question->answers[i];
        const char *place = place_of(draft, answer);
        draft_pair(draft, text_of(draft, answer->text, place), draft_text(draft, RICH_PLAIN, answer->match, place));
    }
}

/* ---- words and numbers ---- */

static void put_short(struct draft *draft, const struct gift_question *question) {
    struct item *item = &draft->item;
    draft_kind(draft, ITEM_TEXT);
    item->fold_case = true;
    item->fold_spaces = true;
    for (size_t i = 0; i < question->answer_count; i++) {
        const struct gift_answer *answer = &question->answers[i];
        const char *place = place_of(draft, answer);
        item->accepted[item->accepted_count++] =
            (struct item_accepted){.value = draft_words(draft, rich_of(answer->text.format), answer->text.text, place),
                                   .credit = draft_format(draft->arena, units_of(answer)),
                                   .note = text_of(draft, answer->feedback, place)};
    }
}

static const char *number_of(struct draft *draft, const char *text, const char *place) {
    bool rounded = false;
    int64_t units = 0;
    const char *exact = text ? item_decimal(draft->arena, text, ITEM_VALUE_PLACES) : NULL;
    if (exact || !text || !draft_decimal(text, &units, &rounded))
        return exact ? exact : text;
    draft_note(draft, DRAFT_ROUNDED, place);
    return draft_format(draft->arena, units);
}

static void put_others(struct draft *draft, const struct gift_answer *answer, const char *place) {
    if (units_of(answer) != 0)
        draft_note(draft, DRAFT_OTHERS_LOST, place);
    if (!answer->feedback.text)
        return;
    bool free = !draft->item.rationale.vi && !draft->item.rationale.en;
    draft_note(draft, free ? DRAFT_OTHERS : DRAFT_FEEDBACK, place);
    if (free)
        draft->item.rationale = text_of(draft, answer->feedback, place);
}

static void put_numbers(struct draft *draft, const struct gift_question *question) {
    struct item *item = &draft->item;
    draft_kind(draft, ITEM_NUMERIC);
    if (question->comma)
        draft_note(draft, DRAFT_COMMA, NULL);
    for (size_t i = 0; i < question->answer_count; i++) {
        const struct gift_answer *answer = &question->answers[i];
        const struct gift_number *number = &answer->number;
        const char *place = place_of(draft, answer);
        if (number->kind == GIFT_ANY) {
            put_others(draft, answer, place);
            continue;
        }
        item->accepted[item->accepted_count++] =
            (struct item_accepted){.value = number_of(draft, number->number, place),
                                   .tolerance = number_of(draft, number->range, place),
                                   .low = number_of(draft, number->low, place),
                                   .high = number_of(draft, number->high, place),
                                   .credit = draft_format(draft->arena, units_of(answer)),
                                   .note = text_of(draft, answer->feedback, place)};
    }
}

/* ---- an item ---- */

static void put_kind(struct draft *draft, const struct gift_question *question) {
    draft->item.accepted = ARENA_ARRAY(draft->arena, question->answer_count + 1, struct item_accepted);
    if (!draft->item.accepted)
        return;
    switch (question->kind) {
    case GIFT_DESCRIPTION:
        draft_kind(draft, ITEM_STIMULUS);
        break;
    case GIFT_ESSAY:
        draft_kind(draft, ITEM_ESSAY);
        break;
    case GIFT_TRUEFALSE:
        put_truefalse(draft, question);
        break;
    case GIFT_CHOICE:
        put_choice(draft, question);
        break;
    case GIFT_SHORT:
        put_short(draft, question);
        break;
    case GIFT_NUMERICAL:
        put_numbers(draft, question);
        break;
    case GIFT_MATCHING:
        put_pairs(draft, question);
        break;
    }
}

static bool same_text(const char *a, const char *b) {
    return strcmp(a ? a : "", b ? b : "") == 0;
}

/* What stands around the question says the same as our own data: id, tags, topic where there is a category at all. */
static bool same_marks(const struct gift_question *question, const struct item_meta *meta) {
    bool same = question->tag_count == meta->tag_count && (!question->category || same_text(question->category, meta->topic)) &&
                (!question->id || same_text(question->id, meta->external_id));
    for (size_t i = 0; same && i < meta->tag_count; i++)
        same = same_text(question->tags[i], meta->tags[i]);
    return same;
}

static enum err give_question(struct exchange_reading *reading, const struct gift_question *question, bool guessed) {
    struct draft draft;
    const char *place = exchange_line(reading->arena, question->line);
    draft_init(&draft, reading, question->title ? question->title : question->id, place);
    struct item own = {0};
    if (question->own) {
        bool readable = own_read(reading->arena, question->own, &own);
        if (readable && same_marks(question, &own.meta) && gift_same(reading->arena, &own, question->block))
            return draft_give_own(&draft, &own);
        draft_note(&draft, readable ? DRAFT_EDITED : DRAFT_OWN_BROKEN, place);
        if (readable)
            draft.item.meta = own.meta;
    }
    if (guessed && question->foreign)
        draft_note(&draft, DRAFT_ENCODING, place);
    draft_title(&draft, question->title);
    draft.item.body = text_of(&draft, question->stem, place);
    draft.item.rationale = text_of(&draft, question->global, place);
    if (question->category && !same_text(question->category, draft.item.meta.topic))
        draft_topic(&draft, question->category);
    if (question->tag_count || draft.item.meta.tag_count)
        draft_tags(&draft, question->tags, question->tag_count);
    if (question->id)
        draft.item.meta.external_id = question->id;
    put_kind(&draft, question);
    return draft_give(&draft);
}

static enum err refuse_question(struct exchange_reading *reading, const struct gift_question *question,
                                enum gift_fault fault, size_t line) {
    static const struct {
        const char *code, *vi, *en;
    } FAULTS[] = {
        {.code = "", .vi = "", .en = ""},
#define X(name, code_, vi_, en_) {.code = code_, .vi = vi_, .en = en_},
        GIFT_FAULT_TABLE(X)
#undef X
    };
    return exchange_refuse(reading, question->title ? question->title : question->id, FAULTS[fault].code, FAULTS[fault].vi,
                           FAULTS[fault].en, exchange_line(reading->arena, line));
}

static enum err read_all(struct exchange_reading *reading, const struct charset_text *text) {
    struct gift_reader reader;
    struct gift_question question;
    enum gift_fault fault;
    size_t line;
    enum err err = ERR_NONE;
    gift_open(&reader, text->text, text->len);
    while (err == ERR_NONE && gift_next(&reader, reading->arena, &question, &fault, &line)) {
        if (reading->arena->failed) {
            fault = GIFT_TOO_LONG;
            question.title = question.id = NULL;
        }
        err = fault == GIFT_FINE ? give_question(reading, &question, charset_guessed(text->charset))
                                 : refuse_question(reading, &question, fault, line);
        if (err == ERR_NONE && !exchange_progress(reading, (size_t)(reader.at - text->text), text->len))
            err = ERR_STATE;
    }
    if (err == ERR_NONE && reading->arena->failed)
        err = ERR_MEMORY;
    return err;
}

enum err exchange_gift_read(const char *path, const char *bytes, size_t len, const struct exchange_options *options,
                            exchange_sink_fn *sink, void *ctx) {
    return exchange_read_text(EXCHANGE_GIFT, path, bytes, len, options, sink, ctx, read_all);
}
