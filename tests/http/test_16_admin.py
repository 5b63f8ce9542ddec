"""Health, readiness and metrics on the admin port; the end on SIGTERM."""

import re
import threading

from harness import Client, Server, eventually, finish, make_administrator, step

server = Server()
client = Client(server)
password = make_administrator(server)

with step("the process is healthy and ready"):
    assert server.admin("/healthz") == (200, "ok\n")
    assert server.admin("/readyz") == (200, "ready\n")

with step("the admin port gives nothing of the interface, the public port nothing of the admin's"):
    assert server.admin("/api/v1/clock")[0] == 404
    for path in ("/metrics", "/healthz", "/readyz"):
        assert client.get(path).status == 404

with step("requests are counted by route and status, with a histogram that adds up"):
    for _ in range(5):
        client.get("/api/v1/clock")
    client.get("/api/v1/logins/current")
    client.get("/api/v1/nothing")
    client.sign_in("quantri", password)
    # a reply may be here before its request is counted
    assert eventually(lambda: all(f'route="{route}"' in server.admin("/metrics")[1] for route in ("login_get", "login_post")) and
                      'khoacu_requests_total{route="clock_get",status="200"} 5' in server.admin("/metrics")[1])
    status, text = server.admin("/metrics")
    assert status == 200
    assert 'khoacu_requests_total{route="clock_get",status="200"} 5' in text, text
    assert 'khoacu_requests_total{route="login_get",status="401"} 1' in text
    assert 'khoacu_logins_total{kind="staff",outcome="made"} 1' in text
    assert 'khoacu_request_seconds_bucket{route="clock_get",le="+Inf"} 5' in text
    assert 'khoacu_request_seconds_count{route="clock_get"} 5' in text

with step("every line is of the text format, every family has help and type once, no label repeats"):
    families, samples = {}, set()
    for line in text.splitlines():
        if line.startswith("# "):
            kind, name = line.split()[1:3]
            assert (kind, name) not in families, line
            families[(kind, name)] = line
            continue
        match = re.fullmatch(r'([a-z_]+)(\{[a-z_]+="[^"]*"(?:,[a-z_]+="[^"]*")*\})? (\d+(?:\.\d+)?)', line)
        assert match, line
        assert match[1] + (match[2] or "") not in samples, line
        samples.add(match[1] + (match[2] or ""))
        family = re.sub(r"_(bucket|sum|count)$", "", match[1])
        assert ("TYPE", family) in families and ("HELP", family) in families, line

with step("labels are bounded: unknown paths make no new ones"):
    before = len(server.admin("/metrics")[1].splitlines())
    for i in range(50):
        client.get(f"/api/v1/nothing{i}")
    assert len(server.admin("/metrics")[1].splitlines()) == before

with step("on SIGTERM readiness goes, requests under way are finished, the end is clean"):
    statuses, stop = [], threading.Event()

    def ask():
        mine = Client(server)
        while not stop.is_set():
            try:
                statuses.append(mine.get("/api/v1/logins/current").status)
            except OSError:
                break
    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    assert eventually(lambda: len(statuses) >= 8)
    assert server.stop() == 0  # within the time that it has for requests under way
    stop.set()
    for thread in threads:
        thread.join()
    assert statuses and set(statuses) == {401}, set(statuses)

finish()
