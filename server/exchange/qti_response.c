#include "qti.h"

#include <string.h>

#include "khoacu/base/banned.h"

/* ---- declarations ---- */

static const char *trimmed(struct arena *arena, const struct xml_node *node) {
    const char *text = xml_text(arena, node);
    if (!text)
        return "";
    text += strspn(text, " \t\r\n");
    size_t len = strlen(text);
    while (len && strchr(" \t\r\n", text[len - 1]))
        len--;
    const char *copy = arena_strndup(arena, text, len);
    return copy ? copy : "";
}

static size_t count_of(const struct xml_node *node, const char *name) {
    size_t count = 0;
    for (const struct xml_node *child = xml_child(node, name); child; child = xml_next(child, name))
        count++;
    return count;
}

/* A bound of a mapping as a decimal of ours; NULL: none. */
static const char *bound(struct qti_item *item, const struct xml_node *mapping, const char *name, bool *ret_broken) {
    const char *text = xml_attr(mapping, name);
    int64_t units = 0;
    bool rounded = false;
    if (!text)
        return NULL;
    if (!draft_decimal(text, &units, &rounded))
        *ret_broken = true;
    return draft_format(item->draft.arena, units);
}

static void read_mapping(struct qti_item *item, struct qti_response *response, const struct xml_node *mapping) {
    size_t count = count_of(mapping, "mapEntry");
    bool rounded = false;
    const char *fallback = xml_attr(mapping, "defaultValue");
    response->mapped = true;
    response->lower = bound(item, mapping, "lowerBound", &response->broken);
    response->upper = bound(item, mapping, "upperBound", &response->broken);
    if (fallback && !draft_decimal(fallback, &response->fallback, &rounded))
        response->broken = true;
    response->entries = ARENA_ARRAY(item->draft.arena, count + 1, struct qti_entry);
    if (count > QTI_PARTS_MAX * 4 || !response->entries) {
        response->broken = true;
        return;
    }
    for (const struct xml_node *node = xml_child(mapping, "mapEntry"); node; node = xml_next(node, "mapEntry")) {
        const char *key = xml_attr(node, "mapKey"), *value = xml_attr(node, "mappedValue"), *exact = xml_attr(node, "caseSensitive");
        struct qti_entry *entry = &response->entries[response->entry_count];
        if (!key || !value || !draft_decimal(value, &entry->units, &rounded)) {
            response->broken = true;
            continue;
        }
        entry->key = key;
        entry->exact = !exact || strcmp(exact, "false") != 0;
        response->entry_count++;
    }
    if (rounded)
        draft_note(&item->draft, DRAFT_ROUNDED, exchange_line(item->draft.arena, mapping->line));
}

static void read_response(struct qti_item *item, const struct xml_node *node, struct qti_response *response) {
    struct arena *arena = item->draft.arena;
    const struct xml_node *correct = xml_child(node, "correctResponse"), *mapping = xml_child(node, "mapping");
    response->id = xml_attr(node, "identifier");
    response->cardinality = xml_attr(node, "cardinality");
    response->base = xml_attr(node, "baseType");
    size_t count = count_of(correct, "value");
    response->correct = ARENA_ARRAY(arena, count + 1, const char *);
    response->broken = !response->id || !response->cardinality || count > QTI_PARTS_MAX * 4 || !response->correct;
    if (!response->base)
        response->base = "";
    for (const struct xml_node *value = xml_child(correct, "value"); value && !response->broken; value = xml_next(value, "value"))
        response->correct[response->correct_count++] = trimmed(arena, value);
    if (mapping)
        read_mapping(item, response, mapping);
}

bool qti_read_responses(struct qti_item *item) {
    size_t count = count_of(item->root, "responseDeclaration");
    if (count > QTI_PARTS_MAX)
        return false;
    item->responses = ARENA_ARRAY(item->draft.arena, count + 1, struct qti_response);
    if (!item->responses)
        return false;
    for (const struct xml_node *node = xml_child(item->root, "responseDeclaration"); node; node = xml_next(node, "responseDeclaration")) {
        struct qti_response *response = &item->responses[item->response_count++];
        read_response(item, node, response);
        if (response->broken)
            return false;
    }
    return true;
}

const struct qti_response *qti_response_of(const struct qti_item *item, const struct xml_node *interaction) {
    const char *id = xml_attr(interaction, "responseIdentifier");
    for (size_t i = 0; id && i < item->response_count; i++)
        if (strcmp(item->responses[i].id, id) == 0)
            return &item->responses[i];
    return NULL;
}

int64_t qti_mapped(const struct qti_response *response, const char *key) {
    for (size_t i = 0; i < response->entry_count; i++)
        if (strcmp(response->entries[i].key, key) == 0)
            return response->entries[i].units;
    return response->fallback;
}

/* ---- processing that is written out ---- */

static bool is_score(const struct xml_node *node) {
    const char *id = xml_attr(node, "identifier");
    return id && (strcmp(id, "SCORE") == 0 || strcmp(id, "score") == 0 || strcmp(id, "Score") == 0);
}

/* Whether SCORE is set or read anywhere below it. */
static bool sets_score(const struct xml_node *top) {
    for (const struct xml_node *node = top; node; node = xml_walk(top, node))
        if (xml_is(node, "setOutcomeValue") && is_score(node))
            return true;
    return false;
}

static bool odd(struct qti_item *item, const struct xml_node *node) {
    item->scoring.kind = QTI_OTHER;
    item->scoring.odd = node;
    return false;
}

static struct xml_node *second(const struct xml_node *node) {
    return xml_next(xml_child(node, NULL), NULL);
}

/* match, equal or stringMatch of one response with its right value. */
static bool compares(struct qti_item *item, const struct xml_node *node) {
    struct xml_node *a = xml_child(node, NULL), *b = second(node);
    if (!b || xml_next(b, NULL))
        return false;
    bool straight = xml_is(a, "variable") && xml_is(b, "correct"), crossed = xml_is(b, "variable") && xml_is(a, "correct");
    const char *one = xml_attr(a, "identifier"), *other = xml_attr(b, "identifier");
    if ((!straight && !crossed) || !one || !other || strcmp(one, other) != 0)
        return false;
    item->scoring.about = one;
    if (xml_is(node, "match"))
        return true;
    if (xml_is(node, "stringMatch") && !qti_true(node, "substring")) {
        item->scoring.fold_case = !qti_true(node, "caseSensitive");
        return true;
    }
    const char *mode = xml_attr(node, "toleranceMode"), *tolerance = xml_attr(node, "tolerance");
    if (!xml_is(node, "equal"))
        return false;
    if (!mode || strcmp(mode, "exact") == 0)
        return true;
    tolerance = tolerance ? item_decimal(item->draft.arena, tolerance, ITEM_VALUE_PLACES) : NULL;
    item->scoring.relative = strcmp(mode, "relative") == 0;
    if (item->scoring.relative && tolerance) { /* in per cent */
        int64_t units = 0;
        tolerance = draft_percent(tolerance, &units) ? draft_format(item->draft.arena, units) : NULL;
    }
    item->scoring.tolerance = tolerance;
    return tolerance != NULL;
}

/* The condition under which all is right; how many responses it compares, 0: it is none. */
static size_t compared(struct qti_item *item, const struct xml_node *node) {
    size_t count = 0;
    if (!xml_is(node, "and"))
        return compares(item, node);
    for (const struct xml_node *child = xml_child(node, NULL); child; child = xml_next(child, NULL), count++)
        if (!compares(item, child))
            return 0;
    return count;
}

static bool is_map(struct qti_item *item, const struct xml_node *node) {
    if (!xml_is(node, "mapResponse"))
        return false;
    item->scoring.about = xml_attr(node, "identifier");
    return true;
}

/* The sum of mapped responses and of SCORE itself. */
static bool is_map_sum(struct qti_item *item, const struct xml_node *node) {
    bool any = false;
    if (!xml_is(node, "sum"))
        return is_map(item, node);
    for (const struct xml_node *child = xml_child(node, NULL); child; child = xml_next(child, NULL)) {
        bool map = is_map(item, child);
        if (!map && !(xml_is(child, "variable") && is_score(child)))
            return false;
        any |= map;
    }
    return any;
}

/* What SCORE is set to among the actions: the value, or NULL. *ret_added: it is added to what SCORE was. */
static const struct xml_node *score_value(struct qti_item *item, const struct xml_node *branch, bool *ret_added) {
    const struct xml_node *found = NULL;
    *ret_added = false;
    for (const struct xml_node *node = xml_child(branch, "setOutcomeValue"); node; node = xml_next(node, "setOutcomeValue")) {
        if (!is_score(node)) {
            item->scoring.extra = true;
            continue;
        }
        found = xml_child(node, NULL);
    }
    if (xml_is(found, "sum") && xml_is(xml_child(found, NULL), "variable") && is_score(xml_child(found, NULL)) &&
        xml_is(second(found), "baseValue") && !xml_next(second(found), NULL)) {
        *ret_added = true;
        return second(found);
    }
    return found;
}

static bool units_of(struct qti_item *item, const struct xml_node *value, int64_t *ret_units) {
    bool rounded = false;
    return xml_is(value, "baseValue") && draft_decimal(trimmed(item->draft.arena, value), ret_units, &rounded);
}

/* Everything that is not right earns nothing. */
static bool earns_nothing(struct qti_item *item, const struct xml_node *branch) {
    bool added = false;
    int64_t units = 0;
    const struct xml_node *value = score_value(item, branch, &added);
    return !value || (xml_is(value, "variable") && is_score(value)) || (units_of(item, value, &units) && units == 0);
}

static bool take_match(struct qti_item *item, const struct xml_node *condition, const struct xml_node *branch, size_t matched) {
    struct qti_scoring *scoring = &item->scoring;
    int64_t units = 0;
    bool added = false;
    const struct xml_node *value = score_value(item, branch, &added), *other = xml_child(condition, "responseElse");
    if (!units_of(item, value, &units) || units < 0 || (other && !earns_nothing(item, other)))
        return odd(item, condition);
    const char *points = draft_format(item->draft.arena, units);
    bool again = scoring->kind == QTI_MATCH;
    if (scoring->kind == QTI_MAP || (again && (!added || !scoring->each || !points || strcmp(points, scoring->points) != 0)))
        return odd(item, condition);
    scoring->kind = QTI_MATCH;
    scoring->each = again || added;
    scoring->points = points;
    scoring->matched = again ? scoring->matched + matched : matched;
    return true;
}

static bool take_condition(struct qti_item *item, const struct xml_node *condition) {
    const struct xml_node *branch = xml_child(condition, "responseIf"), *other = xml_child(condition, "responseElse");
    const struct xml_node *test = xml_child(branch, NULL);
    bool added = false;
    if (!sets_score(condition)) {
        item->scoring.extra = true;
        return true;
    }
    if (xml_child(condition, "responseElseIf") || xml_child(branch, "responseCondition") || xml_child(other, "responseCondition"))
        return odd(item, condition);
    size_t matched = compared(item, test);
    if (matched)
        return take_match(item, condition, branch, matched);
    /* No answer earns nothing, any other what the mapping says: the template map_response written out. */
    bool null = xml_is(test, "isNull"), answered = xml_is(test, "not") && xml_is(xml_child(test, NULL), "isNull");
    const struct xml_node *idle = null ? branch : other, *mapped = null ? other : branch;
    if ((!null && !answered) || !mapped || !is_map_sum(item, score_value(item, mapped, &added)) || (idle && !earns_nothing(item, idle)) ||
        item->scoring.kind != QTI_UNSCORED)
        return odd(item, condition);
    item->scoring.kind = QTI_MAP;
    return true;
}

static bool take_outcome(struct qti_item *item, const struct xml_node *node) {
    const struct xml_node *value = xml_child(node, NULL);
    int64_t units = 0;
    if (!is_score(node)) {
        item->scoring.extra = true;
        return true;
    }
    if (is_map_sum(item, value) && item->scoring.kind != QTI_MATCH) {
        item->scoring.kind = QTI_MAP;
        return true;
    }
    /* SCORE begins with nothing. */
    return (item->scoring.kind == QTI_UNSCORED && units_of(item, value, &units) && units == 0) || odd(item, node);
}

/* ---- templates ---- */

static enum qti_scoring_kind template_kind(const char *uri) {
    const char *slash = strrchr(uri, '/');
    const char *name = slash ? slash + 1 : uri;
    size_t len = strcspn(name, ".");
    static const struct {
        const char *name;
        enum qti_scoring_kind kind;
    } KNOWN[] = {{"match_correct", QTI_MATCH}, {"map_response", QTI_MAP}, {"CC2_match", QTI_MATCH}, {"CC2_map_response", QTI_MAP}, {"CC2_match_basic", QTI_MATCH}};
    for (size_t i = 0; i < sizeof KNOWN / sizeof *KNOWN; i++)
        if (strlen(KNOWN[i].name) == len && strncmp(KNOWN[i].name, name, len) == 0)
            return KNOWN[i].kind;
    return QTI_OTHER;
}

void qti_read_scoring(struct qti_item *item) {
    const struct xml_node *processing = xml_child(item->root, "responseProcessing");
    const char *uri = xml_attr(processing, "template");
    item->scoring = (struct qti_scoring){.kind = QTI_UNSCORED, .points = "1", .odd = processing};
    if (!processing)
        return;
    if (!xml_child(processing, NULL) && (uri || (uri = xml_attr(processing, "templateLocation")))) {
        item->scoring.kind = template_kind(uri);
        item->scoring.matched = 1;
        return;
    }
    bool good = true;
    for (const struct xml_node *node = xml_child(processing, NULL); node && good; node = xml_next(node, NULL)) {
        if (xml_is(node, "responseCondition"))
            good = take_condition(item, node);
        else if (xml_is(node, "setOutcomeValue"))
            good = take_outcome(item, node);
        else
            good = odd(item, node);
    }
    /* Of a single interaction it is that one's response that counts. */
    const char *response = item->interaction_count == 1 ? xml_attr(item->interactions[0], "responseIdentifier") : NULL;
    if (good && item->scoring.about && response && strcmp(item->scoring.about, response) != 0)
        (void)odd(item, processing);
}
