"""Two markers, and what follows when they differ: the draw and its exclusions, third mark, dialogue, head, chair, and what is refused."""

import json
import os
import subprocess
import tempfile

import sweep
from harness import BINARY, Client, Server, finish, make_officers, step
from result_cycle import CYCLE, NUMBERS, PASSED, People, count_round1, draw, freeze, make_cycle, mark, roll_of, wait_for_job

server = Server()
people = People(server)
hr, chief, chair, officer = people.hr, people.chief, people.chair, people.script_officer
accounts = [(f"gk.{n}", f"Giám khảo {n}", {1: "Sở Tài chính", 2: "snv"}.get(n, ""), "examiner") for n in range(1, 8)]
accounts += [("ong.hai", "Hai vai", "", "examiner;script_officer"), ("truong.kiem", "Vừa chấm vừa trưởng ban", "", "chief_marker;examiner")]
passwords = make_officers(server, people.administrator, accounts)
markers = {name: Client(server).sign_in(name, passwords[name]) for name, *_ in accounts if name.startswith("gk.") or name == "truong.kiem"}
make_cycle(server, hr)
count_round1(server)
CASES, DRAWS, KIN, FREEZE = (f"/api/v1/cycles/{CYCLE}/{part}" for part in ("marking-cases", "draws", "kinships", "marks-freeze"))
name_of = dict(server.psql("SELECT staff_id, login_name FROM khoacu.staff"))
agencies = dict(server.psql("SELECT c.roll_number, string_agg(a.code, ';') FROM khoacu.candidate c JOIN khoacu.agency a ON a.agency_id = ANY (c.agency_ids) GROUP BY 1"))


def assigned(blind_id):
    """Round to examiner, as the table has it."""
    return {int(r): name_of[m] for r, m in server.psql(f"SELECT marking_round, marker_id FROM khoacu.marking_assignment WHERE blind_id = x'{blind_id}'::bigint")}


def settled(blind_id):
    rows = server.psql(f"SELECT status, coalesce(value::text, ''), why FROM khoacu.script_outcome WHERE blind_id = x'{blind_id}'::bigint")
    return tuple(rows[0]) if rows else None


def case(blind_id, client=chief, path=CASES + "?limit=100"):
    return next((c for c in client.get(path).json["items"] if c["blind_id"] == blind_id), None)


def say(client, blind_id, what, **body):
    return client.post(f"/api/v1/scripts/{blind_id}/{what}", {"words": "Biên bản đối thoại", **body})


def refused(sql):
    return "ERROR" in server.psql_fails("SET ROLE khoacu_server; " + sql)


with step("ties are declared before the draw, by the script officer, not for herself, not of strangers"):
    assert officer.get("/api/v1/marking-cycles").json["items"][0]["opened"] is False
    reply = officer.post(KIN, {"marker": "gk.3", "roll_number": "C101", "relation": "anh em ruột"})
    assert reply.status == 204 and officer.post(KIN, {"marker": "gk.3", "roll_number": "C101", "relation": "anh em ruột"}).status == 204
    assert officer.post(KIN, {"marker": "hr.mot", "roll_number": "C101", "relation": "x"}).json["errors"][0]["path"] == "marker"
    assert officer.post(KIN, {"marker": "gk.3", "roll_number": "Z999", "relation": "x"}).json["errors"][0]["path"] == "roll_number"
    assert officer.post("/api/v1/cycles/KHONG-CO/kinships", {"marker": "gk.3", "roll_number": "C101", "relation": "x"}).status == 404
    rows = officer.get(KIN).json["items"]
    assert [(r["marker"], r["roll_number"], r["declared_by"]) for r in rows] == [("gk.3", "C101", "ban.phach")], rows

with step("who handles scripts and codes marks none of them"):
    reply = hr.post(f"/api/v1/cycles/{CYCLE}/round2", {"examiners": ["ong.hai", "gk.4"]})
    assert reply.status == 409 and reply.code == "not-examiner" and reply.json["login_name"] == "ong.hai", reply

POOL = [n for n, *_ in accounts if n.startswith("gk.")] + ["truong.kiem"]
assert chief.post(DRAWS, {"component": "written", "numbers": NUMBERS}).code == "no-draw"
assert wait_for_job(server, hr.post(f"/api/v1/cycles/{CYCLE}/round2", {"examiners": POOL})) == ("done", "")
with step("the draw is committed to, and takes the numbers of at least two people"):
    held = {d["component"]: d for d in chief.get(DRAWS).json["items"]}
    assert set(held) == {"written", "interview"} and held["written"]["markers"] == 8 and held["written"]["outcome"] is None
    for numbers, path in (([NUMBERS[0]], "numbers"), ([NUMBERS[0]] * 2, "numbers[1].giver"), ([NUMBERS[0], {"giver": "x", "number": "1/2"}], "numbers[1]"), ([NUMBERS[0], 7], "numbers[1]")):
        assert chief.post(DRAWS, {"component": "written", "numbers": numbers}).json["errors"][0]["path"] == path
    assert chief.post("/api/v1/cycles/KHONG-CO/draws", {"component": "written", "numbers": NUMBERS}).status == 404 == chief.get("/api/v1/cycles/KHONG-CO/draws").status
    assert officer.post(KIN, {"marker": "gk.4", "roll_number": "C101", "relation": "muộn"}).code == "scripts-open"
    draw(server, chief)
    assert chief.post(DRAWS, {"component": "written", "numbers": NUMBERS}).code == "draw-held"

blinds = {(roll, part): f"{int(b):016x}" for b, roll, part in server.psql("""SELECT i.blind_id, c.roll_number, i.component FROM khoacu.script_identity i
    JOIN khoacu.candidate c USING (candidate_id)""")}
with step("two different markers each, none of the candidate's agency, none who is tied to her, and evenly"):
    load = {}
    for (roll, part), blind in blinds.items():
        pair = assigned(blind)
        assert set(pair) == {1, 2} and pair[1] != pair[2], pair
        for name in pair.values():
            load[part, name] = load.get((part, name), 0) + 1
            assert not (name == "gk.1" and "STC" in agencies[roll]) and not (name == "gk.2" and "SNV" in agencies[roll]), (roll, name)
            assert not (roll == "C101" and name == "gk.3")
    for part in ("written", "interview"):
        free = [load.get((part, n), 0) for n in POOL if n not in ("gk.1", "gk.2")]
        assert max(free) - min(free) <= 1 and sum(n for (p, _), n in load.items() if p == part) == 2 * len(PASSED), load
    lists = {d["component"]: d for d in chief.get(DRAWS).json["items"]}
    assert lists["written"]["entropy"] == "Chủ tịch hội đồng=70142/Thanh tra=xổ số 28.11.2026: 40918/" and lists["written"]["drawn_by"] == "truong.cham"
    assert chief.get(CASES).json["items"] == [] and hr.get(f"{DRAWS}/written").code == "not-frozen" and hr.get(f"{DRAWS}/nothing").status == 404


def script_for(number):
    """A written script in a fixed order, with the clients of markers 1 and 2."""
    rolls = sorted(r for r, part in blinds if part == "written")
    blind = blinds[rolls[number], "written"]
    pair = assigned(blind)
    return blind, markers[pair[1]], markers[pair[2]]


with step("the next script is leased; what is somebody else's is not there, whatever code one guesses"):
    blind, one, two = script_for(0)
    lease = one.post("/api/v1/script-leases", {}).json
    assert lease["blind_id"] in {s["blind_id"] for s in one.pages("/api/v1/scripts")} and lease["leased_until"]
    assert one.post("/api/v1/script-leases", {"blind_id": blind}).json["blind_id"] == blind
    stranger = next(c for n, c in markers.items() if n not in assigned(blind).values())
    assert stranger.post("/api/v1/script-leases", {"blind_id": blind}).status == 404 == stranger.post("/api/v1/script-leases", {"blind_id": "0000000000000001"}).status
    assert stranger.post("/api/v1/script-leases", {"blind_id": "x"}).status == 400
    for body in ({"said": "differ"}, {"said": "agreed", "value": "30.00"}):
        assert say(stranger, blind, "dialogue", **body).status == 404
    reply = chief.post(f"/api/v1/scripts/{blind}/replacement", {"marker": assigned(blind)[1], "reason": "ốm"})
    assert reply.code == "script-open", reply

with step("five marks apart: the mean, once rounded; the other's mark is seen by nobody before"):
    assert "value" not in json.dumps([s for s in two.pages("/api/v1/scripts") if s["blind_id"] == blind and s["value"] is not None])
    mark(one, blind, "30.25")
    assert settled(blind) is None and case(blind) is None and all(s["value"] is None for s in two.pages("/api/v1/scripts") if s["blind_id"] == blind)
    assert case(blind, two, "/api/v1/dialogues") is None
    others = {**{name: client for name, client in markers.items() if client is not one}, "chief": chief, "hr": hr, "hr2": people.hr2, "officer": officer, "inspector": people.inspector,
              "administrator": people.administrator, "chair": chair, "public": Client(server)}
    found, read = sweep.sent(others, {"code": [CYCLE], "cycle_code": [CYCLE], "blind_id": [blind], "id": [blind]}, ("30.25", "30,25"))
    assert not found and read > 150, (found, read)
    mark(two, blind, "35.25")
    assert settled(blind) == ("awarded", "32.80", "mean"), settled(blind)
    told = [json.loads(e["payload"])["d"] for e in people.inspector.pages("/api/v1/audit-events?limit=200") if e["act"] == "marking.settle"][-1]
    assert told == {"marks": [{"round": 1, "status": "awarded", "value": "30.25"}, {"round": 2, "status": "awarded", "value": "35.25"}], "status": "awarded", "value": "32.80", "why": "mean"}, told
    again = one.put(f"/api/v1/scripts/{blind}/mark", {"status": "awarded", "value": "31.00", "revision": 1})
    assert again.status == 409, again
    assert say(chief, blind, "decision", said="decided", value="60.00").code == "settled"

blind, one, two = script_for(1)
with step("more than five apart: both sign the same minutes, then the head decides, who marked nothing of it"):
    mark(one, blind, "30.00"), mark(two, blind, "35.25")
    seen = case(blind, one, "/api/v1/dialogues")
    assert seen["next"] == "dialogue" and seen["gap"] == "5.25" and sorted((m["own"], m["value"]) for m in seen["marks"]) == [(False, "35.25"), (True, "30.00")], seen
    assert say(chief, blind, "decision", said="decided", value="33.00").code == "not-asked"
    assert say(one, blind, "dialogue", said="agreed", value="60.50").json["errors"][0]["rule"] == "range"
    assert say(one, blind, "dialogue", said="agreed").json["errors"][0]["path"] == "value" and say(one, blind, "dialogue", said="decided", value="1").status == 400
    assert say(one, blind, "dialogue", said="agreed", value="33.00").status == 204
    twice = say(one, blind, "dialogue", said="agreed", value="33.00")
    assert twice.status == 409 and twice.code == "signed-already" and case(blind)["next"] == "minutes", twice
    assert say(two, blind, "dialogue", said="agreed", value="32.00").status == 204 and case(blind)["next"] == "minutes"
    assert say(two, blind, "dialogue", said="agreed", value="33.00").status == 204
    now = case(blind)
    assert now["next"] == "head" and [w["by"] for w in now["words"]] and len(now["words"]) == 3 and now["tier"] == 1, now
    assert say(chair, blind, "chair-decision", said="decided", value="33.00").code == "not-asked"
    assert say(chief, blind, "decision", said="decided", value="60.25").json["errors"][0]["rule"] == "range"
    assert say(chief, blind, "decision", said="decided", value="33.33").json["errors"][0] == {"path": "value", "rule": "step"}
    assert say(chief, blind, "decision", said="decided", value="33.00", words="Theo biên bản").status == 204
    assert settled(blind) == ("awarded", "33.00", "head") and case(blind, chief, CASES + "?state=settled")["why"] == "head"

with step("the head who marked a script does not decide about it, nor does she see it as a case"):
    both = [b for (r, p), b in blinds.items() if "truong.kiem" in assigned(b).values() and settled(b) is None and p == "written"]
    blind = both[0]
    pair = assigned(blind)
    mark(markers[pair[1]], blind, "30.00"), mark(markers[pair[2]], blind, "36.00")
    for round_ in (1, 2):
        assert say(markers[pair[round_]], blind, "dialogue", said="differ").status == 204
    assert case(blind)["next"] == "head" and case(blind, markers["truong.kiem"]) is None
    assert say(markers["truong.kiem"], blind, "decision", said="decided", value="36.00").code == "marked-it"
    assert say(chief, blind, "decision", said="passed_up", value="1.00").status == 400 and say(chief, blind, "decision", said="passed_up").status == 204
    assert case(blind, chair, "/api/v1/chair-cases?limit=1")["next"] == "chair" and say(chief, blind, "decision", said="decided", value="31.00").code == "not-asked"
    assert say(chair, blind, "chair-decision", said="decided", value="34.50", words="Chủ tịch quyết định").status == 204
    assert settled(blind) == ("awarded", "34.50", "chair")

open_scripts = [b for (r, p), b in sorted(blinds.items()) if p == "written" and settled(b) is None and not server.psql(f"SELECT 1 FROM khoacu.mark WHERE blind_id = x'{b}'::bigint")]
with step("ten apart: a third, whom the seed of the draw names, and the nearest pair counts"):
    blind = open_scripts.pop()
    pair = assigned(blind)
    mark(markers[pair[1]], blind, "30.00"), mark(markers[pair[2]], blind, "40.00")
    pair = assigned(blind)
    assert set(pair) == {1, 2, 3} and len(set(pair.values())) == 3 and case(blind)["next"] == "marks", pair
    third = markers.get(pair[3]) or {"cham.mot": people.markers[0], "cham.hai": people.markers[1], "cham.ba": people.third_marker}[pair[3]]
    assert case(blind, third, "/api/v1/dialogues") is None and [s["value"] for s in third.pages("/api/v1/scripts") if s["blind_id"] == blind] == [None]
    mark(third, blind, "38.00")
    assert settled(blind) == ("awarded", "39.00", "nearest_pair"), settled(blind)

with step("one gives a mark and the other says absent: the head decides which"):
    blind = open_scripts.pop()
    pair = assigned(blind)
    mark(markers[pair[1]], blind, "absent"), mark(markers[pair[2]], blind, "40.00")
    assert (case(blind)["next"], case(blind)["stage"]) == ("head", "status")
    assert say(chief, blind, "decision", said="decided", status="strange").status == 400 and say(chief, blind, "decision", said="decided", kind="chair", value="1").status == 400
    assert say(chief, blind, "decision", said="decided", status="absent", words="Bìa trắng").status == 204 and settled(blind) == ("absent", "", "head")

with step("a script that its marker does not come to goes to another, who is drawn and recorded"):
    for blind in reversed(open_scripts[:]):  # codes are random: the last may be one whose candidate is tied to all the others
        pair = assigned(blind)
        body = {"marker": pair[1], "reason": "giám khảo nghỉ ốm"}
        assert chief.post(f"/api/v1/scripts/{blind}/replacement", {**body, "marker": "hr.mot"}).status == 404
        reply = chief.post(f"/api/v1/scripts/{blind}/replacement", body)
        if reply.status != 409 or reply.code != "nobody-left":
            break
    open_scripts.remove(blind)
    assert reply.status == 204, (reply, pair, blind)
    new = assigned(blind)
    assert new[2] == pair[2] and new[1] not in pair.values(), (pair, new)
    assert blind not in {s["blind_id"] for s in markers[pair[1]].pages("/api/v1/scripts")}

with step("an examiner hands a script back, for a conflict of interest or another reason; it never comes to her again, and her draft is shown to nobody"):
    give = lambda client, blind, why="conflict", reason="Tôi là người hướng dẫn của thí sinh này": client.post(f"/api/v1/scripts/{blind}/return", {"why": why, "reason": reason})  # noqa: E731
    blind = open_scripts.pop()
    pair = assigned(blind)
    assert markers[pair[1]].put(f"/api/v1/scripts/{blind}/mark", {"status": "awarded", "value": "59.75", "revision": 0}).status == 200
    stranger = next(c for n, c in markers.items() if n not in pair.values())
    assert give(stranger, blind).status == 404 == give(stranger, "0000000000000001").status
    assert give(markers[pair[1]], blind, "chief").json["errors"][0]["path"] == "why" and give(markers[pair[1]], blind, reason="").json["errors"][0]["path"] == "reason"
    assert give(markers[pair[1]], blind).status == 204 == give(markers[pair[1]], blind).status, "the same again is answered as the first"
    new = assigned(blind)
    assert new[2] == pair[2] and new[1] not in pair.values() and give(markers[pair[1]], blind, "given_back", "x").status == 404, new
    assert markers[pair[1]].put(f"/api/v1/scripts/{blind}/mark", {"status": "awarded", "value": "1.00", "revision": 1}).status == 404
    taker = {**markers, "cham.mot": people.markers[0], "cham.hai": people.markers[1], "cham.ba": people.third_marker}[new[1]]
    assert '"59.75"' not in taker.get("/api/v1/scripts?limit=200").text + taker.get(f"/api/v1/scripts/{blind}").text
    why = server.psql(f"SELECT why FROM khoacu.marking_exclusion WHERE blind_id = x'{blind}'::bigint AND marker_id = {next(i for i, n in name_of.items() if n == pair[1])}")
    assert why == [["conflict"]], why
    event = next(e for e in people.inspector.pages("/api/v1/audit-events?limit=200") if e["act"] == "marking.replace" and "conflict" in e["payload"])
    assert event["reason"].startswith("Tôi là người hướng dẫn") and json.loads(event["payload"])["actor"].startswith("staff:"), event
    mark(markers[pair[2]], blind, "30.00"), mark(taker, blind, "31.00", revision=1)
    assert give(taker, blind).code == "mark-final" and settled(blind) == ("awarded", "30.50", "mean")

with step("progress by part and marker, with a forecast"):
    answer = chief.get(f"/api/v1/cycles/{CYCLE}/marking").json
    part = answer["parts"][0]
    assert part["component"] == "written" and part["scripts"] == len(PASSED) and part["settled"] == 6 and part["assigned"] == 2 * len(PASSED) + 1 and part["final"] == 13, part
    assert answer["unsettled"] == 2 * len(PASSED) - 6 and sum(m["final"] for m in answer["markers"]) == 13 and sum(m["given_back"] for m in answer["markers"]) == 1 and answer["sha256"] is None
    assert any(m["median_seconds"] > 0 and m["seconds_left"] >= 0 for m in answer["markers"]) or all(m["final"] < 2 for m in answer["markers"])
    assert chief.get("/api/v1/cycles/KHONG-CO/marking").status == 404 and chief.get(CASES + "?state=x").status == 400

everybody = {**markers, "cham.mot": people.markers[0], "cham.hai": people.markers[1], "cham.ba": people.third_marker}
for (roll, part), blind in sorted(blinds.items()):
    if settled(blind) is None:
        for name in assigned(blind).values():
            mark(everybody[name], blind, "35.00" if part == "written" else "30.00")
MARKING, REMARK = f"/api/v1/cycles/{CYCLE}/marking-quality", f"/api/v1/cycles/{CYCLE}/remark-requests"
WHY = "chấm cao hơn hẳn các bài chung"
with step("a mark is doubted: another examiner is drawn, who knows nothing of it, and the script is open again"):
    assert wait_for_job(server, chief.post(MARKING, {})) == ("done", "")
    doubted = [b for (r, p), b in sorted(blinds.items()) if p == "written" and settled(b) == ("awarded", "35.00", "mean")][:2]
    before = {b: assigned(b) for b in doubted}
    for blind in doubted:
        was, kept = settled(blind), server.psql(f"SELECT value FROM khoacu.mark WHERE blind_id = x'{blind}'::bigint ORDER BY marking_round, revision")
        assert was and case(blind, chief, CASES + "?state=marks&limit=100") is None
        own = chief.post(REMARK, {"marker": before[blind][1], "scripts": [blind], "reason": WHY})
        assert own.status == 201, own
        fresh = assigned(blind)[9]
        assert fresh not in before[blind].values() and case(blind)["stage"] == "remark" and [w["login_name"] for w in case(blind)["waiting_for"]] == [fresh]
        seen = next(s for s in everybody[fresh].pages("/api/v1/scripts?limit=200") if s["blind_id"] == blind)
        assert seen["status"] is None and seen["purpose"] == "live" and kept[0][0] not in json.dumps(seen), seen
        assert server.psql(f"SELECT value FROM khoacu.mark WHERE blind_id = x'{blind}'::bigint ORDER BY marking_round, revision") == kept, "no mark changes"
    assert chief.post(REMARK, {"marker": before[doubted[0]][1], "scripts": [doubted[0]], "reason": WHY}).code == "asked-before"
    assert chief.get(f"/api/v1/cycles/{CYCLE}/marking").json["unsettled"] == 2
    early = hr.post(FREEZE, {"reason": "thử"})
    assert early.code == "marks-missing" and early.json["missing"] == 2, early

with step("near the other mark the mean of both counts; far from it the two confer, and whose mark gave way has no part in it"):
    near, far = doubted
    mark(everybody[assigned(near)[9]], near, "36.00")
    assert settled(near) == ("awarded", "35.50", "mean"), settled(near)
    third = assigned(far)[9]
    mark(everybody[third], far, "42.00")
    seen = case(far, everybody[third], "/api/v1/dialogues")
    assert seen["next"] == "dialogue" and seen["gap"] == "7.00" and [m["round"] for m in seen["marks"]] == [2, 9], seen
    assert case(far, everybody[before[far][1]], "/api/v1/dialogues") is None and say(everybody[before[far][1]], far, "dialogue", said="differ").status == 404
    assert [(m["round"], m["gave_way"]) for m in case(far)["marks"]] == [(1, True), (2, False), (9, False)]
    for who in (third, before[far][2]):
        assert say(everybody[who], far, "dialogue", said="agreed", value="40.00").status == 204
    assert say(chief, far, "decision", said="decided", value="40.00").status == 204 and settled(far) == ("awarded", "40.00", "head")

with step("the rules of this cycle know no marking for a sign, and nothing is done; a zero by a report passes the freeze"):
    signed, zero = blinds["A103", "interview"], blinds["A101", "interview"]
    for blind, article in ((signed, "sign"), (zero, "two_hands")):
        assert everybody[assigned(blind)[1]].post(f"/api/v1/scripts/{blind}/reports", {"article": article, "reason": "gạch chân lạ ở đầu trang"}).status == 200
    reports = {r["blind_id"]: r["id"] for r in chief.get(f"/api/v1/cycles/{CYCLE}/script-reports").json["reports"]}
    decide = lambda blind, verdict: chief.post(f"/api/v1/script-reports/{reports[blind]}/decision", {"verdict": verdict, "reason": "đã xem bài"})  # noqa: E731
    assert decide(signed, "suspected").code == "no-sign-rule" and decide(zero, "suspected").code == "no-article"
    assert server.psql("SELECT count(*) FROM khoacu.script_remark WHERE why = 'sign'") == [["0"]]
    assert decide(signed, "dismissed").status == 200 == decide(zero, "zero").status and settled(zero) == ("awarded", "0.00", "zero_report")
    assert chief.post(REMARK, {"marker": assigned(zero)[1], "scripts": [zero], "reason": WHY}).code == "script-zeroed"

with step("nothing of this can be written past the operations, and the map stays closed"):
    blind = blinds["A101", "written"]
    number = int(blind, 16)
    someone = next(i for i, n in name_of.items() if n == "gk.5")
    for sql in (f"UPDATE khoacu.mark SET value = 60 WHERE blind_id = {number}", f"DELETE FROM khoacu.mark_final WHERE blind_id = {number}",
                f"INSERT INTO khoacu.marking_assignment VALUES ({number}, 3, {someone})", f"UPDATE khoacu.marking_assignment SET marker_id = {someone}",
                f"INSERT INTO khoacu.script_settlement VALUES ({number}, 2, 'marks', 'awarded', 60, 'mean', '{{}}', NULL, now())",
                f"INSERT INTO khoacu.marking_word VALUES ({number}, 9, 'head', {someone}, 'decided', 'awarded', 60, 'x', now())",
                "SELECT candidate_id FROM khoacu.script_identity", "SELECT why FROM khoacu.marking_exclusion", "SELECT eligible FROM khoacu.marking_redraw",
                f"SELECT khoacu.do_marking_map_open({number})", "SELECT khoacu.do_marking_freeze(1, 1)", f"SELECT khoacu.do_marking_pairs(1, 'written', '{{1}}')"):
        assert refused(sql), sql
    third_round = server.psql(f"SET ROLE khoacu_server; SELECT outcome FROM khoacu.do_marking_round_open({number}, 3::smallint)")[-1]
    assert third_round == ["not_asked"], third_round

with step("a settlement that the marks do not give stops the freeze, which names the script"):
    server.psql(f"SET session_replication_role = replica; UPDATE khoacu.script_settlement SET value = value + 1 WHERE blind_id = {number}")
    state, message = wait_for_job(server, hr.post(FREEZE, {"reason": "thử"}))
    code = next(s["blind_code"] for s in everybody[assigned(blind)[1]].pages("/api/v1/scripts") if s["blind_id"] == blind)
    assert state == "failed" and message == "settlement-differs " + code, message
    server.psql(f"SET session_replication_role = replica; UPDATE khoacu.script_settlement SET value = value - 1 WHERE blind_id = {number}")
    freeze(server, hr)
    assert refused(f"INSERT INTO khoacu.mark VALUES ({number}, 1, 2, {someone}, 'awarded', 60, NULL, now())")
    assert say(chief, blind, "decision", said="decided", value="60.00").code == "frozen"

with step("the draw can be drawn again from its file, and a changed file is told"):
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "draw.json")
        for part in ("written", "interview"):
            reply = people.inspector.get(f"{DRAWS}/{part}")
            file = json.loads(reply.bytes)
            for change, line in ((None, ""), (("allocation", 3, file["allocation"][3][::-1]), "allocation[3][0]"), (("excluded", 0, file["excluded"][1]), "commitment"),
                                 (("entropy", None, "x"), "seed")):
                copy = json.loads(reply.bytes)
                if change and change[1] is None:
                    copy[change[0]] = change[2]
                elif change:
                    copy[change[0]][change[1]] = change[2]
                with open(path, "w") as out:
                    json.dump(copy, out)
                done = subprocess.run([BINARY, "draw", path], capture_output=True, text=True)
                assert done.returncode == (1 if change else 0) and line in done.stdout, (change, done)
            if part == "written":
                assert len(file["redraws"]) == 5 and {r["why"] for r in file["redraws"]} == {"round", "chief", "conflict", "remark"}, file["redraws"]
                file["redraws"][0]["marker"] = "0000000000000001"
                with open(path, "w") as out:
                    json.dump(file, out)
                assert "redraws[0]" in subprocess.run([BINARY, "draw", path], capture_output=True, text=True).stdout
        with open(path, "w") as out:
            out.write("{}")
        assert subprocess.run([BINARY, "draw", path], capture_output=True, text=True).returncode == 2

JUSTICE = "TU-PHAP-1"
assert hr.post("/api/v1/cycles", {"code": JUSTICE, "title_vi": "Kiểm tra tập sự luật sư", "title_en": "Trainee lawyers", "authority_vi": "Sở Tư pháp", "authority_en": "Justice",
    "notice": "Thông báo", "notice_on": "2026-08-10", "pack_id": "JUSTICE-2021", "written_max": "100.00", "interview_max": "0.00", "demonstration": True}).status == 201
staff = {n: i for i, n in name_of.items()}
pool = ",".join(sorted((staff[f"gk.{n}"] for n in range(1, 8)), key=int))
server.psql(f"""BEGIN; SET LOCAL session_replication_role = replica; SET LOCAL search_path = khoacu; UPDATE cycle SET state = 'round2' WHERE code = '{JUSTICE}';
    INSERT INTO script (blind_id, cycle_id, component, mark_max, mark_step) SELECT n, cycle_id, 'written', 100, 0.25 FROM cycle, generate_series(701, 702) n WHERE code = '{JUSTICE}';
    INSERT INTO marking_draw SELECT 700, cycle_id, 'written', 2, '{{{pool}}}', 2, sha256('c'), now() FROM cycle WHERE code = '{JUSTICE}';
    INSERT INTO marking_draw_outcome VALUES (700, 'a=1/b=2/', sha256('s'), sha256('o'), 2, 2, {staff['truong.cham']}, now());
    INSERT INTO marking_assignment SELECT n, r, CASE r WHEN 1 THEN {staff['gk.5']} ELSE {staff['gk.6']} END FROM generate_series(701, 702) n, generate_series(1, 2) r; COMMIT;""")
first, second = f"{701:016x}", f"{702:016x}"
jcase = lambda blind: case(blind, chief, f"/api/v1/cycles/{JUSTICE}/marking-cases?limit=100")  # noqa: E731


def suspect(blind):
    assert markers["gk.5"].post(f"/api/v1/scripts/{blind}/reports", {"article": "sign", "reason": "hình vẽ lạ ở lề"}).status == 200
    report = next(r for r in chief.get(f"/api/v1/cycles/{JUSTICE}/script-reports").json["reports"] if r["blind_id"] == blind)
    reply = chief.post(f"/api/v1/script-reports/{report['id']}/decision", {"verdict": "suspected", "reason": "cần ba người chấm"})
    assert reply.json == {"outcome": "kept"}, reply


with step("a sign is suspected where the rules know of it: a third marks, then the chair says whether it is proved, and half is taken off"):
    mark(markers["gk.5"], first, "60.00"), mark(markers["gk.6"], first, "62.00")
    assert settled(first) == ("awarded", "61.00", "mean")
    suspect(first)
    assert settled(first) is None and (jcase(first)["next"], jcase(first)["stage"]) == ("marks", "sign") and assigned(first)[3] not in ("gk.5", "gk.6")
    third = markers[assigned(first)[3]]
    assert "sign" not in third.get("/api/v1/scripts?limit=200").text and say(chair, first, "chair-decision", kind="sign", said="proved").code == "not-asked"
    mark(third, first, "64.00")
    assert case(first, chair, "/api/v1/chair-cases?limit=100")["stage"] == "sign" and [m["value"] for m in jcase(first)["marks"]] == ["60.00", "62.00", "64.00"]
    assert say(chair, first, "chair-decision", said="decided", value="60.00").code == "not-asked" and say(chief, first, "decision", said="proved").status == 400
    assert say(chair, first, "chair-decision", kind="sign", said="proved", value="1.00").status == 400
    assert say(chair, first, "chair-decision", kind="sign", said="proved", words="Trùng với hình trên giấy nháp").status == 204
    assert settled(first) == ("awarded", "31.00", "proved"), settled(first)

with step("it may be suspected before the first marks are in; where it is not proved the mean of three counts, and all of it passes the freeze"):
    suspect(second)
    assert jcase(second) is None
    mark(markers["gk.5"], second, "60.00"), mark(markers["gk.6"], second, "60.00")
    assert settled(second) is None and jcase(second)["stage"] == "sign"
    mark(markers[assigned(second)[3]], second, "61.00")
    assert say(chair, second, "chair-decision", kind="sign", said="not_proved").status == 204 and settled(second) == ("awarded", "60.30", "suspected")
    freeze(server, hr, JUSTICE)
    assert say(chair, first, "chair-decision", kind="sign", said="not_proved").code == "frozen"

finish()
