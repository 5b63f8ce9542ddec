/* blueprint.h: what a form must be: sections, counts, targets, budgets, and how forms relate to each other.
 *
 * A blueprint is a JSON document, "format": "khoacu-blueprint/1". Decimals are strings ("0.62"); {min,max} may leave
 * either out. All members but format and items may be absent.
 *
 *   items        exact number of items of a form
 *   title, note  for people
 *   forms        number of parallel forms, 1
 *   seed         which of many equal solutions, 1
 *   solve_s      how long the solver may take, 60
 *   sections     [{code, title_vi, title_en, topics[], kinds[], levels[], items{min,max}, seconds{}, words{}, counts[]}]: an
 *                item of a form stands in one section, which takes what topics, kinds, levels allow (none given: all).
 *                No section: the form is one.
 *   counts       [{topic, level, kind, min, max}]: items of a topic (and below it), level and kind, each may be absent
 *   seconds, words   {min,max} over the form
 *   facility     {mean: T, curve: [{theta, …T}], difference}: mean of the items' facilities and their expected mean at
 *                abilities; T is {target, tolerance} or {min,max}; `difference`: most by which two of the forms may differ
 *                in mean or at a point. Without a tolerance a target is pursued, not demanded. Items of unknown facility
 *                are left out when this member is there. An empty curve is pursued at -2, -1, 0, 1, 2.
 *   information  {points: [{theta, …T}], difference, maximise, scale}: sums of Fisher information; maximise: the smallest
 *                over the points is made as large as can be; scale: D, 1 or 1.702
 *   exposure_max items that were used so often before are left out, and the forms of this run count
 *   uses_max     in how many of the forms an item may stand; 1, or all when overlap_max is given
 *   overlap_max  items that any two of the forms may share, anchors not counted
 *   previous     [{code, items[], overlap_max}]: how much each form may share with an earlier one
 *   anchors      [{item, section}]: stand in every form
 *   leave_out    codes that must not be drawn
 *   stimuli      {items{min,max}, count{min,max}}: items of one stimulus when it is used, and stimuli of a form
 * Enemies never meet in a form.
 *
 * Limits: 40 forms, 200 items a form, 20 sections, 200 counts, 13 points a curve, 20 earlier forms, 100 anchors,
 * 240 constraints in all.
 *
 * Used by: solve.h, assembly.h, api, main. Uses: base, json, pool.h. Threads: constant once read.
 */
#ifndef KHOACU_ASSEMBLY_BLUEPRINT_H
#define KHOACU_ASSEMBLY_BLUEPRINT_H

#include "khoacu/assembly/pool.h"
#include "khoacu/json/json.h"

#define ASSEMBLY_FORMS_MAX 40
#define ASSEMBLY_FORM_ITEMS_MAX 200
#define ASSEMBLY_SECTIONS_MAX 20
#define ASSEMBLY_COUNTS_MAX 200
#define ASSEMBLY_POINTS_MAX 13
#define ASSEMBLY_PREVIOUS_MAX 20
#define ASSEMBLY_ANCHORS_MAX 100
#define ASSEMBLY_CODES_MAX 5000
#define ASSEMBLY_CONSTRAINTS_MAX 240
#define ASSEMBLY_BLUEPRINT_BYTES_MAX (256 * 1024)

/* Without a bound: ASSEMBLY_NO_MIN, ASSEMBLY_NO_MAX. */
#define ASSEMBLY_NO_MIN INT64_MIN
#define ASSEMBLY_NO_MAX INT64_MAX
struct assembly_range {
    int64_t min, max;
};

struct assembly_count {
    const char *topic, *kind; /* "": any */
    int64_t level;            /* 0: any */
    struct assembly_range items;
};
struct assembly_section {
    const char *code, *title_vi, *title_en;
    const char *const *topics;
    const char *const *kinds;
    size_t topic_count, kind_count;
    unsigned levels; /* bit n: level n; 0: any */
    struct assembly_range items, seconds, words;
    struct assembly_count *counts;
    size_t count_count;
};
/* A mean or a sum: demanded within `range`, pursued towards `target`. */
struct assembly_target {
    int64_t theta; /* NANO */
    bool pursued;
    int64_t target; /* NANO */
    struct assembly_range range;
};
struct assembly_previous {
    const char *code;
    const char *const *items;
    size_t item_count;
    int64_t overlap_max;
};
struct assembly_anchor {
    const char *item;
    size_t section;
};
struct assembly_blueprint {
    const char *title, *note;
    int64_t items, forms, seed, solve_s;
    struct assembly_section *sections; /* at least one; code "" when the document has none */
    size_t section_count;
    struct assembly_count *counts;
    size_t count_count;
    struct assembly_range seconds, words;
    bool facility, information;
    bool mean; /* the mean is bounded or pursued */
    struct assembly_target mean_target;
    struct assembly_target curve[ASSEMBLY_POINTS_MAX], points[ASSEMBLY_POINTS_MAX];
    size_t curve_count, point_count;
    bool curve_assumed;          /* the document has no curve */
    int64_t facility_difference; /* NANO; ASSEMBLY_UNKNOWN: not limited */
    int64_t information_difference;
    bool maximise;
    int64_t scale;        /* NANO */
    int64_t exposure_max; /* ASSEMBLY_NO_MAX: not limited */
    int64_t uses_max;     /* 1..forms */
    int64_t overlap_max;  /* ASSEMBLY_NO_MAX: not limited */
    struct assembly_previous *previous;
    size_t previous_count;
    struct assembly_anchor *anchors;
    size_t anchor_count;
    const char *const *leave_out;
    size_t leave_out_count;
    struct assembly_range stimulus_items, stimulus_count;
    bool stimuli;
};

/* Reads a document. False: misfits name every member that does not fit, by the rules of json.h and "decimal" (no such
 * number), "form" (not a code), "unique", "order" (min over max), "absent" (names a section that is not there),
 * "contradiction" (two members exclude each other). */
bool assembly_blueprint_read(struct arena *arena, const struct json *document, struct assembly_blueprint *ret_blueprint,
                             struct json_misfits *misfits);

/* 1..60 of A-Z, a-z, 0-9, '-', '_', '.'. */
bool assembly_code_valid(const char *code);

#endif
