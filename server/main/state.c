#include "state.h"

#include "khoacu/base/cleanup.h"
#include "khoacu/crypto/crypto.h"
#include "khoacu/base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "khoacu/base/banned.h"

#define SYSTEM_USER "khoacu"
#define SYSTEM_HOME "/var/lib/khoacu"

static const char *const folders[] = {"run", "log", "secret", "demo"};

static enum err say(char *sentence, size_t size, const char *what, const char *remedy) {
    snprintf(sentence, size, "%s: %s. %s", what, strerror(errno), remedy);
    return ERR_CONFIG;
}

void state_path(const struct state *state, const char *name, char out[PATH_MAX]) {
    int len = snprintf(out, PATH_MAX, "%s/%s", state->root, name);
    if (len < 0 || len >= PATH_MAX)
        out[0] = '\0';
}

static int run_program(char *const argv[]) {
    pid_t pid = fork();
    if (pid == 0) {
        execv(argv[0], argv);
        _exit(127);
    }
    int status = -1;
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        return -1;
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static const struct passwd *system_user(void) {
    const struct passwd *user = getpwnam(SYSTEM_USER);
    if (user)
        return user;
    char *argv[] = {"/usr/sbin/useradd", "--system", "--user-group", "--home-dir", SYSTEM_HOME, "--shell", "/usr/sbin/nologin",
                    SYSTEM_USER, NULL};
    if (run_program(argv) != 0)
        return NULL;
    return getpwnam(SYSTEM_USER);
}

/* Whether the system user could walk to `folder`: every folder above it lets others through. */
static bool reachable(const char *folder, const struct passwd *user) {
    char path[PATH_MAX];
    snprintf(path, sizeof path, "%s", folder);
    for (char *slash = strchr(path + 1, '/');; slash = strchr(slash + 1, '/')) {
        if (slash)
            *slash = '\0';
        struct stat st;
        if (stat(path, &st) != 0)
            return !slash; /* the last part may still be made */
        mode_t need = st.st_uid == user->pw_uid ? S_IXUSR : st.st_gid == user->pw_gid ? S_IXGRP : S_IXOTH;
        if (!(st.st_mode & need) && slash)
            return false;
        if (!slash)
            return true;
        *slash = '/';
    }
}

/* KHOACU_VAR as an absolute path, the last part of which may not exist yet. */
static enum err wanted_folder(const char *var, char out[PATH_MAX], char *sentence, size_t size) {
    char cwd[PATH_MAX];
    int len;
    if (var[0] == '/')
        len = snprintf(out, PATH_MAX, "%s", var);
    else if (getcwd(cwd, sizeof cwd))
        len = snprintf(out, PATH_MAX, "%s/%s", cwd, var);
    else
        return say(sentence, size, "The current folder has no path", "Change to another one.");
    if (len < 0 || len >= PATH_MAX - 64) {
        errno = ENAMETOOLONG;
        return say(sentence, size, "KHOACU_VAR", "Use a shorter path.");
    }
    while (len > 1 && out[len - 1] == '/')
        out[--len] = '\0';
    return ERR_NONE;
}

/* Root only: a folder that the system user reaches and owns, linked from `wanted` where it is not the same. */
static enum err folder_for_system_user(const char *wanted, const struct passwd *user, char *sentence, size_t size) {
    struct stat st;
    if (lstat(wanted, &st) != 0 && !reachable(wanted, user)) {
        uint8_t hash[CRYPTO_SHA256_LEN];
        char hex[17], target[PATH_MAX];
        crypto_sha256(wanted, strlen(wanted), hash);
        text_hex(hash, 8, hex);
        snprintf(target, sizeof target, "%s/%s", SYSTEM_HOME, hex);
        if ((mkdir(SYSTEM_HOME, 0755) != 0 && errno != EEXIST) || (mkdir(target, 0700) != 0 && errno != EEXIST))
            return say(sentence, size, target, "Set KHOACU_VAR to a folder that the user khoacu can reach.");
        if (symlink(target, wanted) != 0)
            return say(sentence, size, wanted, "Set KHOACU_VAR to a folder that can be made.");
    }
    if (mkdir(wanted, 0700) != 0 && errno != EEXIST)
        return say(sentence, size, wanted, "Set KHOACU_VAR to a folder that can be made.");
    if (chown(wanted, user->pw_uid, user->pw_gid) != 0)
        return say(sentence, size, wanted, "Give the folder to the user khoacu.");
    return ERR_NONE;
}

static enum err become(const struct passwd *user, char *sentence, size_t size) {
    if (initgroups(user->pw_name, user->pw_gid) != 0 || setgid(user->pw_gid) != 0 || setuid(user->pw_uid) != 0)
        return say(sentence, size, "The program could not become the user khoacu", "Start it as an ordinary user.");
    (void)setenv("HOME", SYSTEM_HOME, 1);
    (void)setenv("USER", SYSTEM_USER, 1);
    (void)setenv("LOGNAME", SYSTEM_USER, 1);
    return ERR_NONE;
}

static int remove_entry(const char *path, const struct stat *st, int type, struct FTW *ftw) {
    (void)st, (void)type, (void)ftw;
    return remove(path);
}

enum err state_remove(const char *part, char *ret_sentence, size_t size) {
    if (nftw(part, remove_entry, 32, FTW_DEPTH | FTW_PHYS) != 0 && errno != ENOENT)
        return say(ret_sentence, size, part, "Remove it by hand.");
    return ERR_NONE;
}

static enum err make_folders(char *sentence, size_t size) {
    for (size_t i = 0; i < sizeof folders / sizeof folders[0]; i++) {
        if (mkdir(folders[i], 0700) != 0 && errno != EEXIST)
            return say(sentence, size, folders[i], "The folder of KHOACU_VAR must belong to the user who starts Khoacu.");
    }
    return ERR_NONE;
}

enum err state_empty(char *ret_sentence, size_t size) {
    static const char *const parts[] = {"pg", "pg.new", "run", "demo", "secret", "log"};
    enum err err = ERR_NONE;
    for (size_t i = 0; !err && i < sizeof parts / sizeof parts[0]; i++)
        err = state_remove(parts[i], ret_sentence, size);
    return err ? err : make_folders(ret_sentence, size);
}

static enum err take_lock(struct state *state, char *sentence, size_t size) {
    int fd = open("lock", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (fd < 0)
        return say(sentence, size, "lock", "The folder of KHOACU_VAR must belong to the user who starts Khoacu.");
    if (flock(fd, LOCK_EX | LOCK_NB) != 0) {
        (void)close(fd);
        snprintf(sentence, size, "Another Khoacu runs on %s. Stop it, or set KHOACU_VAR to another folder.", state->root);
        return ERR_CONFIG;
    }
    state->lock_fd = fd;
    return ERR_NONE;
}

enum err state_open(const struct settings *settings, struct state *ret_state, char *ret_sentence, size_t size) {
    struct state state = {.lock_fd = -1};
    char wanted[PATH_MAX];
    enum err err = wanted_folder(settings->var, wanted, ret_sentence, size);
    if (err)
        return err;
    const struct passwd *user = geteuid() == 0 ? system_user() : getpwuid(geteuid());
    if (!user)
        return say(ret_sentence, size, "There is no system user to run PostgreSQL",
                   "Run `useradd --system khoacu`, or start Khoacu as an ordinary user.");
    snprintf(state.login_name, sizeof state.login_name, "%s", user->pw_name);
    if (geteuid() == 0) {
        err = folder_for_system_user(wanted, user, ret_sentence, size);
        if (!err)
            err = realpath(wanted, state.root) ? become(user, ret_sentence, size) : ERR_CONFIG;
        if (err)
            return err;
    } else if ((mkdir(wanted, 0700) != 0 && errno != EEXIST) || !realpath(wanted, state.root)) {
        return say(ret_sentence, size, wanted, "Set KHOACU_VAR to a folder that you may write.");
    }
    if (chdir(state.root) != 0)
        return say(ret_sentence, size, state.root, "Set KHOACU_VAR to a folder that belongs to the user who starts Khoacu.");
    err = take_lock(&state, ret_sentence, size);
    if (!err)
        err = make_folders(ret_sentence, size);
    if (err)
        return err;
    if (*settings->secret_file)
        snprintf(state.secret, sizeof state.secret, "%s", settings->secret_file);
    else
        state_path(&state, "secret/server.key", state.secret);
    if (*settings->bank_key_file)
        snprintf(state.bank_key, sizeof state.bank_key, "%s", settings->bank_key_file);
    else
        state_path(&state, "secret/bank.key", state.bank_key);
    if (*settings->sign_key_file)
        snprintf(state.sign_key, sizeof state.sign_key, "%s", settings->sign_key_file);
    else
        state_path(&state, "secret/sign.key", state.sign_key);
    state_path(&state, "secret/log.signed", state.log_memory);
    *ret_state = state;
    return ERR_NONE;
}
