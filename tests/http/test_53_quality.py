"""Statistics before a list is signed, and of the marking: computed by the worker, kept whole, deciding nothing."""

import json
import statistics

from hall import Hall, hex_id
from harness import Client, Server, eventually, finish, make_administrator, make_officers, step
from result_cycle import make_cycle, wait_for_job

PEOPLE, ITEMS, ROOM = 60, 8, 12
server = Server()
administrator = Client(server).sign_in("quantri", make_administrator(server))
passwords = make_officers(server, administrator, [
    ("hr.mot", "Cán bộ Một", "Sở Nội vụ", "hr_officer"), ("thanh.tra", "Thanh tra", "", "inspector"), ("truong.cham", "Trưởng ban chấm", "", "chief_marker"),
    ("cham.mot", "Giám khảo Một", "", "examiner"), ("cham.hai", "Giám khảo Hai", "", "examiner"), ("cham.ba", "Giám khảo Ba", "", "examiner"), ("cham.tu", "Giám khảo Tư", "", "examiner")])
hr, inspector, chief, marker = (Client(server).sign_in(name, passwords[name]) for name in ("hr.mot", "thanh.tra", "truong.cham", "cham.mot"))
staff = dict(server.psql("SELECT login_name, staff_id FROM khoacu.staff"))
hall = Hall(server, candidates=PEOPLE, items=ITEMS, room_size=ROOM)
shift = hall.shift(starts=-3600, ends=3600)
keys = hall.keys[shift.form_id]
CYCLE = f"/api/v1/cycles/{hall.cycle_code}"


def as_owner(sql):
    """Past the guards: the ground of the scenario, not its subject."""
    server.psql(f"BEGIN; SET LOCAL session_replication_role = replica; SET LOCAL search_path = khoacu; {sql} COMMIT;")


def chosen(person, position):
    """Stronger people know more; the last item has a wrong key, which only the weak choose; the first ten leave item 7 out; who sits in
    the last room knows everything else."""
    strength, right = (person * 37 % PEOPLE) / PEOPLE, keys[position]
    if position == 7 and person < 10:
        return None
    if position == 8:
        return right % 4 + 1 if strength > 0.4 else right
    return right if person >= PEOPLE - ROOM or strength > position / 10 else right % 4 + 1


# ---- a day in the hall ----
answers = {(person, position): chosen(person, position) for person in range(PEOPLE) for position in range(1, ITEMS + 1)}
rows = ",".join(f"({shift.sittings[n][0]}, {shift.sittings[n][1]}, now() - interval '50 min' + {p} * interval '20 s', 1, {p}, {c}, false)"
                for (n, p), c in answers.items() if c is not None)
as_owner(f"""UPDATE sitting SET state = 'open', started_at = now() - interval '50 min', closes_at = now() + interval '10 min' WHERE shift_id = {shift.id};
    INSERT INTO response (room_id, sitting_id, received_at, seq, position, choice, flagged) VALUES {rows};
    INSERT INTO late_batch (batch_id, room_id, sitting_id, shift_id, source, received_at) VALUES (77, {shift.sittings[0][0]}, {shift.sittings[0][1]}, {shift.id}, 'client', now());""")
shift.end()
eventually(lambda: len(shift.scores()) >= PEOPLE)

# ---- marks of an essay: cham.mot one mark above, cham.hai one below; the third with both ----
SCRIPTS = range(1001, 1041)
markers = [(("cham.mot", "cham.hai"), ("cham.hai", "cham.ba"), ("cham.ba", "cham.mot"))[n % 3] for n in range(len(SCRIPTS))]
LEAN = {"cham.mot": 1, "cham.hai": -1, "cham.ba": 0}
marks = {}
for n, blind in enumerate(SCRIPTS):
    for place, name in enumerate(markers[n], 1):
        marks[blind, place] = (name, 5 + n % 9 + LEAN[name] + (0.5 if (n * 7 + place) % 5 == 0 else 0))
as_owner("".join(
    f"INSERT INTO script (blind_id, cycle_id, component, mark_max, mark_step) VALUES ({blind}, {hall.cycle_id}, 'written', 20, 0.25);" for blind in SCRIPTS) + "".join(
    f"""INSERT INTO marking_assignment (blind_id, marking_round, marker_id) VALUES ({blind}, {place}, {staff[name]});
    INSERT INTO mark (blind_id, marking_round, revision, marker_id, status, value, entered_at) VALUES ({blind}, {place}, 1, {staff[name]}, 'awarded', {value}, now());
    INSERT INTO mark_final (blind_id, marking_round, revision, final_at) VALUES ({blind}, {place}, 1, now() + {blind} * interval '1 min');"""
    for (blind, place), (name, value) in marks.items()))

MARKING, REMARK = CYCLE + "/marking-quality", CYCLE + "/remark-requests"
WHY = "Giám khảo Một cho cao hơn hẳn các bài chấm chung"
with step("without a report there is nothing to answer: a re-mark cannot be asked for"):
    assert chief.get(MARKING).json == {"report": None, "remark_requests": []}
    assert chief.post(REMARK, {"marker": "cham.mot", "scripts": [hex_id(1001)], "reason": WHY}).code == "no-report"
    assert chief.get("/api/v1/marking-quality").json["items"][0]["version"] == 0
    assert chief.get("/api/v1/cycles/KHONG-CO/marking-quality").status == 404 == chief.post("/api/v1/cycles/KHONG-CO/marking-quality", {}).status

assert wait_for_job(server, chief.post(MARKING, {})) == ("done", "")
report = chief.get(MARKING).json["report"]
part = report["body"]["parts"][0]
with step("agreement of first and second marks is as counted by hand"):
    pairs = [(marks[blind, 1][1], marks[blind, 2][1]) for blind in SCRIPTS]
    gaps = [one - two for one, two in pairs]
    agreement = part["agreement"]
    assert part["component"] == "written" and part["marks"] == 80 and agreement["n"] == 40
    near = lambda text, value: abs(float(text) - value) < 0.00006  # noqa: E731
    assert near(agreement["exact"], sum(g == 0 for g in gaps) / 40) and near(agreement["near"], sum(abs(g) <= 1 for g in gaps) / 40)
    assert near(agreement["mean_difference"], statistics.mean(gaps)) and near(agreement["sd_difference"], statistics.stdev(gaps))
    assert near(agreement["dahlberg"], (sum(g * g for g in gaps) / 80) ** 0.5)
    seen = sum(g * g for g in gaps) / 40
    chance = statistics.mean((one - two) ** 2 for one, _ in pairs for _, two in pairs)
    assert near(agreement["kappa_quadratic"], 1 - seen / chance), agreement
    assert [i["model"] for i in part["icc"]] == ["1", "2", "3", "1k", "2k", "3k"] and 0.7 < float(part["icc"][0]["value"]) < 1
    assert [(p["first"], p["second"], p["n"]) for p in part["pairs"]] == [("cham.ba", "cham.hai", 13), ("cham.ba", "cham.mot", 13), ("cham.hai", "cham.mot", 14)]
    assert float(part["pairs"][2]["mean_difference"]) < -1.5

with step("severity by the additive model, with intervals; drift by marker; nothing of a candidate"):
    effects = {m["login_name"]: m for m in part["markers"]}
    assert part["severity"]["verdict"] == "done" and abs(sum(float(m["effect"]) for m in effects.values())) < 0.0003
    assert 0.7 < float(effects["cham.mot"]["effect"]) < 1.3 and float(effects["cham.mot"]["low"]) > 0 > float(effects["cham.hai"]["high"])
    assert all(len(m["steps"]) == m["marks"] and sum(d["n"] for d in m["days"]) == m["marks"] for m in effects.values())
    text = json.dumps(report)
    assert not any(c["roll"] in text or hex_id(c["id"]) in text for c in hall.candidates) and "Thí sinh" not in text

with step("the same marks make no second report; a new mark does, and the old one stays"):
    assert wait_for_job(server, chief.post(MARKING, {})) == ("done", "")
    assert chief.get(MARKING).json["report"]["version"] == 1
    as_owner(f"INSERT INTO marking_assignment (blind_id, marking_round, marker_id) VALUES (1001, 3, {staff['cham.ba']}); "
             f"INSERT INTO mark (blind_id, marking_round, revision, marker_id, status, value, entered_at) VALUES (1001, 3, 1, {staff['cham.ba']}, 'awarded', 5, now()); "
             "INSERT INTO mark_final (blind_id, marking_round, revision, final_at) VALUES (1001, 3, 1, now());")
    assert wait_for_job(server, chief.post(MARKING, {})) == ("done", "")
    again = chief.get(MARKING).json["report"]
    assert again["version"] == 2 and again["inputs_sha256"] != report["inputs_sha256"] and again["body"]["parts"][0]["marks"] == 81
    assert server.psql("SELECT count(*) FROM khoacu.quality_report") == [["2"]]

with step("where markers share no script, their severity is refused and the groups are named"):
    kept = server.psql("SELECT blind_id FROM khoacu.mark_final")
    as_owner(f"""CREATE TABLE khoacu.kept AS SELECT * FROM mark_final;
        DELETE FROM mark_final f USING mark m WHERE m.blind_id = f.blind_id AND m.marking_round = f.marking_round
           AND f.blind_id IN (SELECT blind_id FROM mark WHERE marker_id = {staff['cham.hai']}) AND m.marker_id <> {staff['cham.hai']};""")
    assert wait_for_job(server, chief.post(MARKING, {})) == ("done", "")
    apart = chief.get(MARKING).json["report"]["body"]["parts"][0]
    assert apart["severity"]["verdict"] == "unconnected" and apart["severity"]["groups"] == 2
    assert {m["login_name"]: (m["group"], m["effect"]) for m in apart["markers"]} == {"cham.ba": (1, None), "cham.hai": (2, None), "cham.mot": (1, None)}
    as_owner("INSERT INTO mark_final SELECT * FROM kept ON CONFLICT DO NOTHING; DROP TABLE kept;")
    assert len(server.psql("SELECT blind_id FROM khoacu.mark_final")) == len(kept)

with step("the head of the marking board answers with a request, by which others are drawn and no mark changes"):
    before = server.psql("SELECT md5(string_agg(m::text, ',' ORDER BY m::text)) FROM khoacu.mark m")
    mine = [hex_id(blind) for blind in SCRIPTS if "cham.mot" in markers[blind - 1001]][:3]
    assert chief.post(REMARK, {"marker": "cham.mot", "scripts": mine, "reason": "ngắn"}).json["errors"][0]["path"] == "reason"
    assert chief.post(REMARK, {"marker": "khong.co", "scripts": mine, "reason": WHY}).status == 404
    other = next(hex_id(blind) for blind in SCRIPTS if "cham.mot" not in markers[blind - 1001])
    assert chief.post(REMARK, {"marker": "cham.mot", "scripts": [mine[0], other], "reason": WHY}).json["errors"][0] == {"path": "scripts[1]", "rule": "unknown"}
    assert chief.post(REMARK, {"marker": "cham.mot", "scripts": ["xyz"], "reason": WHY}).json["errors"][0]["path"] == "scripts[0]"
    assert marker.post(REMARK, {"marker": "cham.hai", "scripts": mine, "reason": WHY}).status == 403
    undrawn = chief.post(REMARK, {"marker": "cham.mot", "scripts": mine, "reason": WHY})
    assert undrawn.code == "no-draw" and undrawn.json["place"] == 0 and chief.get(MARKING).json["remark_requests"] == [], undrawn
    as_owner(f"""INSERT INTO marking_draw VALUES (77, {hall.cycle_id}, 'written', 2, '{{{','.join(sorted((staff[n] for n in ('cham.mot', 'cham.hai', 'cham.ba')), key=int))}}}',
        {len(SCRIPTS)}, sha256('c'), now()); INSERT INTO marking_draw_outcome VALUES (77, 'a=1/b=2/', sha256('s'), sha256('o'), 20, 20, {staff['truong.cham']}, now());""")
    make_cycle(server, hr, "CO-BO-QUY-TAC")  # brings the rules by which scripts are settled
    as_owner(f"UPDATE cycle SET pack_id = 'CC-2026', pack_version = (SELECT max(version) FROM rule_pack WHERE pack_id = 'CC-2026') WHERE cycle_id = {hall.cycle_id};")
    done = chief.post(REMARK, {"marker": "cham.mot", "scripts": mine, "reason": WHY})
    assert done.status == 201, done
    drawn = server.psql(f"SELECT blind_id, marker_id FROM khoacu.marking_assignment WHERE marking_round = 9")
    assert len(drawn) == 3 and not [1 for blind, who in drawn if who in {staff[n] for n in markers[int(blind) - 1001]}], drawn
    again = chief.post(REMARK, {"marker": "cham.mot", "scripts": [hex_id(1007), mine[1]], "reason": WHY})
    assert again.code == "asked-before" and again.json["place"] == 1, again
    as_owner(f"UPDATE cycle SET pack_id = 'HALL', pack_version = 1 WHERE cycle_id = {hall.cycle_id};")
    entry = chief.get(MARKING).json["remark_requests"]
    assert [(e["id"], e["marker"], e["scripts"], e["marked"], e["reason"]) for e in entry] == [(done.json["id"], "cham.mot", 3, 0, WHY)], entry
    assert server.psql("SELECT md5(string_agg(m::text, ',' ORDER BY m::text)) FROM khoacu.mark m") == before
    assert server.psql("SELECT count(*) FROM khoacu.audit_event WHERE payload LIKE '%quality.remark_request%' AND payload LIKE '%Giám khảo Một cho%'") == [["1"]]

with step("by SQL as the server's role nobody writes a report or a request, nor changes one"):
    for sql in ("INSERT INTO khoacu.quality_report (report_id) VALUES (1)", "UPDATE khoacu.quality_report SET version = 9", "DELETE FROM khoacu.remark_request",
                "INSERT INTO khoacu.remark_request_script VALUES (1, 1001)"):
        try:
            why = server.psql(f"SET ROLE khoacu_server; {sql}") and "done"
        except RuntimeError as refused:
            why = str(refused)
        assert "permission denied" in why, (sql, why)
    verdict = server.psql(f"SET ROLE khoacu_server; SELECT outcome FROM khoacu.do_quality_remark_request(5, {hall.cycle_id}, {staff['cham.hai']}, '{{1001}}', '{WHY}', {staff['hr.mot']}, now())")
    assert verdict == [["forbidden"]], verdict

# ---- a list ----
RUN = 0x5EED
PASSED = {n: sum(c == keys[p] for (who, p), c in answers.items() if who == n) >= 4 for n in range(PEOPLE)}


def derivation(n):
    right = sum(c == keys[p] for (who, p), c in answers.items() if who == n)
    return json.dumps([{"step": "part", "verdict": "value", "component": "computer", "value": str(right), "max": str(ITEMS)},
                       {"step": "gate", "verdict": "passed" if PASSED[n] else "failed", "gate": "R1", "component": "computer", "op": "ge", "value": str(right), "bound": "4"}])


as_owner(f"""INSERT INTO marks_freeze (cycle_id, frozen_at, frozen_by, sha256) VALUES ({hall.cycle_id}, now(), {staff['hr.mot']}, sha256('x'));
    INSERT INTO ranking_run (run_id, cycle_id, version, release_version, cause, computed_by, computed_at, engine, posts, ties, bundle, bundle_sha256, candidates, selected, unresolved)
    VALUES ({RUN}, {hall.cycle_id}, 1, 1, 'thử', {staff['hr.mot']}, now(), 'x', '[]', '[]', '{{}}', sha256('{{}}'), {PEOPLE}, 0, 1);""" + "".join(
    f"INSERT INTO decision (run_id, candidate_id, post_id, outcome, rank, priority, total, reason, derivation) VALUES ({RUN}, {hall.candidates[n]['id']}, {hall.post_id}, "
    f"'{'tied' if n in (50, 51) else 'failed'}', {1 if n in (50, 51) else 'NULL'}, 0, {'61.5' if n in (50, 51) else 'NULL'}, 'gate', '{derivation(n)}');" for n in range(PEOPLE)))
QUALITY = f"/api/v1/runs/{RUN:016x}/quality"

with step("after the freeze an appeal alone leads to another mark"):
    assert chief.post(REMARK, {"marker": "cham.mot", "scripts": mine, "reason": WHY}).code == "marks-frozen"

with step("thresholds are checked with their names"):
    assert hr.get(QUALITY).json == {"report": None}
    for name, value, rule in (("facility_low", "1.5", "range"), ("facility_low", "0,1", "kind"), ("beauty", "1", "unknown"), ("persons_min", "1", "range")):
        assert hr.post(QUALITY, {"thresholds": {name: value}}).json["errors"][0] == {"path": f"thresholds.{name}", "rule": rule}
    assert hr.get("/api/v1/runs/0000000000000001/quality").status == 404 == hr.post("/api/v1/runs/0000000000000001/quality", {}).status

assert wait_for_job(server, hr.post(QUALITY, {"thresholds": {"persons_min": "50"}})) == ("done", "")
body = inspector.get(QUALITY).json["report"]["body"]
form = body["forms"][0]
items = {item["position"]: item for item in form["items"]}


def correlation(xs, ys):
    mx, my = statistics.mean(xs), statistics.mean(ys)
    return sum((x - mx) * (y - my) for x, y in zip(xs, ys)) / (sum((x - mx) ** 2 for x in xs) * sum((y - my) ** 2 for y in ys)) ** 0.5


with step("each item has its facility and discrimination, as counted here"):
    assert form["persons"] == PEOPLE and form["unscored"] == 0 and form["left_out"] == [] and len(items) == ITEMS
    point = {key: int(choice == keys[key[1]]) for key, choice in answers.items()}
    for position, item in items.items():
        own = [point[n, position] for n in range(PEOPLE)]
        rest = [sum(point[n, p] for p in range(1, ITEMS + 1)) - point[n, position] for n in range(PEOPLE)]
        assert near(item["facility"], statistics.mean(own)) and near(item["r_rest"], correlation(own, rest)), item
        assert float(item["r_low"]) < float(item["r_rest"]) < float(item["r_high"]) and float(item["seconds"]) > 0
    assert abs(float(items[7]["omitted"]) + float(items[7]["not_reached"]) - 10 / PEOPLE) < 0.0002
    totals = [sum(point[n, p] for p in range(1, ITEMS + 1)) for n in range(PEOPLE)]
    variances = sum(statistics.variance([point[n, p] for n in range(PEOPLE)]) for p in range(1, ITEMS + 1))
    assert near(form["test"]["alpha"], ITEMS / (ITEMS - 1) * (1 - variances / statistics.variance(totals)))
    assert near(form["test"]["cut"], 4) and near(form["test"]["sem_at_cut"], (4 * 4 / 7) ** 0.5)

with step("the wrong key stands out, and the key itself is not said"):
    assert {"negative", "option-rises", "option-upper"} <= set(items[8]["flags"]) and items[2]["flags"] == ["option-idle"], items[2]["flags"]
    assert [s["option"] for s in items[8]["suspects"] if float(s["r_rest"] or -1) > 0] == [keys[8] % 4 + 1]
    assert not any(s["option"] == keys[p] for p, item in items.items() for s in item["suspects"])
    assert '"key' not in json.dumps(body)

with step("the hall that knew everything stands out, with an interval; the others do not stand out above"):
    sites = {site["room"]: {m["measure"]: m for m in site["measures"]} for site in form["sites"]}
    assert len(sites) == 5 and all(m["n"] == ROOM for site in sites.values() for m in site.values())
    assert sites["P5"]["score"]["odd"] and float(sites["P5"]["score"]["low"]) > 0
    assert not any(sites[room]["score"]["odd"] and float(sites[room]["score"]["low"]) > 0 for room in ("P1", "P2", "P3", "P4"))
    assert near(sites["P5"]["passed"]["own"], statistics.mean(PASSED[n] for n in range(48, 60)))

with step("distribution with the cut, what is open, unbroken ties"):
    computer = next(p for p in body["parts"] if p["component"] == "computer")
    assert computer["n"] == PEOPLE and sum(b["count"] for b in computer["bins"]) == PEOPLE and computer["cuts"] == [{"op": "ge", "bound": "4"}]
    assert {"kind": "late", "shift_id": shift.hex(), "shift": "S1", "count": 1} in body["open"], body["open"]
    assert body["ties"] == [{"post": "P", "reason": "gate", "total": "61.50", "roll_numbers": ["H000050", "H000051"]}]
    assert body["thresholds"]["persons_min"] == "50.0000" and body["thresholds"]["facility_low"] == "0.1000"

with step("other thresholds make another report; the same ones again make none; below 100 persons our own raise no alarm about correlations"):
    assert wait_for_job(server, hr.post(QUALITY, {})) == ("done", "")
    second = hr.get(QUALITY).json["report"]
    assert second["version"] == 2 and not any(set(i["flags"]) & {"weak", "negative", "option-rises", "option-idle"} for i in second["body"]["forms"][0]["items"])
    assert wait_for_job(server, hr.post(QUALITY, {})) == ("done", "")
    assert hr.get(QUALITY).json["report"]["version"] == 2
    assert server.psql("SELECT count(*) FROM khoacu.audit_event WHERE payload LIKE '%\"t\":\"quality.report\"%'") == [[str(2 + 3)]]

finish()
