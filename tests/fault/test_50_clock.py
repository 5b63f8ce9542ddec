"""Fault 15: the clock of one of two servers is wrong by an hour or a day, and is stepped in the middle: nobody's time moves."""

import datetime
import os
import random
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "http"))
from crowd import Crowd  # noqa: E402
from hall import Hall  # noqa: E402
from harness import Server, finish, step  # noqa: E402
from luck import Luck, unlucky  # noqa: E402

SEED = int(os.environ.get("FAULT_SEED", random.randrange(2**32)))
PAUSE = 0.6 if os.environ.get("FAULT_SHORT") else 2
print(f"# seed {SEED}", flush=True)

luck = Luck()
luck.clock_us = 3600 * 10**6
servers = [Server(WORKER="off", LOG_LEVEL="error")]
servers.append(Server(database=servers[0].database, key_file=servers[0].key_file, WORKER="off", LOG_LEVEL="error"))
unlucky(servers[1], luck)
hall = Hall(servers[0], candidates=8, items=8, room_size=4)

with step("a server whose clock is an hour wrong tells the time of the database"):
    client = hall.client(7, servers[1])
    asked, clock = time.time(), client.get("/api/v1/clock").json["server_now"]
    told = datetime.datetime.fromisoformat(clock.replace("Z", "+00:00")).timestamp()
    assert asked - 2 < told < time.time() + 2, (clock, time.time())

crowd = Crowd(servers, hall, hall.shift(candidates=[0, 1, 2, 3, 4, 5]), SEED, "clock")
with step("saves go on while that clock jumps by hours and days, forth and back; no end moves by a second (I6)"):
    with crowd:
        for hours in (1, -1, 24, -24 * 30, 0):
            crowd.history.note_fault(f"the clock of server 1 is wrong by {hours} h")
            luck.clock_us = hours * 3600 * 10**6
            crowd.wait_for(20)
            time.sleep(PAUSE)
    crowd.judge()

with step("whose time is over is refused by the server whose clock says that there is an hour left, and the other way round"):
    shift = hall.shift("S2", candidates=[6, 7])
    late = [hall.client(number, servers[1]).open() for number in (6, 7)]
    assert all(sitter.save(1, 1, sitter.option(1)).status == 200 for sitter in late)
    shift.move_deadline(6, -30)
    luck.clock_us = -3600 * 10**6
    reply = late[0].save(1, 2, late[0].option(1, 1))
    assert reply.status != 200 or reply.json["outcome"] not in ("recorded", "repeated"), reply
    luck.clock_us = 2 * 3600 * 10**6
    assert late[1].save(1, 2, late[1].option(1, 1)).status == 200
    counted = [row for row in shift.rows(6) if row[1] == 2]
    print(f"# I6 {'holds' if not counted else 'DOES NOT HOLD'}: {reply.status}", flush=True)
    assert not counted

finish()
