"""All servers are killed at once in the middle of saves and stay away: the lost time is given back, once, to the second; a deadline that
passes meanwhile costs nobody anything (I6), and what was acknowledged is there (I1)."""

import math
import os
import random
import sys
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "http"))
from crowd import Crowd  # noqa: E402
from hall import Hall  # noqa: E402
from harness import Server, finish, step  # noqa: E402

SEED = int(os.environ.get("FAULT_SEED", random.randrange(2**32)))
AWAY_S, MORE_S, LEFT_S, BEAT_S = 12.5, 60, 60, 1.0  # the sign of life comes each second
print(f"# seed {SEED}", flush=True)

servers = [Server(LOG_LEVEL="error")]
servers.append(Server(database=servers[0].database, key_file=servers[0].key_file, LOG_LEVEL="error"))
hall = Hall(servers[0], candidates=8, items=8, room_size=4)
shift, short = hall.shift(candidates=[0, 1, 2, 3, 4, 5]), hall.shift("S2", candidates=[7])
hurried = hall.client(7, servers[1]).open()
crowd = Crowd(servers, hall, shift, SEED, "outage")


def clock(number):
    rows = servers[0].psql(f"SELECT held_s, extract(epoch FROM closes_at), state FROM khoacu.sitting WHERE sitting_id = {(short if number == 7 else shift).sittings[number][1]}")
    return int(rows[0][0]), float(rows[0][1]), rows[0][2]


with step("both servers die in the middle of saves and come back together; nobody was closed, and all who worked have what was lost, to the second"):
    with crowd:
        crowd.wait_for(20)
        time.sleep(1.5)
        before = {number: clock(number) for number in range(6)}
        short.move_deadline(7, LEFT_S)
        closes = clock(7)[1]
        for server in servers:
            server.kill()
        gone = time.time()
        crowd.history.note_fault(f"all servers are away for {AWAY_S} s")
        time.sleep(AWAY_S)
        # as if another minute had passed: for the sign of life, and for her whose end comes meanwhile
        [[sign]] = servers[0].psql("SELECT extract(epoch FROM beat_at) FROM khoacu.service_beat")
        servers[0].psql(f"UPDATE khoacu.service_beat SET beat_at = beat_at - interval '{MORE_S} s', boot_ms = boot_ms - {MORE_S * 1000}; SET session_replication_role = replica; "
                        f"UPDATE khoacu.shift SET starts_at = starts_at - interval '{MORE_S} s'; UPDATE khoacu.sitting SET started_at = started_at - interval '{MORE_S} s'; "
                        f"UPDATE khoacu.sitting SET closes_at = closes_at - interval '{MORE_S} s' WHERE sitting_id = {short.sittings[7][1]}")
        starting = [threading.Thread(target=server.start) for server in servers]
        for thread in starting:
            thread.start()
        for thread in starting:
            thread.join()
        crowd.wait_for(20)
    [given_at] = servers[0].psql("SELECT DISTINCT extract(epoch FROM applied_at) FROM khoacu.sitting_adjustment_effect WHERE kind = 'outage'")
    lost, whole = float(given_at[0]) - gone + MORE_S, math.ceil(float(given_at[0]) - float(sign) + MORE_S + 0.05)  # since the kill, since the last sign
    for number in range(6):
        held, moved, state = clock(number)
        given = held - before[number][0]
        assert state == "open" and round(moved - before[number][1]) == given and lost <= given <= whole, (SEED, number, given, lost, whole)
    held, moved, state = clock(7)
    left = moved - float(given_at[0])
    print(f"# I6: {lost:.1f} s were lost and {given} given back; {closes - gone:.1f} s were left to whose end passed meanwhile, and {left:.1f} are", flush=True)
    assert state == "open" and closes - gone <= left <= closes - float(sign) + 1.05, (SEED, left, closes - gone, closes - float(sign))
    hurried = hall.client(7, servers[0]).open()
    assert hurried.save(1, 1, hurried.option(1)).status == 200
    crowd.judge()

with step("it was given once, by the service itself"):
    rows = servers[0].psql("SELECT kind, requested_by IS NULL, count(*) FROM khoacu.sitting_adjustment GROUP BY 1, 2")
    assert rows == [["outage", "t", "2"]], rows  # one a shift

finish()
