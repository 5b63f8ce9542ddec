"""Servers with their workers and the database are killed while a list is computed, frozen and published: what is public is what anybody
computes again from it, and what the database computes again (I9)."""

import contextlib
import os
import random
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "http"))
from harness import BINARY, PGHOST, ROOT, Client, Server, eventually, finish, step  # noqa: E402
from result_cycle import CYCLE, People, count_round1, enter_marks, freeze, make_cycle, open_round2, wait_for_job  # noqa: E402

SEED = int(os.environ.get("FAULT_SEED", random.randrange(2**32)))
print(f"# seed {SEED}", flush=True)
draw = random.Random(SEED)
server = Server(LOG_LEVEL="error")
people = People(server)
hr, runs = people.hr, f"/api/v1/cycles/{CYCLE}/runs"
make_cycle(server, hr)
count_round1(server)
open_round2(server, people)
enter_marks(server, people.markers + [people.third_marker])
freeze(server, hr)
assert hr.post(f"/api/v1/cycles/{CYCLE}/tie-decisions", {"order": ["C102", "C101"], "reason": "Theo quyết định số 12"}).status == 200


def kill_one_now():
    """The server with its worker, or the database under it, a moment from now."""
    time.sleep(draw.random() * 0.3)
    if draw.random() < 0.5:
        subprocess.run([os.path.join(ROOT, "tests", "cluster.sh"), "kill", PGHOST], check=True)
    server.kill()
    server.start()


def under_fire(ask, done):
    """`ask()` again and again while something is killed, until `done()`."""
    killer = threading.Thread(target=kill_one_now)
    killer.start()
    until = time.monotonic() + 120
    while time.monotonic() < until:
        with contextlib.suppress(OSError, AssertionError, RuntimeError, Exception):
            if not done():
                ask()
            if done() and not killer.is_alive():
                break
        time.sleep(0.1)
    killer.join()
    assert done(), SEED


def computed():
    return [r["id"] for r in hr.get(runs).json["items"] if r.get("sha256")]


with step("a list is computed, frozen, signed and published while servers, workers and the database die"):
    job = hr.post(runs, {"cause": "Công bố"})
    kill_one_now()
    assert wait_for_job(server, job) == ("done", ""), SEED
    [run] = computed()
    people.look(run)
    under_fire(lambda: hr.post(f"/api/v1/runs/{run}/list-freeze", {"reason": "đã xem"}), lambda: hr.get(f"/api/v1/runs/{run}").json["freeze"])
    for place in "AB":
        under_fire(lambda place=place: people.sign(run, place), lambda place=place: hr.get(f"/api/v1/runs/{run}").json[f"signature_{place.lower()}"])
    under_fire(lambda: hr.post(f"/api/v1/runs/{run}/release", {}), lambda: hr.get(f"/api/v1/runs/{run}").json["release"])
    assert server.psql("SELECT count(*) FROM khoacu.release") == [["1"]]

with step("the published file is what anybody computes again from it, and what the database computes again (I9)"):
    file = eventually(lambda: (lambda reply: reply if reply.status == 200 else None)(Client(server).get(f"/api/v1/releases/{CYCLE}/list.json")))
    with tempfile.TemporaryDirectory(prefix="khoacu-result-") as folder:
        path = os.path.join(folder, "list.json")
        with open(path, "wb") as out:
            out.write(file.bytes)
        verified = subprocess.run([BINARY, "verify", path], capture_output=True, text=True, check=False)
    status, out, err = server.command("replay", "--cycle", CYCLE)
    print(f"# I9 {'holds' if verified.returncode == 0 and status == 0 else 'DOES NOT HOLD'}", flush=True)
    assert verified.returncode == 0 and status == 0, (SEED, verified.stdout, out, err)

finish()
