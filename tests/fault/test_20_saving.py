"""Candidates save while servers and the database are killed: afterwards every acknowledged answer must be there.

FAULT_SEED repeats the drawing of a run, FAULT_SECONDS sets its length.
"""

import contextlib
import http.client
import os
import random
import signal
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "http"))
from hall import Hall, canonical, expected_receipt  # noqa: E402
from harness import PGHOST, ROOT, Client, Server, finish, step  # noqa: E402
from history import History, check  # noqa: E402

SITTERS, ITEMS = 12, 20
SEED = int(os.environ.get("FAULT_SEED", random.randrange(2**32)))
SECONDS = int(os.environ.get("FAULT_SECONDS", "20"))
CLUSTER = os.path.join(ROOT, "tests", "cluster.sh")
print(f"# seed {SEED}", flush=True)

servers = [Server(WORKER="off", LOG_LEVEL="error")]
servers.append(Server(database=servers[0].database, key_file=servers[0].key_file, WORKER="off", LOG_LEVEL="error"))
hall = Hall(servers[0], candidates=SITTERS, items=ITEMS, room_size=5)
shift = hall.shift()
history = History(os.path.join(os.environ["TEST_LOGS"], f"history-{SEED}.jsonl"), SEED)
over = threading.Event()
doubts = [0]


class Sender:
    """One candidate: draws changes, sends each until it is acknowledged, turns to the other server when one does not answer."""

    def __init__(self, number):
        self.number, self.draw = number, random.Random(f"{SEED} {number}")
        self.sitter = hall.client(number).open()
        self.at = number % 2
        self.browsers = []
        for server in servers:
            browser = Client(server)
            browser.cookies = dict(self.sitter.cookies)
            self.browsers.append(browser)
        self.seqs = {}

    def try_once(self, position, seq, choice, flagged):
        browser = self.browsers[self.at]
        try:
            reply = browser.put(f"{self.sitter.base}/responses/{position}", {"seq": seq, "choice": choice, "flagged": flagged})
        except (OSError, http.client.HTTPException):
            browser.close()
            self.at = 1 - self.at
            return "unknown"
        if reply.status == 200:
            return "acknowledged"
        self.at = 1 - self.at
        # 429 comes before anything is done; every other failure may have left the answer behind.
        return "refused" if reply.status == 429 else "unknown" if reply.status >= 500 else f"status {reply.status} {reply.code}"

    def run(self):
        while not over.is_set():
            position = self.draw.randrange(1, ITEMS + 1)
            seq = self.seqs[position] = self.seqs.get(position, 0) + 1
            choice = self.draw.choice([None] + [self.sitter.option(position, place) for place in range(4)])
            flagged = self.draw.random() < 0.2
            item = self.sitter.item(position)
            place, option = canonical(item, choice)
            while True:
                verdict = self.try_once(position, seq, choice, flagged)
                history.note(self.number, place, seq, option, flagged, verdict)
                if verdict == "unknown":
                    doubts[0] += 1
                if verdict == "acknowledged" or over.is_set() or verdict.startswith("status"):
                    break
                time.sleep(0.02 + self.draw.random() * 0.1)
            time.sleep(self.draw.random() * 0.04)


def wait_for_database():
    """A server that finds its database recovering ends with a sentence; whoever supervises it starts it again."""
    until = time.monotonic() + 60
    while True:
        try:
            return servers[0].psql("SELECT 1")
        except RuntimeError:
            assert time.monotonic() < until, "the database does not recover"
            time.sleep(0.1)


def kill_server(draw):
    server = draw.choice(servers)
    history.note_fault(f"kill -9 of server {servers.index(server)}")
    server.kill()
    time.sleep(draw.random() * 0.5)
    wait_for_database()
    server.start()


def kill_database(_):
    history.note_fault("kill -9 of the postmaster's whole family")
    with open(os.path.join(PGHOST, "data", "postmaster.pid"), encoding="ascii") as file:
        postmaster = int(file.readline())
    os.kill(postmaster, signal.SIGSTOP)  # else a child born after the list was made lives on and holds its memory
    children = subprocess.run(["pgrep", "-P", str(postmaster)], capture_output=True, text=True, check=False).stdout.split()
    os.kill(postmaster, signal.SIGKILL)
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            os.kill(int(child), signal.SIGKILL)
    time.sleep(0.3)
    subprocess.run([CLUSTER, "recover", PGHOST], check=True)


def kill_backend(draw):
    history.note_fault("kill -9 of one backend")
    with contextlib.suppress(RuntimeError, IndexError):
        pids = servers[0].psql("SELECT pid FROM pg_stat_activity WHERE application_name = 'khoacu-server'")
        os.kill(int(draw.choice(pids)[0]), signal.SIGKILL)


def end_connections(_):
    history.note_fault("all connections of servers ended")
    with contextlib.suppress(RuntimeError):
        servers[0].psql("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE application_name = 'khoacu-server'")


def stored_rows():
    numbers = {sitting_id: number for number, (_, sitting_id) in shift.sittings.items()}
    return [(numbers[int(sitting)], int(position), int(seq), int(choice), flagged == "t") for sitting, position, seq, choice, flagged in
            servers[0].psql("SELECT sitting_id, position, seq, choice, flagged FROM khoacu.response")]


def wait_until_all_answer():
    until = time.monotonic() + 60
    for server in servers:
        while True:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if server.admin("/readyz")[0] == 200:
                    break
            assert time.monotonic() < until, "a server does not recover"
            time.sleep(0.1)


with step("twelve candidates save on two servers while both, and the database under them, are killed"):
    senders = [Sender(number) for number in range(SITTERS)]
    threads = [threading.Thread(target=sender.run, daemon=True) for sender in senders]
    for thread in threads:
        thread.start()
    draw = random.Random(SEED)
    faults = [kill_server, kill_server, kill_database, kill_backend, end_connections]
    draw.shuffle(faults)
    began, done = time.monotonic(), 0
    while time.monotonic() - began < SECONDS or done < len(faults):
        time.sleep(draw.random() * 1.2)
        faults[done % len(faults)](draw)
        done += 1
    wait_until_all_answer()
    time.sleep(1.5)
    until = time.monotonic() + 120  # a slow disk takes its time for so many
    while sum(event[5] == "acknowledged" for event in list(history.events)) <= 500 and time.monotonic() < until:
        time.sleep(0.1)
    over.set()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive(), "a client waits for ever"
    history.close()
    acknowledged = sum(event[5] == "acknowledged" for event in history.events)
    print(f"# {len(history.events)} tries, {acknowledged} acknowledged, {doubts[0]} in doubt, {done} faults; {history.path}", flush=True)
    assert acknowledged > 500 and doubts[0] > 0

with step("no client was told anything else than «saved», «later» or nothing"):
    strange = {event[5] for event in history.events} - {"acknowledged", "refused", "unknown"}
    assert not strange, strange

rows = stored_rows()
with step("every acknowledged answer is there, nothing else is, and the right one counts (I1, I2, I3)"):
    breaches = check(history.events, rows)
    assert not breaches, (SEED, len(breaches), breaches[:5])

with step("the checker notices when one acknowledged row of this very run is taken away"):
    names = {event[:5] for event in history.events if event[5] == "acknowledged"}
    lost = draw.choice([row for row in rows if row in names])
    assert check(history.events, [row for row in rows if row != lost]), lost

with step("both servers show every candidate what counts, and hand in with the receipt of it"):
    for sender in senders:
        last = {}
        for number, position, seq, choice, flagged in rows:
            if number == sender.number and seq > last.get(position, (0,))[0]:
                last[position] = (seq, choice, flagged)
        shown = []
        for browser in sender.browsers:
            reply = browser.get(f"{sender.sitter.base}/responses")
            assert reply.status == 200, reply
            found = {}
            for response in reply.json["responses"]:
                place, option = canonical(sender.sitter.item(response["position"]), response["choice"])
                found[place] = (response["seq"], option, response["flagged"])
            shown.append(found)
        assert shown[0] == shown[1] == last, (SEED, sender.number)
        reply = sender.browsers[sender.number % 2].post(f"{sender.sitter.base}/submit", {"confirm": True})
        expected = expected_receipt(shift, sender.number)
        assert reply.status == 200 and {k: reply.json["receipt"][k] for k in expected} == expected, (SEED, reply)

finish()
