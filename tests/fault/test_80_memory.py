"""Fault 37: a server that finds no memory now and then, also in the middle of a save: an honest failure or its end, never a false «saved»."""

import os
import random
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "http"))
from crowd import Crowd, wait_until_ready  # noqa: E402
from hall import Hall  # noqa: E402
from harness import Server, finish, step  # noqa: E402
from luck import Luck, unlucky  # noqa: E402

SEED = int(os.environ.get("FAULT_SEED", random.randrange(2**32)))
SECONDS = 4 if os.environ.get("FAULT_SHORT") else 12
print(f"# seed {SEED}", flush=True)

luck = Luck()
servers = [Server(WORKER="off", LOG_LEVEL="error")]
servers.append(Server(database=servers[0].database, key_file=servers[0].key_file, WORKER="off", LOG_LEVEL="error"))
unlucky(servers[1], luck)
hall = Hall(servers[0], candidates=8, items=12, room_size=4)
crowd = Crowd(servers, hall, hall.shift(), SEED, "memory")
ends, over = [0], threading.Event()


def supervise():
    """Starts the server again, with good luck until it is up, as whoever runs it would."""
    while not over.is_set():
        if servers[1].process.poll() is not None:
            ends[0] += 1
            luck.allocation = 0
            servers[1].kill()
            servers[1].start()
            luck.allocation = 11
        time.sleep(0.05)


with step("eight candidates save while every 11th allocation of one server fails"):
    supervisor = threading.Thread(target=supervise)
    with crowd:
        supervisor.start()
        crowd.wait_for(20)
        crowd.history.note_fault("every 11th allocation fails")
        luck.allocation = 11
        time.sleep(SECONDS)
        luck.good()
        over.set()
        supervisor.join()
        luck.good()
        wait_until_ready(servers)
        crowd.wait_for(50)
    print(f"# I11: the server ended {ends[0]} times", flush=True)

with step("every acknowledged answer is there, nothing else is"):
    crowd.before = [{"threads": 99, "descriptors": 999, "KiB": 10**6}] * 2  # another process by now
    crowd.judge()

finish()
