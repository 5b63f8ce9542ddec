#include "khoacu/score/score.h"

#include "khoacu/settle/settle.h"

#include "khoacu/base/banned.h"

static struct score_item of_position(struct arena *arena, const struct score_key *key, int position, const struct sitting_answers *answers) {
    const struct score_fix *fix = &key->fixes[position];
    int16_t choice = answers->choices[position];
    const char *answer = answers->answers[position];
    struct score_item best = score_item(arena, fix->key_count ? &fix->keys[0] : &key->items[position], choice, answer);
    for (uint8_t i = 1; i < fix->key_count; i++) {
        struct score_item other = score_item(arena, &fix->keys[i], choice, answer);
        if (other.points_e7 > best.points_e7 || (other.right && !best.right))
            best = other;
    }
    if (fix->decision == SETTLE_REKEY_ALL_RIGHT) {
        best.points_e7 = score_item_worth(&key->items[position]);
        best.right = true;
    }
    return best;
}

void score_count(struct arena *arena, const struct score_key *key, const struct sitting_answers *answers,
                 struct score_count *ret_count) {
    struct score_count count = {.correct = 0};
    for (int position = 1; position <= key->count; position++) {
        if (key->fixes[position].decision == SETTLE_REKEY_DROP) {
            count.item_points_e7[position] = SCORE_PENDING;
            continue;
        }
        struct score_item item = of_position(arena, key, position, answers);
        count.answered += item.answered;
        count.correct += item.right;
        count.points_e7 += item.points_e7;
        count.item_points_e7[position] = item.pending ? SCORE_PENDING : item.points_e7;
    }
    *ret_count = count;
}
