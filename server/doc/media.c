#include "khoacu/doc/media.h"

#include <stdbool.h>

#include "khoacu/base/banned.h"

/* How files begin: `mask` of '.' stands for any byte. */
static const struct {
    const char *type, *bytes;
    size_t len;
} KINDS[] = {
    {"image/png", "\x89PNG\r\n\x1a\n", 8},     {"image/jpeg", "\xff\xd8\xff", 3},      {"image/gif", "GIF87a", 6},
    {"image/gif", "GIF89a", 6},                {"image/webp", "RIFF....WEBP", 12},     {"audio/wav", "RIFF....WAVE", 12},
    {"audio/ogg", "OggS", 4},                  {"audio/mpeg", "ID3", 3},               {"audio/mpeg", "\xff\xfb", 2},
    {"audio/mpeg", "\xff\xf3", 2},             {"audio/mpeg", "\xff\xf2", 2},          {"audio/mp4", "....ftypM4A ", 12},
};

static bool begins(const char *bytes, const char *pattern, size_t len) {
    for (size_t i = 0; i < len; i++)
        if (pattern[i] != '.' && pattern[i] != bytes[i])
            return false;
    return true;
}

const char *media_type(const void *bytes, size_t len) {
    for (size_t i = 0; i < sizeof KINDS / sizeof KINDS[0]; i++)
        if (len >= KINDS[i].len && begins(bytes, KINDS[i].bytes, KINDS[i].len))
            return KINDS[i].type;
    return NULL;
}
