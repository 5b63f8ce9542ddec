"""The folder of `khoacu publish`, as an auditor, a candidate and a web server see it. Called by test_60, which has lists to publish."""

import base64
import gzip
import hashlib
import http.client
import json
import os
import shutil
import signal
import subprocess

from harness import BINARY, free_port, step


def read(*parts):
    with open(os.path.join(*parts), "rb") as file:
        return file.read()


def verify(*arguments):
    done = subprocess.run([BINARY, "verify", *arguments], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout + done.stderr


def unpad(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def shard_of(folder, roll, date):
    about = json.loads(read(folder, "about.json"))
    derived = hashlib.pbkdf2_hmac("sha256", f"{roll}\n{date}".encode(), unpad(about["salt"]), about["rounds"], 48)
    tag = derived[:16].hex()
    shard = read(folder, tag[:about["digits"]] + ".json")
    return shard, next((e for e in json.loads(shard)["entries"] if e["tag"] == tag), None), derived[16:], tag


def open_sealed(entry, key, tag):
    """By node, which has the same AES-GCM as a browser."""
    script = """const [key, tag, sealed] = process.argv.slice(1); const all = Buffer.from(sealed, "base64url");
const d = require("crypto").createDecipheriv("aes-256-gcm", Buffer.from(key, "hex"), all.subarray(0, 12));
d.setAAD(Buffer.from(tag)); d.setAuthTag(all.subarray(-16)); process.stdout.write(Buffer.concat([d.update(all.subarray(12, -16)), d.final()]));"""
    done = subprocess.run(["node", "-e", script, key.hex(), tag, entry["sealed"]], capture_output=True, check=True)
    return json.loads(done.stdout)


def check(server, public, cycle, birth_date):
    folder, key = os.path.join(server.folder, "site"), os.path.join(server.folder, "publish.key")
    newest = public.get(f"/api/v1/releases/{cycle}").json
    home = os.path.join(folder, "data", cycle, f"v{newest['version']}")

    with step("`khoacu publish` writes all lists as signed static files, and their bytes are those of the server"):
        done = server.command("publish", "--out", folder, "--key", key, "--rounds", "2000")
        assert done[0] == 0 and "signed files" in done[1], done
        assert os.stat(key).st_mode & 0o777 == 0o600
        for version in newest["versions"]:
            name = f"data/{cycle}/v{version['version']}/{cycle}-v{version['version']}"
            for kind in ("json", "csv", "pdf", "xlsx"):
                assert read(folder, f"{name}.{kind}") == public.get(f"/api/v1/releases/{cycle}/list.{kind}?version={version['version']}").bytes
        posts = [json.loads(read(folder, post["file"].lstrip("/"))) for post in json.loads(read(home, "list.json"))["posts"]]
        assert posts == newest["posts"]
        assert gzip.decompress(read(folder, "index.html.gz")) == read(folder, "index.html") and b'content="files"' in read(folder, "index.html")
        states = {d["version"]: d["state"] for d in json.loads(read(folder, "data/verifications.json"))["items"] if d["cycle"]["code"] == cycle}
        assert states == {v["version"]: "valid" if v["version"] == newest["version"] else "replaced" for v in newest["versions"]}

    with step("a stranger checks signature, manifest and every list; OpenSSL alone checks the signature"):
        status, text = verify(folder)
        assert status == 0 and "signature and" in text and text.count("everything holds") == len(newest["versions"]), text
        done = subprocess.run(["openssl", "pkeyutl", "-verify", "-rawin", "-pubin", "-inkey", "public-key.pem", "-sigfile", "manifest.sig",
                               "-in", "manifest.json"], cwd=folder, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done
        assert verify(folder, "--key", os.path.join(folder, "public-key.pem"))[0] == 0

    with step("a changed digit, a file too many, a missing one, another key: each is named"):
        def changed(act, expected, *arguments):
            copy = folder + ".changed"
            shutil.rmtree(copy, ignore_errors=True)
            shutil.copytree(folder, copy)
            act(copy)
            status, text = verify(copy, *arguments)
            assert status == 1 and expected in text, (status, text)
            shutil.rmtree(copy)

        def digit(copy):
            name = os.path.join(copy, "data", cycle, "v1", f"{cycle}-v1.csv")
            data = read(name).replace(b"66", b"67", 1)
            with open(name, "wb") as out:
                out.write(data)

        def one_byte(kind):
            def act(copy):
                name = os.path.join(copy, "data", cycle, "v1", f"{cycle}-v1.{kind}")
                data = bytearray(read(name))
                data[len(data) // 2] ^= 1
                with open(name, "wb") as out:
                    out.write(data)
            return act

        def other_key(copy):
            subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", copy + ".key"], check=True, capture_output=True)
            subprocess.run(["openssl", "pkey", "-in", copy + ".key", "-pubout", "-out", os.path.join(copy, "public-key.pem")], check=True)
            os.remove(copy + ".key")

        def manifest(copy):
            name = os.path.join(copy, "manifest.json")
            data = read(name).replace(b'"size":1', b'"size":2', 1)
            with open(name, "wb") as out:
                out.write(data)

        changed(digit, "is not the one that was signed")
        for kind in ("pdf", "xlsx"):
            changed(one_byte(kind), f"v1.{kind}: the file is not the one that was signed")
        changed(lambda copy: open(os.path.join(copy, "more.txt"), "wb").close(), "not signed")
        changed(lambda copy: os.remove(os.path.join(copy, "index.html")), "missing")
        changed(manifest, "signature")
        changed(other_key, "signature")
        changed(other_key, "not the one that was given", "--key", os.path.join(folder, "public-key.pem"))

    with step("a candidate finds her own record by number and date; right, wrong and absent fetch the same number of bytes"):
        shard, entry, secret, tag = shard_of(os.path.join(home, "lookup"), "B102", birth_date("B102"))
        record = open_sealed(entry, secret, tag)
        assert record == public.post(f"/api/v1/releases/{cycle}/lookup", {"roll_number": "B102", "birth_date": birth_date("B102")}).json
        wrong, none, _, _ = shard_of(os.path.join(home, "lookup"), "B102", "1971-01-01")
        absent, nobody, _, _ = shard_of(os.path.join(home, "lookup"), "ZZZ", birth_date("B102"))
        assert none is nobody is None and len(shard) == len(wrong) == len(absent)
        names = [n for n in os.listdir(os.path.join(home, "lookup")) if n != "about.json"]
        assert len({len(read(home, "lookup", n)) for n in names}) == 1 and len(names) == 16
        lengths = {len(e["sealed"]) for n in names for e in json.loads(read(home, "lookup", n))["entries"]}
        assert len(lengths) == 1 and b"B102" not in b"".join(read(home, "lookup", n) for n in names)

    with step("publishing again replaces the folder as a whole; a folder of somebody else's stays; no look-up where none is wanted"):
        assert server.command("publish", "--out", folder, "--key", key, "--without-lookup")[0] == 0
        assert verify(folder)[0] == 0 and not os.path.exists(os.path.join(home, "lookup"))
        assert [n for n in os.listdir(server.folder) if n.startswith("site.")] == []
        foreign = os.path.join(server.folder, "foreign")
        os.makedirs(foreign)
        open(os.path.join(foreign, "letter.txt"), "wb").close()
        assert server.command("publish", "--out", foreign, "--key", key)[0] == 2 and os.listdir(foreign) == ["letter.txt"]
        os.chmod(key, 0o644)
        assert server.command("publish", "--out", folder, "--key", key)[0] == 2
        os.chmod(key, 0o600)
        assert server.command("publish", "--out", folder, "--key", key, "--rounds", "2000")[0] == 0

    with step("`khoacu serve-static` serves what was signed, compressed, with entity tags, and nothing else"):
        port = free_port()
        with subprocess.Popen([BINARY, "serve-static", folder, "--listen", f"127.0.0.1:{port}", "--loops", "1"], stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL, text=True) as process:
            assert "signed files" in process.stdout.readline()

            def get(path, **headers):
                connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
                connection.request("GET", path, headers=headers)
                reply = connection.getresponse()
                body = reply.read()
                connection.close()
                return reply, body

            name = f"/data/{cycle}/v{newest['version']}/posts/0.json"
            reply, body = get(name)
            assert reply.status == 200 and body == read(folder, name.lstrip("/")) and "immutable" in reply.getheader("Cache-Control")
            reply, packed = get(name, **{"Accept-Encoding": "gzip"})
            if reply.getheader("Content-Encoding") == "gzip":
                assert gzip.decompress(packed) == body and reply.getheader("Vary") == "Accept-Encoding"
            again, nothing = get(name, **{"Accept-Encoding": "gzip", "If-None-Match": reply.getheader("ETag")})
            assert again.status == 304 and nothing == b""
            for page in ("/", "/kiem-tra", "/kiem-tra/", f"/verify/{newest['verify_code']}"):
                assert get(page)[1] == read(folder, "index.html"), page
            assert get("/assets/public/verify.wasm")[0].getheader("Content-Type") == "application/wasm"
            assert get("/assets/shared/i18n/vi.json")[0].status == 200
            assert get("/manifest.sig")[1] == read(folder, "manifest.sig")
            reply, page = get("/none", Accept="text/html,*/*;q=0.8")
            assert reply.status == 404 and reply.getheader("Content-Type") == "text/html; charset=utf-8" and "Về trang chính" in page.decode()
            for path in ("/none", "/data/", "/../publish.key", "/%2e%2e/publish.key", "/data/%2e%2e/%2e%2e/publish.key", "/" + "x" * 3000):
                assert get(path)[0].status in (400, 404, 414), path
            process.send_signal(signal.SIGTERM)
            assert process.wait(10) == 0
        with open(os.path.join(folder, "index.html"), "ab") as out:
            out.write(b" ")
        done = subprocess.run([BINARY, "serve-static", folder, "--listen", f"127.0.0.1:{port}"], capture_output=True, text=True, check=False, timeout=20)
        assert done.returncode == 1 and "does not hold" in done.stderr
