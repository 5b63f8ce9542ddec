/* Who listens to which hall. The thread reads, the loops send; a message to a loop holds the bytes for all its listeners. */
#include "hall_hub.h"
#include "halls.h"

#include "khoacu/base/clock.h"
#include "khoacu/base/log.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "khoacu/base/banned.h"

enum { READ_ARENA = 16 << 20, TEXT_MAX = 1 << 20, TURN_MS = 500 };
#define READ_EVERY_US INT64_C(2000000)
#define READ_SHARE 20                    /* a hall is read at most for this part of the time */
#define BEAT_US INT64_C(10000000)
#define LISTEN_MOST_US INT64_C(600000000) /* then the page asks again, with its log-in */

struct bytes {
    atomic_int holders;
    size_t len;
    char text[];
};
struct listener {
    struct api_hall_hub *hub;
    struct hub_room *room;
    struct listener *next;
    struct loop *loop;
    struct http_exchange *exchange;
    struct http_request *request;
    struct http_reply *reply;
    struct http_stream *stream; /* the loop's own */
    atomic_int holders;         /* the stream, the hub, messages under way */
    int64_t until_us;
    bool fresh;                 /* has nothing yet */
};
struct hub_room {
    struct hub_room *next;
    struct listener *listeners;
    int64_t room_id, next_us, beat_us;
    size_t count;
    struct {
        int64_t sitting_id;
        char *json;
    } seats[HALL_SEATS_MAX];
};
struct api_hall_hub {
    pthread_mutex_t lock;
    pthread_cond_t news;
    pthread_t thread;
    const char *conninfo;
    struct db *db;
    struct hub_room *rooms;
    bool running, stopping;
};

/* ---- on the loop ---- */

static void let_go(struct listener *listener) {
    if (atomic_fetch_sub(&listener->holders, 1) == 1)
        free(listener);
}

static void drop_bytes(struct bytes *bytes) {
    if (bytes && atomic_fetch_sub(&bytes->holders, 1) == 1)
        free(bytes);
}

struct message {
    struct listener *listener;
    struct bytes *bytes; /* NULL: it ends */
};

static void deliver(void *ctx) {
    struct message *message = ctx;
    struct http_stream *stream = message->listener->stream;
    if (stream && message->bytes)
        (void)http_stream_send(stream, message->bytes->text, message->bytes->len);
    else if (stream)
        http_stream_end(stream);
    drop_bytes(message->bytes);
    let_go(message->listener);
    free(message);
}

static void leave(struct listener *listener) {
    struct api_hall_hub *hub = listener->hub;
    (void)pthread_mutex_lock(&hub->lock);
    struct listener **at = listener->room ? &listener->room->listeners : NULL;
    while (at && *at && *at != listener)
        at = &(*at)->next;
    bool held = at && *at;
    if (held)
        *at = listener->next;
    listener->room = NULL;
    (void)pthread_mutex_unlock(&hub->lock);
    if (held)
        let_go(listener);
}

static void gone(void *ctx, struct http_stream *stream) {
    struct listener *listener = ctx;
    (void)stream;
    listener->stream = NULL;
    leave(listener);
    let_go(listener);
}

/* ---- joining ---- */

static struct hub_room *room_of(struct api_hall_hub *hub, int64_t room_id) {
    struct hub_room *room = hub->rooms;
    while (room && room->room_id != room_id)
        room = room->next;
    if (!room && (room = calloc(1, sizeof *room))) {
        *room = (struct hub_room){.room_id = room_id, .next = hub->rooms};
        hub->rooms = room;
    }
    return room;
}

static bool join(struct listener *listener, int64_t room_id) {
    struct api_hall_hub *hub = listener->hub;
    (void)pthread_mutex_lock(&hub->lock);
    struct hub_room *room = hub->stopping ? NULL : room_of(hub, room_id);
    if (room) {
        atomic_fetch_add(&listener->holders, 1);
        listener->room = room;
        listener->next = room->listeners;
        room->listeners = listener;
        room->next_us = 0;
        (void)pthread_cond_signal(&hub->news);
    }
    (void)pthread_mutex_unlock(&hub->lock);
    return room;
}

struct opening {
    struct listener *listener;
    int64_t room_id;
};

static void open_stream(void *ctx) {
    static const char hello[] = "retry: 3000\n\n";
    struct opening *opening = ctx;
    struct listener *listener = opening->listener;
    struct http_exchange *exchange = listener->exchange;
    struct http_reply *reply = listener->reply;
    listener->stream = http_stream_begin(exchange, "text/event-stream", gone, listener);
    if (!listener->stream) {
        api_overload(reply, listener->request);
        http_finish(exchange, reply);
        let_go(listener);
    } else {
        (void)http_stream_send(listener->stream, hello, sizeof hello - 1);
        if (!join(listener, opening->room_id))
            http_stream_end(listener->stream);
    }
    free(opening);
}

bool api_hall_listen(struct api_hall_hub *hub, struct http_request *request, struct http_reply *reply, int64_t room_id) {
    struct listener *listener = calloc(1, sizeof *listener);
    struct opening *opening = calloc(1, sizeof *opening);
    if (!listener || !opening) {
        free(listener);
        free(opening);
        return false;
    }
    *listener = (struct listener){.hub = hub, .loop = request->loop, .exchange = request->exchange, .request = request, .reply = reply,
                                  .holders = 1, .until_us = clock_mono_us() + LISTEN_MOST_US, .fresh = true};
    *opening = (struct opening){.listener = listener, .room_id = room_id};
    loop_post(request->loop, open_stream, opening);
    return true;
}

/* ---- the thread ---- */

static void tell(struct listener *listener, struct bytes *bytes) {
    struct message *message = calloc(1, sizeof *message);
    if (!message)
        return;
    *message = (struct message){.listener = listener, .bytes = bytes};
    atomic_fetch_add(&listener->holders, 1);
    if (bytes)
        atomic_fetch_add(&bytes->holders, 1);
    loop_post(listener->loop, deliver, message);
}

static void begin_event(struct buf *text, struct json_writer *writer, const char *name) {
    buf_addf(text, "event: %s\ndata: ", name);
    json_writer_init(writer, text);
    json_open_object(writer);
    json_member_time(writer, "server_now", clock_now_us());
    json_put_key(writer, "seats");
    json_open_array(writer);
}

static struct bytes *end_event(struct buf *text, struct json_writer *writer) {
    json_close_array(writer);
    json_close_object(writer);
    buf_adds(text, "\n\n");
    struct bytes *bytes = text->failed ? NULL : malloc(sizeof *bytes + text->len);
    if (bytes) {
        bytes->holders = 1;
        bytes->len = text->len;
        memcpy(bytes->text, text->data, text->len);
    }
    return bytes;
}

/* The text of a seat; kept in the place of the one before. True: it differs. */
static bool renew(struct hub_room *room, size_t at, const struct hall_seat *seat, int64_t now_us) {
    struct buf text;
    struct json_writer writer;
    buf_init(&text, 4096);
    json_writer_init(&writer, &text);
    api_put_seat(&writer, seat, now_us);
    bool changed = !text.failed && (!room->seats[at].json || room->seats[at].sitting_id != seat->sitting_id || strcmp(room->seats[at].json, text.data) != 0);
    if (changed) {
        free(room->seats[at].json);
        room->seats[at].json = strdup(text.data);
        room->seats[at].sitting_id = seat->sitting_id;
        changed = room->seats[at].json;
    }
    buf_release(&text);
    return changed;
}

static void hand_out(struct api_hall_hub *hub, struct hub_room *room, struct bytes *all, struct bytes *some) {
    int64_t now_us = clock_mono_us();
    (void)pthread_mutex_lock(&hub->lock);
    for (struct listener *listener = room->listeners; listener; listener = listener->next) {
        if (now_us >= listener->until_us)
            tell(listener, NULL);
        else if (listener->fresh && all)
            tell(listener, all);
        else if (!listener->fresh && some)
            tell(listener, some);
        listener->fresh = listener->fresh && !all;
    }
    (void)pthread_mutex_unlock(&hub->lock);
}

static void compare(struct api_hall_hub *hub, struct hub_room *room, const struct hall_seats *seats) {
    struct buf all_text, some_text;
    struct json_writer all, some;
    int64_t now_us = clock_now_us(), mono_us = clock_mono_us();
    bool changed = false;
    buf_init(&all_text, TEXT_MAX);
    buf_init(&some_text, TEXT_MAX);
    begin_event(&all_text, &all, "all");
    begin_event(&some_text, &some, "some");
    for (size_t i = 0; i < seats->count; i++) {
        bool differs = renew(room, i, &seats->seats[i], now_us);
        if (differs)
            json_put_raw(&some, room->seats[i].json);
        if (room->seats[i].json)
            json_put_raw(&all, room->seats[i].json);
        changed = changed || differs;
    }
    room->count = seats->count;
    struct bytes *all_bytes = end_event(&all_text, &all), *some_bytes = end_event(&some_text, &some);
    bool beat = changed || mono_us - room->beat_us >= BEAT_US;
    room->beat_us = beat ? mono_us : room->beat_us;
    hand_out(hub, room, all_bytes, beat ? some_bytes : NULL);
    drop_bytes(all_bytes);
    drop_bytes(some_bytes);
    buf_release(&all_text);
    buf_release(&some_text);
}

/* Only this thread takes rooms away, so `room` stays. */
static void read_room(struct api_hall_hub *hub, struct hub_room *room) {
    struct arena arena;
    struct hall_seats seats;
    int64_t began_us = clock_mono_us();
    arena_init(&arena, READ_ARENA);
    enum err err = hub->db ? db_heal(hub->db) : db_open(hub->conninfo, DB_ROLE_SERVER, &hub->db, NULL, 0);
    if (err == ERR_NONE)
        err = hall_seats_read(hub->db, &arena, room->room_id, &seats);
    if (err == ERR_NONE)
        compare(hub, room, &seats);
    else
        LOG(LOG_WARN, "hall.unread", LOG_NUM("error", (int64_t)err));
    arena_release(&arena);
    int64_t ended_us = clock_mono_us(), wait_us = (ended_us - began_us) * READ_SHARE;
    room->next_us = ended_us + (wait_us > READ_EVERY_US ? wait_us : READ_EVERY_US);
}

static void forget(struct hub_room *room) {
    for (size_t i = 0; i < HALL_SEATS_MAX; i++)
        free(room->seats[i].json);
    free(room);
}

/* A room that is due, after those nobody listens to are gone; under the lock. */
static struct hub_room *next_room(struct api_hall_hub *hub) {
    int64_t now_us = clock_mono_us();
    struct hub_room *due = NULL, **at = &hub->rooms;
    while (*at) {
        struct hub_room *room = *at;
        if (!room->listeners) {
            *at = room->next;
            forget(room);
            continue;
        }
        if (room->next_us <= now_us && (!due || room->next_us < due->next_us))
            due = room;
        at = &room->next;
    }
    return due;
}

static void wait_a_little(struct api_hall_hub *hub) {
    struct timespec until;
    if (!hub->rooms) {
        (void)pthread_cond_wait(&hub->news, &hub->lock);
        return;
    }
    (void)clock_gettime(CLOCK_REALTIME, &until);
    until.tv_nsec += TURN_MS * 1000000L;
    until.tv_sec += until.tv_nsec / 1000000000L;
    until.tv_nsec %= 1000000000L;
    (void)pthread_cond_timedwait(&hub->news, &hub->lock, &until);
}

static void *run(void *ctx) {
    struct api_hall_hub *hub = ctx;
    (void)pthread_mutex_lock(&hub->lock);
    while (!hub->stopping) {
        struct hub_room *room = next_room(hub);
        if (!room) {
            wait_a_little(hub);
            continue;
        }
        (void)pthread_mutex_unlock(&hub->lock);
        read_room(hub, room);
        (void)pthread_mutex_lock(&hub->lock);
    }
    (void)pthread_mutex_unlock(&hub->lock);
    return NULL;
}

enum err api_hall_hub_new(const char *conninfo, struct api_hall_hub **ret_hub) {
    struct api_hall_hub *hub = calloc(1, sizeof *hub);
    if (!hub)
        return ERR_MEMORY;
    hub->conninfo = conninfo;
    (void)pthread_mutex_init(&hub->lock, NULL);
    (void)pthread_cond_init(&hub->news, NULL);
    hub->running = pthread_create(&hub->thread, NULL, run, hub) == 0;
    if (!hub->running) {
        api_hall_hub_free(hub);
        return ERR_MEMORY;
    }
    *ret_hub = hub;
    return ERR_NONE;
}

void api_hall_hub_stop(struct api_hall_hub *hub) {
    if (!hub || !hub->running)
        return;
    (void)pthread_mutex_lock(&hub->lock);
    hub->stopping = true;
    (void)pthread_cond_signal(&hub->news);
    (void)pthread_mutex_unlock(&hub->lock);
    (void)pthread_join(hub->thread, NULL);
    hub->running = false;
}

void api_hall_hub_free(struct api_hall_hub *hub) {
    if (!hub)
        return;
    api_hall_hub_stop(hub);
    while (hub->rooms) {
        struct hub_room *next = hub->rooms->next;
        forget(hub->rooms);
        hub->rooms = next;
    }
    db_close(hub->db);
    (void)pthread_cond_destroy(&hub->news);
    (void)pthread_mutex_destroy(&hub->lock);
    free(hub);
}
