/* Dates and times as text. */
#include "khoacu/base/text.h"

#include <stdio.h>
#include <string.h>

#include "khoacu/base/banned.h"

#define DAY_US (INT64_C(86400) * 1000000)

/* The number made of `digits` digits at `text`, or -1. */
static int digits_value(const char *text, size_t digits) {
    int value = 0;
    for (size_t i = 0; i < digits; i++) {
        if (text[i] < '0' || text[i] > '9')
            return -1;
        value = value * 10 + (text[i] - '0');
    }
    return value;
}

static int month_days(int year, int month) {
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (month == 2 && leap);
}

static bool is_date(int year, int month, int day) {
    return year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= month_days(year, month);
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar, counted in eras of 400 years that
 * begin on 1 March, and back. */
static int64_t days_of_date(int64_t year, int month, int day) {
    year -= month <= 2;
    int64_t era = year / 400, year_of_era = year % 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static void date_of_days(int64_t days, int *ret_year, int *ret_month, int *ret_day) {
    days += 719468;
    int64_t era = days / 146097, day_of_era = days % 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int month = (int)((5 * day_of_year + 2) / 153);
    *ret_day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
    *ret_month = month < 10 ? month + 3 : month - 9;
    *ret_year = (int)(year_of_era + era * 400 + (*ret_month <= 2));
}

bool text_parse_date(const char *text, char out[11]) {
    if (strnlen(text, 11) != 10)
        return false;
    int year, month, day;
    if (text[4] == '-' && text[7] == '-') {
        year = digits_value(text, 4);
        month = digits_value(text + 5, 2);
        day = digits_value(text + 8, 2);
    } else if (text[2] == '/' && text[5] == '/') {
        day = digits_value(text, 2);
        month = digits_value(text + 3, 2);
        year = digits_value(text + 6, 4);
    } else {
        return false;
    }
    if (year < 1900 || year > 2100 || !is_date(year, month, day))
        return false;
    (void)snprintf(out, 11, "%04u-%02u-%02u", (unsigned)year % 10000u, (unsigned)month % 100u, (unsigned)day % 100u);
    return true;
}

/* Reads ".ddd…" of up to nine digits as microseconds, cutting the rest off. */
static bool parse_fraction(const char **text, int64_t *ret_us) {
    int64_t us = 0, scale = 100000;
    size_t digits = 0;
    for (const char *c = *text + 1; *c >= '0' && *c <= '9'; c++, digits++) {
        us += (*c - '0') * scale;
        scale /= 10;
    }
    if (digits == 0 || digits > 9)
        return false;
    *text += digits + 1;
    *ret_us = us;
    return true;
}

/* Reads "Z" or "+07:00" to the end of the text, as minutes east. */
static bool parse_offset(const char *text, int *ret_minutes) {
    if (strcmp(text, "Z") == 0) {
        *ret_minutes = 0;
        return true;
    }
    if ((*text != '+' && *text != '-') || strnlen(text, 7) != 6 || text[3] != ':')
        return false;
    int hours = digits_value(text + 1, 2), minutes = digits_value(text + 4, 2);
    if (hours < 0 || hours > 23 || minutes < 0 || minutes > 59)
        return false;
    *ret_minutes = (hours * 60 + minutes) * (*text == '-' ? -1 : 1);
    return true;
}

bool text_parse_time(const char *text, int64_t *ret_us) {
    if (strnlen(text, 20) < 20 || text[4] != '-' || text[7] != '-' || text[10] != 'T' || text[13] != ':' || text[16] != ':')
        return false;
    int year = digits_value(text, 4), month = digits_value(text + 5, 2), day = digits_value(text + 8, 2);
    int hour = digits_value(text + 11, 2), minute = digits_value(text + 14, 2), second = digits_value(text + 17, 2);
    if (!is_date(year, month, day) || hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59)
        return false;
    int64_t fraction = 0;
    int offset;
    const char *rest = text + 19;
    if ((*rest == '.' && !parse_fraction(&rest, &fraction)) || !parse_offset(rest, &offset))
        return false;
    int64_t seconds = hour * 3600 + minute * 60 + second - offset * 60;
    *ret_us = days_of_date(year, month, day) * DAY_US + seconds * 1000000 + fraction;
    return true;
}

void text_format_time(int64_t us, char out[25]) {
    static const int64_t first = INT64_C(-62135596800) * 1000000, last = INT64_C(253402300799) * 1000000 + 999999;
    us = us < first ? first : us > last ? last : us; /* years 1 to 9999 */
    int64_t days = us / DAY_US - (us % DAY_US < 0);
    int64_t ms = (us - days * DAY_US) / 1000;
    int year, month, day;
    date_of_days(days, &year, &month, &day);
    const struct {
        size_t digits;
        int64_t value;
        char after;
    } parts[] = {{4, year, '-'},           {2, month, '-'},          {2, day, 'T'},   {2, ms / 3600000, ':'},
                 {2, ms / 60000 % 60, ':'}, {2, ms / 1000 % 60, '.'}, {3, ms % 1000, 'Z'}};
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        int64_t value = parts[i].value;
        for (size_t k = parts[i].digits; k-- > 0; value /= 10)
            out[k] = (char)('0' + value % 10);
        out += parts[i].digits;
        *out++ = parts[i].after;
    }
    *out = '\0';
}
