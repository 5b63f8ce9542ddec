"""Round 2: scripts under blind codes, marks, the freeze."""

import hashlib
import json
from concurrent.futures import ThreadPoolExecutor

from harness import Client, Server, finish, step
from result_cycle import CYCLE, MARKS, PASSED, People, count_round1, draw, enter_marks, freeze, make_cycle, roll_of, wait_for_job

server = Server()
people = People(server)
hr, (first, second), third = people.hr, people.markers, people.third_marker
make_cycle(server, hr)
ROUND2, FREEZE = f"/api/v1/cycles/{CYCLE}/round2", f"/api/v1/cycles/{CYCLE}/marks-freeze"
BOTH = {"examiners": ["cham.mot", "cham.hai"]}

with step("round 2 does not open before round 1 is counted for everybody"):
    reply = hr.post(ROUND2, {})
    assert reply.status == 409 and reply.code == "round1-incomplete" and reply.json["missing"] == 16, reply
count_round1(server)

with step("nor for somebody who is no examiner, nor in a cycle that does not exist"):
    reply = hr.post(ROUND2, {"examiners": ["cham.mot", "hr.mot"]})
    assert reply.status == 409 and reply.code == "not-examiner" and reply.json["login_name"] == "hr.mot", reply
    assert hr.post("/api/v1/cycles/KHONG-CO/round2", {}).status == 404
    assert hr.post(ROUND2, {"examiners": [7]}).json["errors"][0]["path"] == "examiners[0]"

with step("the worker opens it: a written and an interview script for each who passed, and for nobody else"):
    assert hr.post(FREEZE, {"reason": "x"}).code == "no-scripts"
    accepted = hr.post(ROUND2, BOTH)
    assert wait_for_job(server, accepted) == ("done", ""), accepted
    rows = server.psql("SELECT c.roll_number, i.component FROM khoacu.script_identity i JOIN khoacu.candidate c USING (candidate_id)")
    assert sorted(map(tuple, rows)) == sorted((roll, part) for roll in PASSED for part in ("written", "interview")), rows
    assert server.psql(f"SELECT state FROM khoacu.cycle WHERE code = '{CYCLE}'") == [["round2"]]

with step("it opens once"):
    again = hr.post(ROUND2, BOTH)
    assert again.status == 409 and again.code == "already-open", again

with step("nobody has a script before the draw; then each of two has all, and a third who was not named has none"):
    assert first.get("/api/v1/scripts").json["items"] == []
    draw(server, people.chief)
mine, theirs = first.pages("/api/v1/scripts?state=all&limit=3"), second.pages("/api/v1/scripts")
with step("each script is marked by two"):
    assert {s["blind_id"] for s in mine} == {s["blind_id"] for s in theirs} and len(mine) == len(theirs) == 2 * len(PASSED), (len(mine), len(theirs))
    rounds = dict(server.psql("SELECT marking_round || ':' || marker_id, count(*) FROM khoacu.marking_assignment GROUP BY 1"))
    assert len(rounds) == 4, rounds
    assert third.get("/api/v1/scripts").json["items"] == []

with step("a script says nothing of whose it is, nor does its order or its code"):
    for script in mine + theirs:
        assert set(script) == {"blind_id", "blind_code", "purpose", "component", "question", "mark_max", "mark_step", "status", "value", "criteria", "note", "revision", "entered_at", "final_at"}
        assert script["mark_max"] == ("60.00" if script["component"] == "written" else "40.00") and script["mark_step"] == "0.25"
    stored = server.psql("SELECT s.ctid::text, s.blind_id FROM khoacu.script s WHERE s.component = 'written' ORDER BY s.ctid")
    assert [int(b) for _, b in stored] == sorted(int(b) for _, b in stored), "rows lie in the order of random codes"
    order = [roll_of(server, s) for s in sorted(mine, key=lambda s: s["blind_id"]) if s["component"] == "written"]
    assert order != sorted(order), "one in nine factorial"
    assert len({s["blind_code"] for s in mine}) == len(mine) and all(len(s["blind_code"]) == 15 for s in mine)

script = next(s for s in mine if s["component"] == "written" and MARKS[roll_of(server, s)][0] != "absent")
PATH = f"/api/v1/scripts/{script['blind_id']}/mark"


def put(client, path=PATH, **body):
    return client.put(path, {"status": "awarded", "revision": 0, **body})


with step("a mark is entered, and the same request again is answered as the first"):
    reply = put(first, value="40,5")
    assert reply.status == 200 and reply.json["revision"] == 1, reply
    again = put(first, value="40.50")
    assert again.status == 200 and again.json == reply.json, again
    assert server.psql(f"SELECT count(*) FROM khoacu.mark WHERE blind_id = x'{script['blind_id']}'::bigint") == [["1"]]

with step("another mark over a revision that is not the last is refused, with the last one"):
    reply = put(first, value="41.00")
    assert reply.status == 409 and reply.code == "stale-revision" and reply.json["revision"] == 1, reply
    assert put(first, value="41.00", revision=1).json["revision"] == 2
    assert put(first, value="41.00", revision=7).status == 409

with step("a mark off the scale or the step, or no mark at all, is named"):
    for body, path, rule in (({"value": "60.25"}, "value", "range"), ({"value": "40.10"}, "value", "step"), ({"value": "-1"}, "value", "number"),
                             ({"value": "4e1"}, "value", "number"), ({"value": "NaN"}, "value", "number"), ({"value": "40.125"}, "value", "number"),
                             ({}, "value", "required"), ({"status": "absent", "value": "1.00"}, "value", "unknown"),
                             ({"status": "great", "value": "1.00"}, "status", "unknown"), ({"status": "void"}, "note", "required"),
                             ({"value": "1.00", "revision": -1}, "revision", "range"), ({"value": 40}, "value", "kind"),
                             ({"value": "1.00", "grade": "A"}, "grade", "unknown")):
        reply = put(first, **{"revision": 2, **body})
        assert reply.status == 400 and reply.json["errors"][0]["path"] == path and reply.json["errors"][0]["rule"] == rule, (body, reply)
    assert first.get("/api/v1/scripts?state=marked").json["items"][0]["value"] == "41.00"

with step("another examiner's script is not there, and neither is one that does not exist"):
    other = put(third, value="41.00", revision=2)
    nobody = put(third, path="/api/v1/scripts/0000000000000001/mark", value="41.00")
    assert other.status == nobody.status == 404 and other.json["code"] == nobody.json["code"]
    assert put(hr, value="41.00").status == 403

with step("absence, suspension and annulment stay distinct, with words where they need them"):
    for number, (status, note) in enumerate((("absent", None), ("suspended", "biên bản số 4"), ("void", "bài có dấu hiệu")), 2):
        body = {"status": status, "revision": number, **({"note": note} if note else {})}
        assert first.put(PATH, body).json["revision"] == number + 1
    kept = next(s for s in first.pages("/api/v1/scripts?state=marked") if s["blind_id"] == script["blind_id"])
    assert kept["status"] == "void" and kept["value"] is None and kept["note"] == "bài có dấu hiệu" and kept["revision"] == 5

with step("of two marks at once for one revision one is taken, and the other is told"):
    other = next(s for s in mine if s["component"] == "interview")["blind_id"]
    twin = Client(server).sign_in("cham.mot", people.passwords["cham.mot"])
    with ThreadPoolExecutor(2) as pool:
        sent = [pool.submit(put, client, f"/api/v1/scripts/{other}/mark", value=value) for client, value in ((first, "30.00"), (twin, "31.00"))]
        replies = sorted((one.result() for one in sent), key=lambda reply: reply.status)
    assert [reply.status for reply in replies] == [200, 409] and replies[1].json["revision"] == 1, replies
    kept = server.psql(f"SELECT revision, value FROM khoacu.mark WHERE blind_id = x'{other}'::bigint")
    assert len(kept) == 1, kept
    assert put(first, f"/api/v1/scripts/{other}/mark", revision=1, value=MARKS[roll_of(server, {"blind_id": other})][1]).status == 200

with step("the list can be asked for what waits and what is done"):
    answer = first.get("/api/v1/scripts?state=waiting&limit=1").json
    assert answer["counts"] == {"waiting": len(mine) - 2, "marked": 2, "final": 0} and answer["total"] == len(mine) - 2 and answer["next"]
    assert first.get("/api/v1/scripts?state=gone").status == 400 and first.get("/api/v1/scripts?after=x").status == 400

with step("nothing is frozen while a mark is missing, and the refusal says how many"):
    reply = hr.post(FREEZE, {"reason": "thử"})
    assert reply.status == 409 and reply.code == "marks-missing" and reply.json["missing"] == len(mine), reply
    assert people.inspector.post(FREEZE, {"reason": "thử"}).status == 403
    assert hr.post(FREEZE, {}).json["errors"][0]["path"] == "reason"
    assert hr.post("/api/v1/cycles/KHONG-CO/marks-freeze", {"reason": "thử"}).status == 404

assert put(first, value=MARKS[roll_of(server, script)][0], revision=5).status == 200
enter_marks(server, [first, second])
with step("then the marks are frozen, with a hash that what counts and the marks give"):
    freeze(server, hr)
    frozen = hr.post(FREEZE, {"reason": "lần nữa"})
    assert frozen.status == 200, frozen
    marks = {}
    for blind, *rest in server.psql("""SELECT f.blind_id, f.marking_round, m.marker_id, f.revision, m.status, coalesce(m.value::text, '') FROM khoacu.mark_final f
            JOIN khoacu.mark m USING (blind_id, marking_round, revision) ORDER BY 1, 2"""):
        marks.setdefault(int(blind), []).append(f"|{rest[0]}:{int(rest[1]):016x}:{rest[2]}:{rest[3]}:{rest[4]}")
    lines = [f"{int(b):016x}|{component}|{question}|marks|{status}|{value}|{why}{''.join(marks[int(b)])}\n" for b, component, question, status, value, why in server.psql(
        """SELECT blind_id, component, question, status, coalesce(value::text, ''), why FROM khoacu.script JOIN khoacu.script_settlement USING (blind_id) ORDER BY 1""")]
    assert hashlib.sha256("".join(lines).encode()).hexdigest() == frozen.json["sha256"], lines[:2]

with step("after the freeze no mark is taken"):
    reply = put(first, value="60.00", revision=6)
    assert reply.status == 409 and reply.code == "frozen", reply

with step("every act stands in the audit trail, without a name, a roll number or a candidate"):
    events = people.inspector.pages("/api/v1/audit-events?limit=200")
    acts = [e["act"] for e in events]
    for act, count in (("result.marking_request", 1), ("result.marking_open", 1), ("marking.freeze", 1)):
        assert acts.count(act) == count, (act, acts.count(act))
    assert acts.count("marking.mark") == len(mine) + len(theirs) + 6, acts.count("marking.mark")
    assert acts.count("marking.settle") == len(mine) and acts.count("marking.draw") == 2, acts
    for event in events:
        if event["act"].startswith(("marking.", "result.")):
            assert not any(word in event["payload"] for word in ("Thí sinh", "A10", "B10", "C10", "candidate:")), event
            assert json.loads(event["payload"])["actor"].startswith("staff:") or event["act"] == "marking.settle"

finish()
