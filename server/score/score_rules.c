#include "khoacu/score/score.h"

#include "khoacu/base/banned.h"

struct score_count score_count(const struct score_key *key, const struct sitting_answers *answers) {
    struct score_count count = {0};
    for (int position = 1; position <= key->count; position++) {
        int16_t choice = answers->choices[position];
        count.answered += choice != 0;
        count.correct += choice != 0 && choice == key->choices[position];
    }
    return count;
}
