"""What stands before every handler: methods, sizes, forgery, malformed bodies, headers, the web files."""

import gzip
import http.client
import json
import re
import time

from harness import Client, Server, allowed, eventually, finish, make_administrator, secret, step
from routes import fill, routes, send

server = Server()
nobody = Client(server)
TABLE = list(routes())

with step("there is nothing at an unknown address, and it says so in JSON"):
    for path in ("/api/v1/nothing", "/api/v2/clock", "/nothing", "/api/v1/clock/", "/assets/../server/main/main.c", "/assets/none.js"):
        reply = nobody.get(path)
        assert reply.status == 404 and reply.code == "not-found", reply

with step("a browser is shown a page in both languages with the way back, wherever nothing is; a script's Accept is none"):
    browser = Client(server, Accept="text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,*/*;q=0.8")
    for path in ("/nothing", "/api/v1/nothing", "/assets/none.js", "/api/v1/releases/KHONG-CO", "/api/v1/releases/KHONG-CO/list.pdf"):
        reply = browser.get(path)
        assert reply.status == 404 and reply.headers["content-type"] == "text/html; charset=utf-8", reply
        assert "Không có trang này" in reply.text and "There is nothing here" in reply.text and 'href="/"' in reply.text, reply
        assert nobody.get(path, headers={"Accept": "*/*"}).code == "not-found"
        assert nobody.get(path, headers={"Accept": "application/json"}).code == "not-found"
    assert browser.get("/api/v1/clock").json["server_now"] and browser.post("/nothing", {}).code == "not-found"
    page = nobody.get("/assets/public/absent.html")
    for name in set(re.findall(r'(?:href|src)="(/[^"]*)"', page.text)):
        assert nobody.get(name).status == 200, name

with step("a wrong method is refused with the list of right ones, on every route"):
    for path in sorted({path for _, path, *_ in TABLE}):
        right = {method for method, other, *_ in TABLE if other == path}
        for method in {"GET", "POST", "PUT", "DELETE", "PATCH"} - right:
            reply = nobody.request(method, fill(path))
            assert reply.status == 405 and set(reply.headers.get("allow", "").split(", ")) == right, reply
    for method in ("TRACE", "OPTIONS", "FOO"):
        reply = nobody.request(method, "/api/v1/clock")
        assert reply.status in (405, 501), reply

with step("without a log-in every protected route answers not-signed-in, and none says whether its object exists"):
    for method, path, permission, _, name, body in TABLE:
        reply = send(nobody, method, fill(path), body)
        if permission != "public":
            assert reply.status == 401 and reply.code == "not-signed-in", (name, reply)
        else:
            assert reply.code != "not-signed-in", (name, reply)

with step("tokens that are too short, too long, of other letters or of nobody are no log-in"):
    for name in ("__Host-khoacu", "__Host-khoacu-sitting"):
        path = "/api/v1/logins/current" if name == "__Host-khoacu" else "/api/v1/candidate-logins/current"
        for value in ("", "A", "A" * 42, "A" * 43, "A" * 44, "!" * 43, "A" * 2000, "' OR 1=1 --"):
            reply = nobody.request("GET" if name == "__Host-khoacu" else "DELETE", path, headers={"Cookie": f"__Host-khoacu-device={'A' * 43}; {name}={value}"})
            assert reply.status == 401, (value[:50], reply)

with step("a request that changes something needs our header"):
    for method, path, _, _, name, body in TABLE:
        if method != "GET":
            for header in (None, "", "0", "1, 1", "yes"):
                reply = send(nobody, method, fill(path), body, headers={"X-Khoacu": header})
                assert reply.status == 403 and reply.code == "csrf", (name, header, reply)

with step("a request that another site makes is refused on every route that changes something"):
    here = f"http://127.0.0.1:{server.port}"
    foreign = [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": here + ".evil.example"}, {"Origin": ""},
               {"Origin": "http://evil.example/127.0.0.1:" + str(server.port)}, {"Sec-Fetch-Site": "cross-site"},
               {"Sec-Fetch-Site": "same-site"}, {"Origin": here, "Sec-Fetch-Site": "cross-site"}]
    for method, path, _, _, name, body in TABLE:
        if method != "GET":
            for headers in foreign:
                reply = send(nobody, method, fill(path), body, headers=headers)
                assert reply.status == 403 and reply.code == "csrf", (name, headers, reply)

with step("the same request from our own pages passes"):
    for headers in ({"Origin": here}, {"Origin": here, "Sec-Fetch-Site": "same-origin"}, {"Sec-Fetch-Site": "none"}):
        reply = nobody.post("/api/v1/logins", {}, headers=headers)
        assert reply.status == 400 and reply.code == "invalid", reply

with step("a body at the limit is read, one byte more is refused, also when its length is not announced"):
    limit = 2 * 1024
    fits = json.dumps({"login_name": "a", "password": ""}).ljust(limit)
    reply = nobody.post("/api/v1/logins", data=fits, content_type="application/json")
    assert reply.status == 400 and reply.code == "invalid", reply
    reply = nobody.post("/api/v1/logins", data=fits + " ", content_type="application/json")
    assert reply.status == 413 and reply.code == "body-too-large", reply
    nobody.close()
    reply = nobody.post("/api/v1/logins", data=iter([b" " * 512] * 5), content_type="application/json")
    assert reply.status == 413, reply
    nobody.close()

with step("a body of another type is refused"):
    for content_type in (None, "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/csv"):
        reply = nobody.post("/api/v1/logins", data="{}", content_type=content_type)
        assert reply.status == 415, (content_type, reply)
    reply = nobody.post("/api/v1/logins", data="{}", content_type="application/json; charset=utf-8")
    assert reply.status == 400, reply

MALFORMED = {
    "nothing": b"", "half an object": b"{", "a bare word": b"x", "two values": b"{} {}", "a trailing comma": b'{"a":1,}',
    "a comment": b"{/**/}", "a duplicate key": b'{"login_name":"a","login_name":"b","password":"c"}',
    "an escaped duplicate key": b'{"login_name":"a","login\\u005fname":"b","password":"c"}',
    "bad UTF-8": b'{"login_name":"\xff","password":"c"}', "an overlong form": b'{"login_name":"\xc0\xaf","password":"c"}',
    "a surrogate in UTF-8": b'{"login_name":"\xed\xa0\x80","password":"c"}', "a lone surrogate": b'{"login_name":"\\ud800","password":"c"}',
    "a NUL": b'{"login_name":"a\\u0000b","password":"c"}', "a raw control character": b'{"login_name":"a\nb","password":"c"}',
    "a fraction": b'{"login_name":1.5,"password":"c"}', "an exponent": b'{"login_name":1e3,"password":"c"}',
    "NaN": b'{"login_name":NaN,"password":"c"}', "great depth": b"[" * 100 + b"]" * 100, "single quotes": b"{'a':1}",
    "a BOM": b'\xef\xbb\xbf{"login_name":"a","password":"c"}', "a number beyond 64 bits": b'{"login_name":99999999999999999999}',
}
for what, data in MALFORMED.items():
    with step(f"a body with {what} is refused as malformed"):
        reply = nobody.post("/api/v1/logins", data=data, content_type="application/json")
        assert reply.status == 400 and reply.code == "malformed-json", reply

with step("every bad field is named, with what it may be"):
    reply = nobody.post("/api/v1/logins", {"login_name": "", "password": 5, "more": 1})
    errors = {e["path"]: e for e in reply.json["errors"]}
    assert reply.status == 400 and reply.code == "invalid", reply
    assert errors["login_name"]["rule"] == "length" and errors["login_name"]["max"] == 64, errors
    assert errors["password"]["rule"] == "kind" and errors["more"]["rule"] == "unknown", errors
    reply = nobody.post("/api/v1/logins", [])
    assert reply.status == 400 and reply.code == "invalid", reply
    reply = nobody.post("/api/v1/logins", {"login_name": "a" * 65, "password": "x" * 257})
    assert {e["path"] for e in reply.json["errors"]} == {"login_name", "password"}, reply

administrator = Client(server).sign_in("quantri", make_administrator(server))

with step("query parameters are judged too"):
    for query in ("limit=0", "limit=201", "limit=x", "limit=-1", "limit=1e1", "limit=", "after=" + "a" * 201):
        reply = administrator.get("/api/v1/staff?" + query)
        assert reply.status == 400 and reply.code == "invalid", (query, reply)
    for after in ("x", "0" * 32, "g" * 32, "f" * 32, "0" * 31 + "1"):
        reply = administrator.get("/api/v1/audit-events?after=" + after)
        assert reply.status == 400 and reply.json["errors"][0]["path"] == "after", (after, reply)
    reply = administrator.upload("officers", "a\nb\n", dry_run="maybe")
    assert reply.status == 400, reply

with step("GET changes nothing, on no route"):
    rows = "SELECT (SELECT count(*) FROM khoacu.audit_event), (SELECT count(*) FROM khoacu.staff), (SELECT count(*) FROM khoacu.login)"
    before = server.psql(rows)
    for method, path, *_ in TABLE:
        if method == "GET":
            administrator.get(fill(path))
    assert server.psql(rows) == before

with step("no route gives another site leave to read"):
    for method, path, *_, body in TABLE:
        reply = send(nobody, method, fill(path), body, headers={"Origin": "https://evil.example"})
        assert not [name for name in reply.headers if name.startswith("access-control")], reply

# ---- the web files ----

with step("the pages and their files are served with an entity tag, and not again to who has them"):
    for path in ("/", "/thi", "/thi/", "/can-bo", "/can-bo/", "/ket-qua", "/ket-qua/"):
        page = nobody.get(path)
        assert page.status == 200 and page.headers["content-type"] == "text/html; charset=utf-8", page
        again = nobody.get(path, headers={"If-None-Match": page.headers["etag"]})
        assert again.status == 304 and not again.bytes and again.headers["etag"] == page.headers["etag"], again
        assert nobody.get(path, headers={"If-None-Match": '"other"'}).status == 200
        assert page.headers["cache-control"] == "no-cache", page.headers
    assert nobody.get("/favicon.ico").headers["content-type"] == "image/svg+xml"

with step("who takes gzip gets the pages packed, under a tag of their own, and the same bytes in them"):
    for path in ("/thi/", "/assets/candidate/app.js", "/assets/shared/base.css", "/assets/shared/i18n/vi.json", "/assets/public/verify.wasm", "/thi/shell.worker.js"):
        plain, packed = nobody.get(path), nobody.get(path, headers={"Accept-Encoding": "br, gzip"})
        assert "content-encoding" not in plain.headers and packed.headers["content-encoding"] == "gzip", packed.headers
        assert gzip.decompress(packed.bytes) == plain.bytes and len(packed.bytes) < 0.9 * len(plain.bytes), path
        assert plain.headers["vary"] == packed.headers["vary"] == "Accept-Encoding" and plain.headers["etag"] != packed.headers["etag"]
        assert plain.headers["content-security-policy"] == packed.headers["content-security-policy"]
        again = nobody.get(path, headers={"Accept-Encoding": "gzip", "If-None-Match": packed.headers["etag"]})
        assert again.status == 304 and not again.bytes and again.headers["etag"] == packed.headers["etag"], again
        for refusal in ("gzip;q=0", "br, gzip ; q=0.00, *"):
            assert nobody.get(path, headers={"Accept-Encoding": refusal, "If-None-Match": packed.headers["etag"]}).bytes == plain.bytes, refusal
        assert nobody.get(path, headers={"Accept-Encoding": "gzip;q=0.5"}).bytes == packed.bytes

with step("pages hold no inline script or style, and nothing from elsewhere"):
    seen, waiting = set(), ["/", "/thi/", "/can-bo/"]
    types = {"js": "text/javascript; charset=utf-8", "css": "text/css; charset=utf-8", "svg": "image/svg+xml", "json": "application/json",
             "png": "image/png", "ico": "image/x-icon"}
    while waiting:
        path = waiting.pop()
        if path in seen:
            continue
        seen.add(path)
        reply = nobody.get(path)
        assert reply.status == 200, reply
        if not path.endswith("/"):
            assert reply.headers["content-type"] == types[path.rsplit(".", 1)[1]], reply.headers
            continue
        for tag in re.findall(r"<(?:script|style)\b[^>]*>", reply.text):
            assert tag.startswith("<script") and "src=" in tag, (path, tag)
        assert not re.search(r"""\son[a-z]+\s*=|\sstyle\s*=|javascript:""", reply.text), path
        for link in re.findall(r"""(?:src|href)=["']([^"'#]+)""", reply.text):
            assert not re.match(r"[a-z]+:|//", link), (path, link)
            if not link.startswith("/api/"):
                waiting.append(link if link.startswith("/") else path + link)

with step("the worker that keeps the candidate's pages names them all, nothing of the interface, and may fetch from here alone"):
    worker = nobody.get("/thi/shell.worker.js")
    assert worker.status == 200 and worker.headers["content-type"] == "text/javascript; charset=utf-8" and worker.headers["cache-control"] == "no-cache", worker.headers
    assert worker.headers["content-security-policy"] == "default-src 'none'; connect-src 'self'; frame-ancestors 'none'", worker.headers
    version, files = re.match(r'const VERSION = "([0-9a-f]{16})", FILES = \[(.*?)\];\n', worker.text).groups()
    files = re.findall(r'"([^"]+)"', files)
    assert "/thi/" in files and "/assets/candidate/paper.js" in files and "/assets/shared/i18n/vi.json" in files and len(files) > 30, files
    assert all(file == "/thi/" or file.startswith(("/assets/candidate/", "/assets/shared/")) for file in files), files
    for file in files:
        assert nobody.get(file).status == 200, file
    assert {file for file in seen if file.startswith(("/assets/candidate/", "/assets/shared/")) and not file.endswith(".png")} - {"/assets/candidate/shell.worker.js"} <= set(files)

with step("no name of a file leads out of the web folder"):
    for path in ("/assets/..%2fserver%2fmain%2fmain.c", "/assets/%2e%2e/sql/roles/roles.sql", "/assets//etc/passwd", "/assets/%00",
                 "/assets/.", "/assets/public/../../Makefile", "/assets/shared\\..\\x", "/assets/a/b/c/d/e"):
        reply = nobody.get(path)
        assert reply.status in (400, 404), (path, reply)

with step("headers that are too long are refused and do not hang"):
    reply = nobody.get("/api/v1/clock", headers={"X-Long": "a" * 7000})
    assert reply.status == 200, reply
    began = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    connection.request("GET", "/api/v1/clock", headers={"X-Long": "a" * 20000})
    assert connection.getresponse().status == 431 and time.monotonic() - began < allowed(2)
    connection.close()

with step("HEAD answers like GET without a body"):
    reply = nobody.request("HEAD", "/api/v1/clock")
    assert reply.status == 200 and not reply.bytes, reply

with step("the description of the interface is served as it stands in the source"):
    reply = nobody.get("/api/v1/openapi.json")
    assert reply.status == 200 and reply.json["openapi"].startswith("3.1"), reply

# ---- the log ----

with step("a client cannot forge or fill a log line, and the log names no person"):
    canary = secret("CANARY-kh0acu", "a canary")
    nobody.get("/api/v1/clock?x=%0d%0aevent=forged%20user=" + canary, headers={"User-Agent": canary, "X-Forwarded-For": "6.6.6.6"})
    nobody.get("/api/v1/" + canary)
    nobody.post("/api/v1/logins", {"login_name": canary.lower(), "password": canary})
    log = server.log()
    assert "event=forged" not in log and "6.6.6.6" not in log
    assert secret("Quản trị", "a person's name") not in log

with step("every request leaves one line with its id"):
    reply = nobody.get("/api/v1/logins/current")
    lines = eventually(lambda: [line for line in server.log().splitlines() if reply.json["request_id"] in line])
    assert len(lines) == 1 and "login_get" in lines[0] and "401" in lines[0], lines

finish()
