"""The checker on live runs with a bug planted in each: a row that is dropped, a number that is used twice, an acknowledgement before
the commit is on the disk. A checker that lets one of them pass is worth nothing."""

import os
import random
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "http"))
from crowd import Crowd, wait_until_ready  # noqa: E402
from hall import Hall, canonical  # noqa: E402
from harness import PGHOST, ROOT, Server, finish, step  # noqa: E402

SEED = int(os.environ.get("FAULT_SEED", random.randrange(2**32)))
print(f"# seed {SEED}", flush=True)
server = Server(WORKER="off", LOG_LEVEL="error")
hall = Hall(server, candidates=4, items=6, room_size=2)


def run(code):
    crowd = Crowd([server], hall, hall.shift(code), SEED, f"planted-{code}")
    with crowd:
        crowd.wait_for(60)
    assert not any(crowd.verdicts().values()), "the run must hold before the bug is planted"
    return crowd


def must_catch(crowd, name, bug):
    found = crowd.verdicts()[name]
    print(f"# {bug}: {name} {'is caught: ' + found[0] if found else 'IS NOT CAUGHT'}", flush=True)
    assert found, (SEED, bug)


with step("a dropped row is caught (I1)"):
    crowd = run("S1")
    server.psql("SET session_replication_role = replica; DELETE FROM khoacu.response WHERE ctid = "
                "(SELECT ctid FROM khoacu.response ORDER BY random() LIMIT 1)")
    must_catch(crowd, "I1", "one row deleted behind the server's back")

with step("a number that is acknowledged twice with different answers is caught (I1)"):
    crowd = run("S2")
    sender, event = crowd.senders[0], next(e for e in reversed(crowd.history.events) if e[0] == 0 and e[5] == "acknowledged")
    shown = next(p for p in range(1, hall.items + 1) if canonical(sender.sitter.item(p))[0] == event[1])
    server.psql(f"SET session_replication_role = replica; DELETE FROM khoacu.response WHERE sitting_id = {crowd.shift.sittings[0][1]} "
                f"AND position = {event[1]} AND seq = {event[2]}")
    place = next(i for i in range(hall.options) if canonical(sender.sitter.item(shown), sender.sitter.option(shown, i))[1] != event[3])
    option = sender.sitter.option(shown, place)
    assert sender.sitter.save(shown, event[2], option).status == 200
    crowd.history.events.append((0, event[1], event[2], canonical(sender.sitter.item(shown), option)[1], False, "acknowledged"))
    must_catch(crowd, "I1", "a number given out again")

with step("a row with a number that no client gave is caught (I2, I3)"):
    crowd = run("S3")
    server.psql(f"SET session_replication_role = replica; UPDATE khoacu.response SET seq = seq + 5000 WHERE ctid = "
                f"(SELECT ctid FROM khoacu.response WHERE sitting_id = {crowd.shift.sittings[1][1]} LIMIT 1)")
    must_catch(crowd, "I2", "a number changed")
    must_catch(crowd, "I3", "a number changed")

with step("an acknowledgement before the commit is on the disk is caught when the database is killed (I1)"):
    server.psql("ALTER TABLE khoacu.response SET UNLOGGED")
    crowd = run("S4")
    subprocess.run([os.path.join(ROOT, "tests", "cluster.sh"), "kill", PGHOST], check=True)
    wait_until_ready([server])
    must_catch(crowd, "I1", "a table that a crash empties")

finish()
