#include "khoacu/marking/script.h"

#include "khoacu/base/text.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define X(name, key) key,
static const char *const STATUSES[] = {MARKING_STATUS_TABLE(X)};
static const char *const FILTERS[] = {MARKING_FILTER_TABLE(X)};
static const char *const ARTICLES[] = {MARKING_ARTICLE_TABLE(X)};
#undef X

const char *marking_status_key(enum marking_status status) {
    return STATUSES[status];
}

static int find(const char *const *keys, int count, const char *key) {
    for (int i = 0; key && i < count; i++)
        if (strcmp(keys[i], key) == 0)
            return i;
    return -1;
}

int marking_status_find(const char *key) {
    return find(STATUSES, MARKING_STATUS_COUNT, key);
}

int marking_filter_find(const char *key) {
    return find(FILTERS, MARKING_FILTER_COUNT, key);
}

bool marking_article_known(const char *article) {
    return find(ARTICLES, (int)(sizeof ARTICLES / sizeof *ARTICLES), article) >= 0;
}

void marking_blind_code(int64_t blind_id, char out[MARKING_BLIND_CODE_SIZE]) {
    uint8_t bytes[8];
    char symbols[16];
    for (int i = 0; i < 8; i++)
        bytes[i] = (uint8_t)((uint64_t)blind_id >> (56 - 8 * i));
    text_base32(bytes, sizeof bytes, symbols);
    (void)snprintf(out, MARKING_BLIND_CODE_SIZE, "%.4s-%.4s-%.5s", symbols, symbols + 4, symbols + 8);
}

enum marking_entry_fault marking_entry_judge(struct marking_entry *entry, bool has_value) {
    int64_t sum = 0;
    for (size_t i = 0; i < entry->criteria_count; i++)
        sum += entry->criteria[i];
    if (entry->status == MARKING_AWARDED) {
        if (!has_value && !entry->criteria)
            return MARKING_ENTRY_NO_VALUE;
        if (!has_value)
            entry->value = sum;
        return entry->criteria && entry->value != sum ? MARKING_ENTRY_SUM : MARKING_ENTRY_FINE;
    }
    if (has_value || entry->criteria)
        return MARKING_ENTRY_EXTRA_VALUE;
    bool needs_words = entry->status == MARKING_SUSPENDED || entry->status == MARKING_VOID;
    return needs_words && !entry->note ? MARKING_ENTRY_NO_NOTE : MARKING_ENTRY_FINE;
}
