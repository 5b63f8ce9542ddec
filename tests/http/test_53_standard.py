"""Examiners made alike: practice, qualification with a second chance, seeds that nothing tells apart, stop, release; reports decided."""

import json

from harness import Client, Server, finish, step
from result_cycle import CYCLE
from script_cycle import ScriptCycle

server = Server()
cycle = ScriptCycle(server)
first, second = cycle.people.markers
chief = Client(server).sign_in("truong.ban", cycle.chief_password)
BASE = f"/api/v1/cycles/{CYCLE}"
lists = lambda client: client.pages("/api/v1/scripts?limit=200")  # noqa: E731
part = lambda scripts, question: [s for s in scripts if s["component"] == "written" and s["question"] == question]  # noqa: E731
path = lambda script, rest="": f"/api/v1/scripts/{script['blind_id']}{rest}"  # noqa: E731
live, theirs = part(lists(first), 2), part(lists(second), 2)
STANDARD = {"component": "written", "question": 2, "version": 0, "qualify_scripts": 2, "qualify_passes": 2, "chances": 2, "tolerance": "2", "criterion_tolerance": "1,5",
            "seed_every": 3, "seed_misses": 2, "quick_seconds": 30, "reason": "hướng dẫn chấm số 2"}
RIGHT, CLOSE, WRONG = ["20", "10"], ["21.50", "10.50"], ["25", "15"]


def sample(script, purpose, value="30", criteria=RIGHT, **body):
    return chief.post(f"{BASE}/marking-samples", {"blind_id": script["blind_id"], "purpose": purpose, "value": value, "reason": "tổ chấm thống nhất",
                                                  **({"criteria": criteria} if criteria else {}), **body})


def mark(script, criteria, revision=0, client=first, **body):
    return client.put(path(script, "/mark"), {"status": "awarded", "criteria": criteria, "revision": revision, "seconds": 60, **body})


def declare(*scripts):
    reply = first.post("/api/v1/script-finals", {"scripts": [{"blind_id": s["blind_id"], "revision": 1} for s in scripts]})
    assert reply.status == 200, reply
    return [s["outcome"] for s in reply.json["scripts"]]


def give(scripts, criteria):
    for script in scripts:
        assert mark(script, criteria).status == 200
    assert declare(*scripts) == ["declared"] * len(scripts)


with step("the chief marker reads scripts of a part and makes some of them samples, with a definitive mark by the guide"):
    pool = chief.get(f"{BASE}/marking-samples?component=written&question=2").json["scripts"]
    assert {s["blind_id"] for s in pool} == {s["blind_id"] for s in live + theirs}
    view = chief.get(f"/api/v1/script-views/{theirs[0]['blind_id']}").json
    assert view["pages"][0]["body"].startswith("Nguyên tắc") and len(view["rubric"]["criteria"]) == 2
    drawing = part(lists(second), 3)[0]
    assert chief.get(f"/api/v1/script-views/{drawing['blind_id']}/pages/1").headers["content-type"] == "image/jpeg"
    assert chief.get(f"/api/v1/script-views/{1:016x}").status == chief.get(f"/api/v1/script-views/{drawing['blind_id']}/pages/9").status == 404
    for body, status in (({"value": "31"}, 400), ({"criteria": ["26", "4"]}, 400), ({"criteria": None}, 400), ({"purpose": "show"}, 400)):
        assert sample(theirs[0], **{"purpose": "seed", **body}).status == status, body
    for script, purpose in zip(theirs, ["qualification"] * 4 + ["seed"] * 2):
        assert sample(script, purpose).json == {"outcome": "kept"}
    assert sample(theirs[0], "qualification").json == {"outcome": "repeated"} and sample(theirs[0], "seed").code == "sample-taken"
    assert sample({"blind_id": f"{1:016x}"}, "seed").status == 404

with step("what is asked of examiners is data in versions"):
    put = lambda **change: chief.put(f"{BASE}/marking-standards", {**STANDARD, **change})  # noqa: E731
    for change in ({"qualify_passes": 3}, {"seed_every": 1}, {"tolerance": "x"}, {"component": "oral"}, {"chances": 0}):
        assert put(**change).status == 400, change
    assert put().json == {"outcome": "kept"} and put().code == "stale-version"
    standard = chief.get(f"{BASE}/marking-standards").json["standards"]
    assert len(standard) == 1 and standard[0]["tolerance"] == "2.00" and standard[0]["version"] == 1, standard

with step("live scripts wait until the qualification is passed"):
    answer = first.get("/api/v1/scripts?limit=200").json
    mine = part(answer["items"], 2)
    assert [s["purpose"] for s in mine] == ["qualification"] * 2 and {"component": "written", "question": 2, "state": "qualify"} in answer["parts"], answer["parts"]
    assert mark(live[0], RIGHT).code == "marker-unqualified" and first.get(path(live[0])).status == 404
    assert first.put(path(live[0], "/annotations/1"), {"revision": 0, "page": 1, "place": [0, 2], "body": "x"}).code == "marker-unqualified"
    assert not {s["blind_id"] for s in mine} & {s["blind_id"] for s in theirs}, "samples come under other codes"
    read = first.get(path(mine[0])).json
    assert read["definitive"] is None and read["pages"][0]["body"] in [chief.get(f"/api/v1/script-views/{s['blind_id']}").json["pages"][0]["body"] for s in theirs[:4]]

with step("a qualification out of tolerance gives a second chance with other scripts; within it, live scripts come"):
    give(mine, WRONG)
    again = [s for s in part(lists(first), 2) if not s["final_at"]]
    assert [s["purpose"] for s in again] == ["qualification"] * 2 and not {s["blind_id"] for s in again} & {s["blind_id"] for s in mine}
    give(again, CLOSE)
    open_now = [s for s in part(lists(first), 2) if s["purpose"] == "live"]
    assert len(open_now) == len(live) + 2 and {s["blind_id"] for s in live} < {s["blind_id"] for s in open_now}

seeds = [s for s in open_now if s["blind_id"] not in {x["blind_id"] for x in live}]
with step("a seed is as any live script in all that is sent"):
    for script in open_now:
        assert {k: v for k, v in script.items() if k not in ("blind_id", "blind_code")} == {k: v for k, v in open_now[0].items() if k not in ("blind_id", "blind_code")}
    shapes = [{k: type(v).__name__ for k, v in first.get(path(s)).json.items()} for s in open_now]
    assert all(shape == shapes[0] for shape in shapes) and first.get(path(seeds[0])).json["definitive"] is None
    marked = {"seed": mark(seeds[0], WRONG, seconds=5), "live": mark(live[0], WRONG, seconds=5)}
    assert all(set(reply.json) == {"blind_id", "revision", "entered_at", "quick"} and reply.json["quick"] for reply in marked.values()), "and too quick is too quick"
    assert mark(seeds[0], ["1"], 1).json["errors"] == mark(live[0], ["1"], 1).json["errors"]
    assert declare(seeds[0], live[0]) == ["declared"] * 2 and mark(seeds[0], RIGHT, 1).code == mark(live[0], RIGHT, 1).code == "mark-final"

with step("one seed missed changes nothing that she sees; the second in a row stops her"):
    assert first.get("/api/v1/scripts?limit=1").json["parts"][1]["state"] == "open" or any(p["state"] == "open" for p in first.get("/api/v1/scripts?limit=1").json["parts"])
    give([seeds[1]], WRONG)
    answer = first.get("/api/v1/scripts?limit=200").json
    assert {"component": "written", "question": 2, "state": "stopped"} in answer["parts"]
    assert [s for s in part(answer["items"], 2) if not s["status"]] == [] and mark(live[1], RIGHT).code == "marker-stopped"

with step("the chief marker sees the drift of everybody, and releases with a reason who was stopped, nobody else"):
    markers = {m["login_name"]: m for m in chief.get(f"{BASE}/marking-standards").json["markers"] if m["question"] == 2 and m["component"] == "written"}
    assert markers["cham.mot"]["state"] == "stopped" and markers["cham.hai"]["trials"] == [], markers
    assert [(t["purpose"], t["difference_hundredths"], t["within"]) for t in markers["cham.mot"]["trials"]] == \
        [("qualification", 1000, False)] * 2 + [("qualification", 200, True)] * 2 + [("seed", 1000, False)] * 2
    release = lambda who, **body: chief.post(f"{BASE}/marker-releases", {"component": "written", "question": 2, "marker_id": markers[who]["marker_id"], "reason": "đã trao đổi", **body})  # noqa: E731
    assert release("cham.hai").code == "not-stopped" and release("cham.mot", component="interview", question=9).status == 404
    assert release("cham.mot", reason="").status == 400 and release("cham.mot").json == {"outcome": "released"} and release("cham.mot").code == "not-stopped"
    assert mark(live[1], RIGHT).status == 200

with step("after practice the definitive mark is shown, and not before"):
    drawings = part(lists(second), 3)
    assert sample(drawings[0], "practice", "15", None).status == sample(drawings[1], "qualification", "10", None).status == 200
    assert put(question=3, qualify_scripts=1, qualify_passes=1, seed_every=0, criterion_tolerance=None).status == 200
    practice = next(s for s in part(lists(first), 3) if s["purpose"] == "practice")
    assert first.put(path(practice, "/mark"), {"status": "awarded", "value": "12", "revision": 0}).status == 200
    assert first.get(path(practice)).json["definitive"] is None and declare(practice) == ["declared"]
    assert first.get(path(practice)).json["definitive"] == {"value": "15.00", "criteria": None, "reason": "tổ chấm thống nhất", "within": False}

with step("a report waits for the head's word: zero settles the script by its article, and is said once"):
    for script, article in ((live[1], "two_hands"), (live[2], "other")):
        assert first.post(path(script, "/reports"), {"article": article, "reason": "hai kiểu chữ"}).status == 200
    reports = {r["blind_id"]: r for r in chief.get(f"{BASE}/script-reports").json["reports"]}
    decide = lambda script, verdict, reason="đã xem bài": chief.post(f"/api/v1/script-reports/{reports[script['blind_id']]['id']}/decision", {"verdict": verdict, "reason": reason})  # noqa: E731
    assert reports[live[1]["blind_id"]]["verdict"] is None and reports[live[1]["blind_id"]]["article"] == "two_hands"
    assert decide(live[2], "zero").code == "no-article" and decide(live[1], "half").status == 400
    assert decide(live[1], "zero").json == {"outcome": "kept"} and decide(live[1], "zero").json == {"outcome": "repeated"} and decide(live[1], "dismissed").code == "already-decided"
    assert decide(live[2], "dismissed").json == {"outcome": "kept"}
    settled = server.psql(f"SELECT status, value, why FROM khoacu.script_settlement WHERE blind_id = x'{live[1]['blind_id']}'::bigint")
    assert settled == [["awarded", "0.00", "zero_report"]], settled
    assert server.psql(f"SELECT count(*) FROM khoacu.script_settlement WHERE blind_id = x'{live[2]['blind_id']}'::bigint") == [["0"]]

with step("every act of the chief marker stands in the audit trail with its reason, and no definitive mark does"):
    events = [e for e in cycle.people.inspector.pages("/api/v1/audit-events?limit=200") if e["act"] in ("marking.standard", "marking.sample", "marking.release", "marking.report_decide")]
    acts = [e["act"] for e in events]
    assert (acts.count("marking.standard"), acts.count("marking.sample"), acts.count("marking.release"), acts.count("marking.report_decide")) == (2, 8, 1, 2), acts
    assert all(e["reason"] for e in events)
    details = [json.loads(e["payload"])["d"] for e in events if e["act"] == "marking.sample"]
    assert all(list(detail) == ["purpose"] for detail in details), details

finish()
