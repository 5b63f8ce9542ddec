#!/usr/bin/env python3
"""From the database to a stored result: a cycle of CANDIDATES with two marks each, ranked by the server's worker; then once more, and cancelled.

    ranking.py CANDIDATES [SERVER POSTMASTER]      KHOACU_DB as the server has it; a server runs. With the numbers of both processes the
    processor's time is told too

Puts the cycle there as the superuser, asks for the ranking as an officer would (a job), and looks at its progress ten times a second. Prints
{"candidates", "seconds", "server_cpu_s", "postgres_cpu_s", "steps" (how far it was seen to be), "stored", "selected", "cancelled_s", "kept"}; kept: rows of the cancelled run."""
import json
import os
import subprocess
import sys
import time

COUNT = int(sys.argv[1])
PROCESSES = [int(text) for text in sys.argv[2:4]]
BASE = 7_000_000_000  # ids of this cycle


def sql(text):
    done = subprocess.run(["psql", "-XAtq", "-F", "\t", "-v", "ON_ERROR_STOP=1", "-d", os.environ["KHOACU_DB"], "-f", "-"], input=text, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        sys.exit(done.stderr)
    return [line.split("\t") for line in done.stdout.splitlines()]


PACK = json.load(open(os.path.join(os.path.dirname(__file__), "..", "..", "server", "cycle", "packs", "CC-2026.json"), encoding="utf-8"))


def pack_text():
    """Canonical: sorted names, no blanks; the pack has whole numbers and texts alone."""
    return json.dumps(PACK, ensure_ascii=False, sort_keys=True, separators=(",", ":")).replace("'", "''")


def fill():
    sql(f"""SET search_path = khoacu; BEGIN;
INSERT INTO rule_pack (pack_id, version, body, sha256) SELECT 'CC-2026', 2, '{pack_text()}', sha256(convert_to('{pack_text()}', 'UTF8'))
 WHERE NOT EXISTS (SELECT 1 FROM rule_pack WHERE pack_id = 'CC-2026' AND version = 2);
INSERT INTO staff (staff_id, login_name, full_name, password_hash) VALUES ({BASE}, 'rank.load', 'Rank Load', '$scrypt$x');
INSERT INTO cycle (cycle_id, code, title_vi, title_en, authority_vi, authority_en, notice, notice_on, pack_id, pack_version, written_max, interview_max, state, created_by)
VALUES ({BASE}, 'RANK-LOAD', 'a', 'a', 'a', 'a', 'a', '2026-08-10', 'CC-2026', 2, 60, 40, 'ranking', {BASE});
INSERT INTO agency SELECT {BASE} + a, {BASE}, 'A' || a, 'Agency ' || a FROM generate_series(1, 2) a;
INSERT INTO post SELECT {BASE} + p, {BASE}, 'P' || p, 'Post ' || p FROM generate_series(1, 1000) p;
INSERT INTO post_quota SELECT {BASE} + p, {BASE} + a, 1 + (p * 7 + a) % 8 FROM generate_series(1, 1000) p, generate_series(1, 2) a;
INSERT INTO candidate (candidate_id, cycle_id, roll_number, full_name, birth_date, post_id, priority_classes, agency_ids)
SELECT {BASE} + i, {BASE}, lpad(i::text, 6, '0'), 'Candidate ' || i, '1999-01-01', {BASE} + 1 + i % 1000,
       CASE i % 5 WHEN 0 THEN ARRAY['P' || (1 + i / 5 % 4)] ELSE '{{}}' END, ARRAY[{BASE} + 1 + i % 2, {BASE} + 2 - i % 2] FROM generate_series(1, {COUNT}) i;
INSERT INTO sitting_score (candidate_id, revision, sitting_id, status, correct, answered, questions, scored_at)
SELECT {BASE} + i, 1, 1, 'counted', 30 + i % 31, 60, 60, now() FROM generate_series(1, {COUNT}) i;
SET LOCAL session_replication_role = replica;
CREATE TEMP TABLE made AS SELECT {BASE} + i * 2 + k AS blind_id, {BASE} + i AS candidate_id, CASE k WHEN 0 THEN 'written' ELSE 'interview' END AS component,
       CASE k WHEN 0 THEN 60 ELSE 40 END AS mark_max, CASE k WHEN 0 THEN 20 + i * 37 % 161 * 0.25 ELSE 15 + i * 53 % 101 * 0.25 END AS value
  FROM generate_series(1, {COUNT}) i, generate_series(0, 1) k;
INSERT INTO script SELECT blind_id, {BASE}, component, mark_max, 0.25 FROM made;
INSERT INTO script_identity SELECT blind_id, candidate_id, component FROM made;
INSERT INTO script_settlement (blind_id, revision, source, status, value, why, derivation, settled_at)
SELECT blind_id, 1, 'marks', 'awarded', value, 'mean', '{{}}', now() FROM made;
INSERT INTO marks_freeze VALUES ({BASE}, now(), {BASE}, sha256(''));
COMMIT; ANALYZE khoacu.candidate, khoacu.script, khoacu.script_identity, khoacu.script_settlement, khoacu.sitting_score;""")


def ask(run):
    sql(f"""INSERT INTO khoacu.job (job_id, kind, cycle_id, subject_id, requested_by, requested_at, arguments)
            VALUES ({BASE} + {run}, 'ranking_run', {BASE}, {BASE} + {run}, {BASE}, clock_timestamp(), '{{"cause":"load"}}')""")


def watch(run, stop_at=101):
    """Seconds from the taking to the end, the steps seen, the state; asks for the end when it has come as far as stop_at."""
    steps, began, asked, until = [], time.monotonic(), None, time.monotonic() + 300
    while time.monotonic() < until:
        state, done, message = sql(f"SELECT state, done_count, coalesce(nullif(message, ''), '-') FROM khoacu.job WHERE job_id = {BASE} + {run}")[0]
        if state == "waiting":
            began = time.monotonic()
        elif state == "running":
            steps += [int(done)] if not steps or steps[-1] != int(done) else []
            if asked is None and int(done) >= stop_at:
                asked = time.monotonic()
                sql(f"SELECT khoacu.do_score_job_cancel({BASE} + {run}, 'ranking_run', {BASE}, clock_timestamp())")
        else:
            return time.monotonic() - (asked or began), steps, state, message
        time.sleep(0.1)
    sys.exit("the ranking does not end")


def spent():
    """Seconds of processor by process: of the server, and of the connections that live."""
    children = subprocess.run(["pgrep", "-P", str(PROCESSES[1])], capture_output=True, text=True, check=False).stdout.split() if PROCESSES else []
    times = {}
    for pid in PROCESSES[:1] + [int(child) for child in children]:
        try:
            fields = open(f"/proc/{pid}/stat", encoding="utf-8").read().rsplit(")", 1)[1].split()
        except FileNotFoundError:
            continue
        times[pid] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return times


fill()
before = spent()
ask(1)
seconds, steps, state, message = watch(1)
after = spent()
added = {pid: after[pid] - before.get(pid, 0) for pid in after}
server_s = sum(added[pid] for pid in PROCESSES[:1])
if state != "done":
    sys.exit(f"{state}: {message}")
ask(2)
cancelled_s, _, ended, message = watch(2, 1)
if ended != "cancelled":
    sys.exit(f"cancelled and {ended}: {message}")
stored, selected = sql(f"SELECT count(*), count(*) FILTER (WHERE outcome = 'selected') FROM khoacu.decision WHERE run_id = {BASE} + 1")[0]
kept = sql(f"SELECT (SELECT count(*) FROM khoacu.decision WHERE run_id = {BASE} + 2) + (SELECT count(*) FROM khoacu.ranking_run WHERE run_id = {BASE} + 2)")[0][0]
print(json.dumps({"candidates": COUNT, "seconds": round(seconds, 2), "server_cpu_s": round(server_s, 2),
                  "postgres_cpu_s": round(sum(added.values()) - server_s, 2), "steps": steps, "stored": int(stored), "selected": int(selected),
                  "cancelled_s": round(cancelled_s, 2), "kept": int(kept)}))
