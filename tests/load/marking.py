#!/usr/bin/env python3
"""A marking day of SCRIPTS scripts and MARKERS examiners: the draw by the server's worker, then all of them at their desks at once.

    marking.py PORT SCRIPTS MARKERS SECONDS [PACE]      KHOACU_DB as the server has it; a server runs

Puts the cycle there as the superuser: two questions, pages of some 2,000 characters, a guide, a fortieth of all pairs of script and examiner
excluded. The draw is asked for as the head of the board asks. Then every examiner opens the desk in the same moment; after that each takes the next
script every PACE seconds (6, five times as fast as people mark), reads it and enters a mark, for SECONDS; in the end each declares what she has
marked final. Prints one line of JSON: seconds of the draw; milliseconds of each kind of request; what was acknowledged and what is stored."""
import asyncio
import base64
import hashlib
import json
import os
import random
import subprocess
import sys
import time

PORT, SCRIPTS, MARKERS, SECONDS = (int(word) for word in sys.argv[1:5])
PACE = float(sys.argv[5]) if len(sys.argv) > 5 else 6.0
BASE = 8_000_000_000  # ids of this cycle
CYCLE, CHIEF, UNITS = "MARK-LOAD", BASE + 1, 40
random.seed(20261130)
TOKENS = {BASE + 1 + n: hashlib.sha256(b"marking load %d" % n).digest() for n in range(MARKERS + 1)}


def sql(text):
    done = subprocess.run(["psql", "-XAtq", "-F", " ", "-v", "ON_ERROR_STOP=1", "-d", os.environ["KHOACU_DB"], "-f", "-"], input=text, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return [line.split(" ") for line in done.stdout.splitlines()]


def pack_text():
    with open(os.path.join(os.path.dirname(__file__), "..", "..", "server", "cycle", "packs", "CC-2026.json"), encoding="utf-8") as file:
        return json.dumps(json.load(file), ensure_ascii=False, sort_keys=True, separators=(",", ":")).replace("'", "''")


def commitment(scripts, markers, excluded):
    """As marking_field_commit (allocation.h)."""
    digest = hashlib.sha256(b"khoacu-allocate/1\n%d %d %d %d\n" % (2, len(scripts), len(markers), len(excluded)))
    for code in scripts + markers:
        digest.update(b"%016x\n" % code)
    for script, marker in excluded:
        digest.update(b"%016x %016x\n" % (script, marker))
    return digest.hexdigest()


def fill():
    """The cycle with all its scripts, under random codes; the draw committed to."""
    words = "Công khai, minh bạch là nguyên tắc của mọi kỳ tuyển dụng, và người dân có quyền biết điểm được chấm như thế nào. " * 18
    logins = ",".join(f"('\\x{hashlib.sha256(token).hexdigest()}', {staff}, now(), now(), now() + interval '1 day')" for staff, token in TOKENS.items())
    sql(f"""SET search_path = khoacu; BEGIN; SET LOCAL session_replication_role = replica;
INSERT INTO rule_pack (pack_id, version, body, sha256) SELECT 'CC-2026', 2, '{pack_text()}', sha256(convert_to('{pack_text()}', 'UTF8'))
 WHERE NOT EXISTS (SELECT 1 FROM rule_pack WHERE pack_id = 'CC-2026' AND version = 2);
INSERT INTO staff (staff_id, login_name, full_name, password_hash, created_at)
SELECT {BASE} + 1 + n, 'mark.load.' || n, 'Marker ' || n, '$scrypt$x', now() FROM generate_series(0, {MARKERS}) n;
INSERT INTO staff_role SELECT {BASE} + 1 + n, CASE n WHEN 0 THEN 'chief_marker' ELSE 'examiner' END FROM generate_series(0, {MARKERS}) n;
INSERT INTO login (token_sha256, staff_id, created_at, last_seen_at, expires_at) VALUES {logins};
INSERT INTO cycle (cycle_id, code, title_vi, title_en, authority_vi, authority_en, notice, notice_on, pack_id, pack_version, written_max, interview_max, state, created_by)
VALUES ({BASE}, '{CYCLE}', 'a', 'a', 'a', 'a', 'a', '2026-08-10', 'CC-2026', 2, 60, 40, 'round2', {CHIEF});
INSERT INTO rubric (cycle_id, component, question, version, task_vi, task_en, reason, made_at)
SELECT {BASE}, 'written', q, 1, 'Anh, chị hãy trình bày.', 'Explain.', 'item', now() FROM generate_series(1, 2) q;
INSERT INTO rubric_criterion (cycle_id, component, question, version, place, title_vi, title_en, mark_max, mark_step, levels)
SELECT {BASE}, 'written', q, 1, p, 'Tiêu chí', 'Criterion', 10, 0.25, '[]' FROM generate_series(1, 2) q, generate_series(1, 3) p;
INSERT INTO script (blind_id, cycle_id, component, mark_max, mark_step, question)
SELECT b, {BASE}, 'written', 30, 0.25, 1 + (n % 2) FROM (SELECT ('x' || substr(md5('load' || i), 1, 16))::bit(64)::bigint & 9223372036854775807 AS b, i AS n FROM generate_series(1, {SCRIPTS}) i) k ORDER BY b;
INSERT INTO script_page (blind_id, page, question, kind, body, sha256)
SELECT blind_id, 1, question, 'text', '{words}' || blind_id, sha256('x') FROM script WHERE cycle_id = {BASE} ORDER BY blind_id;
INSERT INTO marking_exclusion (blind_id, marker_id, why)
SELECT s.blind_id, {BASE} + 1 + n, 'unit' FROM script s JOIN generate_series(1, {MARKERS}) n ON n % {UNITS} = s.blind_id % {UNITS} WHERE s.cycle_id = {BASE};
COMMIT; ANALYZE script, script_page, marking_exclusion, staff, staff_role, login, rubric, rubric_criterion;""")
    scripts = sorted(int(row[0]) for row in sql(f"SELECT blind_id FROM khoacu.script WHERE cycle_id = {BASE}"))
    markers = [BASE + 1 + n for n in range(1, MARKERS + 1)]
    excluded = [(script, BASE + 1 + n) for script in scripts for n in range(1, MARKERS + 1) if n % UNITS == script % UNITS]
    sql(f"""INSERT INTO khoacu.marking_draw (draw_id, cycle_id, component, per_script, marker_ids, scripts, commitment, committed_at)
VALUES ({BASE}, {BASE}, 'written', 2, '{{{','.join(map(str, markers))}}}', {len(scripts)}, '\\x{commitment(scripts, markers, excluded)}', clock_timestamp());""")


class Person:
    """One examiner on one connection."""

    def __init__(self, staff):
        self.cookie = base64.urlsafe_b64encode(TOKENS[staff]).decode().rstrip("=")
        self.reader = self.writer = None

    async def ask(self, method, path, body=None):
        """(status, milliseconds, document)"""
        if self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", PORT, limit=1 << 22)
        data = b"" if body is None else json.dumps(body).encode()
        head = f"{method} /api/v1{path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Khoacu: 1\r\nCookie: __Host-khoacu={self.cookie}\r\nContent-Length: {len(data)}\r\n"
        began = time.perf_counter()
        self.writer.write((head + ("Content-Type: application/json\r\n" if data else "") + "\r\n").encode() + data)
        answer = await self.reader.readuntil(b"\r\n\r\n")
        length = next((int(line.split(b":")[1]) for line in answer.split(b"\r\n") if line.lower().startswith(b"content-length:")), 0)
        text = await self.reader.readexactly(length) if length else b""
        return int(answer[9:12]), (time.perf_counter() - began) * 1000, json.loads(text) if text else None


times, statuses, marked = {}, {}, {}


async def timed(kind, person, *request):
    status, ms, document = await person.ask(*request)
    times.setdefault(kind, []).append(ms)
    statuses[f"{kind} {status}"] = statuses.get(f"{kind} {status}", 0) + 1
    return document if status < 300 else None


async def open_desk(person):
    after, began = "", time.perf_counter()
    while after is not None:
        page = await timed("page", person, "GET", "/scripts?state=all&limit=200" + (f"&after={after}" if after else ""))
        after = page["next"] if page else None
    times.setdefault("desk", []).append((time.perf_counter() - began) * 1000)


async def mark(staff, person, until):
    await asyncio.sleep(random.random() * PACE)
    while time.monotonic() < until:
        began = time.monotonic()
        lease = await timed("lease", person, "POST", "/script-leases", {})
        if not lease or not lease["blind_id"]:
            return
        await timed("read", person, "GET", "/scripts/" + lease["blind_id"])
        times.setdefault("next", []).append(times["lease"][-1] + times["read"][-1])
        criteria = [f"{random.randrange(20, 37) * 0.25:.2f}" for _ in range(3)]
        kept = await timed("save", person, "PUT", f"/scripts/{lease['blind_id']}/mark", {"status": "awarded", "criteria": criteria, "revision": 0, "seconds": 40})
        if kept:
            marked.setdefault(staff, []).append((lease["blind_id"], kept["revision"]))
        await asyncio.sleep(max(0.0, began + PACE - time.monotonic()))


async def declare(staff, person):
    mine = marked.get(staff, [])
    for at in range(0, len(mine), 20):
        await timed("final", person, "POST", "/script-finals", {"scripts": [{"blind_id": b, "revision": r} for b, r in mine[at:at + 20]]})


async def draw():
    """Seconds from the request to the end of the job, and of the job by itself."""
    chief, began = Person(CHIEF), time.monotonic()
    numbers = [{"giver": "Chair", "number": "70142"}, {"giver": "Inspector", "number": "40918"}]
    status, _, job = await chief.ask("POST", f"/cycles/{CYCLE}/draws", {"component": "written", "numbers": numbers})
    if status != 202:
        sys.exit(f"the draw was not taken: {status} {job}")
    while time.monotonic() - began < 300:
        state, message, took = sql(f"""SELECT state, coalesce(nullif(message, ''), '-'), coalesce(extract(epoch FROM finished_at - started_at), 0)
            FROM khoacu.job WHERE job_id = x'{job["job_id"]}'::bigint""")[0]
        if state not in ("waiting", "running"):
            if state != "done":
                sys.exit(f"the draw: {state} {message}")
            return time.monotonic() - began, float(took)
        await asyncio.sleep(0.05)
    sys.exit("the draw does not end")


def at(kind, share):
    values = sorted(times.get(kind, [0]))
    return round(values[min(len(values) - 1, int(len(values) * share))], 1)


async def main():
    fill()
    draw_s, job_s = await draw()
    sql("ANALYZE khoacu.marking_assignment")
    people = {staff: Person(staff) for staff in TOKENS if staff != CHIEF}
    began = time.monotonic()
    await asyncio.gather(*(open_desk(person) for person in people.values()))
    desks_s = time.monotonic() - began
    until = time.monotonic() + SECONDS
    await asyncio.gather(*(mark(staff, person, until) for staff, person in people.items()))
    await asyncio.gather(*(declare(staff, person) for staff, person in people.items()))
    chief = Person(CHIEF)
    await timed("progress", chief, "GET", f"/cycles/{CYCLE}/marking")
    acknowledged = sum(map(len, marked.values()))
    stored = int(sql(f"SELECT count(*) FROM khoacu.mark m JOIN khoacu.script s USING (blind_id) WHERE s.cycle_id = {BASE}")[0][0])
    least, most = (int(n) for n in sql(f"SELECT least, most FROM khoacu.marking_draw_outcome WHERE draw_id = {BASE}")[0])
    print(json.dumps({"scripts": SCRIPTS, "markers": MARKERS, "pace_s": PACE, "draw_s": round(draw_s, 2), "draw_job_s": round(job_s, 2), "least": least, "most": most,
                      "desks_s": round(desks_s, 1), "acknowledged": acknowledged, "stored": stored, "statuses": statuses,
                      **{kind: {"p50_ms": at(kind, 0.5), "p95_ms": at(kind, 0.95), "p99_ms": at(kind, 0.99), "count": len(times.get(kind, []))}
                         for kind in ("page", "desk", "lease", "read", "next", "save", "final", "progress")}}))


asyncio.run(main())
