"""Faults 17–21: what clients do wrong, by accident or on purpose: fifty times the same, in the wrong order, too late, yesterday's traffic,
another's cookie, two computers at once, a backlog of half an hour."""

import os
import random
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "http"))
from crowd import resources  # noqa: E402
from hall import Hall, expected_receipt, hex_id  # noqa: E402
from harness import Client, Server, finish, step  # noqa: E402

SEED = int(os.environ.get("FAULT_SEED", random.randrange(2**32)))
print(f"# seed {SEED}", flush=True)
draw = random.Random(SEED)
server = Server(WORKER="off", LOG_LEVEL="error")
other = Server(database=server.database, key_file=server.key_file, WORKER="off", LOG_LEVEL="error")
hall = Hall(server, candidates=6, items=20)
shift = hall.shift()
sitters = [hall.client(number).open() for number in range(5)]


def verdict(name, holds, what):
    print(f"# {name} {'holds' if holds else 'DOES NOT HOLD'}: {what}", flush=True)
    assert holds, (name, what)


with step("fault 17: the same save fifty times at once on two servers is one row and fifty times the same answer (I2)"):
    answers, lock = [], threading.Lock()

    def send(number):
        browser = Client([server, other][number % 2])
        browser.cookies = dict(sitters[0].cookies)
        reply = browser.put(f"{sitters[0].base}/responses/1", {"seq": 1, "choice": sitters[0].option(1), "flagged": False})
        with lock:
            answers.append((reply.status, reply.json["seq"], reply.json["position"]))
        browser.close()

    threads = [threading.Thread(target=send, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    verdict("I2", len(shift.rows(0)) == 1 and set(answers) == {(200, 1, 1)} and len(answers) == 50, f"{len(answers)} answers, {len(shift.rows(0))} row")

with step("fault 18: numbers that come in any order all stay, and the highest counts (I3)"):
    numbers = list(range(1, 11))
    draw.shuffle(numbers)
    for seq in numbers:
        assert sitters[1].save(2, seq, sitters[1].option(2, seq % 4)).status == 200
    newest = sitters[1].responses()[2]
    verdict("I3", newest[:2] == (10, sitters[1].option(2, 10 % 4)) and len(shift.rows(1)) == 10, f"order {numbers}, {newest[0]} counts")

with step("fault 18: a number that is taken by another answer is refused and changes nothing (I3)"):
    before = shift.rows(1)
    reply = sitters[1].save(2, 5, sitters[1].option(2, (5 + 1) % 4))
    verdict("I3", reply.status == 409 and reply.code == "stale" and shift.rows(1) == before, str(reply))

with step("fault 18: a save after the hand-in is refused, and the receipt stays (I3, I5)"):
    receipt = sitters[1].submit().json["receipt"]
    reply = sitters[1].save(2, 11, sitters[1].option(2, 1))
    expected = expected_receipt(shift, 1)
    verdict("I5", reply.status == 409 and sitters[1].submit().json["receipt"] == receipt and
            {key: receipt[key] for key in expected} == expected, str(reply))

with step("fault 19: yesterday's requests, byte for byte, are refused once their log-in has ended (I7)"):
    yesterday = dict(sitters[2].cookies)
    assert sitters[2].save(3, 1, sitters[2].option(3)).status == 200
    assert sitters[2].delete("/api/v1/candidate-logins/current").status in (200, 204)
    replay = Client(server)
    refused = []
    for path, body in ((f"{sitters[2].base}/responses/3", {"seq": 2, "choice": sitters[2].option(3, 1), "flagged": False}),):
        for place in (server, other):
            replay = Client(place)
            replay.cookies = dict(yesterday)
            refused.append(replay.put(path, body).status)
    for path in (f"{sitters[2].base}/paper", f"{sitters[2].base}/responses", "/api/v1/sittings/own"):
        replay = Client(other)
        replay.cookies = dict(yesterday)
        refused.append(replay.get(path).status)
    verdict("I7", set(refused) == {401} and len(shift.rows(2)) == 1, str(refused))

with step("fault 19: a good cookie opens nobody else's sitting, on any route of a sitting (I7)"):
    foreign = hex_id(shift.sittings[4][1])
    tries = [sitters[3].put(f"/api/v1/sittings/{foreign}/responses/1", {"seq": 1, "choice": None, "flagged": True}),
             sitters[3].get(f"/api/v1/sittings/{foreign}/paper"), sitters[3].get(f"/api/v1/sittings/{foreign}/responses"),
             sitters[3].get(f"/api/v1/sittings/{foreign}/receipt"), sitters[3].post(f"/api/v1/sittings/{foreign}/start", {}),
             sitters[3].post(f"/api/v1/sittings/{foreign}/submit", {"confirm": True})]
    verdict("I7", {reply.status for reply in tries} <= {403, 404} and shift.rows(4) == [], str([reply.status for reply in tries]))

with step("fault 20: on a second computer she goes on from what is saved; the first can no longer save (I3)"):
    first = sitters[4]
    assert first.save(5, 1, first.option(5)).status == 200
    second = hall.client(4, other).open()
    assert second.responses()[5][0] == 1
    held = first.save(5, 2, first.option(5, 1))
    assert second.save(5, 2, second.option(5, 2)).status == 200
    late = first.save(5, 3, first.option(5, 1))
    kept = [row[:2] for row in shift.rows(4) if row[1] > 1]
    verdict("I3", held.status in (401, 409) and late.status in (401, 409) and len(kept) == 1, f"{held.status} {late.status} {kept}")

with step("fault 21: a backlog of half an hour, 180 saves in one go and twice, is there once, whole and in order (I1, I2)"):
    sitter = hall.client(5).open()
    backlog = [(draw.randrange(1, 21), None) for _ in range(180)]
    seqs, sent = {}, []
    for position, _ in backlog:
        seqs[position] = seqs.get(position, 0) + 1
        sent.append((position, seqs[position], sitter.option(position, draw.randrange(4))))
    before = resources(server)
    limited = 0
    for _ in range(2):
        for position, seq, choice in sent:
            reply = sitter.save(position, seq, choice)
            while reply.status == 429:  # one candidate has no more than her share: she waits as she is told
                limited += 1
                time.sleep(float(dict(reply.header_list).get("Retry-After", 1)))
                reply = sitter.save(position, seq, choice)
            assert reply.status == 200, reply
    shown = sitter.responses()
    verdict("I1", all(shown[position][0] == seqs[position] for position in seqs) and len(shift.rows(5)) == len(sent), f"{len(sent)} saves, {limited} times told to wait")
    after = resources(server)
    verdict("I10", after["descriptors"] <= before["descriptors"] + 5 and after["KiB"] < before["KiB"] + 8192, f"{before} {after}")

finish()
