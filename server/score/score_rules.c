#include "khoacu/score/score.h"

#include "khoacu/base/banned.h"

void score_count(struct arena *arena, const struct score_key *key, const struct sitting_answers *answers,
                 struct score_count *ret_count) {
    struct score_count count = {.correct = 0};
    for (int position = 1; position <= key->count; position++) {
        struct score_item item = score_item(arena, &key->items[position], answers->choices[position], answers->answers[position]);
        count.answered += item.answered;
        count.correct += item.right;
        count.points_e7 += item.points_e7;
        count.item_points_e7[position] = item.pending ? SCORE_PENDING : item.points_e7;
    }
    *ret_count = count;
}
