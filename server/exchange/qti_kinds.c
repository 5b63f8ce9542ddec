#include "qti.h"

#include "khoacu/base/text.h"

#include <string.h>

#include "khoacu/base/banned.h"

int64_t qti_number(const struct xml_node *node, const char *name, int64_t fallback) {
    const char *text = xml_attr(node, name);
    int64_t value = fallback;
    return text && text_parse_int(text, 0, 1000000, &value) ? value : fallback;
}

bool qti_true(const struct xml_node *node, const char *name) {
    const char *text = xml_attr(node, name);
    return text && (strcmp(text, "true") == 0 || strcmp(text, "1") == 0);
}

bool qti_maximum(struct qti_item *item, int64_t *ret_units) {
    bool rounded = false;
    for (const struct xml_node *node = xml_child(item->root, "outcomeDeclaration"); node; node = xml_next(node, "outcomeDeclaration")) {
        const char *id = xml_attr(node, "identifier"), *maximum = xml_attr(node, "normalMaximum");
        if (id && strcmp(id, "SCORE") == 0 && maximum && draft_decimal(maximum, ret_units, &rounded) && *ret_units >= 0)
            return true;
        const char *value = xml_text(item->draft.arena, xml_find(node, "value"));
        if (id && strcmp(id, "MAXSCORE") == 0 && value && draft_decimal(value, ret_units, &rounded) && *ret_units > 0)
            return true;
    }
    return false;
}

struct qti_refusal qti_no_key(const struct xml_node *at) {
    return (struct qti_refusal){"qti-no-key", "Câu hỏi không khai báo đáp án.", "The item does not say what is right.", at};
}

struct qti_refusal qti_not_scored(const struct xml_node *at) {
    return (struct qti_refusal){"qti-processing", "Cách chấm của câu hỏi không hỗ trợ; chỉ đọc được match_correct, map_response và dạng tương đương.",
                                "The item is scored in a way that cannot be read; match_correct, map_response and their like can.", at};
}

static void note_assumed(struct qti_item *item) {
    exchange_note(item->draft.reading, "scoring-assumed", "Câu hỏi có đáp án nhưng không nói cách chấm; trả lời đúng được trọn điểm.",
                  "The item has a key but does not say how it is scored; the right answer earns all points.", item->draft.place);
}

/* ---- words and numbers ---- */

/* A text of theirs, in which '*' is a sign like others. */
static const char *accepted_value(struct qti_item *item, const char *text) {
    struct buf out;
    if (item->draft.item.kind != ITEM_TEXT || !strchr(text, '*'))
        return text;
    buf_init(&out, EXCHANGE_ITEM_BYTES_MAX);
    for (; *text; text++) {
        if (*text == '*')
            buf_addc(&out, '\\');
        buf_addc(&out, *text);
    }
    const char *value = out.failed ? NULL : arena_strndup(item->draft.arena, out.data, out.len);
    buf_release(&out);
    return value ? value : "";
}

/* A bound of the points in units; `fallback`: there is none. */
static int64_t bound_of(const char *text, int64_t fallback) {
    int64_t units = fallback;
    bool rounded = false;
    return text && draft_decimal(text, &units, &rounded) ? units : fallback;
}

/* What earns nothing is no accepted answer. */
static void accept_mapped(struct qti_item *item, const struct qti_response *response) {
    struct draft *draft = &item->draft;
    struct item *to = &draft->item;
    int64_t whole = 0, least = 0, low = bound_of(response->lower, INT64_MIN), high = bound_of(response->upper, INT64_MAX);
    size_t exact = 0;
    for (size_t i = 0; i < response->entry_count; i++) {
        int64_t units = response->entries[i].units;
        whole = units > whole ? units : whole;
        least = units < least ? units : least;
        exact += response->entries[i].exact;
    }
    whole = whole > high ? high : whole;
    if (whole <= 0)
        return;
    if ((least < 0 && low < 0) || low > 0)
        draft_note(draft, DRAFT_CREDIT, NULL);
    to->points = draft_format(draft->arena, whole);
    to->fold_case = to->kind == ITEM_TEXT && !exact;
    if (to->kind == ITEM_TEXT && exact && exact < response->entry_count)
        draft_note(draft, DRAFT_CASE, NULL);
    for (size_t i = 0; i < response->entry_count; i++) {
        const struct qti_entry *entry = &response->entries[i];
        int64_t part = (int64_t)((__int128)(entry->units > whole ? whole : entry->units) * DRAFT_WHOLE / whole);
        if (part <= 0)
            continue;
        to->accepted[to->accepted_count++] = (struct item_accepted){.value = accepted_value(item, entry->key),
                                                                    .credit = part == DRAFT_WHOLE ? NULL : draft_format(draft->arena, part)};
    }
    if (response->fallback)
        draft_note(draft, DRAFT_OTHERS_LOST, NULL);
}

static void accept_correct(struct qti_item *item, const struct qti_response *response) {
    struct item *to = &item->draft.item;
    for (size_t i = 0; i < response->correct_count; i++)
        to->accepted[to->accepted_count++] = (struct item_accepted){
            .value = accepted_value(item, response->correct[i]), .tolerance = item->scoring.tolerance, .relative = item->scoring.relative && item->scoring.tolerance};
    to->fold_case = to->kind == ITEM_TEXT && item->scoring.fold_case;
    to->points = item->scoring.points;
    if (item->scoring.kind == QTI_UNSCORED)
        note_assumed(item);
}

/* Numbers as ours: "+1.50" -> "1.5". */
static bool good_numbers(struct qti_item *item) {
    struct item *to = &item->draft.item;
    for (size_t i = 0; i < to->accepted_count; i++) {
        const char *text = to->accepted[i].value;
        to->accepted[i].value = item_decimal(item->draft.arena, text + (*text == '+'), ITEM_VALUE_PLACES);
        if (!to->accepted[i].value)
            return false;
    }
    return true;
}

static struct qti_refusal put_entry(struct qti_item *item, const struct xml_node *interaction) {
    const struct qti_response *response = qti_response_of(item, interaction);
    struct item *to = &item->draft.item;
    if (!response || strcmp(response->cardinality, "single") != 0)
        return (struct qti_refusal){"qti-response", "Chỗ điền không có khai báo câu trả lời đơn.", "The field has no declaration of a single response.", interaction};
    bool number = strcmp(response->base, "integer") == 0 || strcmp(response->base, "float") == 0;
    if (!number && strcmp(response->base, "string") != 0)
        return (struct qti_refusal){"qti-response", "Kiểu dữ liệu của chỗ điền không hỗ trợ.", "The type of the field cannot be read.", interaction};
    if (item->scoring.kind == QTI_OTHER)
        return qti_not_scored(item->scoring.odd);
    draft_kind(&item->draft, number ? ITEM_NUMERIC : ITEM_TEXT);
    to->accepted = ARENA_ARRAY(item->draft.arena, response->entry_count + response->correct_count + 1, struct item_accepted);
    if (!to->accepted)
        return (struct qti_refusal){0};
    if (response->mapped && (item->scoring.kind == QTI_MAP || !response->correct_count))
        accept_mapped(item, response);
    else
        accept_correct(item, response);
    if (!to->accepted_count)
        return qti_no_key(interaction);
    if (number && !good_numbers(item))
        return (struct qti_refusal){"qti-number", "Đáp số không phải là số thập phân đọc được.", "The right number is no decimal that can be read.", interaction};
    if (xml_attr(interaction, "patternMask") || qti_number(interaction, "base", 10) != 10)
        draft_note(&item->draft, DRAFT_SETTING, exchange_line(item->draft.arena, interaction->line));
    return (struct qti_refusal){0};
}

/* ---- what people mark ---- */

static void take_points(struct qti_item *item) {
    int64_t units = 0;
    if (qti_maximum(item, &units))
        item->draft.item.points = draft_format(item->draft.arena, units);
    if (item->scoring.kind == QTI_OTHER || item->scoring.kind == QTI_MAP || item->scoring.kind == QTI_MATCH)
        exchange_note(item->draft.reading, "processing-dropped", "Cách chấm tự động của câu tự luận bị bỏ; câu này do người chấm.",
                      "Automatic scoring of what people mark was left out.", item->draft.place);
}

static struct qti_refusal put_essay(struct qti_item *item, const struct xml_node *interaction) {
    const struct qti_response *response = qti_response_of(item, interaction);
    draft_kind(&item->draft, ITEM_ESSAY);
    int64_t lines = qti_number(interaction, "expectedLines", 0);
    item->draft.item.lines = lines > ITEM_LINES_MAX ? ITEM_LINES_MAX : lines;
    take_points(item);
    if ((response && strcmp(response->cardinality, "single") != 0) || xml_attr(interaction, "maxStrings") || xml_attr(interaction, "patternMask"))
        draft_note(&item->draft, DRAFT_SETTING, exchange_line(item->draft.arena, interaction->line));
    if (response && response->correct_count) {
        buf_adds(&item->guide, "<p>");
        xml_put_text(&item->guide, response->correct[0]);
        buf_adds(&item->guide, "</p>");
    }
    return (struct qti_refusal){0};
}

static struct qti_refusal put_upload(struct qti_item *item, const struct xml_node *interaction) {
    const char *type = xml_attr(interaction, "type");
    const char **types = ARENA_ARRAY(item->draft.arena, ITEM_UPLOAD_TYPES_MAX, const char *);
    char *copy = type ? arena_strdup(item->draft.arena, type) : NULL, *next = NULL;
    size_t count = 0;
    draft_kind(&item->draft, ITEM_UPLOAD);
    for (char *word = copy ? strtok_r(copy, " \t\r\n", &next) : NULL; types && word && count < ITEM_UPLOAD_TYPES_MAX; word = strtok_r(NULL, " \t\r\n", &next))
        types[count++] = word;
    item->draft.item.upload_types = types;
    item->draft.item.upload_type_count = count;
    take_points(item);
    return (struct qti_refusal){0};
}

static struct qti_refusal put_stimulus(struct qti_item *item) {
    draft_kind(&item->draft, ITEM_STIMULUS);
    if (item->response_count || item->scoring.kind != QTI_UNSCORED)
        return (struct qti_refusal){"qti-no-interaction", "Câu hỏi khai báo câu trả lời nhưng không có chỗ trả lời.",
                                    "The item declares a response but has no interaction.", item->root};
    return (struct qti_refusal){0};
}

/* ---- all of them ---- */

typedef struct qti_refusal put_fn(struct qti_item *item, const struct xml_node *interaction);
static const struct {
    const char *name;
    put_fn *put;
} KINDS[] = {
    {"choiceInteraction", qti_put_choice}, {"orderInteraction", qti_put_order},     {"matchInteraction", qti_put_match},
    {"textEntryInteraction", put_entry},   {"extendedTextInteraction", put_essay}, {"uploadInteraction", put_upload},
    {"hottextInteraction", qti_put_hottext}, {"hotspotInteraction", qti_put_hotspot}, {"gapMatchInteraction", qti_put_gap_match},
};

static struct qti_refusal refuse_interaction(struct qti_item *item, const struct xml_node *interaction) {
    static const char *const WORDS[][3] = {
        {"associateInteraction", "ghép cặp tự do", "free pairs"},
        {"selectPointInteraction", "chọn điểm trên hình", "points chosen in a picture"},
        {"graphicOrderInteraction", "xếp thứ tự trên hình", "areas of a picture put in order"},
        {"graphicAssociateInteraction", "ghép cặp trên hình", "areas of a picture paired"},
        {"graphicGapMatchInteraction", "kéo thả vào hình", "gaps of a picture filled by dragging"},
        {"positionObjectInteraction", "đặt vật lên hình", "objects placed on a picture"},
        {"sliderInteraction", "thanh trượt", "a slider"},
        {"mediaInteraction", "phát âm thanh, video có điều khiển", "media that is played"},
        {"drawingInteraction", "vẽ trên hình", "drawing on a picture"},
        {"customInteraction", "dạng riêng của hệ thống khác", "what another system alone knows"},
        {"portableCustomInteraction", "dạng riêng có mã chương trình kèm theo", "a program of its own"},
        {"endAttemptInteraction", "nút xin gợi ý", "a button that asks for a hint"},
    };
    const char *vi = "dạng không rõ", *en = "of a kind not known";
    for (size_t i = 0; i < sizeof WORDS / sizeof *WORDS; i++)
        if (xml_is(interaction, WORDS[i][0])) {
            vi = WORDS[i][1];
            en = WORDS[i][2];
        }
    vi = arena_printf(item->draft.arena, "Cách trả lời «%.60s» (%s) không có ở đây.", interaction->name, vi);
    en = arena_printf(item->draft.arena, "The interaction \"%.60s\" (%s) has no counterpart here.", interaction->name, en);
    return (struct qti_refusal){"qti-interaction", vi ? vi : "", en ? en : "", interaction};
}

static put_fn *find_put(const struct xml_node *interaction) {
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (xml_is(interaction, KINDS[i].name))
            return KINDS[i].put;
    return NULL;
}

struct qti_refusal qti_put_kind(struct qti_item *item) {
    size_t inlines = 0;
    for (size_t i = 0; i < item->interaction_count; i++) {
        bool gap = xml_is(item->interactions[i], "inlineChoiceInteraction");
        inlines += gap;
        if (!gap && !find_put(item->interactions[i]))
            return refuse_interaction(item, item->interactions[i]);
    }
    const struct xml_node *feedback = xml_child(item->root, "modalFeedback");
    if (feedback)
        draft_note(&item->draft, DRAFT_FEEDBACK, exchange_line(item->draft.arena, feedback->line));
    if (!item->interaction_count)
        return put_stimulus(item);
    if (inlines == item->interaction_count)
        return qti_put_inline(item);
    if (item->interaction_count > 1)
        return (struct qti_refusal){"qti-several", "Câu hỏi có nhiều chỗ trả lời khác loại; hãy tách thành từng câu.",
                                    "The item has several interactions; make each an item.", item->interactions[1]};
    return find_put(item->interactions[0])(item, item->interactions[0]);
}
