"""Faults 8, 9, 13 and 14 between server and database: answers to COMMIT that are lost, statements that are cancelled, a lock that is
held long, a pool that is exhausted."""

import contextlib
import os
import random
import select
import socket
import subprocess
import sys
import tempfile
import threading
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "http"))
from crowd import Crowd  # noqa: E402
from hall import Hall  # noqa: E402
from harness import PGHOST, Client, Server, allowed, conninfo, eventually, finish, step  # noqa: E402

SEED = int(os.environ.get("FAULT_SEED", random.randrange(2**32)))
SECONDS = 3 if os.environ.get("FAULT_SHORT") else 8
print(f"# seed {SEED}", flush=True)
draw = random.Random(SEED)


class Proxy:
    """Between server and PostgreSQL: on demand the next answer of the database is dropped, and its connection with it."""

    def __init__(self):
        self.folder = tempfile.mkdtemp(prefix="khoacu-proxy-")
        os.chmod(self.folder, 0o755)
        self.listener, self.drop, self.dropped = socket.socket(socket.AF_UNIX), threading.Event(), 0
        path = os.path.join(self.folder, ".s.PGSQL.5432")
        self.listener.bind(path)
        os.chmod(path, 0o777)
        self.listener.listen(64)
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self):
        while True:
            front, _ = self.listener.accept()
            back = socket.socket(socket.AF_UNIX)
            back.connect(os.path.join(PGHOST, ".s.PGSQL.5432"))
            threading.Thread(target=self._carry, args=(front, back, False), daemon=True).start()
            threading.Thread(target=self._carry, args=(back, front, True), daemon=True).start()

    def _carry(self, source, target, answers):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if answers and self.drop.is_set():
                    self.drop.clear()
                    self.dropped += 1
                    break
                target.sendall(data)
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


server = Server(WORKER="off", LOG_LEVEL="error", WORKERS=2)
hall = Hall(server, candidates=10, items=12, room_size=4)

with step("fault 8: answers to COMMIT are lost with their connections: in doubt is not lost, and twice is once"):
    proxy = Proxy()
    server.stop()
    server.env["KHOACU_DB"] = conninfo(server.database).replace(PGHOST, proxy.folder)
    server.start()
    crowd = Crowd([server], hall, hall.shift("S8"), SEED, "commit")
    with crowd:
        until = time.monotonic() + SECONDS
        while time.monotonic() < until or proxy.dropped <= 3:
            crowd.history.note_fault("the next answer of the database is dropped")
            proxy.drop.set()
            time.sleep(0.2 + draw.random() * 0.5)
        proxy.drop.clear()
        crowd.wait_for(20)
    print(f"# {proxy.dropped} answers dropped", flush=True)
    assert proxy.dropped > 3
    crowd.judge()
    server.stop()
    server.env["KHOACU_DB"] = conninfo(server.database)
    server.start()

with step("fault 9: statements cancelled while they wait are not acknowledged, and those who sent them come again"):
    crowd = Crowd([server], hall, hall.shift("S9"), SEED, "cancel")
    with crowd:
        crowd.history.note_fault("pg_cancel_backend, fifty times a second")
        cancelled = server.psql(f"""SET statement_timeout = 0; CREATE TEMP TABLE cancelled (n bigint);
            DO $$ DECLARE n bigint := 0; hit bigint; BEGIN FOR i IN 1..{SECONDS * 50} LOOP PERFORM pg_stat_clear_snapshot();
              SELECT count(pg_cancel_backend(pid)) INTO hit FROM pg_stat_activity
               WHERE application_name = 'khoacu-server' AND state = 'active' AND query LIKE '%responses_record%';
              n := n + hit; PERFORM pg_sleep(0.02); END LOOP; INSERT INTO cancelled VALUES (n); END $$; SELECT n FROM cancelled""")
        crowd.wait_for(20)
    print(f"# {cancelled[-1][0]} cancellations", flush=True)
    crowd.judge()

with step("fault 13: a room that is locked for three seconds holds up saves, not what else is asked; then all are acknowledged"):
    crowd = Crowd([server], hall, hall.shift("S13"), SEED, "lock")
    slowest = 0.0
    with crowd:
        crowd.wait_for(20)
        crowd.history.note_fault("a room is locked for three seconds")
        holder = subprocess.Popen(["psql", "-X", "-q", "-h", PGHOST, "-U", "postgres", "-d", server.database, "-c",
                                   f"BEGIN; SELECT 1 FROM khoacu.room WHERE room_id = {crowd.shift.room_ids[0]} FOR UPDATE; SELECT pg_sleep(3); COMMIT"],
                                  stdout=subprocess.DEVNULL)
        browser = Client(server)
        browser.cookies = dict(crowd.senders[0].sitter.cookies)
        while holder.poll() is None:
            began = time.monotonic()
            assert browser.get("/api/v1/sittings/own").status == 200 and server.admin("/healthz")[0] == 200
            slowest = max(slowest, time.monotonic() - began)
            time.sleep(0.1)
        crowd.wait_for(50)
    print(f"# the slowest other request took {slowest:.2f} s", flush=True)
    assert slowest < min(2.5, allowed(1.5)), slowest
    longest = crowd.judge()
    assert longest < allowed(10), longest

with step("fault 14: when all workers wait for the database, the queue is bounded: 503 at once beyond it, an answer to the rest, no hang"):
    count, cookie = 4300, "; ".join(f"{k}={v}" for k, v in hall.client(0).cookies.items())
    holder = subprocess.Popen(["psql", "-X", "-q", "-h", PGHOST, "-U", "postgres", "-d", server.database, "-c",
                               "BEGIN; LOCK TABLE khoacu.login; SELECT pg_sleep(600)"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    held = "pg_stat_activity WHERE query LIKE '%pg_sleep(600)' AND wait_event = 'PgSleep' AND pid <> pg_backend_pid()"
    assert eventually(lambda: server.psql(f"SELECT 1 FROM {held}"))
    request = f"GET /api/v1/sittings/own HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nCookie: {cookie}\r\nConnection: close\r\n\r\n".encode()
    sockets = []
    for _ in range(count):
        sock = socket.create_connection(("127.0.0.1", server.port))
        sock.sendall(request)
        sockets.append(sock)
    began, waiting, statuses = time.monotonic(), select.poll(), {}
    assert server.admin("/healthz")[0] == 200
    by_number = {sock.fileno(): sock for sock in sockets}
    for number in by_number:
        waiting.register(number, select.POLLIN | select.POLLHUP)

    def take(ms):
        """What has been answered within so long."""
        for number, _ in waiting.poll(ms):
            waiting.unregister(number)
            status = by_number.pop(number).recv(65536)[9:12].decode()
            statuses[status] = statuses.get(status, 0) + 1

    assert eventually(lambda: take(100) or statuses.get("503", 0) >= 50), statuses
    at_once = dict(statuses)
    server.psql(f"SELECT pg_terminate_backend(pid) FROM {held}")
    holder.wait()
    assert eventually(lambda: take(100) or not by_number), f"{len(by_number)} have no answer"
    for sock in sockets:
        sock.close()
    print(f"# I10, I11: {statuses}, {at_once} of them while the database was held; all answered after {time.monotonic() - began:.1f} s", flush=True)
    assert set(at_once) <= {"429", "503"} and set(statuses) <= {"200", "429", "503"}, (at_once, statuses)

finish()
