#include "score_private.h"

#include "khoacu/item/item.h"

#include <stdint.h>
#include <string.h>

#include "khoacu/base/banned.h"

__extension__ typedef __int128 wide;
__extension__ typedef unsigned __int128 uwide;

/* A decimal of at most 18 + 18 digits in units of 10^-18: below 10^36. */
static wide scaled(const char *decimal) {
    wide value = 0;
    int places = -1;
    for (const char *c = decimal + (*decimal == '-'); *c; c++) {
        if (*c == '.') {
            places = 0;
            continue;
        }
        value = value * 10 + (*c - '0');
        places += places >= 0;
    }
    for (places = places < 0 ? 0 : places; places < ITEM_VALUE_PLACES; places++)
        value *= 10;
    return *decimal == '-' ? -value : value;
}

static uwide size_of(wide value) {
    return value < 0 ? (uwide)-value : (uwide)value;
}

/* a × b as 256 bits: *ret_high, and the low half as the result. */
static uwide product(uwide a, uwide b, uwide *ret_high) {
    const uwide mask = UINT64_MAX;
    uwide low = (a & mask) * (b & mask), cross = (a >> 64) * (b & mask) + (low >> 64);
    uwide other = (a & mask) * (b >> 64) + (cross & mask);
    *ret_high = (a >> 64) * (b >> 64) + (cross >> 64) + (other >> 64);
    return other << 64 | (low & mask);
}

const char *score_number_read(struct arena *arena, const char *text, const char *unit) {
    char digits[64];
    size_t len = 0;
    bool point = false;
    const char *at = text;
    for (; *at; at++) {
        if (*at == ' ' || *at == '\t')
            continue;
        if (*at == '+' && len == 0)
            continue;
        bool comma = *at == ',' || *at == '.';
        if (!comma && *at != '-' && (*at < '0' || *at > '9'))
            break;
        if ((comma && point) || (*at == '-' && len > 0) || len + 2 >= sizeof digits)
            return NULL;
        if (comma && (len == 0 || (len == 1 && digits[0] == '-')))
            digits[len++] = '0'; /* ",5" */
        point = point || comma;
        digits[len++] = comma ? '.' : *at;
    }
    if (*at && (!unit || strncmp(at, unit, strlen(unit)) != 0 || strspn(at + strlen(unit), " \t") != strlen(at + strlen(unit))))
        return NULL;
    if (len > 0 && digits[len - 1] == '.')
        len--;
    digits[len] = '\0';
    return item_decimal(arena, digits, ITEM_VALUE_PLACES);
}

bool score_number_within(const char *number, const char *low, const char *high) {
    wide value = scaled(number);
    return (!low || value >= scaled(low)) && (!high || value <= scaled(high));
}

bool score_number_near(const char *number, const char *value, const char *tolerance, bool relative) {
    wide wanted = scaled(value), allowed = tolerance ? scaled(tolerance) : 0;
    uwide off = size_of(scaled(number) - wanted);
    if (!relative)
        return off <= size_of(allowed);
    uwide one = 1, off_high, allowed_high;
    for (int i = 0; i < ITEM_VALUE_PLACES; i++)
        one *= 10;
    uwide off_low = product(off, one, &off_high), allowed_low = product(size_of(wanted), size_of(allowed), &allowed_high);
    return off_high < allowed_high || (off_high == allowed_high && off_low <= allowed_low);
}
