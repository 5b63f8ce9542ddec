"""Staff sign in, change their password, are slowed down, are signed out."""

import json
import re
import time

from harness import Client, Server, add_administrator, finish, import_officers, secret, step

server = Server()
second = Server(database=server.database, key_file=server.key_file)
password = add_administrator(server)
administrator = Client(server).sign_in("quantri", password)
passwords = import_officers(administrator, [("can.bo", "Cán Bộ", "Sở", "hr_officer;inspector"), ("an.toan", "An Toàn", "", "examiner")])


def audit(act):
    return server.psql(f"SELECT subject, payload FROM khoacu.audit_event WHERE act = '{act}' ORDER BY occurred_at")


def attempt(client, login_name, word, **kw):
    return client.post("/api/v1/logins", {"login_name": login_name, "password": word}, **kw)


with step("who signs in gets name, roles, permissions and a cookie that no script can read"):
    client = Client(server)
    reply = attempt(client, "can.bo", passwords["can.bo"])
    assert reply.status == 200, reply
    staff = reply.json["staff"]
    assert staff["full_name"] == "Cán Bộ" and staff["roles"] == ["hr_officer", "inspector"], staff
    assert "audit-read" in staff["permissions"] and "accounts" not in staff["permissions"], staff
    cookie = [value for name, value in reply.header_list if name == "set-cookie"]
    assert len(cookie) == 1 and cookie[0].startswith("__Host-khoacu="), cookie
    assert re.search(r"Max-Age=(\d+)", cookie[0])[1] == str(12 * 3600), cookie
    token = client.cookies["__Host-khoacu"]
    assert token not in reply.text

with step("the token stands nowhere in the database, only its SHA-256"):
    import base64
    import hashlib
    raw = base64.urlsafe_b64decode(token + "=")
    assert len(raw) == 32
    rows = server.psql(f"SELECT count(*) FROM khoacu.login WHERE token_sha256 = '\\x{hashlib.sha256(raw).hexdigest()}'")
    assert rows == [["1"]], rows

with step("the log-in is known to every server of the same database"):
    other = Client(second)
    other.cookies = dict(client.cookies)
    reply = other.get("/api/v1/logins/current")
    assert reply.status == 200 and reply.json["staff"]["login_name"] == "can.bo", reply

with step("signing in again over an old log-in ends the old one"):
    old = Client(server)
    old.cookies = dict(client.cookies)
    assert attempt(client, "can.bo", passwords["can.bo"]).status == 200
    assert client.cookies["__Host-khoacu"] != token
    assert old.get("/api/v1/logins/current").status == 401
    assert client.get("/api/v1/logins/current").status == 200

with step("signing out ends the log-in at once on every server and takes the cookie away"):
    other.cookies = dict(client.cookies)
    assert other.get("/api/v1/logins/current").status == 200
    reply = client.delete("/api/v1/logins/current")
    assert reply.status == 204 and not client.cookies, reply
    assert other.get("/api/v1/logins/current").status == 401
    assert [row for row in audit("identity.login_end")]

with step("a wrong password, an unknown name and an impossible name get the same answer"):
    replies = [attempt(Client(server), name, "some wrong password") for name in ("an.toan", "khong.co", "Not A Name!", "x' OR '1'='1")]
    for reply in replies:
        assert reply.status == 401 and reply.code == "wrong-password", reply
    shapes = {json.dumps({k: v for k, v in reply.json.items() if k != "request_id"}) for reply in replies}
    assert len(shapes) == 1, shapes
    assert not [r for r in replies if "set-cookie" in r.headers]

with step("they also take the same time"):
    fresh = Server(database=server.database, key_file=server.key_file, WORKER="off")  # which has counted no sign-in of this address yet

    def measure(name):
        began = time.monotonic()
        assert attempt(Client(fresh), name, "some wrong password").status == 401
        return time.monotonic() - began
    pairs = []
    for _ in range(5):  # in turn, and the quickest of each: what else runs on the machine lengthens any of them
        pairs += [(measure(known), measure(unknown)) for known, unknown in (("an.toan", "khong.co.a"), ("can.bo", "khong.co.b"), ("quantri", "khong.co.c"))]
        server.psql("DELETE FROM khoacu.login_brake")
        known, unknown = (min(times) for times in zip(*pairs))
        if 0.5 < known / unknown < 2:
            break
    fresh.stop()
    assert 0.5 < known / unknown < 2, (known, unknown)

def brake(name, seconds):
    """The wait of a name ends so many seconds from now, however long the requests of this scenario take."""
    server.psql(f"UPDATE khoacu.login_brake SET blocked_until = now() + {seconds} * interval '1 s' WHERE subject = 'staff:{name}'")


def waits():
    """Seconds of the waits that failures brought about, in order."""
    return [json.loads(payload)["d"]["wait_s"] for _, payload in audit("identity.login_refuse")]


with step("the fourth failure in a row makes the account wait, longer each time, and the wait refuses the right password too"):
    server.psql("DELETE FROM khoacu.login_brake")
    before = len(waits())
    for _ in range(4):
        assert attempt(Client(server), "an.toan", "some wrong password").status == 401
    brake("an.toan", 300)
    reply = attempt(Client(server), "an.toan", passwords["an.toan"])
    assert reply.status == 429 and reply.code == "too-many-requests" and 1 <= int(reply.headers["retry-after"]) <= 300, reply.headers
    brake("an.toan", 0)
    assert attempt(Client(server), "an.toan", "some wrong password").status == 401
    brake("an.toan", 300)
    assert attempt(Client(second), "an.toan", passwords["an.toan"]).status == 429
    assert waits()[before:] == [0, 0, 0, 2, 4], waits()[before:]

with step("an unknown name is made to wait likewise"):
    for _ in range(4):
        assert attempt(Client(server), "khong.co", "some wrong password").status == 401
    brake("khong.co", 300)
    assert attempt(Client(server), "khong.co", "some wrong password").status == 429

with step("the wait never passes a minute, ends by itself, and a success forgets the failures"):
    server.psql("UPDATE khoacu.login_brake SET failures = 900, blocked_until = now() WHERE subject = 'staff:an.toan'")
    assert attempt(Client(server), "an.toan", "some wrong password").status == 401
    assert waits()[-1] == 60, waits()[-1]
    brake("an.toan", 0)
    assert attempt(Client(server), "an.toan", passwords["an.toan"]).status == 200
    assert server.psql("SELECT count(*) FROM khoacu.login_brake WHERE subject = 'staff:an.toan'") == [["0"]]

with step("failures are in the audit trail without name and password"):
    rows = audit("identity.login_refuse")
    known_id = server.psql("SELECT lpad(to_hex(staff_id), 16, '0') FROM khoacu.staff WHERE login_name = 'an.toan'")[0][0]
    assert [r for r in rows if r[0] == f"staff:{known_id}"] and [r for r in rows if r[0] == "staff"], rows
    for _, payload in rows:
        assert "wrong password" not in payload and "khong.co" not in payload and "an.toan" not in payload, payload
        assert set(json.loads(payload)["d"]) == {"failures", "wait_s"}, payload

with step("an administrator disables an account with a reason: its log-ins end, it cannot sign in; enabled again it can"):
    client = Client(server).sign_in("an.toan", passwords["an.toan"])
    people = {row["login_name"]: row for row in administrator.pages("/api/v1/staff")}
    state = f"/api/v1/staff/{people['an.toan']['id']}/state"
    assert administrator.put(state, {"state": "disabled"}).status == 400 and administrator.put(state, {"state": "gone", "reason": "x"}).status == 400
    assert administrator.put(state, {"state": "disabled", "reason": "Chuyển công tác."}).status == 204
    assert client.get("/api/v1/logins/current").status == 401
    assert attempt(Client(server), "an.toan", passwords["an.toan"]).status == 401
    reply = administrator.put(state, {"state": "disabled", "reason": "Lần nữa."})
    assert reply.status == 409 and reply.code == "already-so", reply
    assert administrator.put(state, {"state": "active", "reason": "Trở lại."}).status == 204
    own = f"/api/v1/staff/{people['quantri']['id']}"
    for reply in (administrator.put(own + "/state", {"state": "disabled", "reason": "x"}), administrator.post(own + "/password-reset", {"reason": "x"})):
        assert reply.status == 409 and reply.code == "own-account", reply
    assert administrator.post("/api/v1/staff/0000000000000001/password-reset", {"reason": "x"}).status == 404
    assert [r for r in audit("identity.account_disable")] and [r for r in audit("identity.account_enable")]

with step("a password that was set again by another opens nothing but the choice of one's own"):
    client = Client(server).sign_in("an.toan", passwords["an.toan"])
    reply = administrator.post(f"/api/v1/staff/{people['an.toan']['id']}/password-reset", {"reason": "Quên mật khẩu."})
    assert reply.status == 200 and reply.json["login_name"] == "an.toan", reply
    given = secret(reply.json["password"], "a password that was set again")
    assert client.get("/api/v1/logins/current").status == 401 and attempt(Client(server), "an.toan", passwords["an.toan"]).status == 401
    client = Client(server).sign_in("an.toan", given)
    me = client.get("/api/v1/logins/current").json["staff"]
    assert me["password_reset"] is True and me["permissions"] == ["own"], me
    for path in ("/api/v1/imports/officers/template.csv", "/api/v1/audit-events", "/api/v1/cycles"):
        reply = client.get(path)
        assert reply.status == 403 and reply.code == "password-reset", reply
    chosen = secret("một câu mà chỉ mình tôi biết", "a chosen password")
    assert client.put("/api/v1/staff/current/password", {"old_password": given, "new_password": chosen}).status == 204
    me = client.get("/api/v1/logins/current").json["staff"]
    assert me["password_reset"] is False and "staff" in me["permissions"], me
    passwords["an.toan"] = chosen
    assert {row["password_reset"] for row in administrator.pages("/api/v1/staff")} == {False}
    assert [r for r in audit("identity.password_reset") if "Quên" in r[1]], "the reason stands in the trail"

with step("a log-in ends after half an hour without a request, and after twelve hours whatever happens"):
    client = Client(server).sign_in("can.bo", passwords["can.bo"])
    latest = "WHERE created_at = (SELECT max(created_at) FROM khoacu.login)"
    server.psql(f"UPDATE khoacu.login SET last_seen_at = now() - interval '29 minutes' {latest}")
    assert client.get("/api/v1/logins/current").status == 200
    assert server.psql(f"SELECT last_seen_at > now() - interval '1 minute' FROM khoacu.login {latest}") == [["t"]]
    server.psql(f"UPDATE khoacu.login SET last_seen_at = now() - interval '30 minutes 1 second' {latest}")
    assert client.get("/api/v1/logins/current").status == 401
    server.psql(f"UPDATE khoacu.login SET last_seen_at = now() {latest}")
    assert client.get("/api/v1/logins/current").status == 200
    server.psql(f"UPDATE khoacu.login SET expires_at = now() {latest}")
    assert client.get("/api/v1/logins/current").status == 401

with step("roles that are taken away are gone with the next request"):
    client = Client(server).sign_in("can.bo", passwords["can.bo"])
    assert client.get("/api/v1/audit-events").status == 200
    import_officers(administrator, [("can.bo", "Cán Bộ", "Sở", "hr_officer")])
    reply = client.get("/api/v1/audit-events")
    assert reply.status == 403 and reply.code == "not-permitted", reply

# ---- the password ----

server.stop()  # a fast machine signs in oftener than one address may: the count begins anew
server.start()

new = secret("một câu dài dễ nhớ của tôi", "the new password")


def change(client, old, word):
    return client.put("/api/v1/staff/current/password", {"old_password": old, "new_password": word})


with step("a new password must be long and hard to guess, and the answer says which"):
    client = Client(server).sign_in("can.bo", passwords["can.bo"])
    for word, rule in (("short", "length"), ("x" * 257, "length"), ("123456789012345678", "guessable"), ("passwordpassword", "guessable"),
                       ("can.bo-can.bo-can.bo", "guessable"), ("matkhau123456789", "guessable")):
        reply = change(client, passwords["can.bo"], word)
        assert reply.status == 400 and reply.json["errors"][0] | {"path": "new_password", "rule": rule} == reply.json["errors"][0], reply

with step("it needs the old one"):
    reply = change(client, "not the old password", new)
    assert reply.status == 403 and reply.code == "wrong-password", reply

with step("changing it ends one's other log-ins and keeps this one"):
    other = Client(second).sign_in("can.bo", passwords["can.bo"])
    assert change(client, passwords["can.bo"], new).status == 204
    assert client.get("/api/v1/logins/current").status == 200
    assert other.get("/api/v1/logins/current").status == 401
    assert attempt(Client(server), "can.bo", passwords["can.bo"]).status == 401
    assert attempt(Client(server), "can.bo", new).status == 200

with step("a password is used whole: the last of 256 bytes counts"):
    long = secret("".join(chr(97 + (i * 7 + i // 26) % 26) for i in range(256)), "a long password")
    assert change(client, new, long).status == 204
    assert attempt(Client(server), "can.bo", long[:-1] + "#").status == 401
    assert attempt(Client(server), "can.bo", long).status == 200

with step("stored hashes are scrypt with the stated cost"):
    for (stored,) in server.psql("SELECT password_hash FROM khoacu.staff"):
        assert re.fullmatch(r"\$scrypt\$ln=17,r=8,p=1\$[A-Za-z0-9_-]{22}\$[A-Za-z0-9_-]{43}", stored), stored

# ---- rates ----

with step("one address that tries many accounts is slowed down, and only that address"):
    proxied = Server(database=server.database, key_file=server.key_file, TRUSTED_PROXY="127.0.0.1")
    statuses = []
    for i in range(150): # one more is let in every two seconds, and a slow machine takes a second for each
        reply = attempt(Client(proxied), f"khong.co.{i}", "some wrong password", headers={"X-Forwarded-For": "9.9.9.9, 203.0.113.5"})
        statuses.append(reply.status)
        if reply.status == 429:
            break
    assert statuses[-1] == 429 and statuses.count(401) >= 30, statuses
    reply = attempt(Client(proxied), "khong.co.x", "some wrong password", headers={"X-Forwarded-For": "203.0.113.5, 198.51.100.7"})
    assert reply.status == 401, reply

with step("a forwarded address is not believed from anybody else"):
    statuses = []
    for i in range(150):
        statuses.append(attempt(Client(server), f"khong.co.y{i}", "some wrong password", headers={"X-Forwarded-For": f"10.0.0.{i}"}).status)
        if statuses[-1] == 429:
            break
    assert statuses[-1] == 429, statuses

with step("one person's flood of requests is slowed down, and nobody else's"):
    statuses = [administrator.get("/api/v1/logins/current").status for _ in range(1500)]
    assert 429 in statuses and statuses.count(200) >= 200, {s: statuses.count(s) for s in set(statuses)}
    neighbour = Client(second).sign_in("an.toan", passwords["an.toan"])
    assert neighbour.get("/api/v1/logins/current").status == 200

finish()
