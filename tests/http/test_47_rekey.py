"""A wrong key from its release to a new list: review by two persons, challenges of candidates, decisions with a preview, everybody
scored again, both results kept; whatever is interrupted or repeated ends the same."""

import json
import subprocess
import time

from hall import Hall, hex_id
from harness import BINARY, PGHOST, ROOT, Client, Server, eventually, finish, step
from postgres import Refused
from result_cycle import People, draw, enter_marks, freeze, wait_for_job

server = Server(SAVES_PER_S=0)
people = People(server)
hr, hr2 = people.hr, people.hr2
ITEMS, SAT = 12, 9
hall = Hall(server, candidates=11, items=ITEMS, code="KEY-2026", room_size=1)


def options(*names):
    return [{"id": name, "text": {"vi": f"phương án {name}"}} for name in names]


def single(right, points="1"):
    return {"kind": "single", "options": [{"credit": "1", "id": right}], "points": points}


documents = [({"body": {"vi": f"<p>Câu {n}</p>"}, "kind": "single", "options": options("a", "b", "c", "d"), "shuffle": True}, single("a")) for n in range(1, 9)]
documents += [
    ({"body": {"vi": "<p>Câu 9</p>"}, "kind": "multiple", "options": options("a", "b", "c")},
     {"kind": "multiple", "options": [{"credit": "1", "id": "a"}, {"credit": "1", "id": "c"}], "points": "1"}),
    ({"body": {"vi": "<p>Câu 10</p>"}, "kind": "numeric", "unit": "kg"}, {"accepted": [{"value": "12.5"}], "kind": "numeric", "points": "1"}),
    ({"body": {"vi": "<p>Câu 11</p>"}, "kind": "text"}, {"accepted": [{"value": "Hà Nội"}], "kind": "text", "points": "1"}),
    ({"body": {"vi": "<p>Câu 12</p>"}, "kind": "ordering", "options": options("a", "b", "c")}, {"kind": "ordering", "order": ["c", "a", "b"], "points": "1"})]
form_id = hall.form_of(documents, code="DE-01")
shift = hall.shift(form_id=form_id, candidates=range(SAT))
with open(f"{ROOT}/server/cycle/packs/CC-2026.json", encoding="utf-8") as file:
    pack = json.load(file)
pack["id"] = "TESTK"
for stage in pack["stages"]:
    for component in stage["components"]:
        if component.get("questions"):
            component["questions"] = ITEMS
body = json.dumps(pack, sort_keys=True, separators=(",", ":"), ensure_ascii=False).replace("'", "''")
server.psql(f"""INSERT INTO khoacu.rule_pack (pack_id, version, body, sha256) VALUES ('TESTK', 1, '{body}', sha256(convert_to('{body}', 'UTF8')));
    SET session_replication_role = replica;
    UPDATE khoacu.cycle SET pack_id = 'TESTK' WHERE cycle_id = {hall.cycle_id};
    INSERT INTO khoacu.post_quota (post_id, agency_id, quota) VALUES ({hall.post_id}, {hall.agency_id}, 2);
    DELETE FROM khoacu.candidate WHERE candidate_id IN ({hall.candidates[9]['id']}, {hall.candidates[10]['id']});""")

RIGHT = {9: "[1,3]", 10: '"12.5"', 11: '"hà nội"', 12: "[3,1,2]"}
RIGHT[11] = '"Hà Nội"'
# What each has right, and answers beside it that some key may take.
ANSWERS = [(range(1, 13), {}), (range(1, 7), {}), (range(1, 6), {7: 2}), ((1, 2, 3, 4, 5, 8), {7: 3}), (range(1, 6), {10: '"13.2"'}), (range(2, 6), {}),
           ((2, 3, 4, 5, 6, 9, 11, 12), {}), None, ((), {})]
values = []
for number, answers in enumerate(ANSWERS):
    room_id, sitting_id = shift.sittings[number]
    if answers is None:
        continue
    server.psql(f"SET session_replication_role = replica; UPDATE khoacu.sitting SET state = 'open', started_at = now(), closes_at = now() + interval '1 hour' WHERE sitting_id = {sitting_id}")
    given = {**{position: RIGHT.get(position, 1) for position in answers[0]}, **answers[1]}
    values += [f"({room_id}, {sitting_id}, now(), 1, {position}, {value if isinstance(value, int) else 0}, false, " +
               ("NULL" if isinstance(value, int) else f"'{value}'") + ")" for position, value in given.items()]
server.psql(f"INSERT INTO khoacu.response (room_id, sitting_id, received_at, seq, position, choice, flagged, answer) VALUES {','.join(values)}")
LIST = f"/api/v1/cycles/{hall.cycle_code}/key-reviews"
now = lambda seconds: time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))  # noqa: E731
wanted = lambda opens=-60, closes=3600: {"form_id": hex_id(form_id), "opens_at": now(opens), "closes_at": now(closes), "reason": "Thông báo số 12 về rà soát đáp án"}  # noqa: E731


def scores():
    """{candidate: [(key version, right, questions)]} in the order of revisions."""
    found = {}
    for row in server.psql("SELECT candidate_id, key_version, coalesce(correct, -1), questions FROM khoacu.sitting_score ORDER BY candidate_id, revision"):
        found.setdefault(next(c["number"] for c in hall.candidates if c["id"] == int(row[0])), []).append(tuple(map(int, row[1:])))
    return found


def job_of(reply, status=200):
    assert reply.status == status, reply
    reply.status = 202
    return wait_for_job(server, reply)


def refused(reply, status, code):
    assert reply.status == status and reply.code == code, reply


def as_server(sql, state="23514"):
    """The database refuses it to the role of the server."""
    try:
        server.psql(f"BEGIN; SET LOCAL ROLE khoacu_server; {sql}; ROLLBACK;")
    except Refused as refusal:
        assert refusal.sqlstate == state, refusal
        return
    raise AssertionError("it was not refused: " + sql)


def review():
    reply = hr.get(f"/api/v1/key-reviews/{review_id}")
    assert reply.status == 200, reply
    return reply.json


def propose(decisions, reason="Hội đồng rà soát đáp án", who=hr):
    reply = who.post(f"/api/v1/key-reviews/{review_id}/proposals", {"reason": reason, "decisions": decisions})
    assert job_of(reply, 202) == ("done", ""), reply
    found = next(p for p in review()["proposals"] if p["proposal_id"] == reply.json["proposal_id"])
    return found["proposal_id"], found["preview"]


def effect(proposal_id, touched="true"):
    found = hr.get(f"/api/v1/key-proposals/{proposal_id}/preview?touched={touched}&limit=200")
    assert found.status == 200, found
    return {int(row["roll_number"][1:]): row for row in found.json["items"]}


with step("a key is not reviewed while a shift of its form is open"):
    refused(hr.post("/api/v1/key-reviews", wanted()), 409, "shifts-open")
    assert hr.post("/api/v1/key-reviews", {**wanted(), "form_id": "0" * 15 + "1"}).status == 404
    assert hr.post("/api/v1/key-reviews", {**wanted(), "closes_at": now(-30)}).status == 400
    as_server(f"INSERT INTO khoacu.key_review VALUES (7, {form_id}, now(), now() + interval '1 h', 'x', {hall.staff_id}, now())")
assert job_of(hr.post(f"/api/v1/shifts/{shift.hex()}/close", {"reason": "hết giờ"}), 202) == ("done", "")
first = scores()

with step("scored by the sealed key: right answers of every kind"):
    assert first == {0: [(1, 12, 12)], 1: [(1, 6, 12)], 2: [(1, 5, 12)], 3: [(1, 6, 12)], 4: [(1, 5, 12)], 5: [(1, 4, 12)], 6: [(1, 8, 12)],
                     7: [(1, -1, 12)], 8: [(1, 0, 12)]}, first

reply = hr.post("/api/v1/key-reviews", wanted())
review_id = reply.json["review_id"]
candidates = [hall.client(number) for number in range(SAT)]
own = lambda number: f"/api/v1/sittings/{hex_id(shift.sittings[number][1])}"  # noqa: E731

with step("a review is asked for once; nobody sees a key before another person releases it"):
    assert reply.status == 201, reply
    refused(hr2.post("/api/v1/key-reviews", wanted()), 409, "exists")
    assert hr.get(LIST).json["items"][0]["state"] == "asked"
    seen = candidates[0].get(f"{own(0)}/key-review")
    assert seen.json["state"] == "none" and seen.json["paper"] is None and seen.json["keys"] == [], seen
    assert server.psql("SELECT count(*) FROM khoacu.form_key_item") == [["0"]]
    refused(hr.post(f"/api/v1/key-reviews/{review_id}/proposals", {"reason": "x", "decisions": [{"position": 1, "decision": "drop", "reason": "x"}]}), 409, "not-released")
    refused(candidates[0].post(f"{own(0)}/challenges", {"position": 1, "reason": "một lý do đủ dài", "source": "Điều 1"}), 404, "not-found")
    as_server("SELECT sealed FROM khoacu.item_key", "42501")

with step("who asked does not release, on the screen or by SQL as the server's role, which writes no key either"):
    refused(hr.post(f"/api/v1/key-reviews/{review_id}/verdict", {"verdict": "released", "reason": "tự duyệt"}), 409, "same-person")
    me = server.psql(f"SELECT opened_by FROM khoacu.key_review WHERE review_id = x'{review_id}'::bigint")[0][0]
    as_server(f"INSERT INTO khoacu.key_review_verdict VALUES (x'{review_id}'::bigint, 'released', 'x', {me}, now())")
    as_server(f"INSERT INTO khoacu.form_key_version VALUES ({form_id}, 1, x'{review_id}'::bigint, NULL, 12, sha256('x'), now())", "42501")

with step("the second person refuses one and releases the next; the worker writes what the key says"):
    refusal = hr2.post(f"/api/v1/key-reviews/{review_id}/verdict", {"verdict": "refused", "reason": "sai thời hạn"})
    assert refusal.status == 200 and refusal.json["job_id"] is None, refusal
    refused(hr2.post(f"/api/v1/key-reviews/{review_id}/verdict", {"verdict": "released", "reason": "x"}), 409, "decided")
    review_id = hr.post("/api/v1/key-reviews", wanted()).json["review_id"]
    assert job_of(hr2.post(f"/api/v1/key-reviews/{review_id}/verdict", {"verdict": "released", "reason": "đúng thông báo"})) == ("done", "")
    page = review()
    assert page["review"]["state"] == "released" and page["review"]["key_version"] == 1 and page["sittings"] == 8
    assert [p["position"] for p in page["positions"]] == list(range(1, 13))
    assert page["positions"][0]["right"] == [page["positions"][0]["marks"][0]] and page["positions"][9]["right"] == ["12.5"]

with step("statistics of each question: who chose what, how easy, how it goes with the rest"):
    statistics = {s["position"]: s for s in page["statistics"]}
    assert statistics[7]["marks"] == [5, 1, 1, 1, 0] and statistics[7]["right"] == 1 and statistics[7]["facility"] == "0.125", statistics[7]
    assert statistics[2]["facility"] == "0.875" and float(statistics[7]["item_rest"]) > 0.5, (statistics[2], statistics[7])

with step("a candidate sees her own paper, her answers and the key, in her own order"):
    seen = candidates[2].get(f"{own(2)}/key-review").json
    place = {next(i for i in seen["paper"]["items"] if i["position"] == k["position"])["stem"]: k for k in seen["keys"]}
    shown = {stem: next(i for i in seen["paper"]["items"] if i["stem"] == stem) for stem in place}
    for stem, key in place.items():
        if shown[stem]["kind"] == "single":
            assert [o["text"] for o in shown[stem]["options"] if o["id"] in key["right"]] == ["phương án a"], (stem, key)
    assert [o["text"] for name in place["Câu 12"]["right"][0] for o in shown["Câu 12"]["options"] if o["id"] == name] == ["phương án c", "phương án a", "phương án b"]
    assert seen["state"] == "open" and len(seen["paper"]["responses"]) == 6

spot = {stem: item["position"] for stem, item in shown.items()}
with step("she challenges a question once, with reason and source; takes it back; files again"):
    body = {"position": spot["Câu 7"], "reason": "Phương án b cũng đúng theo luật mới", "source": "Luật Cán bộ, công chức 2025, Điều 9"}
    filed = candidates[2].post(f"{own(2)}/challenges", body)
    assert filed.status == 201, filed
    refused(candidates[2].post(f"{own(2)}/challenges", body), 409, "exists")
    assert candidates[2].post(f"{own(2)}/challenges", {**body, "reason": "ngắn"}).status == 400
    assert candidates[2].post(f"{own(2)}/challenges", {**body, "position": 99}).status == 400
    withdraw = f"/api/v1/challenges/{filed.json['challenge_id']}/withdrawal"
    assert candidates[3].post(withdraw).status == 404
    assert candidates[2].post(withdraw).status == 204 == candidates[2].post(withdraw).status
    assert candidates[2].post(f"{own(2)}/challenges", body).status == 201
    assert [(c["position"], c["withdrawn_at"] is None) for c in review()["challenges"]] == [(7, False), (7, True)]
    assert "roll_number" not in json.dumps(review()["challenges"])

with step("who did not sit sees nothing and challenges nothing; neither does a neighbour's log-in"):
    seen = candidates[7].get(f"{own(7)}/key-review").json
    assert seen["state"] == "none" and seen["paper"] is None
    refused(candidates[7].post(f"{own(7)}/challenges", body), 403, "not-sat")
    assert candidates[3].post(f"{own(2)}/challenges", body).status == 404 == candidates[3].get(f"{own(2)}/key-review").status
    as_server(f"INSERT INTO khoacu.key_challenge VALUES (9, x'{review_id}'::bigint, {hall.candidates[7]['id']}, 1, 1, 'một lý do đủ dài', 'nguồn', now())")

with step("proposals are whole: each fault is named with its place"):
    def faults(decisions):
        found = hr.post(f"/api/v1/key-reviews/{review_id}/proposals", {"reason": "x", "decisions": decisions})
        assert found.status == 400, found
        return {(f["path"], f["rule"]) for f in found.json["errors"]}
    row = lambda position, decision, *keys: {"position": position, "decision": decision, "reason": "lý do", **({"keys": list(keys)} if keys else {})}  # noqa: E731
    assert faults([row(1, "new_key")]) == {("decisions[0].keys", "count")}
    assert faults([row(1, "new_key", single("z"))]) == {("decisions[0].keys[0].options.z", "reference")}
    assert faults([row(1, "new_key", single("b", "2"))]) == {("decisions[0].keys[0].points", "points")}
    assert faults([row(1, "drop"), row(1, "stands")]) == {("decisions[1].position", "unique")}
    assert faults([row(13, "drop"), row(2, "maybe")]) == {("decisions[0].position", "range"), ("decisions[1].decision", "unknown")}

accepted = {"accepted": [{"tolerance": "0.5", "value": "13"}], "kind": "numeric", "points": "1"}
decisions = [row(7, "several", single("b")), row(8, "drop"), row(10, "new_key", accepted), row(1, "stands")]
proposal, preview = propose(decisions)
with step("the preview says who passes and who falls, of the new number of questions, and stores no score"):
    assert preview == {"candidates": 8, "changed": 4, "questions_before": 12, "questions_after": 11, "passes": 2, "falls": 1, "why": "not-frozen",
                       "selected": None, "deselected": None, "moved": None}, preview
    rows = effect(proposal)
    assert {n: (r["before"], r["after"], r["passed_before"], r["passed_after"]) for n, r in rows.items()} == {
        0: (12, 11, True, True), 2: (5, 6, False, True), 3: (6, 5, True, False), 4: (5, 6, False, True)}, rows
    assert len(effect(proposal, "false")) == SAT and scores() == first

with step("nobody confirms his own proposal, on the screen or by SQL; nothing is confirmed without its preview"):
    refused(hr.post(f"/api/v1/key-proposals/{proposal}/verdict", {"verdict": "confirmed", "reason": "tự xác nhận"}), 409, "same-person")
    as_server(f"INSERT INTO khoacu.key_verdict VALUES (x'{proposal}'::bigint, 'confirmed', 'x', {me}, now())")
    as_server(f"INSERT INTO khoacu.key_proposal VALUES (77, x'{review_id}'::bigint, {form_id}, 1, 'x', {me}, now()); "
              f"INSERT INTO khoacu.key_verdict VALUES (77, 'confirmed', 'x', {hall.staff_id}, now())")
    as_server(f"INSERT INTO khoacu.key_proposal_item VALUES (x'{proposal}'::bigint, 2, 'drop', '[]', 'x')")

# A room is held, so that the worker stands in the middle when it is killed.
rooms = sorted(shift.room_ids)
holder = subprocess.Popen(["psql", "-XAtq", "-h", PGHOST, "-U", "postgres", "-d", server.database, "-c",
                           f"BEGIN; SELECT 'held' FROM khoacu.room WHERE room_id = {rooms[4]} FOR UPDATE; SELECT pg_sleep(600)"], stdout=subprocess.DEVNULL,
                          stderr=subprocess.DEVNULL)
assert eventually(lambda: server.psql("SELECT 1 FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)' AND wait_event = 'PgSleep'"))
confirmed = hr2.post(f"/api/v1/key-proposals/{proposal}/verdict", {"verdict": "confirmed", "reason": "đồng ý"})
with step("the worker is killed in the middle of scoring again; the next one completes, and nobody is scored twice"):
    assert confirmed.status == 200, confirmed
    job = f"SELECT state, done_count FROM khoacu.job WHERE job_id = x'{confirmed.json['job_id']}'::bigint"
    assert eventually(lambda: server.psql(job) == [["running", "4"]]) and sum(len(rows) for rows in scores().values()) == SAT + 4
    refused(hr.post(f"/api/v1/key-reviews/{review_id}/proposals", {"reason": "x", "decisions": [row(2, "drop")]}), 409, "rescore-pending")
    server.kill()
    server.psql(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)' AND pid <> pg_backend_pid()")
    holder.wait()
    server.start()
    assert job_of(confirmed) == ("done", "")
    second = scores()
    assert {n: rows[-1] for n, rows in second.items()} == {0: (2, 11, 11), 1: (2, 6, 11), 2: (2, 6, 11), 3: (2, 5, 11), 4: (2, 6, 11), 5: (2, 4, 11),
                                                          6: (2, 8, 11), 7: (2, -1, 11), 8: (2, 0, 11)}, second
    assert all(rows[0] == first[n][0] and len(rows) == 2 for n, rows in second.items())

with step("every further run ends the same: the correction again, the closing again"):
    server.psql("UPDATE khoacu.job SET state = 'waiting' WHERE kind IN ('key_apply', 'shift_close', 'key_release', 'key_preview')")
    eventually(lambda: server.psql("SELECT count(*) FROM khoacu.job WHERE state IN ('waiting', 'running')") == [["0"]])
    assert server.psql("SELECT DISTINCT state, message FROM khoacu.job") == [["done", ""]] and scores() == second
    assert server.psql("SELECT version FROM khoacu.form_key_version ORDER BY 1") == [["1"], ["2"]]

with step("the sealed form, its hash and the first scores stand; nothing of it can be changed"):
    for sql in ("UPDATE khoacu.sitting_score SET correct = 12", "DELETE FROM khoacu.sitting_score", "UPDATE khoacu.form_key_item SET keys = '[]'",
                "UPDATE khoacu.key_verdict SET decided_by = 1", "DELETE FROM khoacu.form_key_version"):
        as_server(sql, "42501")
        try:
            server.psql(sql)  # nor may the owner of the tables
        except RuntimeError as refusal:
            assert "never changed" in str(refusal), refusal
            continue
        raise AssertionError(sql)
    refused(hr2.post(f"/api/v1/key-proposals/{proposal}/verdict", {"verdict": "refused", "reason": "x"}), 409, "decided")

with step("the candidate sees what was decided about her challenge, and why"):
    seen = candidates[2] = hall.client(2)
    seen = seen.get(f"{own(2)}/key-review").json
    key = next(k for k in seen["keys"] if k["position"] == spot["Câu 7"])
    assert (key["decided"], key["decision"], key["decision_reason"], len(key["right"])) == ("several", "several", "lý do", 2), key
    assert next(k for k in seen["keys"] if k["position"] == spot["Câu 1"])["decided"] == "stands"

with step("after the review is over challenges are refused with the rule, also by SQL; the key stays visible"):
    server.psql(f"SET session_replication_role = replica; UPDATE khoacu.key_review SET opens_at = now() - interval '2 h', closes_at = now() - interval '1 h' WHERE review_id = x'{review_id}'::bigint")
    refused(candidates[2].post(f"{own(2)}/challenges", {**body, "position": spot["Câu 2"]}), 409, "too-late")
    live = next(c for c in candidates[2].get(f"{own(2)}/key-review").json["challenges"] if c["withdrawn_at"] is None)
    refused(candidates[2].post(f"/api/v1/challenges/{live['challenge_id']}/withdrawal"), 409, "too-late")
    as_server(f"INSERT INTO khoacu.key_challenge VALUES (9, x'{review_id}'::bigint, {hall.candidates[2]['id']}, 2, 1, 'một lý do đủ dài', 'nguồn', now())")
    assert candidates[2].get(f"{own(2)}/key-review").json["state"] == "closed"

# ---- round 2, a list, and a correction after it ----
RUNS = f"/api/v1/cycles/{hall.cycle_code}/runs"
assert job_of(hr.post(f"/api/v1/cycles/{hall.cycle_code}/round2", {}), 202) == ("done", "")
draw(server, people.chief, hall.cycle_code)
roll = lambda number: hall.candidates[number]["roll"]  # noqa: E731
enter_marks(server, people.markers + [people.third_marker], {roll(0): ("30.00", "25.00"), roll(1): ("40.00", "30.00"), roll(2): ("50.00", "35.00"), roll(4): ("45.00", "32.00"),
                                      roll(6): ("35.00", "28.00")})
freeze(server, hr, hall.cycle_code)
assert job_of(hr.post(RUNS, {"cause": "Lần đầu"}), 202) == ("done", "")


def published(run):
    """Frozen, signed twice, out."""
    bundle = server.psql(f"SELECT bundle FROM khoacu.ranking_run WHERE run_id = x'{run['id']}'::bigint")[0][0]
    path = f"{server.folder}/{run['id']}.json"
    with open(path, "w", encoding="utf-8") as out:
        out.write(bundle)
    return json.loads(bundle), subprocess.run([BINARY, "verify", path], capture_output=True, text=True, check=False)


with step("the file names the version of the key and counts its questions; a stranger recomputes it"):
    bundle, check = published(hr.get(RUNS).json["items"][0])
    version = server.psql("SELECT encode(sha256, 'hex') FROM khoacu.form_key_version WHERE version = 2")[0][0]
    assert bundle["inputs"]["keys"] == [{"form": "DE-01", "sha256": version, "version": 2}], bundle["inputs"]["keys"]
    assert 11 in bundle["inputs"]["scales"].values() and check.returncode == 0, (bundle["inputs"]["scales"], check.stdout, check.stderr)
    twisted = json.dumps({**bundle, "inputs": {**bundle["inputs"], "keys": []}}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    with open(f"{server.folder}/twisted.json", "w", encoding="utf-8") as out:
        out.write(twisted)
    assert subprocess.run([BINARY, "verify", f"{server.folder}/twisted.json"], capture_output=True, check=False).returncode == 1
    outcomes = {d["roll_number"]: d["outcome"] for d in bundle["decisions"]}
    assert outcomes == {roll(0): "not_selected", roll(1): "not_selected", roll(2): "selected", roll(3): "failed", roll(4): "selected", roll(5): "failed",
                        roll(6): "not_selected", roll(7): "absent", roll(8): "failed"}, outcomes

with step("the preview shows both lists: who moves, who comes in, who goes out"):
    proposal, preview = propose([row(1, "new_key", single("d"))], "Đáp án câu 1 sai", hr2)
    assert (preview["falls"], preview["selected"], preview["deselected"], preview["why"]) == (3, 2, 2, ""), preview
    rows = effect(proposal)
    assert (rows[2]["outcome_before"], rows[2]["outcome_after"], rows[2]["rank_before"], rows[2]["rank_after"]) == ("selected", "failed", 1, 0), rows[2]
    assert (rows[6]["outcome_before"], rows[6]["outcome_after"], rows[6]["rank_after"]) == ("not_selected", "selected", 1), rows[6]

old = hr.get(RUNS).json["items"][0]["id"]
with step("a proposal may be refused; one that leaves everything as it is changes no key"):
    assert hr.post(f"/api/v1/key-proposals/{proposal}/verdict", {"verdict": "refused", "reason": "chưa đủ căn cứ"}).json["job_id"] is None
    stands, preview = propose([row(3, "stands")])
    assert preview["changed"] == preview["moved"] == 0
    assert hr2.post(f"/api/v1/key-proposals/{stands}/verdict", {"verdict": "confirmed", "reason": "đáp án đúng"}).json["job_id"] is None
    assert scores() == second

with step("after a correction a new run is made whose cause names the key; the older list cannot go out any more"):
    proposal, preview = propose([row(1, "new_key", single("d"))], "Đáp án câu 1 sai")
    stale, _ = propose([row(2, "all_right")])
    assert job_of(hr2.post(f"/api/v1/key-proposals/{proposal}/verdict", {"verdict": "confirmed", "reason": "đồng ý"})) == ("done", "")
    eventually(lambda: hr.get(RUNS).json["items"][0]["id"] != old)
    newest = hr.get(RUNS).json["items"][0]
    version = server.psql("SELECT encode(sha256, 'hex') FROM khoacu.form_key_version WHERE version = 3")[0][0]
    assert newest["cause"] == f"DE-01 · key 3 · {version[:16]} · Đáp án câu 1 sai", newest["cause"]
    bundle, check = published(newest)
    assert bundle["inputs"]["keys"][0]["version"] == 3 and check.returncode == 0, check.stdout
    refused(hr.post(f"/api/v1/runs/{old}/list-freeze", {"reason": "danh sách cũ"}), 409, "overtaken")
    refused(hr2.post(f"/api/v1/key-proposals/{stale}/verdict", {"verdict": "confirmed", "reason": "x"}), 409, "stale-version")
    assert {n: rows[-1][:2] for n, rows in scores().items()} == {0: (3, 10), 1: (3, 5), 2: (3, 5), 3: (3, 4), 4: (3, 5), 5: (3, 4), 6: (3, 8), 7: (3, -1), 8: (3, 0)}

with step("every act is in the ledger, with who and why"):
    acts = {row[0] for row in server.psql("SELECT DISTINCT act FROM khoacu.audit_event")}
    assert {"score.key_review", "score.key_review_decide", "score.key_release", "score.key_challenge", "score.key_challenge_withdraw", "score.key_propose",
            "score.key_decide", "score.key_correct", "score.key_apply"} <= acts, acts
    assert Client(server).get(f"/api/v1/key-reviews/{review_id}").status == 401 and people.inspector.get(f"/api/v1/key-reviews/{review_id}").status == 200

with step("each look of an officer at the questions of a review stands in their access history"):
    before, = server.psql("SELECT count(*) FROM khoacu.item_access WHERE purpose = 'keyreview'")[0]
    shown = len(review()["positions"])
    after, = server.psql("SELECT count(*) FROM khoacu.item_access WHERE purpose = 'keyreview'")[0]
    assert shown > 0 and int(after) - int(before) >= shown, (before, after, shown)

finish()
