#include "command.h"
#include "settings.h"
#include "worker.h"

#include "khoacu/crypto/crypto.h"

#include "khoacu/bank/bank_vault.h"

#include <pthread.h>
#include <signal.h>
#include <stdio.h>

#include "khoacu/base/banned.h"

int command_worker(int argc, char **argv) {
    static const char help[] = "Usage: khoacu worker\n"
                               "Closes sittings, scores and ranks on the database of KHOACU_DB until SIGTERM. Any number may run;\n"
                               "start the servers with KHOACU_WORKER=off then.\n"
                               "Exit status: 0 ended in order, 1 could not run, 2 wrong use.\n";
    for (int i = 1; i < argc; i++)
        return command_wants_help(argv[i]) ? command_print(help) : command_misuse(help, argv[i]);
    struct settings settings;
    struct worker *worker;
    struct bank_vault *vault;
    char path[4096];
    char sentence[400];
    sigset_t set;
    int got;
    if (settings_read(&settings, sentence, sizeof sentence))
        return command_fail(EXIT_MISUSE, "%s", sentence);
    if (!*settings.db)
        return command_fail(EXIT_MISUSE, "KHOACU_DB is empty; the private cluster has its worker inside `khoacu serve`.");
    sigemptyset(&set);
    sigaddset(&set, SIGINT);
    sigaddset(&set, SIGTERM);
    (void)pthread_sigmask(SIG_BLOCK, &set, NULL); /* before the thread is made */
    (void)signal(SIGPIPE, SIG_IGN);
    settings_bank_key(&settings, path, sizeof path);
    if (crypto_init())
        return command_fail(EXIT_FAILED, "The cryptographic library could not be started.");
    if (bank_vault_open(path, &vault, sentence, sizeof sentence))
        return command_fail(EXIT_MISUSE, "%s", sentence);
    if (worker_start_alone(settings.db, vault, &worker))
        return command_fail(EXIT_FAILED, "The worker could not be started.");
    printf("The worker runs; Ctrl-C ends it.\n");
    (void)fflush(stdout);
    (void)sigwait(&set, &got);
    worker_stop(worker);
    bank_vault_free(vault);
    printf("Ended in order.\n");
    return EXIT_DONE;
}
