"""Fault 34: two servers are ended and started again in turn while everybody saves: no save is lost, nobody is logged out or told
anything but «saved» and «try the other one»."""

import os
import random
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "http"))
from crowd import Crowd, wait_until_ready  # noqa: E402
from hall import Hall  # noqa: E402
from harness import Server, allowed, finish, step  # noqa: E402

SEED = int(os.environ.get("FAULT_SEED", random.randrange(2**32)))
ROUNDS = 1 if os.environ.get("FAULT_SHORT") else 3
print(f"# seed {SEED}", flush=True)

servers = [Server(WORKER="off", LOG_LEVEL="error")]
servers.append(Server(database=servers[0].database, key_file=servers[0].key_file, WORKER="off", LOG_LEVEL="error"))
hall = Hall(servers[0], candidates=10, items=12, room_size=4)
crowd = Crowd(servers, hall, hall.shift(), SEED, "rolling")

with step("each server ends in order and comes back while ten candidates save"):
    with crowd:
        crowd.wait_for(50)
        for _ in range(ROUNDS):
            for server in servers:
                crowd.history.note_fault(f"SIGTERM of server {servers.index(server)}")
                began = time.monotonic()
                assert server.stop() == 0
                print(f"# ended in {time.monotonic() - began:.1f} s", flush=True)
                crowd.wait_for(20)
                server.start()
                crowd.wait_for(50)
    wait_until_ready(servers)

with step("nothing acknowledged is lost, nobody waited longer than five seconds for a save"):
    crowd.before = [{"threads": 99, "descriptors": 999, "KiB": 10**6}] * 2  # other processes by now
    longest = crowd.judge()
    assert longest < allowed(5), longest

with step("no request of them failed on a server's side"):
    strange = {event[5] for event in crowd.history.events} - {"acknowledged", "unknown"}
    assert not strange, strange

finish()
