"""Scenarios over HTTP against a real server and a private PostgreSQL, as labelled steps.

A scenario is tests/http/test_NN_name.py. It starts servers on a database of its own (Server), talks to them (Client), and
states what must hold, one sentence per step:

    with step("an unknown name is answered like a wrong password"):
        assert a.status == b.status == 401

Every reply that passes through a Client is checked besides: security headers, no cross-origin permission, cookie flags, a
problem document for each refusal, and the shape that openapi.json promises. Secrets that a scenario meets are noted
(secret()); at the end none may stand in a log line. Needs the Python standard library alone; run by tests/http/run.sh.
"""

import atexit
import base64
import contextlib
import hashlib
import hmac
import http.client
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.parse

import postgres
from contract import ROOT, misfits, operation_of

BINARY = os.environ.get("TEST_BINARY", os.path.join(ROOT, "build", "khoacu"))
PGHOST = os.environ.get("TEST_PGHOST", "")
TEMPLATE = "khoacu_template"
PATIENCE_S = 120  # with a server on a machine that has much else to do; nothing is measured by it
ROLES = ["administrator", "hr_officer", "item_officer", "examiner", "invigilator", "inspector", "chief_marker", "council_chair", "script_officer"]
NAME = os.path.splitext(os.path.basename(sys.argv[0]))[0]

# ---- steps ----

_count = {"ok": 0, "not ok": 0, "skip": 0}
_faults = []  # of replies, gathered between steps
_secrets = {}
_servers = []


def _print(verdict, sentence):
    number = sum(_count.values())
    print(f"{verdict} {number} - {sentence}", flush=True)


@contextlib.contextmanager
def step(sentence):
    """One sentence that must hold; a failed assert or a faulty reply within it makes it «not ok»."""
    _faults.clear()
    try:
        yield
        assert not _faults, "; ".join(_faults[:5])
        _count["ok"] += 1
        _print("ok", sentence)
    except Exception as fault:  # noqa: BLE001: the scenario goes on and reports the rest
        _count["not ok"] += 1
        _print("not ok", sentence)
        where = traceback.extract_tb(fault.__traceback__)[-1]
        print(f"#   {os.path.basename(where.filename)}:{where.lineno}: {where.line}\n#   {type(fault).__name__}: {fault}", flush=True)


def eventually(truth, seconds=PATIENCE_S):
    """Asks until the answer is true; gives it, or the last one when it never is."""
    until = time.monotonic() + seconds
    while not (answer := truth()) and time.monotonic() < until:
        time.sleep(0.05)
    return answer


def allowed(seconds):
    """A limit of time on a machine that others use too: as much longer as a little work takes longer here than its processor time."""
    wall, own = time.monotonic(), time.thread_time()
    while time.thread_time() - own < 0.1:
        pass
    return seconds * max(1, (time.monotonic() - wall) / (time.thread_time() - own))


def skip(sentence, why):
    _count["skip"] += 1
    _print("ok", f"{sentence} # SKIP {why}")


def finish():
    """Stops the servers, looks for secrets in their logs, prints the count, exits."""
    for server in list(_servers):
        server.stop()
    with step("no secret of this scenario stands in a log"):
        for path in sorted({server.log_path for server in _all_servers}):
            with open(path, encoding="utf-8", errors="replace") as log:
                text = log.read()
            for value, what in _secrets.items():
                assert value not in text, f"{what} stands in {path}"
    print(f"{_count['ok']} passed, {_count['not ok']} failed, {_count['skip']} skipped", flush=True)
    sys.exit(1 if _count["not ok"] else 0)


def secret(value, what):
    _secrets[value] = what
    return value


# ---- the database ----

_databases = []


def psql(sql, database):
    """Runs SQL as the superuser of the private cluster; gives the rows as lists of texts."""
    return postgres.run(conninfo(database), sql)


def conninfo(database):
    return f"host={PGHOST} user=postgres dbname={database}"


def environment(**settings):
    env = {key: value for key, value in os.environ.items() if not key.startswith("KHOACU_")}
    env.update({"KHOACU_" + key: str(value) for key, value in settings.items()})
    return env


def new_database(template=TEMPLATE):
    """A migrated, empty database, or a copy of one that nobody uses, which goes away with the scenario."""
    name = f"khoacu_{NAME}_{len(_databases)}"
    psql(f'CREATE DATABASE "{name}" TEMPLATE {template}', "postgres")
    _databases.append(name)
    return name


# ---- servers ----

_all_servers = []


def free_port():
    """Not of those that the system gives to outgoing connections: one of them could have taken it before the server does."""
    while True:
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", random.SystemRandom().randrange(10000, 32768)))
            return probe.getsockname()[1]


class Server:
    """`khoacu serve` on free ports with a folder of its own; several may share a database and a key file."""

    def __init__(self, database=None, key_file=None, **settings):
        self.database = database or new_database()
        self.port, self.admin_port = free_port(), free_port()
        self.folder = tempfile.mkdtemp(prefix="khoacu-http-")
        self.key_file = key_file or os.path.join(self.folder, "server.key")
        self.bank_key_file = os.path.join(os.path.dirname(self.key_file), "bank.key")
        for path in (self.key_file, self.bank_key_file):
            if not os.path.exists(path):
                with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o400), "wb") as key:
                    key.write(os.urandom(32))
        if os.geteuid() == 0:
            os.chmod(self.folder, 0o755)
            user = _server_user()
            if user:
                os.chown(self.key_file, user, -1)
                os.chown(self.bank_key_file, user, -1)
        self.log_path = os.path.join(os.environ.get("TEST_LOGS", self.folder), f"{NAME}-{len(_all_servers)}.log")
        self.env = environment(DB=conninfo(self.database), VAR=os.path.join(self.folder, "var"), LISTEN=f"127.0.0.1:{self.port}",
                               ADMIN_LISTEN=f"127.0.0.1:{self.admin_port}", SECRET_FILE=self.key_file,
                               BANK_KEY_FILE=self.bank_key_file, **settings)
        self.process = None
        _all_servers.append(self)
        self.start()

    def start(self):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen([BINARY, "serve"], env=self.env, cwd=self.folder, stdout=log, stderr=log,
                                            stdin=subprocess.DEVNULL)
        _servers.append(self)
        until = time.monotonic() + PATIENCE_S
        while time.monotonic() < until:
            if self.process.poll() is not None:
                break
            with contextlib.suppress(OSError, http.client.HTTPException):
                if self.admin("/readyz")[0] == 200:
                    return
            time.sleep(0.05)
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            print("# the server did not become ready:\n#   " + "\n#   ".join(log.read().splitlines()[-15:]), flush=True)
        print("Bail out! no server", flush=True)
        sys.exit(1)

    def admin(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.admin_port, timeout=10)
        connection.request("GET", path)
        reply = connection.getresponse()
        body = reply.read().decode()
        connection.close()
        return reply.status, body

    def stop(self):
        """SIGTERM and the exit status."""
        if self in _servers:
            _servers.remove(self)
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            self.process.kill()
            return self.process.wait()

    def kill(self):
        if self in _servers:
            _servers.remove(self)
        self.process.kill()
        self.process.wait()

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as log:
            return log.read()

    def psql(self, sql):
        return psql(sql, self.database)

    def psql_fails(self, sql):
        """What the database says when it refuses."""
        try:
            psql(sql, self.database)
        except postgres.Refused as fault:
            return str(fault)
        raise AssertionError("the database took it: " + sql)

    def command(self, *arguments):
        """Another command of the program on the same database: (exit status, stdout, stderr)."""
        env = {k: v for k, v in self.env.items()}
        done = subprocess.run([BINARY, *arguments], env=env, cwd=self.folder, capture_output=True, text=True, check=False)
        return done.returncode, done.stdout, done.stderr

    @property
    def key(self):
        with open(self.key_file, "rb") as key:
            return key.read()


def _server_user():
    """The user that the program becomes when root starts it."""
    import pwd
    try:
        return pwd.getpwnam("khoacu").pw_uid
    except KeyError:
        subprocess.run(["/usr/sbin/useradd", "--system", "--user-group", "--home-dir", "/var/lib/khoacu", "--shell", "/usr/sbin/nologin",
                        "khoacu"], check=False)
        return pwd.getpwnam("khoacu").pw_uid


@atexit.register
def _end():
    for server in list(_servers):
        server.kill()


# ---- clients ----

PROBLEM = {"$ref": "#/components/schemas/Problem"}
PAGE_POLICY = ("default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; connect-src 'self'; font-src 'self'; "
               "form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'")
WORKER_POLICY = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; frame-ancestors 'none'"
DATA_POLICY = "default-src 'none'; frame-ancestors 'none'"
HEADERS = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "cross-origin-resource-policy": "same-origin",
}
YEAR = "max-age=31536000; includeSubDomains"


class Reply:
    def __init__(self, method, path, response, page_asked=False):
        self.method, self.path, self.status, self.page_asked = method, path, response.status, page_asked
        self.header_list = [(name.lower(), value) for name, value in response.getheaders()]
        self.headers = dict(self.header_list)
        self.bytes = response.read()
        self.json = None
        if self.bytes and "json" in self.headers.get("content-type", "") and "content-encoding" not in self.headers:
            self.json = json.loads(self.bytes)

    @property
    def text(self):
        return self.bytes.decode("utf-8")

    @property
    def code(self):
        return (self.json or {}).get("code")

    def __repr__(self):
        return f"{self.method} {self.path}: {self.status} {self.bytes[:200]!r}"

    def faults(self):
        """What every reply must have, whatever it says."""
        for name, value in HEADERS.items():
            if self.headers.get(name) != value:
                yield f"{name} is {self.headers.get(name)!r}"
        page = self.headers.get("content-type", "").startswith("text/html")
        policies = (PAGE_POLICY,) if page else (DATA_POLICY, WORKER_POLICY, WORKER_POLICY.replace("script-src 'self' 'wasm-unsafe-eval'; ", "")) if "javascript" in self.headers.get("content-type", "") else (DATA_POLICY,)
        if self.headers.get("content-security-policy") not in policies:
            yield f"content-security-policy is {self.headers.get('content-security-policy')!r}"
        if page and self.headers.get("cross-origin-opener-policy") != "same-origin":
            yield "a page without cross-origin-opener-policy"
        if (page or self.status >= 400) and self.headers.get("strict-transport-security") != YEAR:
            yield f"strict-transport-security is {self.headers.get('strict-transport-security')!r}"
        for name in self.headers:
            if name.startswith("access-control-"):
                yield f"{name} opens the interface to other sites"
        if "server" in self.headers or "x-powered-by" in self.headers:
            yield "the reply names its software"
        for name, value in self.header_list:
            if name == "set-cookie" and not re.fullmatch(
                    r"__Host-[a-z-]+=[A-Za-z0-9_-]*; Path=/; Max-Age=\d+; Secure; HttpOnly; SameSite=Strict", value):
                yield f"set-cookie is {value!r}"
        kept = "immutable" if "/own/media/" in self.path and self.status == 200 else "no-"  # a picture of the open paper outlives an outage
        if self.path.startswith("/api/") and kept not in self.headers.get("cache-control", ""):
            yield f"cache-control is {self.headers.get('cache-control')!r}"
        if self.status >= 400 and self.method != "HEAD":
            yield from self._problem_faults()
        elif self.json is not None and self.path.startswith("/api/"):
            yield from self._shape_faults()

    def _problem_faults(self):
        if self.status == 422 and self.headers.get("content-type") == "application/json":  # the report of an import
            yield from self._shape_faults()
            return
        if self.status == 404 and self.page_asked:
            if self.headers.get("content-type") != "text/html; charset=utf-8":
                yield "who asks for a page gets none where nothing is"
            return
        if self.headers.get("content-type") != "application/problem+json":
            yield f"a refusal of type {self.headers.get('content-type')!r}"
            return
        yield from misfits(PROBLEM, self.json)
        if self.json.get("status") != self.status or self.json.get("type") != f"urn:khoacu:problem:{self.code}":
            yield "the problem contradicts its status or code"
        if self.status in (429, 503) and not self.headers.get("retry-after", "").isdigit():
            yield "no Retry-After"

    def _shape_faults(self):
        operation = operation_of(self.method, self.path)
        if not operation:
            yield "no such operation in openapi.json"
            return
        answer = operation["responses"].get(str(self.status))
        if not answer:
            yield f"openapi.json has no answer {self.status}"
        else:
            yield from misfits(answer["content"]["application/json"]["schema"], self.json)


class Client:
    """One browser: cookies, the header X-Khoacu, one kept connection."""

    def __init__(self, server, **headers):
        self.server, self.cookies, self.headers = server, {}, {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection = None

    def request(self, method, path, body=None, headers=None, data=None, content_type=None):
        """`body` is sent as JSON, `data` as it is. `headers` with value None take a standard header away."""
        sent = {"Host": f"127.0.0.1:{self.server.port}"}
        if method not in ("GET", "HEAD"):
            sent["X-Khoacu"] = "1"
        if body is not None:
            data, content_type = json.dumps(body).encode(), content_type or "application/json"
        if isinstance(data, str):
            data = data.encode()
        if content_type:
            sent["Content-Type"] = content_type
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        sent.update(self.headers)
        sent.update(headers or {})
        sent = {name: value for name, value in sent.items() if value is not None}
        reply = self._exchange(method, path, data, sent)
        for name, value in reply.header_list:
            if name == "set-cookie":
                self._take_cookie(value)
        _faults.extend(f"{method} {path} {reply.status}: {fault}" for fault in reply.faults())
        return reply

    def _exchange(self, method, path, data, headers):
        for attempt in (1, 2):
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE_S)
                attempt = 2
            try:
                self.connection.request(method, path, body=data, headers=headers)
                return Reply(method, path, self.connection.getresponse(), "text/html" in headers.get("Accept", "") and method == "GET")
            except (OSError, http.client.HTTPException) as fault:
                self.close()
                if attempt == 2 or isinstance(fault, TimeoutError):  # what was asked may still be under way
                    raise
        return None

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def _take_cookie(self, header):
        name, value = header.split(";")[0].split("=", 1)
        if value:
            self.cookies[name] = secret(value, "a login token")
        else:
            self.cookies.pop(name, None)

    def get(self, path, **kw):
        return self.request("GET", path, **kw)

    def post(self, path, body=None, **kw):
        return self.request("POST", path, body=body, **kw)

    def put(self, path, body=None, **kw):
        return self.request("PUT", path, body=body, **kw)

    def patch(self, path, body=None, **kw):
        return self.request("PATCH", path, body=body, **kw)

    def delete(self, path, **kw):
        return self.request("DELETE", path, **kw)

    def sign_in(self, login_name, password):
        secret(password, f"the password of {login_name}")
        reply = self.post("/api/v1/logins", {"login_name": login_name, "password": password})
        assert reply.status == 200, reply
        return self

    def sign_in_candidate(self, roll_number, access_code, cycle=None):
        secret(access_code, f"the access code of {roll_number}")
        body = {"roll_number": roll_number, "access_code": access_code}
        if cycle:
            body["cycle"] = cycle
        reply = self.post("/api/v1/candidate-logins", body)
        assert reply.status == 200, reply
        return self

    def upload(self, kind, csv, **query):
        query = urllib.parse.urlencode({k: str(v).lower() if isinstance(v, bool) else v for k, v in query.items()})
        return self.post(f"/api/v1/imports/{kind}?{query}", data=csv, content_type="text/csv")

    def pages(self, path):
        """All items of a list, page by page."""
        items, after = [], None
        while True:
            joint = "&" if "?" in path else "?"
            reply = self.get(path + (f"{joint}after={urllib.parse.quote(after)}" if after else ""))
            assert reply.status == 200, reply
            items += reply.json["items"]
            after = reply.json["next"]
            if after is None:
                return items


# ---- people ----


def add_administrator(server, login_name="quantri"):
    """The first account, as a person makes it: by command. Gives its password."""
    status, out, err = server.command("staff", "add", login_name, "--name", "Quản trị", "--roles", "administrator")
    assert status == 0, err
    return secret(out.split()[-1], f"the password of {login_name}")


def import_officers(administrator, rows):
    """Imports officers (login_name, full_name, unit, roles) and gives {login_name: password}."""
    reply = administrator.upload("officers", _officers_csv(rows))
    assert reply.status == 200 and reply.json["applied"], reply
    return {s["login_name"]: secret(s["password"], f"the password of {s['login_name']}") for s in reply.json.get("secrets", [])}


def _officers_csv(rows):
    return "login_name,full_name,unit,roles\n" + "".join(",".join(row) + "\n" for row in rows)


def _plant_staff(server, login_name, full_name, unit, roles):
    """An account put straight into the tables, under a hash of the product's form that costs next to nothing: what a real one costs
    is the ground of test_12_login alone, and hundreds of them would take more time than all scenarios. Gives the password."""
    password, salt, staff_id = base64.urlsafe_b64encode(os.urandom(15)).decode(), os.urandom(16), int.from_bytes(os.urandom(7), "big") + 1
    digest = hashlib.scrypt(password.encode(), salt=salt, n=2, r=8, p=1, dklen=32)
    salt, digest = (base64.urlsafe_b64encode(part).decode().rstrip("=") for part in (salt, digest))
    server.psql(f"""INSERT INTO khoacu.staff (staff_id, login_name, full_name, unit, password_hash)
            VALUES ({staff_id}, '{login_name}', '{full_name}', '{unit}', '$scrypt$ln=1,r=8,p=1${salt}${digest}');
        INSERT INTO khoacu.staff_role SELECT {staff_id}, role FROM unnest(string_to_array('{roles}', ';')) role""")
    return secret(password, f"the password of {login_name}")


def make_administrator(server, login_name="quantri"):
    """An administrator's password, without the work of add_administrator."""
    return _plant_staff(server, login_name, "Quản trị", "", "administrator")


def make_officers(server, administrator, rows):
    """What import_officers gives and would take, without its work."""
    reply = administrator.upload("officers", _officers_csv(rows), dry_run=True)
    assert reply.status == 200, reply
    return {row[0]: _plant_staff(server, *row) for row in rows}


def make_all_roles(server):
    """One signed-in client per role, by role."""
    clients = {"administrator": Client(server).sign_in("quantri", make_administrator(server))}
    rows = [(role.replace("_", "."), role, "Sở Nội vụ", role) for role in ROLES if role != "administrator"]
    passwords = make_officers(server, clients["administrator"], rows)
    for role in ROLES:
        if role != "administrator":
            login_name = role.replace("_", ".")
            clients[role] = Client(server).sign_in(login_name, passwords[login_name])
    return clients


def plant_candidate(server, roll_number="TS-0001", cycle="THU-2026"):
    """A cycle with one candidate put straight into the tables, for scenarios that need nothing more of one. Gives the access code.

    The code's hash is computed here from its definition, so that the server's own is checked against it.
    """
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    code = os.urandom(10)
    number = int.from_bytes(code, "big")
    text = "".join(alphabet[number >> 5 * i & 31] for i in range(15, -1, -1))
    cycle_id, candidate_id = 0x1234, int.from_bytes(os.urandom(7), "big") + 1
    message = b"khoacu/access/v1\n%016x\n%s\n" % (cycle_id, roll_number.encode()) + code
    digest = hmac.new(server.key, message, hashlib.sha256).hexdigest()
    with open(f"{ROOT}/server/cycle/packs/CC-2026.json", encoding="utf-8") as file:
        pack = file.read()
    server.psql(f"""
        SET search_path = khoacu;
        INSERT INTO rule_pack (pack_id, version, body, sha256)
            VALUES ('THU', 1, $pack${pack}$pack$, sha256(convert_to($pack${pack}$pack$, 'UTF8'))) ON CONFLICT DO NOTHING;
        INSERT INTO staff (staff_id, login_name, full_name, password_hash, state) VALUES (9, 'nobody', 'Nobody', '$scrypt$', 'disabled')
            ON CONFLICT DO NOTHING;
        INSERT INTO cycle (cycle_id, code, title_vi, title_en, authority_vi, authority_en, notice, notice_on, pack_id, pack_version,
                           written_max, interview_max, created_by)
            VALUES ({cycle_id}, '{cycle}', 't', 't', 'a', 'a', 'n', '2026-01-01', 'THU', 1, 60, 40, 9) ON CONFLICT DO NOTHING;
        INSERT INTO agency (agency_id, cycle_id, code, name) VALUES (7, {cycle_id}, 'A', 'A') ON CONFLICT DO NOTHING;
        INSERT INTO post (post_id, cycle_id, code, title) VALUES (8, {cycle_id}, 'P', 'P') ON CONFLICT DO NOTHING;
        INSERT INTO candidate (candidate_id, cycle_id, roll_number, full_name, birth_date, access_code_hmac, post_id, agency_ids)
            VALUES ({candidate_id}, {cycle_id}, '{roll_number}', 'Trần Thị Thử', '2000-02-29', '\\x{digest}', 8, '{{7}}');""")
    return secret("-".join(text[i:i + 4] for i in range(0, 16, 4)), f"the access code of {roll_number}")
