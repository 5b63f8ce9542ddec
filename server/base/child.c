#include "khoacu/base/child.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/base/clock.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>

#include "khoacu/base/banned.h"

enum { TURN_MS = 100, NICE = 10, ABSENT_STATUS = 127, CHUNK = 65536 };

bool child_find(const char *program, char *out, size_t size) {
    static const char *const FOLDERS[] = {"/usr/local/bin", "/usr/bin", "/bin"};
    for (size_t i = 0; i < sizeof FOLDERS / sizeof FOLDERS[0]; i++) {
        int len = snprintf(out, size, "%s/%s", FOLDERS[i], program);
        if (len > 0 && (size_t)len < size && access(out, X_OK) == 0)
            return true;
    }
    return false;
}

/* ---- in the child, between fork and exec: system calls alone ---- */

static void limit(int what, int64_t value) {
    struct rlimit both = {.rlim_cur = (rlim_t)value, .rlim_max = (rlim_t)value};
    (void)setrlimit((__rlimit_resource_t)what, &both);
}

static _Noreturn void become(const struct child *child, pid_t parent, int in, int out) {
    char language[] = "LANG=C.UTF-8", path[] = "PATH=/usr/bin:/bin";
    char *const environment[] = {language, path, NULL};
    sigset_t none;
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        _exit(ABSENT_STATUS);
    (void)setpgid(0, 0);
    sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
    (void)signal(SIGPIPE, SIG_DFL);
    if (dup2(in, 0) < 0 || dup2(out, 1) < 0 || dup2(out, 2) < 0 || chdir(child->folder ? child->folder : "/") != 0)
        _exit(ABSENT_STATUS);
    (void)close_range(3, ~0U, 0);
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    (void)setpriority(PRIO_PROCESS, 0, NICE);
    limit(RLIMIT_CORE, 0);
    limit(RLIMIT_AS, child->memory_bytes);
    limit(RLIMIT_FSIZE, child->file_bytes);
    limit(RLIMIT_CPU, child->wall_ms / 1000 + 2);
    execve(child->argv[0], (char *const *)(uintptr_t)child->argv, environment);
    _exit(ABSENT_STATUS);
}

/* ---- in the parent ---- */

/* A descriptor with the input's bytes, read from the start; -1: none could be made. */
static int open_input(const struct child *child) {
    if (!child->input)
        return open("/dev/null", O_RDONLY | O_CLOEXEC);
    int fd = memfd_create("input", MFD_CLOEXEC);
    const char *bytes = child->input;
    for (size_t done = 0; fd >= 0 && done < child->input_len;) {
        ssize_t wrote = write(fd, bytes + done, child->input_len - done);
        if (wrote < 0 && errno == EINTR)
            continue;
        if (wrote <= 0) {
            (void)close(fd);
            return -1;
        }
        done += (size_t)wrote;
    }
    if (fd >= 0)
        (void)lseek(fd, 0, SEEK_SET);
    return fd;
}

struct watch {
    const struct child *child;
    struct buf *out;
    int pipe;
    int64_t until_us, ask_us; /* when its time is over; when keep_on is asked next */
    enum child_end end;
};

/* Reads what there is; false: the pipe is at its end. */
static bool take_output(struct watch *watch) {
    char chunk[CHUNK];
    ssize_t got = read(watch->pipe, chunk, sizeof chunk);
    if (got < 0)
        return errno == EINTR || errno == EAGAIN;
    if (got == 0)
        return false;
    if (watch->out && watch->out->len + (size_t)got > watch->out->max)
        watch->end = CHILD_OVER_OUTPUT;
    else if (watch->out)
        buf_add(watch->out, chunk, (size_t)got);
    return watch->end == CHILD_EXITED;
}

/* Whether it may go on; asked every turn, however much the child has to say. */
static bool may_go_on(struct watch *watch) {
    int64_t now_us = clock_mono_us();
    if (now_us >= watch->until_us) {
        watch->end = CHILD_OVER_TIME;
    } else if (now_us >= watch->ask_us) {
        watch->ask_us = now_us + TURN_MS * 1000;
        if (watch->child->keep_on && !watch->child->keep_on(watch->child->ctx))
            watch->end = CHILD_STOPPED;
    }
    return watch->end == CHILD_EXITED;
}

/* Until the child closes its output, or has to be ended. */
static void watch_output(struct watch *watch) {
    struct pollfd poll_fd = {.fd = watch->pipe, .events = POLLIN};
    bool open = true;
    while (open && may_go_on(watch)) {
        if (poll(&poll_fd, 1, TURN_MS) > 0)
            open = take_output(watch);
    }
}

/* It may close its output and go on: the clock still holds. */
static int reap(struct watch *watch, pid_t pid) {
    int status = 0;
    if (watch->end != CHILD_EXITED)
        (void)kill(-pid, SIGKILL);
    for (;;) {
        pid_t got = waitpid(pid, &status, watch->end == CHILD_EXITED ? WNOHANG : 0);
        if (got == pid || (got < 0 && errno != EINTR))
            break;
        if (got == 0) {
            if (may_go_on(watch))
                (void)poll(NULL, 0, 5);
            else
                (void)kill(-pid, SIGKILL);
        }
    }
    (void)kill(-pid, SIGKILL); /* what it started */
    return status;
}

enum err child_run(const struct child *child, struct buf *out, struct child_result *ret_result) {
    int ends[2];
    int in CLEANUP(cleanup_fd) = open_input(child);
    if (in < 0 || pipe2(ends, O_CLOEXEC) != 0)
        return ERR_IO;
    int from CLEANUP(cleanup_fd) = ends[0];
    int to = ends[1];
    pid_t parent = getpid();
    pid_t pid = fork();
    if (pid == 0)
        become(child, parent, in, to);
    (void)close(to);
    if (pid < 0)
        return ERR_IO;
    (void)setpgid(pid, pid);
    struct watch watch = {.child = child,
                          .out = out,
                          .pipe = from,
                          .end = CHILD_EXITED,
                          .until_us = clock_mono_us() + child->wall_ms * 1000};
    watch_output(&watch);
    int status = reap(&watch, pid);
    struct child_result result = {.end = watch.end, .status = 0};
    if (watch.end == CHILD_EXITED && WIFSIGNALED(status))
        result = (struct child_result){.end = CHILD_CRASHED, .status = WTERMSIG(status)};
    else if (watch.end == CHILD_EXITED)
        result = (struct child_result){.end = WEXITSTATUS(status) == ABSENT_STATUS ? CHILD_ABSENT : CHILD_EXITED,
                                       .status = WEXITSTATUS(status)};
    *ret_result = result;
    return ERR_NONE;
}
