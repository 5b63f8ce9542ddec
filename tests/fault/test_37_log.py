"""The public log while servers and the database under it are killed: whatever checkpoints anybody has seen are of one list (I4), and every
event is in it within the delay afterwards (I5). The checker is tried on planted forks of this very run.

FAULT_SEED repeats the drawing of a run, FAULT_SECONDS sets its length.
"""

import contextlib
import http.client
import os
import random
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "http"))
from hall import Hall  # noqa: E402
from harness import PGHOST, ROOT, Client, Server, allowed, eventually, finish, step  # noqa: E402
from tlog import breaches, fetch, opens, read  # noqa: E402

SEED = int(os.environ.get("FAULT_SEED", random.randrange(2**32)))
SECONDS = int(os.environ.get("FAULT_SECONDS", "20")) + 12  # a checkpoint comes every five seconds
DELAY_S = 15
CLUSTER = os.path.join(ROOT, "tests", "cluster.sh")
print(f"# seed {SEED}", flush=True)
draw = random.Random(SEED)

servers = [Server(WORKER="off", LOG_LEVEL="error")]
eventually(lambda: Client(servers[0]).get("/api/v1/signing-key").status == 200)
servers.append(Server(database=servers[0].database, key_file=servers[0].key_file, WORKER="off", LOG_LEVEL="error",
                      SIGN_KEY_FILE=os.path.join(servers[0].folder, "var", "secret", "sign.key")))
hall = Hall(servers[0], candidates=8)
hall.shift()
pem = Client(servers[0]).get("/api/v1/signing-key").bytes
seen, over = [], threading.Event()
history = os.path.join(os.environ["TEST_LOGS"], f"history-log-{SEED}.txt")


def watch(server):
    """Somebody who fetches every checkpoint and forgets none."""
    client = Client(server)
    while not over.wait(0.2):
        try:
            reply = client.get("/api/v1/log/checkpoint")
        except (OSError, http.client.HTTPException):
            client.close()
            continue
        if reply.status == 200 and reply.text not in seen:
            seen.append(reply.text)
            with open(history, "a", encoding="utf-8") as file:
                file.write(reply.text + "\n")


def act(server, number):
    """A candidate who signs in again and again: each time leaves an event."""
    mine, candidate = random.Random(f"{SEED} {number}"), hall.candidates[number]
    client = Client(server)
    while not over.wait(mine.random() / 5):
        try:
            client.post("/api/v1/candidate-logins", {"roll_number": candidate["roll"], "access_code": candidate["code"], "cycle": hall.cycle_code})
        except (OSError, http.client.HTTPException):
            client.close()


def fault(turn):
    kind = ("server", "database", "backends")[turn % 3]
    with open(history, "a", encoding="utf-8") as file:
        file.write(f"fault: {kind}\n")
    if kind == "server":
        server = draw.choice(servers)
        server.kill()
        time.sleep(draw.random())
        server.start()
    elif kind == "database":
        subprocess.run([CLUSTER, "kill", PGHOST], check=True)
    else:
        with contextlib.suppress(RuntimeError):
            servers[0].psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()")


with step("two servers sign one log while both, and the database under them, are killed"):
    threads = [threading.Thread(target=watch, args=(server,)) for server in servers]
    threads += [threading.Thread(target=act, args=(servers[number % 2], number)) for number in range(8)]
    for thread in threads:
        thread.start()
    end, turns = time.monotonic() + SECONDS, 0
    while time.monotonic() < end or turns < 3:
        time.sleep(2 + 3 * draw.random())
        fault(turns)
        turns += 1
    time.sleep(6)
    eventually(lambda: len({read(note)[1] for note in list(seen)}) >= 3)  # with much else to do it takes longer
    over.set()
    for thread in threads:
        thread.join()
    sizes = sorted({read(note)[1] for note in seen})
    print(f"# {turns} faults, {len(seen)} checkpoints seen, of {sizes[0]} to {sizes[-1]} entries", flush=True)
    assert turns >= 3 and len(sizes) >= 3, (turns, sizes)

with step("every event that is there is in the log within the delay, and opens its entry (I5)"):
    until = time.monotonic() + allowed(DELAY_S)
    while True:
        [[missing]] = servers[0].psql("SELECT count(*) FROM khoacu.audit_event e LEFT JOIN khoacu.log_leaf l USING (event_id) "
                                      "WHERE l.leaf_index IS NULL OR l.leaf_index >= (SELECT max(size) FROM khoacu.log_checkpoint)")
        if missing == "0" or time.monotonic() > until:
            break
        time.sleep(0.2)
    assert missing == "0", f"{missing} events are not under a checkpoint"
    entries = fetch(Client(servers[1]))
    rows = servers[0].psql("SELECT l.leaf_index, encode(l.salt, 'hex'), encode(e.payload_sha256, 'hex') FROM khoacu.log_leaf l JOIN khoacu.audit_event e USING (event_id) ORDER BY 1")
    assert [int(row[0]) for row in rows] == list(range(len(entries))), "places without gaps, each event once"
    assert all(opens(entries[int(at)], salt, sha256) for at, salt, sha256 in rows)

with step("any two checkpoints that were ever seen are of one list, one root for each size (I4)"):
    seen.append(Client(servers[0]).get("/api/v1/log/checkpoint").text)
    found = breaches(seen, entries, pem)
    assert found == [], (SEED, found)

with step("a fork, an entry that was changed and one that was taken away are caught in this very run"):
    at = draw.randrange(sizes[-1])
    other = "%064x" % draw.getrandbits(256)
    for name, bad in (("another entry in its place", [*entries[:at], other, *entries[at + 1:]]), ("an entry taken away", entries[:at] + entries[at + 1:])):
        found = breaches(seen, bad, pem)
        print(f"# {name}: I4 {'is caught: ' + found[0] if found else 'IS NOT CAUGHT'}", flush=True)
        assert found, (SEED, name)
    [[size]] = servers[0].psql("SELECT max(size) FROM khoacu.log_checkpoint")
    servers[0].psql(f"UPDATE khoacu.log_leaf SET commitment = sha256('x') WHERE leaf_index = {at}")
    found = breaches(seen, fetch(Client(servers[0])), pem)
    print(f"# an administrator changes a row: I4 {'is caught: ' + found[0] if found else 'IS NOT CAUGHT'}", flush=True)
    assert found and int(size) == len(entries)

finish()
