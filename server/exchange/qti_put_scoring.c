#include "qti.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

static const char RESPONSE[] = "RESPONSE";

static int64_t units_of(const char *text, int64_t fallback) {
    int64_t units = fallback;
    bool rounded = false;
    return text && draft_decimal(text, &units, &rounded) ? units : fallback;
}

static int64_t points_of(const struct item *item) {
    return units_of(item->points, DRAFT_WHOLE);
}

static bool right(const struct item_option *option) {
    return units_of(option->credit, 0) > 0;
}

const char *qti_gap_response(struct qti_put *put, const struct item *item, const char *gap) {
    for (size_t i = 0; i < item->gap_count; i++)
        if (strcmp(item->gaps[i].id, gap) == 0)
            return item->gap_count == 1 ? RESPONSE : arena_printf(put->arena, "RESPONSE%zu", i + 1);
    return NULL;
}

/* ---- what the rules become ---- */

enum scoring { BY_PEOPLE, BY_MATCH, BY_MAP, BY_GAPS, BY_NUMBERS };

static enum scoring scoring_of(const struct item *item) {
    switch (item->kind) {
    case ITEM_SINGLE:
    case ITEM_GRADED:
        return item->rule == ITEM_RULE_MAP ? BY_MAP : BY_MATCH;
    case ITEM_MULTIPLE:
    case ITEM_MATCHING:
        return item->rule == ITEM_RULE_ALL ? BY_MATCH : BY_MAP;
    case ITEM_TRUEFALSE:
    case ITEM_ORDERING:
        return BY_MATCH;
    case ITEM_TEXT:
        return BY_MAP;
    case ITEM_INLINE:
        return BY_GAPS;
    case ITEM_NUMERIC:
        return BY_NUMBERS;
    case ITEM_ESSAY:
    case ITEM_UPLOAD:
    case ITEM_STIMULUS:
    case ITEM_KIND_COUNT:
        break;
    }
    return BY_PEOPLE;
}

static bool has_notes(const struct item *item) {
    for (size_t i = 0; i < item->option_count; i++)
        if (item->options[i].note.vi || item->options[i].note.en)
            return true;
    return false;
}

/* ---- declarations ---- */

static void open_response(struct qti_put *put, const char *id, const char *cardinality, const char *base) {
    qti_open(put, "responseDeclaration");
    qti_attr(put, "identifier", id);
    qti_attr(put, "cardinality", cardinality);
    qti_attr(put, "baseType", base);
    buf_addc(put->out, '>');
}

static void put_entry(struct qti_put *put, const char *key, int64_t units, bool fold) {
    qti_open(put, "mapEntry");
    qti_attr(put, "mapKey", key);
    qti_attr(put, "mappedValue", draft_format(put->arena, units));
    if (fold)
        qti_attr(put, "caseSensitive", "false");
    buf_adds(put->out, "/>");
}

static void open_mapping(struct qti_put *put, const char *lower, const char *upper) {
    qti_open(put, "mapping");
    qti_attr(put, "lowerBound", lower);
    qti_attr(put, "upperBound", upper);
    qti_attr(put, "defaultValue", "0");
    buf_addc(put->out, '>');
}

static void declare_options(struct qti_put *put, const struct item *item) {
    bool several = item->kind == ITEM_MULTIPLE, map = scoring_of(item) == BY_MAP;
    size_t count = 0;
    for (size_t i = 0; i < item->option_count; i++)
        count += right(&item->options[i]);
    open_response(put, RESPONSE, several ? "multiple" : "single", "identifier");
    if (count && (several || count == 1)) {
        qti_open(put, "correctResponse");
        buf_addc(put->out, '>');
        for (size_t i = 0; i < item->option_count; i++)
            if (right(&item->options[i]))
                qti_element(put, "value", qti_id(put, item->options[i].id));
        qti_end(put, "correctResponse");
    }
    if (map && count) {
        /* Right minus wrong, and near enough each option by itself: every wrong one takes what a right one gives. */
        bool own = item->rule == ITEM_RULE_MAP;
        int64_t part = points_of(item) / (int64_t)count;
        open_mapping(put, own ? item->points_min : "0", own ? item->points_max : item->points);
        for (size_t i = 0; i < item->option_count; i++) {
            int64_t units = own ? units_of(item->options[i].credit, 0) : right(&item->options[i]) ? part : -part;
            if (units)
                put_entry(put, qti_id(put, item->options[i].id), units, false);
        }
        qti_end(put, "mapping");
    }
    qti_end(put, "responseDeclaration");
}

static void declare_order(struct qti_put *put, const struct item *item) {
    open_response(put, RESPONSE, "ordered", "identifier");
    if (item->order_count) {
        qti_open(put, "correctResponse");
        buf_addc(put->out, '>');
        for (size_t i = 0; i < item->order_count; i++)
            qti_element(put, "value", qti_id(put, item->order[i]));
        qti_end(put, "correctResponse");
    }
    qti_end(put, "responseDeclaration");
}

/* Rows and columns are one list of identifiers in QTI. */
static const char *pair_of(struct qti_put *put, const struct item_pair *pair) {
    const char *text = arena_printf(put->arena, "r.%s c.%s", pair->row, pair->column);
    return text ? text : "";
}

static void declare_pairs(struct qti_put *put, const struct item *item) {
    bool own = item->rule == ITEM_RULE_MAP;
    open_response(put, RESPONSE, "multiple", "directedPair");
    if (item->pair_count) {
        qti_open(put, "correctResponse");
        buf_addc(put->out, '>');
        for (size_t i = 0; i < item->pair_count; i++)
            if (units_of(item->pairs[i].credit, DRAFT_WHOLE) > 0)
                qti_element(put, "value", pair_of(put, &item->pairs[i]));
        qti_end(put, "correctResponse");
    }
    if (item->pair_count && scoring_of(item) == BY_MAP) {
        int64_t part = points_of(item) / (int64_t)item->pair_count;
        open_mapping(put, own ? item->points_min : NULL, own ? item->points_max : NULL);
        for (size_t i = 0; i < item->pair_count; i++)
            put_entry(put, pair_of(put, &item->pairs[i]), own ? units_of(item->pairs[i].credit, DRAFT_WHOLE) : part, false);
        qti_end(put, "mapping");
    }
    qti_end(put, "responseDeclaration");
}

static int64_t earned(const struct item *item, const struct item_accepted *accepted) {
    return (int64_t)((__int128)points_of(item) * units_of(accepted->credit, DRAFT_WHOLE) / DRAFT_WHOLE);
}

/* An accepted text with its asterisks as QTI has them. */
static const char *accepted_words(struct qti_put *put, const struct item_accepted *accepted) {
    char *words = accepted->value ? arena_strdup(put->arena, accepted->value) : NULL, *out = words;
    for (const char *at = words; words && *at; at++) {
        at += at[0] == '\\' && at[1] == '*';
        *out++ = *at;
    }
    if (words)
        *out = '\0';
    return words ? words : "";
}

static void declare_accepted(struct qti_put *put, const struct item *item) {
    bool text = item->kind == ITEM_TEXT;
    open_response(put, RESPONSE, "single", text ? "string" : "float");
    for (size_t i = 0; i < item->accepted_count; i++) {
        const struct item_accepted *accepted = &item->accepted[i];
        if (accepted->value && units_of(accepted->credit, DRAFT_WHOLE) == DRAFT_WHOLE) {
            qti_open(put, "correctResponse");
            buf_addc(put->out, '>');
            qti_element(put, "value", text ? accepted_words(put, accepted) : accepted->value);
            qti_end(put, "correctResponse");
            break;
        }
    }
    if (text && item->accepted_count) {
        open_mapping(put, NULL, NULL);
        for (size_t i = 0; i < item->accepted_count; i++)
            put_entry(put, accepted_words(put, &item->accepted[i]), earned(item, &item->accepted[i]), item->fold_case);
        qti_end(put, "mapping");
    }
    qti_end(put, "responseDeclaration");
}

static void declare_gaps(struct qti_put *put, const struct item *item) {
    for (size_t i = 0; i < item->gap_count; i++) {
        open_response(put, qti_gap_response(put, item, item->gaps[i].id), "single", "identifier");
        if (item->gaps[i].correct) {
            qti_open(put, "correctResponse");
            buf_addc(put->out, '>');
            qti_element(put, "value", qti_id(put, item->gaps[i].correct));
            qti_end(put, "correctResponse");
        }
        qti_end(put, "responseDeclaration");
    }
}

void qti_put_declarations(struct qti_put *put, const struct item *item) {
    switch (item->kind) {
    case ITEM_SINGLE:
    case ITEM_MULTIPLE:
    case ITEM_TRUEFALSE:
    case ITEM_GRADED:
        declare_options(put, item);
        break;
    case ITEM_ORDERING:
        declare_order(put, item);
        break;
    case ITEM_MATCHING:
        declare_pairs(put, item);
        break;
    case ITEM_NUMERIC:
    case ITEM_TEXT:
        declare_accepted(put, item);
        break;
    case ITEM_INLINE:
        declare_gaps(put, item);
        break;
    case ITEM_ESSAY:
    case ITEM_UPLOAD:
        open_response(put, RESPONSE, "single", item->kind == ITEM_ESSAY ? "string" : "file");
        qti_end(put, "responseDeclaration");
        break;
    case ITEM_STIMULUS:
    case ITEM_KIND_COUNT:
        return;
    }
    qti_open(put, "outcomeDeclaration");
    qti_attr(put, "identifier", "SCORE");
    qti_attr(put, "cardinality", "single");
    qti_attr(put, "baseType", "float");
    qti_attr(put, "normalMaximum", item->points);
    buf_adds(put->out, "/>");
    if (has_notes(item)) {
        qti_open(put, "outcomeDeclaration");
        qti_attr(put, "identifier", "FEEDBACK");
        qti_attr(put, "cardinality", item->kind == ITEM_MULTIPLE ? "multiple" : "single");
        qti_attr(put, "baseType", "identifier");
        buf_adds(put->out, "/>");
    }
}

/* ---- processing ---- */

static void open_plain(struct qti_put *put, const char *name) {
    qti_open(put, name);
    buf_addc(put->out, '>');
}

static void put_of(struct qti_put *put, const char *name, const char *id) {
    qti_open(put, name);
    qti_attr(put, "identifier", id);
    buf_adds(put->out, "/>");
}

static void put_base(struct qti_put *put, const char *value) {
    qti_open(put, "baseValue");
    qti_attr(put, "baseType", "float");
    buf_addc(put->out, '>');
    buf_adds(put->out, value ? value : "0");
    qti_end(put, "baseValue");
}

static void put_match(struct qti_put *put, const char *id) {
    open_plain(put, "match");
    put_of(put, "variable", id);
    put_of(put, "correct", id);
    qti_end(put, "match");
}

/* SCORE becomes the value, or more by it. */
static void put_score(struct qti_put *put, const char *value, bool add) {
    qti_open(put, "setOutcomeValue");
    qti_attr(put, "identifier", "SCORE");
    buf_addc(put->out, '>');
    if (add) {
        open_plain(put, "sum");
        put_of(put, "variable", "SCORE");
    }
    put_base(put, value);
    if (add)
        qti_end(put, "sum");
    qti_end(put, "setOutcomeValue");
}

static void process_match(struct qti_put *put, const struct item *item) {
    open_plain(put, "responseCondition");
    open_plain(put, "responseIf");
    put_match(put, RESPONSE);
    put_score(put, item->points, false);
    qti_end(put, "responseIf");
    open_plain(put, "responseElse");
    put_score(put, "0", false);
    qti_end(put, "responseElse");
    qti_end(put, "responseCondition");
}

static void process_map(struct qti_put *put) {
    qti_open(put, "setOutcomeValue");
    qti_attr(put, "identifier", "SCORE");
    buf_addc(put->out, '>');
    put_of(put, "mapResponse", RESPONSE);
    qti_end(put, "setOutcomeValue");
}

static void process_gaps(struct qti_put *put, const struct item *item) {
    bool each = item->rule == ITEM_RULE_PER_OPTION && item->gap_count > 1;
    const char *part = draft_format(put->arena, points_of(item) / (int64_t)(each ? item->gap_count : 1));
    for (size_t i = 0; i < item->gap_count; i++) {
        if (each || i == 0) {
            open_plain(put, "responseCondition");
            open_plain(put, "responseIf");
        }
        if (!each && i == 0 && item->gap_count > 1)
            open_plain(put, "and");
        put_match(put, qti_gap_response(put, item, item->gaps[i].id));
        if (!each && i + 1 == item->gap_count && i > 0)
            qti_end(put, "and");
        if (each || i + 1 == item->gap_count) {
            put_score(put, part, each);
            qti_end(put, "responseIf");
            qti_end(put, "responseCondition");
        }
    }
}

static void put_number_test(struct qti_put *put, const struct item_accepted *accepted, bool declared) {
    if (!accepted->value) {
        static const char *const ENDS[] = {"gte", "lte"};
        open_plain(put, "and");
        for (size_t i = 0; i < 2; i++) {
            open_plain(put, ENDS[i]);
            put_of(put, "variable", RESPONSE);
            put_base(put, i ? accepted->high : accepted->low);
            qti_end(put, ENDS[i]);
        }
        qti_end(put, "and");
        return;
    }
    qti_open(put, "equal");
    qti_attr(put, "toleranceMode", !accepted->tolerance ? "exact" : accepted->relative ? "relative" : "absolute");
    if (accepted->tolerance && accepted->relative) /* in per cent */
        qti_attr(put, "tolerance", draft_format(put->arena, 100 * units_of(accepted->tolerance, 0)));
    else
        qti_attr(put, "tolerance", accepted->tolerance);
    buf_addc(put->out, '>');
    put_of(put, "variable", RESPONSE);
    if (declared)
        put_of(put, "correct", RESPONSE);
    else
        put_base(put, accepted->value);
    qti_end(put, "equal");
}

static void process_numbers(struct qti_put *put, const struct item *item) {
    if (!item->accepted_count)
        return;
    open_plain(put, "responseCondition");
    for (size_t i = 0; i < item->accepted_count; i++) {
        const char *branch = i ? "responseElseIf" : "responseIf";
        open_plain(put, branch);
        put_number_test(put, &item->accepted[i], item->accepted_count == 1 && units_of(item->accepted[i].credit, DRAFT_WHOLE) == DRAFT_WHOLE);
        put_score(put, draft_format(put->arena, earned(item, &item->accepted[i])), false);
        qti_end(put, branch);
    }
    qti_end(put, "responseCondition");
}

static bool has_key(const struct item *item) {
    size_t count = item->order_count + item->pair_count + item->accepted_count;
    for (size_t i = 0; i < item->option_count; i++)
        count += right(&item->options[i]);
    for (size_t i = 0; i < item->gap_count; i++)
        count += item->gaps[i].correct != NULL;
    return count > 0;
}

static void put_template(struct qti_put *put, const char *name) {
    qti_open(put, "responseProcessing");
    const char *uri = arena_printf(put->arena,
                                   put->three ? "https://purl.imsglobal.org/spec/qti/v3p0/rptemplates/%s.xml"
                                              : "http://www.imsglobal.org/question/qti_v2p1/rptemplates/%s",
                                   name);
    qti_attr(put, "template", uri);
    buf_adds(put->out, "/>");
}

void qti_put_processing(struct qti_put *put, const struct item *item) {
    enum scoring scoring = scoring_of(item);
    if (scoring == BY_PEOPLE || !has_key(item))
        return;
    bool notes = has_notes(item) && scoring != BY_GAPS && item->kind != ITEM_MATCHING;
    if (!notes && scoring == BY_MATCH && points_of(item) == DRAFT_WHOLE) {
        put_template(put, "match_correct");
        return;
    }
    if (!notes && scoring == BY_MAP) {
        put_template(put, "map_response");
        return;
    }
    open_plain(put, "responseProcessing");
    if (scoring == BY_MATCH)
        process_match(put, item);
    else if (scoring == BY_MAP)
        process_map(put);
    else if (scoring == BY_GAPS)
        process_gaps(put, item);
    else
        process_numbers(put, item);
    if (notes) {
        qti_open(put, "setOutcomeValue");
        qti_attr(put, "identifier", "FEEDBACK");
        buf_addc(put->out, '>');
        put_of(put, "variable", RESPONSE);
        qti_end(put, "setOutcomeValue");
    }
    qti_end(put, "responseProcessing");
}
