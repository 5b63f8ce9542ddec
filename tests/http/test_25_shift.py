"""A shift seats everybody who has no seat yet, at random and evenly; the live view shows each seat."""

import datetime
import time

from cycle_data import applied, make_ready, rows
from harness import Client, Server, allowed, finish, make_all_roles, step

server = Server()
clients = make_all_roles(server)
officer, invigilator = clients["hr_officer"], clients["invigilator"]
form_id = make_ready(clients, people=101)


def at(seconds):
    return (datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def schedule(code, cycle="KT-2026", **changes):
    body = {"code": code, "form_id": form_id, "clock": "common", "starts_at": at(60), "ends_at": at(3660), "minutes": 60, "room_size": 50}
    return officer.post(f"/api/v1/cycles/{cycle}/shifts", {name: value for name, value in {**body, **changes}.items() if value is not None})


def wrong(reply):
    assert reply.status == 400 and reply.code == "invalid", reply
    return {(e["path"], e["rule"]) for e in reply.json["errors"]}


def add_people(first, count):
    text = rows(["roll_number", "full_name", "birth_date", "post_code"], [[f"TS-{n:05}", f"Thí sinh số {n}", "2000-01-01", "CV-02"]
                                                                          for n in range(first, first + count)])
    applied(officer.upload("candidates", text, cycle="KT-2026"), imported=count)


with step("every bad field is named, and nothing is made"):
    assert wrong(schedule("ca 1", form_id="g" * 16, clock="mine", starts_at="tomorrow at eight, sir", ends_at="2026-02-30T00:00:00Z")) == {
        ("code", "form"), ("form_id", "form"), ("clock", "form"), ("starts_at", "form"), ("ends_at", "form")}
    assert wrong(schedule("CA-1", minutes=0, room_size=501, grace_s=301)) == {("minutes", "range"), ("room_size", "range"), ("grace_s", "range")}
    assert wrong(schedule("CA-1", minutes=None)) == {("minutes", "required")}
    assert wrong(schedule("CA-1", late_s=86401, item_seconds=4)) == {("late_s", "range"), ("item_seconds", "range")}
    halves = [{"first": 1, "last": 30, "minutes": 30}, {"first": 31, "last": 60, "minutes": 30}]
    for sections in ([{"first": 1}], [{"first": 2, "last": 60, "minutes": 1}], halves[::-1], [{**halves[0], "minutes": 0}],
                     [halves[0], {**halves[1], "first": 32}], [{**halves[0], "more": 1}], ["x"]):
        assert wrong(schedule("CA-1", sections=sections)) == {("sections", "form")}, sections
    assert wrong(schedule("CA-1", sections=halves, item_seconds=10)) == {("sections", "form")}
    assert wrong(schedule("CA-1", sections=halves[:1])) == {("sections", "times")}
    assert wrong(schedule("CA-1", sections=[halves[0], {**halves[1], "minutes": 31}])) == {("sections", "times")}
    assert wrong(schedule("CA-1", item_seconds=61)) == {("item_seconds", "times")}
    assert wrong(schedule("CA-1", form_id="0" * 15 + "1")) == {("form_id", "unknown-value")}

with step("the window must lie ahead, be long enough and not a year and a day"):
    assert wrong(schedule("CA-1", starts_at=at(-7200), ends_at=at(-1))) == {("ends_at", "times")}
    assert wrong(schedule("CA-1", ends_at=at(3600))) == {("ends_at", "times")}
    assert wrong(schedule("CA-1", ends_at=at(50))) == {("ends_at", "times")}
    assert wrong(schedule("CA-1", ends_at=at(400 * 86400))) == {("ends_at", "window-long")}
    assert server.psql("SELECT count(*) FROM khoacu.shift") == [["0"]]

with step("where the rule pack starts the clock for everybody at the scheduled time, no shift is timed otherwise"):
    assert wrong(schedule("CA-1", clock="personal", ends_at=at(86400))) == {("clock", "by-pack")}
    assert server.psql("SELECT count(*) FROM khoacu.shift") == [["0"]]

with step("everybody gets one seat; rooms are filled evenly and none beyond its size"):
    reply = schedule("CA-1", grace_s=7)
    assert reply.status == 201 and reply.json["rooms"] == 3 and reply.json["sittings"] == 101, reply
    shift = reply.json["id"]
    assert server.psql("SELECT r.code, count(*), min(t.seat), max(t.seat), count(DISTINCT t.seat) FROM khoacu.room r JOIN khoacu.sitting t USING (room_id)"
                       " GROUP BY 1 ORDER BY 1") == [["P01", "34", "1", "34", "34"], ["P02", "34", "1", "34", "34"], ["P03", "33", "1", "33", "33"]]
    assert server.psql("SELECT count(DISTINCT candidate_id), min(grace_s), max(grace_s) FROM khoacu.sitting WHERE state = 'assigned'") == [["101", "7", "7"]]

with step("who sits where is drawn by lot"):
    order = [row[0] for row in server.psql("SELECT c.roll_number FROM khoacu.sitting t JOIN khoacu.room r USING (room_id)"
                                           " JOIN khoacu.candidate c USING (candidate_id) ORDER BY r.code, t.seat")]
    assert order != sorted(order) and sorted(order) != order[::-1] and len(set(order)) == 101

with step("a second shift takes only those who have no seat yet, and nobody when all have one"):
    reply = schedule("CA-2")
    assert reply.status == 409 and reply.code == "no-candidates", reply
    add_people(200, 3)
    more_time = rows(["roll_number", "full_name", "birth_date", "post_code", "extra_time_percent"],
                     [["TS-00200", "Thí sinh số 200", "2000-01-01", "CV-02", "25"]])
    applied(officer.upload("candidates", more_time, cycle="KT-2026"), changed=1)
    applied(officer.upload("candidates", more_time, cycle="KT-2026"), unchanged=1)
    reply = officer.upload("candidates", more_time.replace("25", "201"), cycle="KT-2026")
    assert reply.status == 422 and reply.json["errors"][0]["column"] == "extra_time_percent", reply
    assert officer.get("/api/v1/cycles/KT-2026").json["progress"]["next_step"] == "shift"
    assert schedule("CA-1").code == "code-taken"
    reply = schedule("CA-2", ends_at=at(86400), room_size=2, two_persons=True, late_s=60, calculator=True,
                     sections=[{"first": 1, "last": 30, "minutes": 30}, {"first": 31, "last": 60, "minutes": 30}])
    assert reply.status == 201 and reply.json["rooms"] == 2 and reply.json["sittings"] == 3, reply
    assert server.psql("SELECT c.roll_number, t.accommodation_s FROM khoacu.sitting t JOIN khoacu.candidate c USING (candidate_id)"
                       " WHERE t.accommodation_s > 0") == [["TS-00200", "900"]]
    assert server.psql("SELECT max(n) FROM (SELECT count(*) AS n FROM khoacu.sitting GROUP BY candidate_id) s") == [["1"]]

with step("two officers who schedule at once seat nobody twice"):
    import threading
    add_people(300, 20)
    other, replies = Client(server), []
    other.cookies = dict(officer.cookies)
    body = {"form_id": form_id, "clock": "common", "starts_at": at(60), "ends_at": at(3660), "minutes": 60, "room_size": 50}
    send = lambda client, code: replies.append(client.post("/api/v1/cycles/KT-2026/shifts", {**body, "code": code}))  # noqa: E731
    threads = [threading.Thread(target=send, args=pair) for pair in ((officer, "CA-3"), (other, "CA-4"))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(r.status for r in replies) == [201, 409], replies
    assert server.psql("SELECT max(n), sum(n) FROM (SELECT count(*) AS n FROM khoacu.sitting GROUP BY candidate_id) s") == [["1", "124"]]

with step("the cycle's page shows the shifts with their counts"):
    shifts = {s["code"]: s for s in officer.get("/api/v1/cycles/KT-2026").json["progress"]["shifts"]}
    assert shifts["CA-1"]["id"] == shift and shifts["CA-1"]["form"] == "DE-01" and shifts["CA-1"]["clock"] == "common", shifts
    assert shifts["CA-1"]["counts"] == {"assigned": 101, "open": 0, "submitted": 0, "closed": 0, "absent": 0}


def live(query=""):
    reply = invigilator.get(f"/api/v1/shifts/{shift}/live{query}")
    assert reply.status == 200, reply
    return reply.json


with step("the live view lists the seats page by page, room by room"):
    first = live("?limit=40")
    assert first["counts"] == {"assigned": 101, "open": 0, "submitted": 0, "closed": 0, "absent": 0} and first["rooms"] == ["P01", "P02", "P03"], first
    seats, after = [(r["room"], r["seat"]) for r in first["rows"]], first["next"]
    while after:
        page = live(f"?limit=40&after={after}")
        seats += [(r["room"], r["seat"]) for r in page["rows"]]
        after = page["next"]
    assert seats == sorted(seats) and len(seats) == len(set(seats)) == 101, len(seats)
    one = live("?room=P02&limit=200")
    assert len(one["rows"]) == 34 and one["counts"]["assigned"] == 34 and one["next"] is None and {r["room"] for r in one["rows"]} == {"P02"}

with step("it counts what is answered now, not every save"):
    server.psql(f"""
        SET search_path = khoacu;
        CREATE TEMP TABLE who AS SELECT t.room_id, t.sitting_id FROM sitting t JOIN room r USING (room_id)
         WHERE r.code = 'P01' AND t.seat = 5 AND t.shift_id = x'{shift}'::bigint;
        UPDATE sitting t SET state = 'open', started_at = now(), closes_at = now() + interval '1 hour' FROM who WHERE t.sitting_id = who.sitting_id;
        INSERT INTO response SELECT room_id, sitting_id, '2026-11-23T08:00:00Z', seq, position, choice, flagged FROM who,
          (VALUES (1, 1, 2, false), (2, 1, 0, true), (1, 2, 3, true), (2, 2, 4, false), (1, 7, 1, true)) AS v (seq, position, choice, flagged);""")
    row = [r for r in live()["rows"] if r["seat"] == 5][0]
    assert row["state"] == "open" and row["answered"] == 2 and row["flagged"] == 2 and row["last_saved_at"] == "2026-11-23T08:00:00.000Z", row
    assert row["closes_at"] and live()["counts"]["open"] == 1 and row["full_name"].startswith("Thí sinh"), row

with step("a shift or a place that does not exist leads nowhere"):
    assert invigilator.get("/api/v1/shifts/" + "0" * 15 + "1/live").status == 404
    assert invigilator.get("/api/v1/shifts/x/live").status == 404
    assert live("?room=P99")["rows"] == [] and live("?after=P03:500")["rows"] == []
    for after in ("P01", "P01:0", "P01:x", ":", "P01:501"):
        assert invigilator.get(f"/api/v1/shifts/{shift}/live?after={after}").status == 400, after

with step("invigilators see the hall but schedule nothing; others do neither"):
    for role in ("administrator", "item_officer", "examiner", "inspector"):
        assert clients[role].get(f"/api/v1/shifts/{shift}/live").status == 403, role
    for role in ("administrator", "item_officer", "examiner", "inspector", "invigilator"):
        assert clients[role].post("/api/v1/cycles/KT-2026/shifts", {"code": "CA-9"}).status == 403, role

with step("past round 1 nothing is scheduled"):
    server.psql("UPDATE khoacu.cycle SET state = 'round2'")
    late = schedule("CA-9")
    assert (late.code, late.json["cycle"], late.json["state"]) == ("cycle-past", "KT-2026", "round2"), late
    server.psql("UPDATE khoacu.cycle SET state = 'preparing'")

with step("where the pack wants two persons for time that is given, every shift does, asked for or not; and a pack may let each start her own clock"):
    server.psql("""SET session_replication_role = replica; UPDATE khoacu.rule_pack p SET body = n.body, sha256 = sha256(convert_to(n.body, 'UTF8'))
        FROM (SELECT replace(body, '"sitting":{"clock":"common"}', '"sitting":{"clock":"personal","two_persons":true}') AS body FROM khoacu.rule_pack WHERE pack_id = 'CC-2026') n
        WHERE p.pack_id = 'CC-2026'""")
    add_people(400, 2)
    reply = schedule("CA-7", clock="personal", ends_at=at(86400))
    assert reply.status == 201, reply
    assert server.psql(f"SELECT two_persons, calculator, clock FROM khoacu.shift WHERE shift_id = x'{reply.json['id']}'::bigint") == [["t", "f", "personal"]]
    assert server.psql("SELECT two_persons, calculator FROM khoacu.shift WHERE code = 'CA-1'") == [["f", "f"]]
    assert server.psql("SELECT calculator FROM khoacu.shift WHERE code = 'CA-2'") == [["t"]]

with step("ten thousand candidates are seated in less than two seconds"):
    add_people(20000, 10000)
    began = time.monotonic()
    reply = schedule("CA-LON", room_size=500)
    seconds = time.monotonic() - began
    print(f"# 10,000 candidates seated in {seconds:.2f} s", flush=True)
    assert reply.status == 201 and reply.json == {"id": reply.json["id"], "rooms": 20, "sittings": 10000}, reply
    assert seconds < allowed(2), seconds

with step("each shift is one event with its numbers"):
    payloads = [p for (p,) in server.psql("SELECT payload FROM khoacu.audit_event WHERE act = 'sitting.schedule' ORDER BY occurred_at")]
    assert len(payloads) == 5 and '"rooms":3,"sittings":101' in payloads[0], payloads

finish()
