"""Puts a hall of its own into the database of the running demonstration, for journeys that want another paper than its own:

    stage.py paper ROLLS [candidates]    one shift of a paper with every kind of item, begun a minute ago; ROLLS begins the roll numbers
    stage.py plain ROLLS [candidates] [settings of the shift, in SQL]    the same with six questions of one choice
    stage.py move SHIFT SECONDS          as if so much time had passed for the shift and all who sit it
    stage.py end SHIFT                   its time is over
    stage.py points SHIFT                waits for the worker; the points by roll number and kind, ten million to the point
    stage.py sql STATEMENT               for what a journey has to move (a clock, a setting)

Prints JSON. KHOACU_VAR is the folder of the demonstration."""

import json
import os
import random
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "http"))
from every_kind import DOCUMENTS, MEDIA, STIMULI, every_kind  # noqa: E402
from hall import Hall, hex_id  # noqa: E402

VAR = os.environ["KHOACU_VAR"]


class Demonstration:
    """What hall.py asks of a server, of one that runs already."""

    key_file, bank_key_file = os.path.join(VAR, "secret", "server.key"), os.path.join(VAR, "secret", "bank.key")

    @property
    def key(self):
        with open(self.key_file, "rb") as file:
            return file.read()

    def psql(self, sql):
        done = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-F", "\x1f", "-v", "ON_ERROR_STOP=1", "-h", os.path.realpath(os.path.join(VAR, "run")),
                               "-U", "khoacu_admin", "-d", "khoacu", "-f", "-"], input=sql, capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise RuntimeError(done.stderr.strip())
        return [line.split("\x1f") for line in done.stdout.splitlines() if line]


def make(rolls, candidates, form=None, settings=""):
    rolls += f"{random.randrange(10**4):04d}"  # a journey may be run again on the same demonstration
    hall = Hall(server, candidates=int(candidates), code=f"THU-{rolls}", rolls=rolls)
    shift = hall.shift(form_id=form(hall) if form else None, grace_s=5)
    if settings:
        server.psql(f"UPDATE khoacu.shift SET {settings} WHERE shift_id = {shift.id}")
    return {"cycle": hall.cycle_code, "shift": shift.hex(), "room": "P1", "kinds": list(DOCUMENTS),
            "candidates": [{"roll": c["roll"], "code": c["code"], "sitting": hex_id(shift.sittings[c["number"]][1])} for c in hall.candidates]}


def paper(rolls, candidates="3"):
    return make(rolls, candidates, lambda hall: hall.form_of(every_kind(), stimuli=STIMULI, media=MEDIA))


def plain(rolls, candidates="3", settings=""):
    return make(rolls, candidates, settings=settings)


def move(shift, seconds):
    number, passed = int(shift, 16), f"interval '{int(seconds)} s'"
    server.psql(f"BEGIN; SET LOCAL session_replication_role = replica; UPDATE khoacu.shift SET starts_at = starts_at - {passed}, ends_at = ends_at - {passed} WHERE shift_id = {number}; "
                f"UPDATE khoacu.sitting SET closes_at = closes_at - {passed} WHERE shift_id = {number} AND state = 'open'; COMMIT; "
                f"SELECT pg_notify('khoacu_time', lpad(to_hex(room_id), 16, '0')) FROM khoacu.room WHERE shift_id = {number}")
    return True


def end(shift):
    number = int(shift, 16)
    late = "clock_timestamp() - interval '10 s'"
    server.psql(f"BEGIN; SET LOCAL session_replication_role = replica; UPDATE khoacu.shift SET starts_at = {late} - make_interval(mins => minutes), "
                f"ends_at = {late} WHERE shift_id = {number}; UPDATE khoacu.sitting SET closes_at = {late} WHERE shift_id = {number} AND state = 'open'; COMMIT;")
    return True


def points(shift):
    until = time.monotonic() + 120  # with a machine that has much else to do
    while time.monotonic() < until:
        rows = server.psql("SELECT c.roll_number, array_to_string(s.item_points_e7, ',', 'person') FROM khoacu.sitting t "
                           "JOIN khoacu.candidate c USING (candidate_id) JOIN khoacu.sitting_score s USING (candidate_id) "
                           f"WHERE t.shift_id = {int(shift, 16)} AND s.status = 'counted' ORDER BY s.revision")
        if rows:
            return {roll: dict(zip(DOCUMENTS, each.split(","))) for roll, each in rows}
        time.sleep(0.2)
    raise SystemExit("no points within two minutes")


server = Demonstration()
act, arguments = sys.argv[1], sys.argv[2:]
print(json.dumps({"paper": paper, "plain": plain, "move": move, "end": end, "points": points, "sql": server.psql}[act](*arguments)))
