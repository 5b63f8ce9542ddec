#include "moodle.h"

#include "khoacu/base/text.h"

#include <string.h>

#include "khoacu/base/banned.h"

enum { FILE_ARENA = 512 << 20, FILE_NAMES = 200 };

static const char BLANKS[] = " \t\r\n";

/* ---- parts of the file ---- */

const char *moodle_text(struct draft *draft, const struct xml_node *node) {
    const struct xml_node *text = xml_child(node, "text");
    const char *words = xml_text(draft->arena, text ? text : node);
    return words ? words : "";
}

static bool said(const char *text) {
    return text[strspn(text, BLANKS)] != '\0';
}

const char *moodle_line(struct draft *draft, const struct xml_node *node, const char *name) {
    const struct xml_node *child = xml_child(node, name);
    char *text = child ? arena_strdup(draft->arena, moodle_text(draft, child)) : NULL;
    return text ? text_trim(text) : "";
}

static enum rich format_of(const struct xml_node *node) {
    const char *format = xml_attr(node, "format");
    if (format && strcmp(format, "plain_text") == 0)
        return RICH_PLAIN;
    if (format && strcmp(format, "markdown") == 0)
        return RICH_MARKDOWN;
    return format && strcmp(format, "html") == 0 ? RICH_HTML : RICH_MOODLE;
}

static const char *place_of(struct draft *draft, const struct xml_node *node) {
    return node ? exchange_line(draft->arena, node->line) : draft->place;
}

struct item_text moodle_rich(struct draft *draft, const struct xml_node *node) {
    const char *text = node ? moodle_text(draft, node) : "";
    draft->scope = node;
    return said(text) ? draft_text(draft, format_of(node), text, place_of(draft, node)) : (struct item_text){0};
}

bool moodle_says(struct draft *draft, const struct xml_node *node, const char *name) {
    const struct xml_node *child = xml_child(node, name);
    return child && said(moodle_text(draft, child));
}

bool moodle_true(struct draft *draft, const struct xml_node *node, const char *name) {
    const char *text = moodle_line(draft, node, name);
    return strcmp(text, "1") == 0 || strcmp(text, "true") == 0;
}

/* <file name="a.png" encoding="base64">: all of the question, whichever text they stand in. */
static void take_files(struct draft *draft, const struct xml_node *question) {
    size_t taken = 0;
    for (const struct xml_node *node = question; (node = xml_walk(question, node)) && taken < FILE_NAMES;) {
        const char *name = xml_attr(node, "name"), *encoding = xml_attr(node, "encoding");
        if (!xml_is(node, "file") || !name)
            continue;
        size_t len = 0;
        const char *text = xml_text(draft->arena, node);
        void *bytes = text && encoding && strcmp(encoding, "base64") == 0 ? draft_base64(draft->arena, text, &len) : NULL;
        if (!bytes || !draft_add_file(draft, node->parent, name, bytes, len))
            draft_note(draft, DRAFT_FILE, place_of(draft, node));
        taken++;
    }
}

/* ---- what all questions have ---- */

static void take_points(struct draft *draft, const struct xml_node *question) {
    const char *text = moodle_line(draft, question, "defaultgrade");
    int64_t units = 0;
    bool rounded = false;
    if (text[0] && draft_decimal(text, &units, &rounded) && units >= 0)
        draft->points = draft_format(draft->arena, units);
    else if (text[0])
        draft_note(draft, DRAFT_SETTING, place_of(draft, xml_child(question, "defaultgrade")));
    if (rounded)
        draft_note(draft, DRAFT_ROUNDED, NULL);
}

static void take_tags(struct draft *draft, const struct xml_node *question) {
    const char *tags[ITEM_TAGS_MAX + 1];
    size_t count = 0;
    const struct xml_node *list = xml_child(question, "tags");
    for (const struct xml_node *tag = xml_child(list, "tag"); tag && count <= ITEM_TAGS_MAX; tag = xml_next(tag, "tag"))
        tags[count++] = moodle_text(draft, tag);
    if (count)
        draft_tags(draft, tags, count);
}

/* Settings that only make sense while a question is answered again and again, or on the screens of Moodle. */
static void note_rest(struct draft *draft, const struct xml_node *question) {
    static const char *const FEEDBACKS[] = {"correctfeedback", "partiallycorrectfeedback", "incorrectfeedback"};
    int64_t penalty = 0;
    bool rounded = false;
    for (size_t i = 0; i < sizeof FEEDBACKS / sizeof *FEEDBACKS; i++)
        if (moodle_says(draft, question, FEEDBACKS[i]))
            draft_note(draft, DRAFT_FEEDBACK, place_of(draft, xml_child(question, FEEDBACKS[i])));
    if (draft_decimal(moodle_line(draft, question, "penalty"), &penalty, &rounded) && penalty > 0)
        draft_note(draft, DRAFT_PENALTY, place_of(draft, xml_child(question, "penalty")));
    if (moodle_says(draft, question, "hint"))
        draft_note(draft, DRAFT_HINT, place_of(draft, xml_child(question, "hint")));
    if (moodle_true(draft, question, "hidden"))
        draft_note(draft, DRAFT_HIDDEN, place_of(draft, xml_child(question, "hidden")));
    const char *numbering = moodle_line(draft, question, "answernumbering");
    if (numbering[0] && strcmp(numbering, "abc") != 0 && strcmp(numbering, "ABCD") != 0)
        draft_note(draft, DRAFT_SETTING, place_of(draft, xml_child(question, "answernumbering")));
}

static void take_common(struct draft *draft, const struct xml_node *question, const char *category) {
    draft_title(draft, draft->name);
    take_files(draft, question);
    take_points(draft, question);
    take_tags(draft, question);
    if (category)
        draft_topic(draft, category);
    const char *id = moodle_line(draft, question, "idnumber");
    if (id[0])
        draft->item.meta.external_id = id;
    draft->item.body = moodle_rich(draft, xml_child(question, "questiontext"));
    draft->item.rationale = moodle_rich(draft, xml_child(question, "generalfeedback"));
}

/* ---- questions ---- */

static enum err refuse_type(struct draft *draft, const char *type) {
    if (strcmp(type, "cloze") == 0 || strcmp(type, "multianswer") == 0)
        return draft_refuse(draft, "moodle-cloze", "Câu nhiều chỗ trống (cloze) không nhập được; hãy tách thành từng câu.",
                            "Questions with embedded answers (cloze) cannot be read; make each gap a question.", NULL);
    return draft_refuse(
        draft, "moodle-type", arena_printf(draft->arena, "Loại câu hỏi «%.60s» của Moodle không có ở đây.", type),
        arena_printf(draft->arena, "Questions of Moodle's type \"%.60s\" have no counterpart here.", type), NULL);
}

/* A category, and what it says beside its name: `described` is one of which no question has told yet; NULL: there is none. */
struct category {
    const char *name;
    const struct xml_node *described;
};

static enum err give_question(struct exchange_reading *reading, const struct xml_node *question, const struct category *category) {
    struct draft draft;
    const char *type = xml_attr(question, "type");
    draft_init(&draft, reading, NULL, exchange_line(reading->arena, question->line));
    const char *name = moodle_line(&draft, question, "name");
    draft.name = name[0] ? name : NULL;
    moodle_put_fn *put = moodle_kind(type ? type : "");
    if (!put)
        return refuse_type(&draft, type ? type : "");
    for (const struct xml_node *answer = xml_child(question, "answer"); answer; answer = xml_next(answer, "answer")) {
        const char *fraction = xml_attr(answer, "fraction");
        int64_t units = 0;
        if (fraction && !draft_percent(fraction, &units))
            return draft_refuse(&draft, "moodle-fraction", "Phần điểm (fraction) của một đáp án không phải là số.",
                                "The fraction of an answer is no number.", place_of(&draft, answer));
    }
    take_common(&draft, question, category->name);
    if (category->described)
        draft_note(&draft, DRAFT_CATEGORY, place_of(&draft, category->described));
    note_rest(&draft, question);
    put(&draft, question);
    draft_keep_media(&draft);
    if (draft.item.kind == ITEM_STIMULUS && (draft.item.rationale.vi || draft.item.rationale.en)) {
        draft_note(&draft, DRAFT_FEEDBACK, NULL);
        draft.item.rationale = (struct item_text){0};
    }
    return draft_give(&draft);
}

static const char *category_of(struct arena *arena, const struct xml_node *question) {
    const struct xml_node *category = xml_child(question, "category");
    return xml_text(arena, xml_child(category, "text") ? xml_child(category, "text") : category);
}

static bool is_category(const struct xml_node *question) {
    const char *type = xml_attr(question, "type");
    return type && strcmp(type, "category") == 0;
}

/* Whether a category has a description or an ID number. */
static bool is_described(struct arena *arena, const struct xml_node *category) {
    const struct xml_node *info = xml_child(category, "info"), *id = xml_child(category, "idnumber");
    const char *words = info ? xml_text(arena, xml_child(info, "text") ? xml_child(info, "text") : info) : NULL;
    const char *number = id ? xml_text(arena, xml_child(id, "text") ? xml_child(id, "text") : id) : NULL;
    return (words && said(words)) || (number && said(number));
}

static enum err give_all(struct exchange_reading *reading, struct arena *tree, const struct xml_node *quiz) {
    struct category category = {0};
    const struct xml_node *last = NULL;
    size_t total = 0, done = 0;
    enum err err = ERR_NONE;
    for (const struct xml_node *node = xml_child(quiz, "question"); node; node = xml_next(node, "question")) {
        total++;
        last = is_category(node) ? last : node;
    }
    for (const struct xml_node *node = xml_child(quiz, "question"); node && err == ERR_NONE; node = xml_next(node, "question")) {
        if (is_category(node)) {
            category.name = category_of(tree, node);
            if (!category.described && is_described(tree, node))
                category.described = node;
        } else {
            /* Of categories without a question behind them the last one tells. */
            for (const struct xml_node *next = node == last ? xml_next(node, "question") : NULL; next && !category.described; next = xml_next(next, "question"))
                category.described = is_described(tree, next) ? next : NULL;
            err = give_question(reading, node, &category);
            category.described = NULL;
        }
        if (err == ERR_NONE && !exchange_progress(reading, ++done, total))
            err = ERR_STATE;
    }
    return err;
}

static enum err refuse_file(struct exchange_reading *reading, const struct xml_error *error) {
    const char *place = error->line ? exchange_line(reading->arena, error->line) : "";
    const char *reason = error->reason ? error->reason : "syntax";
    if (strcmp(reason, "doctype") == 0 || strcmp(reason, "entity") == 0)
        return exchange_refuse_file(reading, "xml-doctype", "Tệp XML có khai báo DOCTYPE hoặc thực thể nên bị từ chối.",
                                    "The XML declares a DOCTYPE or entities and is refused.", place);
    if (strcmp(reason, "encoding") == 0)
        return exchange_refuse_file(reading, "xml-encoding", "Tệp XML phải dùng bảng mã UTF-8.", "The XML must be in UTF-8.", place);
    if (strcmp(reason, "depth") == 0 || strcmp(reason, "limit") == 0)
        return exchange_refuse_file(reading, "xml-limit", "Tệp XML quá lớn hoặc lồng quá sâu.",
                                    "The XML is too large or too deep.", place);
    return exchange_refuse_file(reading, "xml-broken", "Tệp XML bị lỗi cú pháp.", "The XML is not well-formed.", place);
}

enum err exchange_moodle_read(const char *path, const char *bytes, size_t len, const struct exchange_options *options,
                              exchange_sink_fn *sink, void *ctx) {
    struct arena arena, tree;
    struct exchange_reading reading;
    struct xml_node *quiz = NULL;
    struct xml_error error = {0};
    arena_init(&arena, EXCHANGE_ITEM_BYTES_MAX);
    arena_init(&tree, FILE_ARENA);
    exchange_reading_init(&reading, EXCHANGE_MOODLE, path, options, sink, ctx, &arena);
    enum err err = xml_read(&tree, bytes, len, &quiz, &error);
    if (err == ERR_MEMORY && tree.used + len > tree.cap / 2)
        error = (struct xml_error){.reason = "limit"};
    if (err != ERR_NONE && (err != ERR_MEMORY || error.reason))
        err = refuse_file(&reading, &error);
    else if (err == ERR_NONE && !xml_is(quiz, "quiz"))
        err = exchange_refuse_file(&reading, "moodle-root", "Tệp XML này không phải ngân hàng câu hỏi của Moodle.",
                                   "This XML is no question bank of Moodle.", "line 1");
    else if (err == ERR_NONE)
        err = give_all(&reading, &tree, quiz);
    if (err == ERR_NONE && !reading.found && !reading.refused)
        err = exchange_refuse_file(&reading, "file-empty", "Không tìm thấy câu hỏi nào trong tệp.",
                                   "No item stands in the file.", "");
    arena_release(&tree);
    arena_release(&arena);
    return err;
}
