"""Faults 10 and 12: the database's disk is full, and slow. A cluster of its own on a file system in memory that the test may fill."""

import atexit
import contextlib
import os
import random
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "http"))
from luck import Luck  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
CLUSTER = os.path.join(ROOT, "tests", "cluster.sh")
SEED = int(os.environ.get("FAULT_SEED", random.randrange(2**32)))
SECONDS = 3 if os.environ.get("FAULT_SHORT") else 6
print(f"# seed {SEED}", flush=True)

folder, luck = tempfile.mkdtemp(prefix="khoacu-disk-"), Luck()
os.chmod(folder, 0o755)
limited = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=160m,mode=755", "tmpfs", folder], capture_output=True, check=False).returncode == 0
done = subprocess.run([CLUSTER, "start"], env={**os.environ, **luck.env, "TMPDIR": folder, "KHOACU_TEST_FSYNC": "on"}, capture_output=True,
                      text=True, check=True)
own = os.environ["TEST_PGHOST"] = done.stdout.strip()


@atexit.register
def _away():
    subprocess.run([CLUSTER, "stop", own], check=False, capture_output=True)
    if limited:
        subprocess.run(["umount", "-l", folder], check=False)
    shutil.rmtree(folder, ignore_errors=True)


from crowd import Crowd  # noqa: E402
from hall import Hall  # noqa: E402
from harness import BINARY, Server, allowed, conninfo, environment, finish, psql, skip, step  # noqa: E402

with open(os.path.join(ROOT, "sql", "roles", "roles.sql"), encoding="utf-8") as roles:
    psql(roles.read(), "postgres")
psql("CREATE DATABASE khoacu_template OWNER khoacu_owner", "postgres")
subprocess.run([BINARY, "migrate"], env=environment(DB=conninfo("khoacu_template")), check=True, capture_output=True)

server = Server(WORKER="off", LOG_LEVEL="error")
hall = Hall(server, candidates=8, items=12, room_size=4)

with step("fault 12: when a sync takes 50 ms instead of a tenth, saves take a little longer, and what only reads does not"):
    crowd = Crowd([server], hall, hall.shift("S12"), SEED, "slow")
    slowest = 0.0
    with crowd:
        crowd.wait_for(20)
        crowd.history.note_fault("a sync takes 50 ms longer")
        luck.sync_us = 50000
        until = time.monotonic() + SECONDS
        while time.monotonic() < until:
            began = time.monotonic()
            assert crowd.senders[0].sitter.get("/api/v1/clock").status == 200
            slowest = max(slowest, time.monotonic() - began)
            time.sleep(0.05)
        luck.good()
        crowd.wait_for(20)
    longest = crowd.judge()
    print(f"# I10: the slowest reading took {slowest * 1000:.0f} ms, the longest save {longest * 1000:.0f} ms", flush=True)
    assert slowest < allowed(0.5) and longest < allowed(3), (slowest, longest)

if not limited:
    skip("fault 10: a full disk", "no right to mount a file system")
    finish()

with step("fault 10: on a full disk nothing is acknowledged that is not there; when there is room again all goes on"):
    crowd = Crowd([server], hall, hall.shift("S10"), SEED, "full", pause_s=0.0)
    filler = os.path.join(folder, "filler")
    with crowd:
        crowd.wait_for(50)
        crowd.history.note_fault("the disk of the database is full")
        with open(filler, "wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(65536))
        server.psql_failed = False
        until = time.monotonic() + 25
        # what is written already has room; a larger table and the next file of the log do not
        while time.monotonic() < until and not server.psql_failed:
            with contextlib.suppress(RuntimeError):
                server.psql("CREATE TABLE IF NOT EXISTS public.more (t text); INSERT INTO public.more SELECT repeat(md5(random()::text), 30) "
                            "FROM generate_series(1, 20000)")
                continue
            server.psql_failed = True
        assert server.psql_failed, "the disk is not full"
        time.sleep(SECONDS)
        os.unlink(filler)
        crowd.history.note_fault("there is room again")
        with contextlib.suppress(RuntimeError):
            server.psql("DROP TABLE IF EXISTS public.more")
        try:
            psql("SELECT 1", "postgres")
        except RuntimeError:
            subprocess.run([CLUSTER, "recover", own], check=True, capture_output=True)
        crowd.wait_for(50, 60)
    doubts = sum(event[5] == "unknown" for event in crowd.history.events)
    print(f"# I11: {doubts} saves were told «later» or nothing", flush=True)
    crowd.judge()

finish()
