/* Interactions whose choices stand in a text or a picture: words of a passage, areas, gaps. Each is read as the choice or
 * the match that asks for the same: an element with its options in a list stands in for it. */
#include "qti.h"

#include <string.h>

#include "khoacu/base/banned.h"

/* ---- making elements ---- */

static struct xml_node *new_node(struct arena *arena, const struct xml_node *at, const char *name, struct xml_node *parent) {
    struct xml_node *node = ARENA_NEW(arena, struct xml_node);
    if (!node)
        return NULL;
    *node = (struct xml_node){.name = name, .ns = at->ns, .line = at->line, .parent = parent};
    if (!parent)
        return node;
    if (parent->last)
        parent->last->next = node;
    else
        parent->first = node;
    parent->last = node;
    return node;
}

static void add_attr(struct arena *arena, struct xml_node *node, const char *name, const char *value) {
    struct xml_attr *attr = ARENA_NEW(arena, struct xml_attr);
    if (!attr)
        return;
    *attr = (struct xml_attr){.name = name, .ns = "", .value = value, .next = node->attrs};
    node->attrs = attr;
}

/* An option with words of ours. */
static void add_words(struct arena *arena, const struct xml_node *at, struct xml_node *list, const char *element, const char *id, const char *words) {
    struct xml_node *option = new_node(arena, at, element, list), *text = option ? new_node(arena, at, NULL, option) : NULL;
    if (!text)
        return;
    text->text = words ? words : "";
    add_attr(arena, option, "identifier", id);
}

/* An option with what stands in an element of the document, which stays where it is. */
static void add_copy(struct arena *arena, const struct xml_node *from, struct xml_node *list, const char *element) {
    struct xml_node *option = new_node(arena, from, element, list);
    if (!option)
        return;
    option->first = from->first;
    option->last = from->last;
    option->attrs = from->attrs;
}

static struct qti_refusal no_memory(struct qti_item *item) {
    item->draft.arena->failed = true;
    return (struct qti_refusal){0};
}

static bool vietnamese(const struct qti_item *item) {
    return item->options.lang[0] == 'v';
}

/* ---- words of a passage ---- */

struct qti_refusal qti_put_hottext(struct qti_item *item, const struct xml_node *interaction) {
    struct arena *arena = item->draft.arena;
    struct xml_node *choice = new_node(arena, interaction, "choiceInteraction", NULL);
    if (!choice)
        return no_memory(item);
    choice->attrs = interaction->attrs;
    for (const struct xml_node *node = interaction; (node = xml_walk(interaction, node));)
        if (xml_is(node, "hottext"))
            add_copy(arena, node, choice, "simpleChoice");
    exchange_note(item->draft.reading, "hottext-listed", "Những chữ được chọn trong đoạn văn đã thành các phương án theo đúng thứ tự; trong đoạn văn chúng in đậm.",
                  "The words to be chosen in the passage became options in their order; in the passage they are bold.",
                  exchange_line(arena, interaction->line));
    return qti_put_choice(item, choice);
}

/* ---- areas of a picture ---- */

static const char *shape_words(const char *shape, bool vi) {
    static const char *const SHAPES[][3] = {
        {"circle", "hình tròn", "circle"}, {"rect", "hình chữ nhật", "rectangle"}, {"ellipse", "hình bầu dục", "ellipse"}, {"poly", "hình nhiều cạnh", "polygon"}};
    for (size_t i = 0; shape && i < sizeof SHAPES / sizeof *SHAPES; i++)
        if (strcmp(SHAPES[i][0], shape) == 0)
            return SHAPES[i][vi ? 1 : 2];
    return vi ? "toàn hình" : "the whole picture";
}

static const char *area_words(struct qti_item *item, const struct xml_node *area, size_t number) {
    const char *label = xml_attr(area, "hotspotLabel"), *coords = xml_attr(area, "coords");
    bool vi = vietnamese(item);
    if (label && *label)
        return label;
    return arena_printf(item->draft.arena, vi ? "Vùng %zu (%s, tọa độ %.80s)" : "Area %zu (%s, coordinates %.80s)", number,
                        shape_words(xml_attr(area, "shape"), vi), coords ? coords : "–");
}

struct qti_refusal qti_put_hotspot(struct qti_item *item, const struct xml_node *interaction) {
    struct arena *arena = item->draft.arena;
    struct xml_node *choice = new_node(arena, interaction, "choiceInteraction", NULL);
    size_t number = 0;
    if (!choice)
        return no_memory(item);
    choice->attrs = interaction->attrs;
    for (const struct xml_node *area = xml_child(interaction, "hotspotChoice"); area; area = xml_next(area, "hotspotChoice"))
        add_words(arena, area, choice, "simpleChoice", xml_attr(area, "identifier"), area_words(item, area, ++number));
    exchange_note(item->draft.reading, "hotspot-listed", "Các vùng trên hình đã thành phương án bằng lời (theo nhãn hoặc theo tọa độ); hãy xem lại hình và lời.",
                  "The areas of the picture became options in words (by label or by coordinates); look at picture and words again.",
                  exchange_line(arena, interaction->line));
    return qti_put_choice(item, choice);
}

/* ---- gaps that are filled from a list ---- */

size_t qti_gap_number(const struct xml_node *interaction, const struct xml_node *gap) {
    size_t number = 0;
    for (const struct xml_node *node = interaction; (node = xml_walk(interaction, node));) {
        number += xml_is(node, "gap");
        if (node == gap)
            return number;
    }
    return 0;
}

struct qti_refusal qti_put_gap_match(struct qti_item *item, const struct xml_node *interaction) {
    struct arena *arena = item->draft.arena;
    struct xml_node *match = new_node(arena, interaction, "matchInteraction", NULL);
    struct xml_node *gaps = match ? new_node(arena, interaction, "simpleMatchSet", match) : NULL;
    struct xml_node *words = gaps ? new_node(arena, interaction, "simpleMatchSet", match) : NULL;
    size_t number = 0;
    if (!words)
        return no_memory(item);
    match->attrs = interaction->attrs;
    for (const struct xml_node *node = interaction; (node = xml_walk(interaction, node));)
        if (xml_is(node, "gap"))
            add_words(arena, node, gaps, "simpleAssociableChoice", xml_attr(node, "identifier"), arena_printf(arena, "(%zu)", ++number));
    for (const struct xml_node *node = xml_child(interaction, NULL); node; node = xml_next(node, NULL))
        if (xml_is(node, "gapText") || xml_is(node, "gapImg"))
            add_copy(arena, node, words, "simpleAssociableChoice");
    exchange_note(item->draft.reading, "gaps-matched", "Các chỗ trống được đánh số trong đoạn văn và thành hàng của câu ghép cặp; một từ có thể được chọn cho nhiều chỗ trống.",
                  "The gaps are numbered in the passage and became rows of a matching; a word may be chosen for several gaps.",
                  exchange_line(arena, interaction->line));
    return qti_put_match(item, match);
}
