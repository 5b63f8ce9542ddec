"""The end of a shift while its workers and the database are killed: everybody ends once, with one receipt and one score."""

import contextlib
import os
import random
import subprocess
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "http"))
from hall import Hall, canonical, expected_receipt  # noqa: E402
from harness import BINARY, PGHOST, ROOT, Server, finish, step  # noqa: E402

SITTERS, ITEMS = 60, 6
SEED = int(os.environ.get("FAULT_SEED", random.randrange(2**32)))
CLUSTER = os.path.join(ROOT, "tests", "cluster.sh")
print(f"# seed {SEED}", flush=True)
draw = random.Random(SEED)

server = Server(WORKER="off", LOG_LEVEL="error")
hall = Hall(server, candidates=SITTERS, items=ITEMS, room_size=2)
shift = hall.shift()
key = hall.keys[shift.form_id]
truth = {}
for number in range(SITTERS):
    if draw.random() < 0.2:
        continue
    sitter = hall.client(number).open()
    correct = answered = 0
    for position in range(1, ITEMS + 1):
        if draw.random() < 0.2:
            continue
        choice = sitter.option(position, draw.randrange(4))
        assert sitter.save(position, 1, choice).status == 200
        place, option = canonical(sitter.item(position), choice)
        answered, correct = answered + 1, correct + (option == key[place])
    truth[number] = (correct, answered)
    if draw.random() < 0.2:
        assert sitter.submit().status == 200


def state():
    with contextlib.suppress(RuntimeError):
        return server.psql(f"SELECT state FROM khoacu.shift WHERE shift_id = {shift.id}")[0][0]
    return None


with step("workers are killed one after the other, and twice the database under them, until the shift is closed"):
    env = {k: v for k, v in server.env.items() if k not in ("KHOACU_LISTEN", "KHOACU_ADMIN_LISTEN")}
    stop = threading.Event()
    runs = [0]

    def work_and_die(own):
        while not stop.is_set():
            worker = subprocess.Popen([BINARY, "worker"], env=env, cwd=server.folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            # each lives a little longer than the one before, so that a slow machine gets there too
            time.sleep(0.1 + own.random() * (0.25 + runs[0] / 100))
            worker.kill()
            worker.wait()
            runs[0] += 1

    threads = [threading.Thread(target=work_and_die, args=(random.Random(f"{SEED} {i}"),)) for i in range(2)]
    shift.end(-1)
    for thread in threads:
        thread.start()
    for _ in range(2):
        time.sleep(draw.random() * 0.5)
        subprocess.run([CLUSTER, "kill", PGHOST], check=True)
    until = time.monotonic() + 90
    while state() != "closed" and time.monotonic() < until:
        time.sleep(0.1)
    stop.set()
    for thread in threads:
        thread.join()
    print(f"# {runs[0]} workers were killed", flush=True)
    assert state() == "closed", SEED

with step("everybody has ended, whoever had the paper open has the receipt of what counts"):
    for number in range(SITTERS):
        row = server.psql("SELECT s.state, encode(r.answers_sha256, 'hex'), r.code FROM khoacu.sitting s LEFT JOIN khoacu.receipt r "
                          f"USING (room_id, sitting_id) WHERE s.sitting_id = {shift.sittings[number][1]}")[0]
        if number in truth:
            expected = expected_receipt(shift, number)
            assert row[0] in ("closed", "submitted") and row[1:] == [expected["answers_sha256"], expected["code"]], (SEED, number, row)
        else:
            assert row == ["absent", "", ""], (SEED, number, row)

with step("everybody has one score, the right one"):
    scores = shift.scores()
    for number in range(SITTERS):
        want = [(1, "counted", *truth[number])] if number in truth else [(1, "absent", -1, -1)]
        assert scores[number] == want, (SEED, number, scores[number], want)

with step("the audit trail tells each act once"):
    assert server.psql("SELECT act, subject FROM khoacu.audit_event WHERE act IN ('score.room', 'sitting.room_close', 'sitting.shift_close', "
                       "'sitting.submit', 'sitting.start') GROUP BY 1, 2 HAVING count(*) > 1") == []

finish()
