"""After a release: terms by the pack's calendar and the days off, a winner struck off by two persons, the next-ranked in her stead as a new version."""

import json
import subprocess

from harness import BINARY, Client, Server, finish, step
from result_cycle import CYCLE, People, count_round1, enter_marks, freeze, make_cycle, open_round2, wait_for_job

server = Server()
people = People(server)
hr, hr2, public = people.hr, people.hr2, Client(server)
STRIKES, RUNS, LIST = f"/api/v1/cycles/{CYCLE}/strikes", f"/api/v1/cycles/{CYCLE}/runs", f"/api/v1/releases/{CYCLE}"
make_cycle(server, hr)
count_round1(server)
open_round2(server, people)
enter_marks(server, people.markers + [people.third_marker])
freeze(server, hr)
assert hr.post(f"/api/v1/cycles/{CYCLE}/tie-decisions", {"order": ["C102", "C101"], "reason": "Theo quyết định số 12"}).json == {"number": 1}


def strike(roll, ground="gave_up", article="Nghị định 300/2026/NĐ-CP", reason="Đơn xin rút của thí sinh"):
    return hr.post(STRIKES, {"roll_number": roll, "ground": ground, "article": article, "reason": reason})


def decide(strike_id, verdict="confirmed", who="hr.hai", password=None):
    client = hr2 if who == "hr.hai" else hr
    return client.post(f"/api/v1/strikes/{strike_id}/decision", {"verdict": verdict, "reason": "đã kiểm tra", "password": password or people.passwords[who]})


def run(cause, **more):
    reply = hr.post(RUNS, {"cause": cause, **more})
    ended = wait_for_job(server, reply)
    assert ended == ("done", ""), (ended, server.psql("SELECT payload FROM khoacu.audit_event WHERE act = 'result.run_refused'"))
    return reply.json["run_id"]


def rows():
    return {r["roll_number"]: r for p in public.get(LIST).json["posts"] for r in p["rows"]}


with step("nobody is struck off before a list is published, nor replaced"):
    assert hr.get(STRIKES).json == {"run_id": None, "items": []} and strike("B101").code == "not-published"
    assert hr.post(RUNS, {"cause": "thay thế", "substitution": True}).code == "nobody-struck-off"
first = run("Công bố lần đầu")
people.freeze_and_sign(first)
assert hr.post(f"/api/v1/runs/{first}/release", {}).json == {"version": 1}

with step("terms are counted by the pack: days of the calendar that end on a working day, and working days"):
    days = lambda sql: server.psql("SELECT " + sql)[0][0]  # noqa: E731
    assert days("khoacu.term_end('2026-04-15', 15)") == "2026-05-04", "30 April, 1 May and a weekend lie in the way"
    assert days("khoacu.term_end_working('2026-04-29', 3)") == "2026-05-06" and days("khoacu.term_end('2026-03-02', 15)") == "2026-03-17"
    assert hr.put("/api/v1/calendar-days", {"day": "2026-03-17", "kind": "off", "name": "Ngày nghỉ theo quyết định thử"}).status == 204
    assert days("khoacu.term_end('2026-03-02', 15)") == "2026-03-18"
    assert hr.put("/api/v1/calendar-days", {"day": "2026-03-21", "kind": "work", "name": "Làm bù"}).status == 204
    assert days("khoacu.term_end_working('2026-03-18', 3)") == "2026-03-21", "a Saturday that is worked counts"
    assert hr.put("/api/v1/calendar-days", {"day": "2026-13-01", "kind": "off", "name": "x"}).json["errors"][0]["path"] == "day"
    assert hr.put("/api/v1/calendar-days", {"day": "2026-03-17", "kind": "holiday", "name": "x"}).json["errors"][0]["path"] == "kind"
    shown = hr.get("/api/v1/calendar-days?year=2026").json["items"]
    assert {"day": "2026-03-21", "kind": "work", "name": "Làm bù"} in shown and any(d["name"] == "Quốc khánh" for d in shown)
    terms = hr.get(STRIKES).json["terms"]
    assert terms["published"] < terms["file"] < terms["decision"] < terms["report"] and terms["notice_days"] == 5 and "300/2026" in terms["basis"]

with step("a term that runs is kept: an early act is refused with the day and the provision"):
    early = strike("B101", "no_file", reason="Không nộp hồ sơ đúng hạn")
    assert early.status == 409 and early.code == "term-runs" and early.json["until"] == terms["file"] and "300/2026" in early.json["basis"], early
    assert strike("B101", "no_report", reason="Không đến nhận việc").json["until"] == terms["report"]
    assert strike("B102").json["errors"][0] == {"path": "roll_number", "rule": "no-winner"} and strike("B101", "dislike").json["errors"][0]["path"] == "ground"
    assert strike("B101", reason="ngắn").json["errors"][0]["path"] == "reason"

with step("one person proposes, another decides with her password; the winner keeps her place until then"):
    proposed = strike("B101")
    assert proposed.status == 201 and strike("B101").code == "proposed-before"
    one = proposed.json["id"]
    assert decide(one, who="hr.mot").code == "same-officer" and decide(one, password="sai mật khẩu").code == "wrong-password"
    assert decide("0000000000000001").status == 404 and decide(one, "maybe").json["errors"][0]["path"] == "verdict"
    assert hr.post(RUNS, {"cause": "thay thế", "substitution": True}).code == "nobody-struck-off"
    assert decide(one).status == 204 and decide(one).status == 204 and decide(one, "refused").code == "already-decided"
    item = hr.get(STRIKES).json["items"][0]
    assert item["decision"]["by"]["login_name"] == "hr.hai" and item["publish_until"] and item["replaced_version"] == 0
    kept = strike("A101", "bad_diploma", reason="Nghi ngờ văn bằng giả").json["id"]
    assert decide(kept, "refused").status == 204 and rows()["B101"]["outcome"] == "selected"

second = run("Hủy kết quả trúng tuyển của B101: tự xin rút", substitution=True)
with step("the engine takes the next-ranked by the tie chain; all others keep their seats"):
    decisions = {r["roll_number"]: r for r in hr.pages(f"/api/v1/runs/{second}/decisions?limit=50")}
    assert decisions["B101"]["outcome"] == "withdrawn" and decisions["B104"]["outcome"] == "selected", decisions["B104"]
    assert decisions["B102"]["outcome"] == "not_selected" and decisions["B102"]["reason"] == "tie_lost"
    assert {r for r, d in decisions.items() if d["reason"] == "seat_kept"} == {"A101", "A102", "B103", "C102"}, {r: d["reason"] for r, d in decisions.items()}
    assert hr.get(f"/api/v1/runs/{second}").json["release_version"] == 2

people.freeze_and_sign(second)
assert hr.post(f"/api/v1/runs/{second}/release", {}).json == {"version": 2}
with step("the correction is a new version with its cause, and anybody can check both"):
    assert rows()["B101"]["outcome"] == "withdrawn" and rows()["B104"]["outcome"] == "selected"
    assert [(v["version"], v["cause"]) for v in public.get(LIST).json["versions"]] == [(2, "Hủy kết quả trúng tuyển của B101: tự xin rút"), (1, "Công bố lần đầu")]
    for version in (1, 2):
        path = f"{server.folder}/{CYCLE}-v{version}.json"
        with open(path, "wb") as out:
            out.write(public.get(f"{LIST}/list.json?version={version}").bytes)
        done = subprocess.run([BINARY, "verify", path], capture_output=True, text=True, check=False)
        assert done.returncode == 0, done
    file = json.loads(public.get(LIST + "/list.json").text)
    of = {c["roll_number"]: c for c in file["inputs"]["candidates"]}
    assert of["B101"]["withdrawn"] is True and of["B103"]["kept"] == "SNV" and file["previous_sha256"]
    assert hr.get(STRIKES).json["items"][-1]["replaced_version"] == 2
    assert hr.post(RUNS, {"cause": "lần nữa", "substitution": True}).code == "nobody-struck-off"

with step("the substitute's own term runs from the version in which she was taken"):
    server.psql("UPDATE khoacu.release SET published_at = published_at - interval '90 days' WHERE version = 1")
    late = strike("B103", "no_file", reason="Không nộp hồ sơ đúng hạn")
    assert late.status == 201, late
    assert strike("B104", "no_file", reason="Không nộp hồ sơ đúng hạn").code == "term-runs"

with step("after the reserve has expired nobody is struck off or confirmed: the day and the provision are named"):
    server.psql("""ALTER TABLE khoacu.rule_pack DROP CONSTRAINT rule_pack_check;
        UPDATE khoacu.rule_pack SET body = jsonb_set(body::jsonb, '{reserve}', '{"months": 1}')::text WHERE pack_id = 'CC-2026'""")
    expired = strike("C102")
    assert expired.code == "reserve-expired" and expired.json["until"] and "300/2026" in expired.json["basis"], expired
    assert decide(late.json["id"]).code == "reserve-expired" and decide(late.json["id"], "refused").status == 204

with step("every act stands in the audit trail with its actor and reason"):
    events = people.inspector.pages("/api/v1/audit-events?limit=200")
    names = {act: {e["actor_name"] for e in events if e["act"] == act} for act in ("result.strike_propose", "result.strike", "result.strike_refuse", "result.calendar_day")}
    assert names == {"result.strike_propose": {"hr.mot"}, "result.strike": {"hr.hai"}, "result.strike_refuse": {"hr.hai"}, "result.calendar_day": {"hr.mot"}}, names
    assert people.inspector.post(STRIKES, {}).status == 403 and people.inspector.get(STRIKES).status == 200

finish()
