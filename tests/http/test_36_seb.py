"""Safe Exam Browser: the configuration and its key by the published algorithm, each request judged, what invigilators see."""

import gzip
import hashlib
import hmac
import json
import plistlib
import subprocess

from hall import Hall, hex_id
from harness import Client, Server, allowed, eventually, finish, make_administrator, make_officers, secret, step

ORIGIN = "https://thi.example.gov.vn"
server = Server(WORKER="off", PUBLIC_URL=ORIGIN)
hall = Hall(server, candidates=4, items=4)
shift = hall.shift(candidates=[0, 1, 2])
administrator = Client(server).sign_in("quantri", make_administrator(server))
passwords = make_officers(server, administrator, [("gt1", "Giám Thị Một", "Sở", "invigilator"), ("hr1", "Nhân Sự", "Sở", "hr_officer")])
invigilator, hr = (Client(server).sign_in(name, passwords[name]) for name in ("gt1", "hr1"))
seb = f"/api/v1/shifts/{shift.hex()}/seb"


def canonical(value):
    """The text that the Config Key is made of, from the algorithm's description."""
    if isinstance(value, dict):
        members = sorted(value.items(), key=lambda item: item[0].lower())
        return "{" + ",".join(f'"{k}":{canonical(v)}' for k, v in members if v != {} and k != "originatorVersion") + "}"
    if isinstance(value, list):
        return "[" + ",".join(canonical(v) for v in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        import base64
        return '"' + base64.b64encode(value).decode() + '"'
    return str(value) if isinstance(value, int) else f'"{value}"'


def config_key(config):
    return hashlib.sha256(canonical(config).encode()).hexdigest()


def digest(path, key):
    return hashlib.sha256((ORIGIN + path + key).encode()).hexdigest()


def config(profile="standard", **body):
    reply = hr.post(f"/api/v1/shifts/{shift.hex()}/seb-config", {"profile": profile, **body})
    assert reply.status == 200 and reply.headers["content-type"] == "application/seb", reply
    return reply.bytes


def set_mode(mode, holds, **body):
    """`holds` tells whether the server goes by it: each reads it anew every two seconds."""
    reply = hr.put(seb, {"mode": mode, **body})
    assert reply.status == 204, reply
    assert eventually(holds, allowed(10)), mode


def headers(path, key=None, browser=None):
    sent = {}
    if key:
        sent["X-SafeExamBrowser-ConfigKeyHash"] = digest(path, key)
    if browser:
        sent["X-SafeExamBrowser-RequestHash"] = digest(path, browser)
    return sent


def seat(number):
    return invigilator.get(f"/api/v1/shifts/{shift.hex()}/rooms/P1").json["seats"][number]


def seen(number, **want):
    assert eventually(lambda: all(seat(number)[k] == v for k, v in want.items())), seat(number)
    return True


with step("a shift asks for nothing until HR says so; only HR does"):
    reply = invigilator.get(seb)
    assert reply.status == 200 and reply.json["mode"] == "off" and reply.json["origin"] == ORIGIN and reply.json["set_by"] is None, reply
    assert invigilator.put(seb, {"mode": "refuse"}).code == "not-permitted"
    assert hr.put(seb, {"mode": "perhaps"}).status == 400 and hr.put(seb, {"mode": "off", "browser_exam_keys": ["xyz"]}).status == 400
    assert hr.put("/api/v1/shifts/00000000000000aa/seb", {"mode": "off"}).status == 404
    assert hr.get("/api/v1/shifts/00000000000000aa/seb").status == 404

with step("the plain configuration is a property list with our address, and its key is that of the algorithm, for both profiles"):
    secret("mat-khau-thoat", "the password that ends the browser")
    assert hr.put(seb, {"mode": "off", "quit_password": "mat-khau-thoat"}).status == 204
    keys = invigilator.get(seb).json["config_keys"]
    for profile in ("standard", "screen_reader"):
        plist = plistlib.loads(config(profile), fmt=plistlib.FMT_XML)
        assert plist["startURL"] == ORIGIN + "/thi/" and plist["sendBrowserExamKey"] is True
        assert plist["hashedQuitPassword"] == hashlib.sha256(b"mat-khau-thoat").hexdigest()
        assert plist["URLFilterRules"][0]["expression"] == "thi.example.gov.vn/*"
        assert plist["createNewDesktop"] is (profile == "standard")
        assert keys[profile] == config_key(plist), profile
    assert keys["standard"] != keys["screen_reader"]
    assert config() == config(), "the same configuration is the same file"

with step("under a password it is pswd: gzip around the prefix and an RNCryptor box of the gzipped list, as another program opens it"):
    secret("mo-cau-hinh", "the password of the configuration")
    packed = gzip.decompress(config(password="mo-cau-hinh"))
    assert packed[:4] == b"pswd" and packed[4:6] == b"\x03\x01"
    box = packed[4:]
    key = hashlib.pbkdf2_hmac("sha1", b"mo-cau-hinh", box[2:10], 10000, 32)
    check = hashlib.pbkdf2_hmac("sha1", b"mo-cau-hinh", box[10:18], 10000, 32)
    assert hmac.compare_digest(hmac.new(check, box[:-32], hashlib.sha256).digest(), box[-32:])
    opened = subprocess.run(["openssl", "enc", "-d", "-aes-256-cbc", "-K", key.hex(), "-iv", box[18:34].hex()], input=box[34:-32], capture_output=True, check=True).stdout
    assert gzip.decompress(opened) == config()
    assert config(password="mo-cau-hinh") != config(password="mo-cau-hinh"), "salts are drawn anew"
    assert hr.post(f"/api/v1/shifts/{shift.hex()}/seb-config", {"profile": "other"}).status == 400

one, two, three = (hall.client(i) for i in range(3))
KEY = keys["standard"]

with step("off: nothing is looked at, whatever is sent"):
    assert one.get("/api/v1/sittings/own", headers={"X-SafeExamBrowser-ConfigKeyHash": "0" * 64}).status == 200
    assert one.put(f"{one.base}/presence", {"position": 0}).status == 200
    seen(0, seb="none", connection="online")

with step("flag: everything goes on; the console shows who matches, who brings nothing, and expected beside received"):
    path = f"{one.base}/presence"
    set_mode("flag", lambda: one.put(path, {"position": 0}, headers=headers(path, KEY)).status == 200 and seat(0)["seb"] == "match", keep_quit_password=True)
    for sitter, key in ((one, KEY), (two, None), (three, "f" * 64)):
        path = f"{sitter.base}/presence"
        assert sitter.put(path, {"position": 0}, headers=headers(path, key)).status == 200
    seen(0, seb="match", seb_received=None)
    seen(1, seb="missing", seb_received=None, seb_expected=digest(f"{two.base}/presence", KEY))
    seen(2, seb="mismatch", seb_received=digest(f"{three.base}/presence", "f" * 64), seb_expected=digest(f"{three.base}/presence", KEY))
    assert two.start().status == 200
    two.paper = two.get(f"{two.base}/paper").json
    assert two.save(1, 1, two.option(1)).status == 200
    events = server.psql("SELECT subject, payload::json->'d'->>'browser' FROM khoacu.audit_event WHERE act = 'hall.browser' ORDER BY 2")
    assert sorted(events) == sorted([[f"sitting:{hex_id(shift.sittings[1][1])}", "missing"], [f"sitting:{hex_id(shift.sittings[2][1])}", "mismatch"]]), events

with step("refuse: nobody without the key gets anything, on any route; who has it works, its digits in either case"):
    set_mode("refuse", lambda: two.get("/api/v1/sittings/own").status == 403, keep_quit_password=True)
    for method, path, body in (("GET", "/api/v1/sittings/own", None), ("POST", f"{two.base}/start", {}), ("GET", f"{two.base}/paper", None),
                               ("PUT", f"{two.base}/responses/1", {"seq": 2, "choice": None, "flagged": False}), ("PUT", f"{two.base}/presence", {"position": 1})):
        for sent in ({}, headers(path, "0" * 64), {"X-SafeExamBrowser-ConfigKeyHash": KEY}, {"X-SafeExamBrowser-ConfigKeyHash": digest(path, KEY)[:-1]},
                     {"X-SafeExamBrowser-ConfigKeyHash": digest(path + "x", KEY)}, {"X-SafeExamBrowser-ConfigKeyHash": ""}):
            reply = two.request(method, path, body=body, headers=sent)
            assert reply.status == 403 and reply.code == "seb-required", (sent, reply)
    path = f"{two.base}/responses/1"
    assert two.save(1, 2, two.option(1, 1), headers=headers(path, KEY)).status == 200
    assert two.save(1, 3, None, headers={"X-SafeExamBrowser-ConfigKeyHash": digest(path, KEY).upper()}).status == 200
    assert two.save(1, 4, None, headers=headers(path, keys["screen_reader"])).status == 200, "the profile for screen readers too"
    assert hall.client(3).get("/api/v1/sittings/own").status == 404, "who is not of the shift is asked for nothing"

with step("a web view that sends no headers: the page brings the hash of its own address"):
    page = {"X-Khoacu-Seb-Page": digest("/thi/", KEY)}
    assert two.get("/api/v1/sittings/own", headers=page).status == 200
    assert two.get("/api/v1/sittings/own", headers={"X-Khoacu-Seb-Page": digest("/can-bo/", KEY)}).status == 403
    assert two.get("/api/v1/sittings/own", headers={**page, "X-SafeExamBrowser-ConfigKeyHash": "0" * 64}).status == 403, "a header that is there counts"

with step("where Browser Exam Keys are stated, the browser itself is asked for too"):
    browser = hashlib.sha256(b"a browser").hexdigest()
    path = "/api/v1/sittings/own"
    set_mode("refuse", lambda: two.get(path, headers=headers(path, KEY)).status == 403, keep_quit_password=True,
             browser_exam_keys=[hashlib.sha256(b"another").hexdigest(), browser.upper()])
    assert two.get(path, headers=headers(path, KEY)).status == 403
    assert two.get(path, headers=headers(path, KEY, "0" * 64)).status == 403
    assert two.get(path, headers=headers(path, KEY, browser)).status == 200
    assert two.get(path, headers=headers(path, None, browser)).status == 403, "the configuration is asked for as before"
    assert invigilator.get(seb).json["browser_exam_keys"][1] == browser

with step("another server takes the same decision, also after a start"):
    beside = Server(database=server.database, key_file=server.key_file, WORKER="off", PUBLIC_URL=ORIGIN)
    copy = type(two)(beside, hall)
    copy.cookies.update(two.cookies)
    assert copy.get(path).code == "seb-required" and copy.get(path, headers=headers(path, KEY, browser)).status == 200
    beside.stop()

with step("off again: everybody works"):
    set_mode("off", lambda: two.get(path).status == 200)
    assert two.get(path).status == 200 and invigilator.get(seb).json["quit_password"] is False
    assert len(server.psql("SELECT 1 FROM khoacu.audit_event WHERE act = 'hall.browser_set'")) == 5

finish()
