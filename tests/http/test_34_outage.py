"""An outage of ours: all servers away during a sitting. The lost time is given back once, by the service itself; nothing else is an outage."""

import time

from harness import Client, Server, eventually, finish, make_administrator, make_officers, step
from hall import Hall

server = Server()
second = Server(database=server.database, key_file=server.key_file, WORKER="off")
hall = Hall(server, candidates=9, items=4)
common = hall.shift(candidates=[0, 1, 2, 3], starts=-1200)
personal = hall.shift(code="S2", clock="personal", candidates=[4, 5], starts=-7200, ends=1800, minutes=60)
later = hall.shift(code="S3", candidates=[6], starts=7200, ends=10800)
over = hall.shift(code="S4", candidates=[7], starts=-7200, ends=-3600)
administrator = Client(server).sign_in("quantri", make_administrator(server))
passwords = make_officers(server, administrator, [("gt1", "Giám Thị Một", "Sở", "invigilator")])


def seconds(sql):
    return float(server.psql(f"SELECT extract(epoch FROM ({sql}))")[0][0])


def clocks():
    return {sitting_id: (int(held), closes) for sitting_id, held, closes in
            ((int(a), b, float(c or 0)) for a, b, c in server.psql("SELECT sitting_id, held_s, coalesce(extract(epoch FROM closes_at), 0) FROM khoacu.sitting"))}


def given(before, shift, number):
    """What a sitting was given since `before`, by its sum and by its deadline (None: it has none)."""
    sitting_id = shift.sittings[number][1]
    now = clocks()[sitting_id]
    return now[0] - before[sitting_id][0], round(now[1] - before[sitting_id][1]) if now[1] else None


def away(servers, seconds_away, meanwhile=lambda: None):
    """Stops the servers, makes the last sign of life so much older, and starts them again."""
    for one in servers:
        one.stop()
    meanwhile()
    server.psql(f"UPDATE khoacu.service_beat SET beat_at = beat_at - interval '{seconds_away} s', boot_ms = boot_ms - {seconds_away * 1000}")
    for one in servers:
        one.start()


def adjustments(shift):
    invigilator = Client(server).sign_in("gt1", passwords["gt1"])
    return [a for a in invigilator.get(f"/api/v1/shifts/{shift.hex()}/adjustments").json["items"] if a["kind"] == "outage"]


sitter, held, runner = hall.client(0).open(), hall.client(1).open(), hall.client(4).open()
assert sitter.save(1, 1, sitter.option(1)).status == 200
server.psql("SET session_replication_role = replica; UPDATE khoacu.sitting SET started_at = started_at - interval '1000 s' WHERE state = 'open'")
server.psql(f"SELECT khoacu.do_sitting_adjustment_request(7001, {common.id}, 'sitting', NULL, (SELECT roll_number FROM khoacu.candidate WHERE candidate_id = {hall.candidates[1]['id']}), "
            f"NULL, 'pause', 0, 'r', (SELECT staff_id FROM khoacu.staff WHERE login_name = 'gt1'), clock_timestamp())")

with step("a server leaves a sign of life each second, and two leave the same one"):
    age, sign = "SELECT clock_timestamp() - beat_at FROM khoacu.service_beat", "SELECT beat_at FROM khoacu.service_beat"
    for _ in range(3):
        assert eventually(lambda: seconds(age) < 4)
        [last] = server.psql(sign)
        assert eventually(lambda: server.psql(sign) != [last])
    assert server.psql("SELECT count(*) FROM khoacu.service_beat") == [["1"]]

with step("one server of two that goes and comes again is no outage"):
    before = clocks()
    second.stop()
    second.start()
    assert clocks() == before

with step("all servers away: who was at work has the time back, by deadline and by sum; a clock that stood, a shift to come and one that is over have not"):
    before, began = clocks(), time.time()
    away([server, second], 300)
    most = time.time() - began + 302
    for shift, number in ((common, 0), (personal, 4)):
        held_s, moved_s = given(before, shift, number)
        assert 300 <= held_s <= most and moved_s == held_s, (held_s, moved_s, most)
    assert 300 <= given(before, common, 2)[0] <= most, "a common clock runs for who has not opened the paper too"
    assert 300 <= given(before, personal, 5)[0] <= most, "there is no full hour any more before the end of the shift"
    for shift, number in ((common, 1), (later, 6), (over, 7)):
        assert given(before, shift, number)[0] == 0, number

with step("it is an adjustment by the service itself, and an event of the log"):
    [entry] = adjustments(common)
    assert entry["requested_by"] is None and entry["state"] == "applied" and entry["sittings"] == 3 and entry["seconds"] >= 300 and "The service was away" in entry["reason"], entry
    assert adjustments(later) == [] and len(adjustments(personal)) == 1
    rows = server.psql("SELECT subject, payload FROM khoacu.audit_event WHERE act = 'sitting.outage_credit' AND actor = 'system'")
    assert len(rows) == 2, rows

with step("she goes on with the time she had; another restart gives nothing again"):
    sitter = hall.client(0)
    own = sitter.read_own()
    assert own["state"] == "open" and sitter.responses()[1][0] == 1
    before = clocks()
    away([server, second], -60)  # however long the start takes here
    assert clocks() == before

with step("an outage in which a deadline passes: nobody is closed, and what was left is left"):
    sitter = hall.client(0).open()
    before = {}

    def passed():
        """The end was twenty seconds after the servers went."""
        common.move_deadline(0, 20 - 120)
        before.update(clocks())

    began = time.time()
    away([server, second], 120, passed)
    held_s, moved_s = given(before, common, 0)
    left_s = seconds(f"SELECT closes_at - clock_timestamp() FROM khoacu.sitting WHERE sitting_id = {common.sittings[0][1]}")
    assert held_s >= 120 and moved_s == held_s and 20 - (time.time() - began) <= left_s <= 20 + time.time() - began, (held_s, left_s)
    assert common.state(0) == "open" and sitter.save(2, 1, sitter.option(2)).status == 200

with step("while no server is at work the worker calls nobody's time over"):
    for one in (server, second):
        one.stop()
    common.move_deadline(0, -30)
    server.psql("UPDATE khoacu.service_beat SET beat_at = beat_at - interval '60 s', boot_ms = boot_ms - 60000")
    due = f"SELECT count(*) FROM khoacu.sitting WHERE state = 'open' AND holds = 0 AND NOT khoacu.service_away() AND closes_at + make_interval(secs => grace_s) < clock_timestamp() AND shift_id = {common.id}"
    assert server.psql(due) == [["0"]]
    server.start()
    second.start()
    assert common.state(0) == "open", "what the outage took was given first"

with step("a clock that was stepped is no outage: the machine's own clock and the server's own count say so"):
    before = clocks()
    server.psql("UPDATE khoacu.service_beat SET beat_at = beat_at - interval '1 hour'")
    assert eventually(lambda: seconds(age) < 60), "the next sign is left"
    assert {k: v[0] for k, v in clocks().items()} == {k: v[0] for k, v in before.items()}

finish()
