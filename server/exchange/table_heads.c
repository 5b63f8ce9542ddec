#include "table.h"

#include "khoacu/doc/fold.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

static const struct exchange_field FIELDS[] = {
#define X(name_, column, vi, en, example_) {.name = column, .label_vi = vi, .label_en = en, .example = example_},
    TABLE_FIELD_TABLE(X)
#undef X
    {.name = NULL}};

static const char *const OWN[TABLE_OWN_COLUMNS] = {"khoacu",   "khoacu_2",  "khoacu_3",  "khoacu_4",  "khoacu_5",  "khoacu_6",
                                                   "khoacu_7", "khoacu_8",  "khoacu_9",  "khoacu_10", "khoacu_11", "khoacu_12",
                                                   "khoacu_13", "khoacu_14", "khoacu_15", "khoacu_16"};

/* What else people and other programs write above these columns. */
static const struct {
    const char *heading;
    enum table_field field;
} ALIASES[] = {{"mã", TABLE_CODE},
               {"id", TABLE_CODE},
               {"loại câu hỏi", TABLE_KIND},
               {"type", TABLE_KIND},
               {"môn học", TABLE_SUBJECT},
               {"môn thi", TABLE_SUBJECT},
               {"chuyên đề", TABLE_TOPIC},
               {"category", TABLE_TOPIC},
               {"độ khó", TABLE_LEVEL},
               {"difficulty", TABLE_LEVEL},
               {"nội dung", TABLE_STEM},
               {"nội dung câu hỏi", TABLE_STEM},
               {"stem_vi", TABLE_STEM},
               {"question", TABLE_STEM},
               {"question text", TABLE_STEM},
               {"a", TABLE_OPTION_A},
               {"b", TABLE_OPTION_B},
               {"c", TABLE_OPTION_C},
               {"d", TABLE_OPTION_D},
               {"e", TABLE_OPTION_E},
               {"f", TABLE_OPTION_F},
               {"g", TABLE_OPTION_G},
               {"h", TABLE_OPTION_H},
               {"đáp án đúng", TABLE_KEY},
               {"answer", TABLE_KEY},
               {"correct answer", TABLE_KEY},
               {"nguồn", TABLE_SOURCE},
               {"tài liệu", TABLE_SOURCE},
               {"ghi chú", TABLE_EXPLANATION},
               {"rationale", TABLE_EXPLANATION},
               {"feedback", TABLE_EXPLANATION},
               {"thời gian", TABLE_SECONDS}};

const char *table_column(enum table_field field) {
    return field < TABLE_OWN ? FIELDS[field].name : OWN[field - TABLE_OWN];
}

const struct exchange_field *exchange_fields(void) {
    return FIELDS;
}

/* Words without case and marks: "Phương án A" is "phuong an a", and so is "phuong_an_a". */
static void fold(const char *text, char out[96]) {
    struct buf buf;
    buf_init(&buf, 1 << 16);
    fold_words(text, strnlen(text, 4096), &buf, NULL);
    (void)snprintf(out, 96, "%s", buf.data ? buf.data : "");
    for (char *c = out; *c; c++)
        if (*c == '_')
            *c = ' ';
    buf_release(&buf);
}

static bool same_fold(const char *folded, const char *name) {
    char other[96];
    fold(name, other);
    return strcmp(folded, other) == 0;
}

static int find_field(const char *heading) {
    char folded[96];
    fold(heading, folded);
    if (!folded[0])
        return -1;
    for (int i = 0; i < TABLE_OWN; i++)
        if (same_fold(folded, FIELDS[i].name) || same_fold(folded, FIELDS[i].label_vi) ||
            same_fold(folded, FIELDS[i].label_en))
            return i;
    for (int i = 0; i < TABLE_OWN_COLUMNS; i++)
        if (same_fold(folded, OWN[i]))
            return TABLE_OWN + i;
    for (size_t i = 0; i < sizeof ALIASES / sizeof *ALIASES; i++)
        if (same_fold(folded, ALIASES[i].heading))
            return (int)ALIASES[i].field;
    return -1;
}

static int mapped_field(const char *heading, const struct exchange_options *options, bool *ret_mapped) {
    char folded[96];
    fold(heading, folded);
    for (size_t i = 0; i < options->mapping_count; i++) {
        const struct exchange_mapping *mapping = &options->mapping[i];
        if (!same_fold(folded, mapping->column))
            continue;
        *ret_mapped = true;
        for (int k = 0; k < TABLE_FIELDS; k++)
            if (strcmp(table_column((enum table_field)k), mapping->field) == 0)
                return k;
        return -2;
    }
    return -1;
}

void table_heads_read(const char *const *names, size_t count, const struct exchange_options *options,
                      struct table_heads *ret_heads, int *ret_twice) {
    bool by_mapping[TABLE_FIELDS] = {false};
    *ret_heads = (struct table_heads){.count = count < TABLE_COLUMNS_MAX ? count : TABLE_COLUMNS_MAX};
    *ret_twice = -1;
    for (size_t pass = 0; pass < 2; pass++)
        for (size_t i = 0; i < ret_heads->count; i++) {
            bool mapped = false;
            int field = mapped_field(names[i], options, &mapped);
            if (mapped != (pass == 0))
                continue;
            if (!mapped)
                field = find_field(names[i]);
            if (!mapped && field >= 0 && by_mapping[field])
                field = -1;
            if (field >= 0 && ret_heads->known[field])
                *ret_twice = field;
            ret_heads->names[i] = names[i];
            ret_heads->fields[i] = field;
            if (field >= 0) {
                ret_heads->known[field] = true;
                by_mapping[field] |= mapped;
            }
        }
}

bool table_is_guide(const char *sheet) {
    return strcmp(sheet, TABLE_GUIDE_VI) == 0 || strcmp(sheet, TABLE_GUIDE_EN) == 0;
}

bool table_heads_fit(const struct table_heads *heads) {
    return heads->known[TABLE_STEM] || heads->known[TABLE_STEM_EN] || heads->known[TABLE_OWN];
}
