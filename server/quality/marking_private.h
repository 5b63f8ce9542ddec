/* marking_private.h: final marks of one part, as the report about marking takes them. Used by: quality. */
#ifndef KHOACU_SERVER_QUALITY_MARKING_PRIVATE_H
#define KHOACU_SERVER_QUALITY_MARKING_PRIVATE_H

#include "khoacu/base/err.h"

#include <stddef.h>
#include <stdint.h>

struct quality_work;

struct quality_mark {
    const char *component;
    int64_t question, most, step; /* of the script; most and step in hundredths */
    int64_t blind_id, round, marker_id, hundredths, at_us;
    double value;
    uint32_t marker; /* place among the part's markers */
};
struct quality_marker {
    int64_t id;
    const char *login_name, *full_name;
};
struct quality_part {
    struct quality_mark *marks; /* by blind code and round */
    size_t count;
    int64_t most, step;
    struct quality_marker *markers; /* by log-in name */
    size_t marker_count;
};
/* Writes the members "severity" and "markers". */
enum err quality_put_markers(struct quality_work *work, const struct quality_part *part);

#endif
