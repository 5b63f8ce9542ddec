#include "khoacu/psych/drift.h"

#include <math.h>

#include "khoacu/base/banned.h"

size_t psych_drift(const double *differences, size_t count, size_t window, double target, double sd,
                   struct psych_drift_step *ret_steps) {
    double high = 0, low = 0;
    size_t alarms = 0;
    for (size_t i = 0; i < count; i++) {
        double sum = 0, z = sd > 0 ? (differences[i] - target) / sd : 0;
        size_t from = window > 0 && i + 1 > window ? i + 1 - window : 0;
        for (size_t k = from; k <= i; k++)
            sum += differences[k];
        high = fmax(0, high + z - PSYCH_DRIFT_K);
        low = fmax(0, low - z - PSYCH_DRIFT_K);
        bool alarm = high > PSYCH_DRIFT_H || low > PSYCH_DRIFT_H;
        ret_steps[i] = (struct psych_drift_step){sum / (double)(i + 1 - from), high, low, alarm};
        alarms += alarm;
        if (alarm)
            high = low = 0;
    }
    return alarms;
}
