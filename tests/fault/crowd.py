"""Candidates who save all the time, each until she is told «saved», on whichever server answers; and the verdict on what they were told.

    crowd = Crowd(servers, hall, shift, seed)
    with crowd:                     # they save while the block runs
        … faults …
    crowd.judge()                   # prints a verdict for each invariant, fails on a breach

The invariants are those of history.py (I1 nothing acknowledged is lost, I2 nothing is there that nobody sent, I3 the newest counts) and

    I5  the receipt is that of what counts
    I6  nobody's time to work has changed, but by what an outage of all servers or of the database took
    I7  no reply holds a byte of another candidate
    I10 threads, descriptors and memory of the servers stay where they were
    I11 nothing is acknowledged while what it takes is missing (judged by I1, and by the scenario itself)
"""

import contextlib
import http.client
import os
import random
import threading
import time

from hall import canonical, expected_receipt, hex_id
from harness import Client
from history import History, check

PATIENCE_S = float(os.environ.get("FAULT_PATIENCE_S", "60"))


def resources(server):
    """Threads, descriptors and KiB of memory of a running server."""
    folder = f"/proc/{server.process.pid}"
    with open(f"{folder}/status", encoding="ascii", errors="replace") as file:
        status = dict(line.split(":", 1) for line in file)
    return {"threads": int(status["Threads"]), "descriptors": len(os.listdir(f"{folder}/fd")), "KiB": int(status["VmRSS"].split()[0])}


class Sender:
    """One candidate: draws changes, sends each until it is acknowledged, turns to another server when one does not answer."""

    def __init__(self, crowd, number):
        self.crowd, self.number, self.draw = crowd, number, random.Random(f"{crowd.seed} {number}")
        self.sitter = crowd.hall.client(number, crowd.servers[0]).open()
        self.at, self.browsers, self.seqs, self.longest_s, self.times = number % len(crowd.servers), [], {}, 0.0, []
        others = [other for other in crowd.shift.sittings if other != number]
        self.foreign = [hex_id(crowd.shift.sittings[other][1]).encode() for other in others]
        self.foreign += [crowd.hall.candidates[other]["roll"].encode() for other in others]
        for server in crowd.servers:
            browser = Client(server)
            browser.cookies = dict(self.sitter.cookies)
            self.browsers.append(browser)

    def look_for_others(self, data):
        found = [foreign for foreign in self.foreign if foreign in data]
        if found:
            self.crowd.foreign.append((self.number, found[0].decode()))

    def try_once(self, position, seq, choice, flagged):
        browser = self.browsers[self.at]
        try:
            reply = browser.put(f"{self.sitter.base}/responses/{position}", {"seq": seq, "choice": choice, "flagged": flagged})
        except (OSError, http.client.HTTPException):
            browser.close()
            self.at = (self.at + 1) % len(self.browsers)
            return "unknown"
        self.look_for_others(reply.bytes)
        if reply.status == 200:
            return "acknowledged"
        self.at = (self.at + 1) % len(self.browsers)
        # 429 comes before anything is done; every other failure may have left the answer behind.
        return "refused" if reply.status == 429 else "unknown" if reply.status >= 500 else f"status {reply.status} {reply.code}"

    def change(self):
        crowd = self.crowd
        position = self.draw.randrange(1, crowd.hall.items + 1)
        seq = self.seqs[position] = self.seqs.get(position, 0) + 1
        choice = self.draw.choice([None] + [self.sitter.option(position, place) for place in range(crowd.hall.options)])
        flagged = self.draw.random() < 0.2
        place, option = canonical(self.sitter.item(position), choice)
        if self.draw.random() < 0.1:
            self.at = self.draw.randrange(len(self.browsers))
        began = time.monotonic()
        while True:
            verdict = self.try_once(position, seq, choice, flagged)
            crowd.history.note(self.number, place, seq, option, flagged, verdict)
            if verdict == "acknowledged":
                self.longest_s = max(self.longest_s, time.monotonic() - began)
                self.times.append(time.monotonic() - began)
            if verdict == "acknowledged" or verdict.startswith("status") or crowd.hurry.is_set():
                return
            time.sleep(0.02 + self.draw.random() * 0.1)

    def run(self):
        while not self.crowd.over.is_set():
            self.change()
            time.sleep(self.draw.random() * self.crowd.pause_s)


class Crowd:
    def __init__(self, servers, hall, shift, seed, name="crowd", pause_s=0.04):
        self.servers, self.hall, self.shift, self.seed, self.pause_s = servers, hall, shift, seed, pause_s
        self.history = History(os.path.join(os.environ["TEST_LOGS"], f"history-{name}-{seed}.jsonl"), seed)
        self.over, self.hurry, self.foreign, self.breaches = threading.Event(), threading.Event(), [], []
        self.senders = [Sender(self, number) for number in shift.sittings]
        self.closes = self._closes()
        self.before = [resources(server) for server in servers]

    def _closes(self):
        return self.hall.server.psql(f"SELECT sitting_id, closes_at - make_interval(secs => (SELECT coalesce(sum(e.seconds), 0) FROM khoacu.sitting_adjustment_effect e WHERE e.room_id = t.room_id AND e.sitting_id = t.sitting_id AND e.kind = 'outage')) FROM khoacu.sitting t WHERE shift_id = {self.shift.id} ORDER BY 1")

    def __enter__(self):
        self.threads = [threading.Thread(target=sender.run, daemon=True) for sender in self.senders]
        for thread in self.threads:
            thread.start()
        return self

    def __exit__(self, *_):
        """Everybody finishes the change at hand; who cannot within a minute is let off."""
        self.over.set()
        until = time.monotonic() + PATIENCE_S
        for thread in self.threads:
            thread.join(max(0.1, until - time.monotonic()))
        self.hurry.set()
        for thread in self.threads:
            thread.join(20)
        self.stuck = sum(thread.is_alive() for thread in self.threads)
        self.history.close()

    @property
    def acknowledged(self):
        return sum(event[5] == "acknowledged" for event in list(self.history.events))

    def take_times(self):
        """The seconds of each save since this was last called."""
        found = []
        for sender in self.senders:
            found += sender.times
            sender.times = []
        return found

    def wait_for(self, more, seconds=PATIENCE_S):
        """Until so many more saves are acknowledged."""
        wanted, until = self.acknowledged + more, time.monotonic() + seconds
        while self.acknowledged < wanted:
            assert time.monotonic() < until, "nothing is acknowledged any more"
            time.sleep(0.05)

    def rows(self):
        numbers = {sitting_id: number for number, (_, sitting_id) in self.shift.sittings.items()}
        return [(numbers[int(sitting)], int(position), int(seq), int(choice), flagged == "t") for sitting, position, seq, choice, flagged in
                self.hall.server.psql("SELECT sitting_id, position, seq, choice, flagged FROM khoacu.response") if int(sitting) in numbers]

    def verdicts(self):
        """{invariant: [breaches]}"""
        found = {name: [] for name in ("I1", "I2", "I3", "I5", "I6", "I7", "I10")}
        for breach in check(self.history.events, self.rows()):
            found[breach.split()[0]].append(breach)
        strange = {event[5] for event in self.history.events} - {"acknowledged", "refused", "unknown"}
        found["I1"] += [f"a client was told {what}" for what in strange] + ["a client waits for ever"] * self.stuck
        if self._closes() != self.closes:
            found["I6"].append("somebody's end has moved")
        found["I7"] += [f"candidate {number} was sent {what}" for number, what in self.foreign]
        for before, server in zip(self.before, self.servers):
            now = resources(server)
            if now["threads"] > before["threads"] + 2 or now["descriptors"] > before["descriptors"] + 40 + 2 * len(self.senders) or \
                    now["KiB"] > before["KiB"] + 65536:
                found["I10"].append(f"{before} became {now}")
        return found

    def receipts(self):
        """Hands in for everybody; gives the breaches of I5."""
        found = []
        for sender in self.senders:
            reply = sender.browsers[sender.number % len(sender.browsers)].post(f"{sender.sitter.base}/submit", {"confirm": True})
            expected = expected_receipt(self.shift, sender.number)
            if reply.status != 200 or {key: reply.json["receipt"][key] for key in expected} != expected:
                found.append(f"candidate {sender.number}: {reply}")
        return found

    def judge(self):
        found = self.verdicts()
        found["I5"] = self.receipts()
        doubts = sum(event[5] == "unknown" for event in self.history.events)
        longest = max(sender.longest_s for sender in self.senders)
        print(f"# seed {self.seed}: {len(self.history.events)} tries, {self.acknowledged} acknowledged, {doubts} in doubt, the longest save took "
              f"{longest:.1f} s; {self.history.path}", flush=True)
        for name, breaches in found.items():
            print(f"# {name} {'holds' if not breaches else 'DOES NOT HOLD: ' + '; '.join(breaches[:3])}", flush=True)
        assert not any(found.values()), (self.seed, {name: breaches[:2] for name, breaches in found.items() if breaches})
        return longest


def wait_until_ready(servers, seconds=60):
    until = time.monotonic() + seconds
    for server in servers:
        while True:
            with contextlib.suppress(OSError, http.client.HTTPException):
                if server.admin("/readyz")[0] == 200:
                    break
            assert time.monotonic() < until, "a server does not recover"
            time.sleep(0.1)
