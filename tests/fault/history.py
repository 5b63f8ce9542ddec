"""What clients sent and were told, and whether what the database holds agrees with it.

An event is one try to save: (client, position, seq, choice, flagged, verdict); verdict "acknowledged" (a reply with status 200),
"refused" (a reply that says it was not taken), "unknown" (no reply). Positions and choices are canonical. The invariants:

    I1  every acknowledged save is there, with the same content
    I2  nothing is there that no client sent, or that was refused every time; each number at most once
    I3  of each position the highest number counts, and that is the highest acknowledged one or a later one whose fate is unknown
"""

import json
import threading


class History:
    def __init__(self, path, seed):
        self.path, self.lock, self.events = path, threading.Lock(), []
        self.file = open(path, "w", encoding="utf-8")
        self._write({"seed": seed})

    def _write(self, value):
        self.file.write(json.dumps(value, separators=(",", ":")) + "\n")

    def note(self, client, position, seq, choice, flagged, verdict):
        with self.lock:
            self.events.append((client, position, seq, choice, flagged, verdict))
            self._write(self.events[-1])

    def note_fault(self, what):
        with self.lock:
            self._write({"fault": what})

    def close(self):
        self.file.close()


def check(events, rows):
    """`rows`: (client, position, seq, choice, flagged) as stored. Gives the breaches as texts; none: all holds."""
    breaches = []
    sent, acknowledged, unknown = {}, {}, set()
    for client, position, seq, choice, flagged, verdict in events:
        name, content = (client, position, seq), (choice, flagged)
        if verdict != "refused":
            sent.setdefault(name, set()).add(content)
        if verdict == "acknowledged":
            if acknowledged.setdefault(name, content) != content:
                breaches.append(f"I1 {name} was acknowledged with two contents")
        elif verdict == "unknown":
            unknown.add(name)
    stored = {}
    for client, position, seq, choice, flagged in rows:
        name, content = (client, position, seq), (choice, flagged)
        if name in stored:
            breaches.append(f"I2 {name} is there twice")
        stored[name] = content
        if content not in sent.get(name, ()):
            breaches.append(f"I2 {name} = {content} is there and no client sent it, or all were told it was not taken")
    for name, content in acknowledged.items():
        if name not in stored:
            breaches.append(f"I1 {name} = {content} was acknowledged and is not there")
        elif stored[name] != content:
            breaches.append(f"I1 {name} = {content} was acknowledged and is {stored[name]}")
    newest = {}
    for client, position, seq in stored:
        newest[client, position] = max(seq, newest.get((client, position), 0))
    for client, position, seq in acknowledged:
        if newest.get((client, position), 0) < seq:
            breaches.append(f"I3 {client} position {position}: {seq} was acknowledged, {newest.get((client, position))} counts")
    for (client, position), seq in newest.items():
        if (client, position, seq) not in acknowledged and (client, position, seq) not in unknown:
            breaches.append(f"I3 {client} position {position}: {seq} counts, and nobody was left in doubt about it")
    return breaches
