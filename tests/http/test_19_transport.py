"""HTTPS by a certificate of one's own, and peers that never finish: both are matters of the transport, below all routes."""

import contextlib
import http.client
import os
import socket
import ssl
import subprocess
import tempfile
import time
import warnings

from harness import BINARY, Server, allowed, environment, eventually, finish, step

folder = tempfile.mkdtemp(prefix="khoacu-tls-")
CERT, KEY = os.path.join(folder, "cert.pem"), os.path.join(folder, "key.pem")
subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj",
                "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1", "-keyout", KEY, "-out", CERT], check=True, capture_output=True)
os.chmod(KEY, 0o600)  # root's alone: it is read before root is dropped

server = Server(TLS_CERT=CERT, TLS_KEY=KEY, REQUEST_S=2, CONNECTIONS_PER_ADDRESS=20)
trust = ssl.create_default_context(cafile=CERT)


def secure():
    return http.client.HTTPSConnection("127.0.0.1", server.port, context=trust, timeout=10)


with step("the server speaks HTTPS with the certificate that the settings name"):
    connection = secure()
    for _ in range(3):
        connection.request("GET", "/api/v1/clock")
        reply = connection.getresponse()
        assert reply.status == 200 and b"server_now" in reply.read()
    assert connection.sock.version() in ("TLSv1.2", "TLSv1.3"), connection.sock.version()
    connection.close()

with step("protocols before TLS 1.2 are refused"):
    warnings.simplefilter("ignore", DeprecationWarning)
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    old.load_verify_locations(CERT)
    old.set_ciphers("ALL:@SECLEVEL=0")
    old.minimum_version, old.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    try:
        http.client.HTTPSConnection("127.0.0.1", server.port, context=old, timeout=10).request("GET", "/api/v1/clock")
        raise AssertionError("TLS 1.1 was spoken")
    except (ssl.SSLError, ConnectionError):
        pass

with step("plain HTTP gets no answer there, and the admin port stays as it is"):
    plain = http.client.HTTPConnection("127.0.0.1", server.port, timeout=10)
    try:
        plain.request("GET", "/api/v1/clock")
        plain.getresponse()
        raise AssertionError("plain HTTP was answered")
    except (ConnectionError, http.client.HTTPException):
        pass
    assert server.admin("/healthz")[0] == 200


def ends(text, more=b""):
    """How long a peer lives that has sent `text`, and sends `more` every half second."""
    sock = trust.wrap_socket(socket.create_connection(("127.0.0.1", server.port)), server_hostname="127.0.0.1")
    sock.settimeout(0.5)
    began = time.monotonic()
    sock.sendall(text)
    while time.monotonic() - began < 60:
        try:
            if not sock.recv(4096):
                break
        except TimeoutError:
            try:
                if more:
                    sock.sendall(more)
            except OSError:
                break
        except OSError:
            break
    sock.close()
    return time.monotonic() - began


with step("a head that comes byte by byte is not waited for without end"):
    assert 1 < ends(b"GET /api/v1/clock HTTP/1.1\r\nHost: x\r\n", b"a") < allowed(8)

with step("nor is a body"):
    assert 1 < ends(b"POST /api/v1/candidate-logins HTTP/1.1\r\nHost: x\r\nX-Khoacu: 1\r\nContent-Type: application/json\r\n"
                    b"Content-Length: 300\r\n\r\n", b" ") < allowed(8)

with step("one address holds no more connections than the setting allows, and may again when they are gone"):
    held = []
    for _ in range(120):  # the setting counts for each event loop
        sock = socket.create_connection(("127.0.0.1", server.port))
        held.append(sock)
    def gone(sock):
        sock.setblocking(False)
        try:
            return sock.recv(1) == b""
        except BlockingIOError:
            return False
        except ConnectionError:
            return True

    assert eventually(lambda: sum(map(gone, held)) >= 120 - 20 * 4), sum(map(gone, held))
    for sock in held:
        sock.close()

    def answered():
        connection = secure()
        with contextlib.suppress(OSError, http.client.HTTPException):
            connection.request("GET", "/api/v1/clock")
            return connection.getresponse().status == 200
        return False

    assert eventually(answered)


def refused(**settings):
    env = environment(DB="host=/nowhere", VAR=os.path.join(folder, "var"), LISTEN="127.0.0.1:1", **settings)
    done = subprocess.run([BINARY, "serve"], env=env, capture_output=True, text=True, cwd=folder, timeout=60, check=False)
    return done.returncode, done.stderr


with step("a certificate without its key is a wrong setting, and so is a number out of range"):
    status, words = refused(TLS_CERT=CERT)
    assert status == 2 and "KHOACU_TLS_KEY" in words, (status, words)
    status, words = refused(REQUEST_S=1)
    assert status == 2 and "KHOACU_REQUEST_S" in words, (status, words)

with step("`khoacu config` prints them"):
    status, words, _ = server.command("config")
    assert status == 0 and "KHOACU_TLS_CERT" in words and CERT in words and "KHOACU_CONNECTIONS_PER_ADDRESS" in words

finish()
