"""Faults 22–25: cables pulled, peers that send and read byte by byte, requests without end, nonsense: those who save do not notice."""

import os
import random
import socket
import struct
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "http"))
from crowd import Crowd, resources  # noqa: E402
from hall import Hall  # noqa: E402
from harness import Server, allowed, eventually, finish, skip, step  # noqa: E402

SEED = int(os.environ.get("FAULT_SEED", random.randrange(2**32)))
SECONDS = 4 if os.environ.get("FAULT_SHORT") else 10
PEERS = 200
BEGUN = b"PUT /api/v1/sittings/1/responses/1 HTTP/1.1\r\nHost: x\r\nX-Khoacu: 1\r\nContent-Type: application/json\r\nContent-Length: 200\r\n\r\n"
print(f"# seed {SEED}", flush=True)

server = Server(WORKER="off", LOG_LEVEL="error", REQUEST_S=4)
hall = Hall(server, candidates=10, items=12, room_size=5)
calm = resources(server)


def peer():
    sock = socket.create_connection(("127.0.0.1", server.port))
    sock.settimeout(5)
    return sock


def p99(times):
    times = sorted(times)
    return times[int(len(times) * 0.99)] * 1000


with step("fault 23: two hundred peers that write and read byte by byte do not move the saves of the others (I10)"):
    crowd = Crowd([server], hall, hall.shift("S23"), SEED, "slow-peers")
    with crowd:
        time.sleep(SECONDS / 2)
        crowd.wait_for(50)
        quiet = crowd.take_times()
        crowd.history.note_fault(f"{PEERS} slow peers")
        attackers = subprocess.Popen([sys.executable, os.path.join(os.path.dirname(os.path.abspath(__file__)), "slow_peers.py"), str(server.port),
                                      str(PEERS)], stdout=subprocess.PIPE)
        attackers.stdout.readline()  # all are connected
        crowd.take_times()
        time.sleep(SECONDS)
        crowd.wait_for(50)
        attacked = crowd.take_times()
        attackers.terminate()
        attackers.wait()
    print(f"# I10: p99 of a save {p99(quiet):.1f} ms before ({len(quiet)}), {p99(attacked):.1f} ms under attack ({len(attacked)}); "
          f"the attackers share the machine", flush=True)
    assert p99(attacked) < max(allowed(100), 5 * p99(quiet)), (SEED, p99(quiet), p99(attacked))
    crowd.judge()

with step("and they are gone after it: descriptors and memory are as before (I10)"):
    until = time.monotonic() + 30
    while resources(server)["descriptors"] > calm["descriptors"] + 60 and time.monotonic() < until:
        time.sleep(0.5)
    now = resources(server)
    print(f"# I10: {calm} became {now}", flush=True)
    assert now["descriptors"] <= calm["descriptors"] + 60 and now["KiB"] < calm["KiB"] + 65536

try:
    probe = socket.socket()
    probe.setsockopt(socket.IPPROTO_TCP, 19, 1)  # TCP_REPAIR: closed in it, a connection vanishes without a word
    probe.close()
    silent = True
except OSError:
    silent = False
if not silent:
    skip("fault 22: a pulled cable", "no right to make a connection vanish")
else:
    with step("fault 22: a hundred peers whose cable is pulled in the middle of a request are let go"):
        before = resources(server)["descriptors"]
        for _ in range(100):
            sock = peer()
            sock.sendall(BEGUN + b"{")
            time.sleep(0.002)
            sock.setsockopt(socket.IPPROTO_TCP, 19, 1)
            sock.close()
        held = eventually(lambda: (lambda now: now >= before + 90 and now)(resources(server)["descriptors"]), 10)
        assert held, (before, resources(server))
        until = time.monotonic() + 20
        while resources(server)["descriptors"] > before + 5 and time.monotonic() < until:
            time.sleep(0.5)
        now = resources(server)["descriptors"]
        print(f"# I10: {before} descriptors, {held} with those who vanished, {now} after", flush=True)
        assert now <= before + 5

SAVE = b"PUT /api/v1/sittings/%016x/responses/1 HTTP/1.1\r\nHost: x\r\nX-Khoacu: 1\r\nContent-Type: application/json\r\n"
LOGIN = b"POST /api/v1/candidate-logins HTTP/1.1\r\nHost: x\r\nX-Khoacu: 1\r\nContent-Type: application/json\r\n"


def body(text):
    return LOGIN + b"Content-Length: %d\r\n\r\n" % len(text) + text


TOO_LARGE = {
    "an address of 60 KB": b"GET /" + b"a" * 60000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
    "a header of 100 KB": b"GET /api/v1/clock HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 100000 + b"\r\n\r\n",
    "ten thousand headers": b"GET /api/v1/clock HTTP/1.1\r\nHost: x\r\n" + b"".join(b"X%d: a\r\n" % i for i in range(10000)) + b"\r\n",
    "a body of 10 MB announced": LOGIN + b"Content-Length: 10000000\r\n\r\n" + b"a" * 100000,
    "a body longer than any number": LOGIN + b"Content-Length: 99999999999999999999999\r\n\r\n",
    "chunks without end": LOGIN + b"Transfer-Encoding: chunked\r\n\r\n" + b"1000\r\n" + b"a" * 4096 + b"\r\n" + (b"1000\r\n" + b"a" * 4096 + b"\r\n") * 50,
    "a million brackets": body(b"[" * 3000),
    "a number of 3,000 digits": body(b'{"roll_number":' + b"9" * 3000 + b"}"),
}
MALFORMED = {
    "not JSON": body(b"{"), "a comma too many": body(b'{"roll_number":"a","access_code":"b",}'), "UTF-8 cut short": body(b'{"roll_number":"\xe1\xba","access_code":"b"}'),
    "an overlong slash": body(b'{"roll_number":"\xc0\xaf","access_code":"b"}'), "a NUL": body(b'{"roll_number":"a\\u0000","access_code":"b"}'),
    "a raw NUL": body(b'{"roll_number":"a\x00","access_code":"b"}'), "half a surrogate": body(b'{"roll_number":"\\ud800","access_code":"b"}'),
    "a name twice": body(b'{"roll_number":"a","roll_number":"b","access_code":"c"}'), "a line feed for the log": body(b'{"roll_number":"a\\nts=1 level=error","access_code":"b"}'),
    "a bad escape in the address": b"GET /api/v1/%zz HTTP/1.1\r\nHost: x\r\n\r\n", "no address": b"GET\r\n\r\n", "two lengths": LOGIN + b"Content-Length: 2\r\nContent-Length: 3\r\n\r\n{}",
    "a length and chunks": LOGIN + b"Content-Length: 2\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
}


def status_of(request):
    """The status of the first reply; 0: closed without one."""
    sock = peer()
    try:
        sock.sendall(request)
        reply = sock.recv(4096)
    except OSError:
        reply = b""
    sock.close()
    return int(reply[9:12]) if reply[:9] == b"HTTP/1.1 " else 0


with step("faults 24 and 25: what is too large, too deep or malformed gets a 4xx or the end of its connection, in constant memory (I10, I11)"):
    before, seen = resources(server), {}
    for _ in range(5):
        for name, request in {**TOO_LARGE, **MALFORMED}.items():
            seen[name] = status_of(request)
    wrong = {name: status for name, status in seen.items() if status != 0 and not 400 <= status < 500 and status != 501}
    now = resources(server)
    print(f"# I11: {seen}\n# I10: {before} became {now}", flush=True)
    assert not wrong, wrong
    assert now["KiB"] < before["KiB"] + 16384 and server.process.poll() is None
    assert not any(line.startswith("ts=1 ") for line in server.log().splitlines()), "a client wrote a line of the log"

finish()
