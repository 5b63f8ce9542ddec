"""The end of a shift: the worker closes what is due, finds absentees, issues receipts, scores; a person may close early."""

import contextlib
import os
import random
import subprocess
import threading
import time

from harness import BINARY, ROLES, Server, eventually, finish, make_all_roles, step
from hall import Hall, canonical, expected_receipt, hex_id

server = Server(WORKER="off")
staff = make_all_roles(server)
workers = []


def start_worker():
    log = open(os.path.join(server.folder, f"worker-{len(workers)}.log"), "ab")
    env = {k: v for k, v in server.env.items() if k not in ("KHOACU_LISTEN", "KHOACU_ADMIN_LISTEN")}
    workers.append(subprocess.Popen([BINARY, "worker"], env=env, cwd=server.folder, stdout=log, stderr=log, stdin=subprocess.DEVNULL))
    log.close()
    return workers[-1]


def wait_for(what):
    value = eventually(what)
    assert value, "it did not happen in time"
    return value


def answer(sitter, hall, shift, number, right):
    """Answers the first questions of the paper, so many of them right; gives (correct, answered)."""
    key = hall.keys[shift.form_id]
    for item in sitter.paper["items"]:
        place, _ = canonical(item)
        wrong = item["position"] > right
        choice = next(o["id"] for o in item["options"] if (canonical(item, o["id"])[1] == key[place]) != wrong)
        assert sitter.save(item["position"], 1, choice).status == 200
    return right, len(sitter.paper["items"])


def job(client, job_id):
    reply = client.get(f"/api/v1/jobs/{job_id}")
    assert reply.status == 200, reply
    return reply.json


def shift_state(shift):
    return server.psql(f"SELECT state FROM khoacu.shift WHERE shift_id = {shift.id}")[0][0]


hall = Hall(server, candidates=9, items=5, room_size=4)
shift = hall.shift(code="S1", candidates=[0, 1, 2, 3, 4, 5])
sitters = {number: hall.client(number).open() for number in (0, 1, 2, 4)}
truth = {number: answer(sitters[number], hall, shift, number, right) for number, right in ((0, 5), (1, 2), (4, 0))}
assert sitters[1].submit().status == 200
assert sitters[2].save(1, 1, None, flagged=True).status == 200
truth[2] = (0, 0)

with step("before the time has come nothing is closed, whoever looks"):
    worker = start_worker()
    time.sleep(1.5)
    assert [shift.state(n) for n in range(6)] == ["open", "submitted", "open", "assigned", "open", "assigned"]
    assert shift_state(shift) == "scheduled" and shift.scores() == {}
    assert server.psql(f"SELECT state FROM khoacu.cycle WHERE cycle_id = {hall.cycle_id}") == [["round1"]]

with step("at the end the worker closes, finds absentees, scores and closes the shift"):
    shift.end(1)
    wait_for(lambda: shift_state(shift) == "closed")
    assert [shift.state(n) for n in range(6)] == ["closed", "submitted", "closed", "absent", "closed", "absent"]
    assert shift.scores() == {0: [(1, "counted", *truth[0])], 1: [(1, "counted", *truth[1])], 2: [(1, "counted", *truth[2])],
                              3: [(1, "absent", -1, -1)], 4: [(1, "counted", *truth[4])], 5: [(1, "absent", -1, -1)]}, shift.scores()

with step("whoever had an open paper has a receipt that can be recomputed; who was absent has none"):
    for number in (0, 1, 2, 4):
        own = sitters[number].read_own()
        expected = expected_receipt(shift, number)
        assert {k: own["receipt"][k] for k in expected} == expected, own
        assert sitters[number].get(f"{sitters[number].base}/receipt").json == own["receipt"]
        assert own["state"] == ("submitted" if number == 1 else "closed")
    assert server.psql("SELECT count(*) FROM khoacu.receipt") == [["4"]]
    absent = hall.client(3)
    assert absent.read_own()["state"] == "absent" and absent.own["receipt"] is None
    assert absent.start().code == "ended" and absent.get(f"{absent.base}/receipt").status == 404

with step("a closed sitting takes no save and no hand-in, and keeps its receipt"):
    reply = sitters[0].save(1, 9, None)
    assert reply.status == 409 and reply.code == "ended", reply
    reply = sitters[0].submit()
    assert reply.status == 409 and reply.code == "ended", reply

with step("the audit trail tells of every room and of the shift, by the system"):
    events = server.psql("SELECT act, actor, subject FROM khoacu.audit_event WHERE act IN ('sitting.room_close', 'sitting.shift_close', "
                         "'score.room', 'cycle.begin') ORDER BY 1, 3")
    rooms = sorted(f"room:{hex_id(room)}" for room in shift.room_ids)
    assert events == [["cycle.begin", "system", f"cycle:{hex_id(hall.cycle_id)}"]] + [["score.room", "system", room] for room in rooms] + [
        ["sitting.room_close", "system", room] for room in rooms] + [["sitting.shift_close", "system", f"shift:{shift.hex()}"]], events

early = hall.shift(code="S2", candidates=[6, 7, 8])
sitters = {number: hall.client(number).open() for number in (6, 7)}
truth = answer(sitters[6], hall, early, 6, 3)

with step("closing early needs the right, a reason and a shift that has begun"):
    path = f"/api/v1/shifts/{early.hex()}/close"
    for role in ROLES:
        if role not in ("invigilator", "hr_officer"):
            assert staff[role].post(path, {"reason": "x"}).status == 403, role
    for body in ({}, {"reason": ""}, {"reason": "x" * 2001}, {"reason": 1}, {"reason": "x", "everybody": True}):
        assert staff["invigilator"].post(path, body).status == 400, body
    assert staff["invigilator"].post("/api/v1/shifts/0000000000000001/close", {"reason": "x"}).status == 404
    server.psql(f"UPDATE khoacu.shift SET starts_at = clock_timestamp() + interval '60 s' WHERE shift_id = {early.id}")
    reply = staff["invigilator"].post(path, {"reason": "x"})
    assert reply.status == 409 and reply.code == "too-early", reply
    server.psql(f"UPDATE khoacu.shift SET starts_at = clock_timestamp() - interval '60 s' WHERE shift_id = {early.id}")
    assert early.state(6) == "open" and server.psql("SELECT count(*) FROM khoacu.job") == [["0"]]

with step("an invigilator closes a shift; asked twice it is one job, which everybody of the staff can watch"):
    worker.terminate()
    assert worker.wait(120) == 0
    first = staff["invigilator"].post(path, {"reason": "Mất điện toàn tòa nhà"})
    again = staff["hr_officer"].post(path, {"reason": "Mất điện"})
    assert first.status == again.status == 202 and first.json == again.json, (first, again)
    found = job(staff["examiner"], first.json["job_id"])
    assert (found["state"], found["kind"], found["message"]) == ("waiting", "shift_close", ""), found
    worker = start_worker()
    found = wait_for(lambda: (j := job(staff["invigilator"], first.json["job_id"]))["state"] == "done" and j)
    assert found["done_count"] == found["total_count"] > 0 and found["message"] == "", found
    assert [early.state(n) for n in (6, 7, 8)] == ["closed", "closed", "absent"] and shift_state(early) == "closed"
    assert early.scores() == {6: [(1, "counted", *truth)], 7: [(1, "counted", 0, 0)], 8: [(1, "absent", -1, -1)]}, early.scores()
    reasons = server.psql("SELECT act, actor FROM khoacu.audit_event WHERE reason = 'Mất điện toàn tòa nhà' ORDER BY act")
    assert [act for act, _ in reasons] == ["sitting.room_close", "sitting.shift_close", "sitting.shift_close_request"], reasons
    assert len({actor for _, actor in reasons}) == 1 and reasons[0][1].startswith("staff:"), reasons

with step("asked again when it is closed there is nothing to do and nothing changes"):
    before = server.psql("SELECT count(*), max(revision) FROM khoacu.sitting_score")
    reply = staff["invigilator"].post(path, {"reason": "Một lần nữa"})
    assert reply.status == 202 and reply.json != first.json, reply
    wait_for(lambda: job(staff["invigilator"], reply.json["job_id"])["state"] == "done")
    assert server.psql("SELECT count(*), max(revision) FROM khoacu.sitting_score") == before

with step("a job that does not exist is not found"):
    assert staff["inspector"].get("/api/v1/jobs/0000000000000001").status == 404
    assert staff["inspector"].get("/api/v1/jobs/x").status == 404

with step("two workers, one of them killed again and again, close many rooms exactly once"):
    seed = random.randrange(2**32)
    draw = random.Random(seed)
    crowd = Hall(server, candidates=40, items=4, room_size=3, code="HALL-2")
    many = crowd.shift(code="S1")
    expected = {}
    for number in range(0, 40, 2):
        sitter = crowd.client(number).open()
        expected[number] = answer(sitter, crowd, many, number, draw.randrange(5))
    second = start_worker()
    stop = threading.Event()

    def kill_and_start():
        while not stop.is_set():
            victim = start_worker()
            time.sleep(draw.random() * 0.4)
            victim.kill()
            victim.wait()

    killer = threading.Thread(target=kill_and_start)
    killer.start()
    second.kill()
    second.wait()
    many.end(-1)
    with contextlib.suppress(AssertionError):
        wait_for(lambda: shift_state(many) == "closed")
    stop.set()
    killer.join()
    assert shift_state(many) == "closed", seed
    scores = many.scores()
    for number in range(40):
        want = [(1, "counted", *expected[number])] if number in expected else [(1, "absent", -1, -1)]
        assert scores[number] == want, (seed, number, scores[number], want)
    receipts = server.psql(f"SELECT count(*) FROM khoacu.receipt r JOIN khoacu.sitting s USING (room_id, sitting_id) WHERE s.shift_id = {many.id}")
    assert receipts == [["20"]], receipts
    doubled = server.psql("SELECT subject FROM khoacu.audit_event WHERE act = 'sitting.room_close' GROUP BY subject HAVING count(*) > 1")
    assert doubled == [], doubled

with step("the worker ends in order when it is asked to"):
    worker.terminate()
    assert worker.wait(120) == 0
    with open(os.path.join(server.folder, "worker-0.log"), encoding="utf-8") as log:
        assert "Ended in order." in log.read()

finish()
