#include "khoacu/base/random.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

void random_bytes(void *out, size_t len) {
    uint8_t *bytes = out;
    while (len > 0) {
        ssize_t got = getrandom(bytes, len, 0);
        if (got < 0) {
            if (errno == EINTR)
                continue;
            static const char words[] = "khoacu: the kernel gives no randomness\n";
            ssize_t ignored = write(STDERR_FILENO, words, sizeof(words) - 1);
            (void)ignored;
            abort();
        }
        bytes += got;
        len -= (size_t)got;
    }
}

uint64_t random_below(uint64_t bound) {
    uint64_t fair = UINT64_MAX - UINT64_MAX % bound, number;
    do
        random_bytes(&number, sizeof(number));
    while (number >= fair);
    return number % bound;
}

int64_t random_id(void) {
    uint64_t id;
    do {
        random_bytes(&id, sizeof(id));
        id &= INT64_MAX;
    } while (id == 0);
    return (int64_t)id;
}

static uint64_t splitmix(uint64_t *state) {
    uint64_t z = (*state += 0x9e3779b97f4a7c15);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
    z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
    return z ^ (z >> 31);
}

void random_stream_init(struct random_stream *stream, uint64_t seed) {
    for (size_t i = 0; i < 4; i++)
        stream->state[i] = splitmix(&seed);
}

static uint64_t rotate_left(uint64_t x, int bits) {
    return x << bits | x >> (64 - bits);
}

uint64_t random_stream_next(struct random_stream *stream) {
    uint64_t *s = stream->state;
    uint64_t result = rotate_left(s[1] * 5, 7) * 9, t = s[1] << 17;
    s[2] ^= s[0];
    s[3] ^= s[1];
    s[1] ^= s[2];
    s[0] ^= s[3];
    s[2] ^= t;
    s[3] = rotate_left(s[3], 45);
    return result;
}

uint64_t random_stream_below(struct random_stream *stream, uint64_t bound) {
    if (bound < 2)
        return 0;
    uint64_t refuse_below = -bound % bound, draw; /* 2^64 mod bound */
    do
        draw = random_stream_next(stream);
    while (draw < refuse_below);
    return draw % bound;
}

double random_stream_unit(struct random_stream *stream) {
    return (double)(random_stream_next(stream) >> 11) * 0x1.0p-53;
}

double random_stream_normal(struct random_stream *stream) {
    double radius = sqrt(-2.0 * log(1.0 - random_stream_unit(stream)));
    return radius * cos(2.0 * M_PI * random_stream_unit(stream));
}
