#include "moodle.h"

#include "khoacu/base/text.h"

#include <string.h>

#include "khoacu/base/banned.h"

enum { ANSWERS_MAX = 200 };

static const char *place_of(struct draft *draft, const struct xml_node *node) {
    return exchange_line(draft->arena, node->line);
}

static size_t count_of(const struct xml_node *question, const char *name) {
    size_t count = 0;
    for (const struct xml_node *node = xml_child(question, name); node && count < ANSWERS_MAX; node = xml_next(node, name))
        count++;
    return count;
}

/* fraction="33.33333" as units of the whole. */
static int64_t fraction_of(const struct xml_node *answer) {
    const char *text = xml_attr(answer, "fraction");
    int64_t units = 0;
    return text && draft_percent(text, &units) ? units : 0;
}

/* ---- choices ---- */

static void put_multichoice(struct draft *draft, const struct xml_node *question) {
    size_t count = count_of(question, "answer");
    struct draft_choice *choices = ARENA_ARRAY(draft->arena, count + 1, struct draft_choice);
    const struct xml_node *answer = xml_child(question, "answer");
    for (size_t i = 0; choices && i < count; i++, answer = xml_next(answer, "answer"))
        choices[i] = (struct draft_choice){.text = moodle_rich(draft, answer),
                                           .note = moodle_rich(draft, xml_child(answer, "feedback")),
                                           .units = fraction_of(answer)};
    bool single = !xml_child(question, "single") || moodle_true(draft, question, "single");
    if (choices)
        draft_choices(draft, single, choices, count);
    draft->item.shuffle = moodle_true(draft, question, "shuffleanswers");
}

static void put_truefalse(struct draft *draft, const struct xml_node *question) {
    struct item_text notes[2] = {{0}};
    bool truth = false;
    int64_t best = 0;
    for (const struct xml_node *answer = xml_child(question, "answer"); answer; answer = xml_next(answer, "answer")) {
        const char *words = moodle_line(draft, answer, "text");
        bool yes = strcmp(words, "true") == 0;
        if (fraction_of(answer) > best) {
            best = fraction_of(answer);
            truth = yes;
        }
        notes[yes] = moodle_rich(draft, xml_child(answer, "feedback"));
    }
    draft_truefalse(draft, truth, notes[1], notes[0]);
    if (best != DRAFT_WHOLE)
        draft_note(draft, DRAFT_WEIGHT_SUM, NULL);
    for (size_t i = 0; !best && i < draft->item.option_count; i++)
        draft->item.options[i].credit = NULL; /* neither is right, which no item may be */
}

/* ---- words and numbers ---- */

static struct item_accepted *begin_accepted(struct draft *draft, const struct xml_node *question, enum item_kind kind) {
    draft_kind(draft, kind);
    draft->item.accepted = ARENA_ARRAY(draft->arena, count_of(question, "answer") + 1, struct item_accepted);
    return draft->item.accepted;
}

/* What earns nothing is no accepted answer; its feedback goes with it. */
static bool worthless(struct draft *draft, const struct xml_node *answer) {
    if (fraction_of(answer) > 0)
        return false;
    if (moodle_says(draft, answer, "feedback"))
        draft_note(draft, DRAFT_FEEDBACK, place_of(draft, answer));
    return true;
}

static void put_short(struct draft *draft, const struct xml_node *question) {
    struct item *item = &draft->item;
    size_t count = count_of(question, "answer");
    const struct xml_node *answer = xml_child(question, "answer");
    if (!begin_accepted(draft, question, ITEM_TEXT))
        return;
    item->fold_case = !moodle_true(draft, question, "usecase");
    item->fold_spaces = true;
    for (size_t i = 0; i < count; i++, answer = xml_next(answer, "answer")) {
        if (worthless(draft, answer))
            continue;
        item->accepted[item->accepted_count++] =
            (struct item_accepted){.value = draft_words(draft, RICH_PLAIN, moodle_line(draft, answer, "text"), place_of(draft, answer)),
                                   .credit = draft_format(draft->arena, fraction_of(answer)),
                                   .note = moodle_rich(draft, xml_child(answer, "feedback"))};
    }
}

/* "1.5", "1,5", "1.5E-3" as a decimal; NULL: it is none. */
static const char *decimal_of(struct draft *draft, const char *text, const char *place) {
    char mantissa[64], digits[160];
    int64_t power = 0;
    size_t len = strcspn(text, "eE");
    if (text[len] && !text_parse_int(text + len + 1 + (text[len + 1] == '+'), -18, 18, &power))
        return NULL;
    if (!len || len >= sizeof mantissa)
        return NULL;
    memcpy(mantissa, text, len);
    mantissa[len] = '\0';
    char *comma = strchr(mantissa, ',');
    if (comma) {
        *comma = '.';
        draft_note(draft, DRAFT_COMMA, place);
    }
    const char *whole = mantissa + (mantissa[0] == '-' || mantissa[0] == '+');
    size_t before = strcspn(whole, "."), used = 0;
    const char *after = whole[before] ? whole + before + 1 : "";
    int64_t point = (int64_t)before + power, total = (int64_t)(before + strlen(after));
    if (mantissa[0] == '-')
        digits[used++] = '-';
    for (int64_t i = point < 1 ? point - 1 : 0; i < total || i < point; i++) {
        if (i == point)
            digits[used++] = '.';
        size_t at = (size_t)i;
        digits[used++] = i < 0 || i >= total ? '0' : at < before ? whole[at] : after[at - before];
    }
    digits[used] = '\0';
    return item_decimal(draft->arena, digits, ITEM_VALUE_PLACES);
}

static void put_others(struct draft *draft, const struct xml_node *answer) {
    struct item_text *rationale = &draft->item.rationale, note = moodle_rich(draft, xml_child(answer, "feedback"));
    if (fraction_of(answer) != 0)
        draft_note(draft, DRAFT_OTHERS_LOST, place_of(draft, answer));
    if (!note.vi && !note.en)
        return;
    bool free = !rationale->vi && !rationale->en;
    draft_note(draft, free ? DRAFT_OTHERS : DRAFT_FEEDBACK, place_of(draft, answer));
    if (free)
        *rationale = note;
}

/* The unit of the answers is shown; others, which Moodle converts, are not known here. */
static void put_unit(struct draft *draft, const struct xml_node *question) {
    for (const struct xml_node *unit = xml_child(xml_child(question, "units"), "unit"); unit; unit = xml_next(unit, "unit")) {
        const char *factor = moodle_line(draft, unit, "multiplier"), *name = moodle_line(draft, unit, "unit_name");
        int64_t units = 0;
        bool rounded = false;
        if (!draft->item.unit && name[0] && draft_decimal(factor, &units, &rounded) && units == DRAFT_WHOLE)
            draft->item.unit = charset_nfc(draft->arena, name);
        else
            draft_note(draft, DRAFT_UNITS, place_of(draft, unit));
    }
}

static void put_numerical(struct draft *draft, const struct xml_node *question) {
    struct item *item = &draft->item;
    size_t count = count_of(question, "answer");
    const struct xml_node *answer = xml_child(question, "answer");
    if (!begin_accepted(draft, question, ITEM_NUMERIC))
        return;
    put_unit(draft, question);
    for (size_t i = 0; i < count; i++, answer = xml_next(answer, "answer")) {
        const char *text = moodle_line(draft, answer, "text"), *tolerance = moodle_line(draft, answer, "tolerance");
        const char *place = place_of(draft, answer);
        if (strcmp(text, "*") == 0) {
            put_others(draft, answer);
            continue;
        }
        if (worthless(draft, answer))
            continue;
        const char *value = decimal_of(draft, text, place), *amount = tolerance[0] ? decimal_of(draft, tolerance, place) : NULL;
        item->accepted[item->accepted_count++] =
            (struct item_accepted){.value = value ? value : text,
                                   .tolerance = tolerance[0] && !amount ? tolerance : amount && strcmp(amount, "0") != 0 ? amount : NULL,
                                   .credit = draft_format(draft->arena, fraction_of(answer)),
                                   .note = moodle_rich(draft, xml_child(answer, "feedback"))};
    }
}

/* ---- the others ---- */

static void put_matching(struct draft *draft, const struct xml_node *question) {
    size_t count = count_of(question, "subquestion");
    if (!draft_matching(draft, count + 1))
        return;
    const struct xml_node *row = xml_child(question, "subquestion");
    for (size_t i = 0; i < count; i++, row = xml_next(row, "subquestion"))
        draft_pair(draft, moodle_rich(draft, row),
                   draft_text(draft, RICH_PLAIN, moodle_line(draft, row, "answer"), place_of(draft, row)));
    draft->item.shuffle = moodle_true(draft, question, "shuffleanswers");
}

static int64_t number_of(struct draft *draft, const struct xml_node *question, const char *name, int64_t max) {
    int64_t number = 0;
    const char *text = moodle_line(draft, question, name);
    if (!text[0] || strcmp(text, "0") == 0)
        return 0;
    if (text_parse_int(text, 1, max, &number))
        return number;
    draft_note(draft, DRAFT_SETTING, place_of(draft, xml_child(question, name)));
    return 0;
}

static void put_essay(struct draft *draft, const struct xml_node *question) {
    static const char *const LOST[] = {"responsetemplate", "minwordlimit", "filetypeslist", "attachmentsrequired"};
    const char *form = moodle_line(draft, question, "responseformat"), *files = moodle_line(draft, question, "attachments");
    bool upload = strcmp(form, "noinline") == 0, some = files[0] && strcmp(files, "0") != 0;
    struct item *item = &draft->item;
    draft_kind(draft, upload ? ITEM_UPLOAD : ITEM_ESSAY);
    if (upload) {
        item->upload_files_max = strcmp(files, "-1") == 0 ? 0 : number_of(draft, question, "attachments", ITEM_UPLOAD_FILES_MAX);
        item->upload_bytes_max = number_of(draft, question, "maxbytes", ITEM_UPLOAD_BYTES_MAX);
    } else {
        item->lines = number_of(draft, question, "responsefieldlines", ITEM_LINES_MAX);
        item->words_max = number_of(draft, question, "maxwordlimit", ITEM_WORDS_MAX);
        if (some || strcmp(form, "editorfilepicker") == 0)
            draft_note(draft, DRAFT_SETTING, place_of(draft, some ? xml_child(question, "attachments") : question));
    }
    for (size_t i = 0; i < sizeof LOST / sizeof *LOST; i++) {
        const struct xml_node *node = xml_child(question, LOST[i]);
        if (node && moodle_says(draft, question, LOST[i]) && strcmp(moodle_line(draft, question, LOST[i]), "0") != 0)
            draft_note(draft, DRAFT_SETTING, place_of(draft, node));
    }
    struct item_text guide = moodle_rich(draft, xml_child(question, "graderinfo"));
    if (!guide.vi && !guide.en)
        return;
    if (item->rationale.vi || item->rationale.en)
        draft_note(draft, DRAFT_FEEDBACK, place_of(draft, xml_child(question, "generalfeedback")));
    item->rationale = guide;
}

static void put_description(struct draft *draft, const struct xml_node *question) {
    (void)question;
    draft_kind(draft, ITEM_STIMULUS);
}

moodle_put_fn *moodle_kind(const char *type) {
    static const struct {
        const char *type;
        moodle_put_fn *put;
    } KINDS[] = {{"multichoice", put_multichoice}, {"truefalse", put_truefalse}, {"shortanswer", put_short},
                 {"numerical", put_numerical},     {"matching", put_matching},   {"essay", put_essay},
                 {"description", put_description}};
    for (size_t i = 0; i < sizeof KINDS / sizeof *KINDS; i++)
        if (strcmp(KINDS[i].type, type) == 0)
            return KINDS[i].put;
    return NULL;
}
