"""Seeded nonsense against every route, signed in with every right: the server never fails, never hangs, never dies.

NOISE_SEED=… sows another nonsense, NOISE_ROUNDS=… makes it longer.
"""

import json
import os
import random
import socket
import time

from harness import Client, Server, allowed, finish, make_all_roles, plant_candidate, step
from routes import fill, routes

SEED = int(os.environ.get("NOISE_SEED", "2026"))
ROUNDS = int(os.environ.get("NOISE_ROUNDS", "30"))
rng = random.Random(SEED)
server = Server()
code = plant_candidate(server)
people = list(make_all_roles(server).values())
candidate = Client(server).sign_in_candidate("TS-0001", code)

TEXTS = ["", " ", "0", "-1", "9" * 30, "null", "A" * 3000, "'; DROP TABLE khoacu.staff; --", "%00", "../../etc/passwd", "<script>", "\u0000",
         "\ud83d\ude00" * 50, "é" * 200, "0" * 15 + "1", "f" * 16, "THU-2026", "2026-02-30", "1e999", "\u202e", "=1+1", "true", "[]", "{}"]
KEYS = ["login_name", "password", "cycle", "roll_number", "access_code", "code", "title_vi", "seq", "choice", "flagged", "reason", "cause", "status",
        "value", "revision", "verdict", "order", "topics", "bank", "minutes", "starts_at", "scope", "examiners", "confirm", "birth_date", "form_id"]


def value(depth=0):
    kind = rng.randrange(8 if depth < 3 else 5)
    return [lambda: rng.choice(TEXTS), lambda: rng.randrange(-10, 10), lambda: rng.choice([2**31, 2**53, 2**63 - 1, -2**63]), lambda: None,
            lambda: rng.random() < 0.5, lambda: [value(depth + 1) for _ in range(rng.randrange(5))], lambda: thing(depth + 1),
            lambda: rng.choice(TEXTS)][kind]()


def thing(depth=0):
    return {rng.choice(KEYS): value(depth) for _ in range(rng.randrange(6))}


def body():
    data = json.dumps(thing() if rng.random() < 0.8 else value(), ensure_ascii=rng.random() < 0.5).encode("utf-8", "surrogatepass")
    for _ in range(rng.randrange(3) if rng.random() < 0.4 else 0):
        if data:
            at = rng.randrange(len(data))
            data = data[:at] + bytes([rng.randrange(256)]) * rng.randrange(3) + data[at + rng.randrange(3):]
    return data


def csv():
    head = "login_name,full_name,unit,roles,roll_number,birth_date,post_code,post_title,agency_code,agency_name,quota,code,topic,stem,key".split(",")
    rows = [rng.sample(head, rng.randrange(1, len(head)))] + [[rng.choice(TEXTS) for _ in range(rng.randrange(8))] for _ in range(rng.randrange(5))]
    text = rng.choice(["\n", "\r\n"]).join(rng.choice([",", ";"]).join(row) for row in rows)
    return text.encode("utf-8", "surrogatepass")


def quoted(text):
    return "".join(c if c.isalnum() and c.isascii() else "".join(f"%{b:02X}" for b in c.encode("utf-8", "surrogatepass")) for c in text)


def noisy_path(path):
    for name in ("id", "code", "cycle_code", "position", "blind_id", "kind"):
        if "{" + name + "}" in path and rng.random() < 0.7:
            path = path.replace("{" + name + "}", quoted(rng.choice(TEXTS)[:100]) or "x")
    path = fill(path)
    if rng.random() < 0.5:
        path += "?" + "&".join(f"{rng.choice(['limit', 'after', 'q', 'page', 'dry_run', 'cycle', 'bank', 'state', 'version', 'room'])}="
                               f"{quoted(rng.choice(TEXTS)[:150])}" for _ in range(rng.randrange(4)))
    return path


for method, path, permission, _, name, kind in routes():
    if name in ("login_delete", "candidate_login_delete", "login_post", "password_put"):
        continue  # they end the log-ins that the rest of this needs, or take a third of a second each
    with step(f"{name} answers {ROUNDS} nonsensical requests"):
        for _ in range(ROUNDS):
            client = candidate if permission == "candidate" else rng.choice(people)
            headers = {"If-None-Match": rng.choice(TEXTS[:6])} if rng.random() < 0.1 else {}
            data, content_type = (None, None)
            if kind != "NO_BODY":
                data, content_type = (csv(), "text/csv") if kind.startswith("CSV") else (body(), "application/json")
            reply = client.request(method, noisy_path(path), data=data, content_type=content_type, headers=headers)
            assert reply.status < 500, reply
            if reply.status == 429:
                time.sleep(0.2)

# ---- below HTTP ----


def raw(data, wait=1.0):
    """Sends bytes as they are; gives what comes back until the server closes or is silent."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=wait) as connection:
        answer = b""
        try:
            connection.sendall(data)
            while chunk := connection.recv(65536):
                answer += chunk
        except (socket.timeout, ConnectionError):
            pass
    return answer


HOST = b"Host: x\r\n"
SMUGGLED = b"GET /api/v1/staff HTTP/1.1\r\n" + HOST + b"\r\n"
POST = b"POST /api/v1/logins HTTP/1.1\r\n" + HOST + b"X-Khoacu: 1\r\nContent-Type: application/json\r\n"
for what, data in {
    "a length and a transfer coding": POST + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "two different lengths": POST + b"Content-Length: 2\r\nContent-Length: 60\r\n\r\n{}" + SMUGGLED,
    "a negative length": POST + b"Content-Length: -1\r\n\r\n{}",
    "a length with a sign": POST + b"Content-Length: +2\r\n\r\n{}",
    "a length that overflows": POST + b"Content-Length: 18446744073709551618\r\n\r\n{}",
    "an unknown transfer coding": POST + b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n" + SMUGGLED,
    "a transfer coding in disguise": POST + b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n" + SMUGGLED,
}.items():
    with step(f"a request with {what} is refused and nothing behind it is served"):
        answer = raw(data)
        statuses = [line.split()[1] for line in answer.split(b"\r\n") if line.startswith(b"HTTP/1.")]
        # The library sends the head of its own refusals twice (0.9.75); what counts is that the second request finds nobody.
        assert set(statuses) <= {b"400", b"413", b"501"}, answer

with step("bytes that are no HTTP at all are dropped"):
    for _ in range(60):
        raw(bytes(rng.randrange(256) for _ in range(rng.randrange(300))) + b"\r\n\r\n", wait=0.2)
    for data in (b"\r\n" * 1000, b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"GET / HTTP/1.1\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
                 b"GET " + b"/" * 9000 + b" HTTP/1.1\r\n" + HOST + b"\r\n", b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 3000 + b"\r\n"):
        raw(data, wait=0.3)

with step("a slow client holds up nobody"):
    slow = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(200)]
    for connection in slow:
        connection.sendall(POST + b"Content-Length: 100\r\n\r\n{")
    began = time.monotonic()
    for _ in range(20):
        assert Client(server).get("/api/v1/clock").status == 200
    assert time.monotonic() - began < allowed(2)
    for connection in slow:
        connection.close()

with step("the server is alive and well after all this"):
    assert server.process.poll() is None and server.admin("/readyz")[0] == 200
    assert people[0].get("/api/v1/logins/current").status in (200, 429)
    assert "assert" not in server.log().lower()

finish()
