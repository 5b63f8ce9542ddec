"""A real mail server on loopback for the scenario of letters: STARTTLS, a log-in, answers by the recipient's name."""

import asyncio
import email
import email.policy
import os
import ssl
import subprocess
import sys

sys.path.append("/usr/lib/python3/dist-packages")  # where Debian has it, whichever python3 comes first

from aiosmtpd.controller import Controller  # noqa: E402
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword  # noqa: E402

USER, PASSWORD = "tuyendung", "mat-khau-thu-tin"


class Box:
    """Takes mails; `refuse` and `defer` are parts of addresses; `hold` seconds before each answer."""

    def __init__(self):
        self.senders = []  # (return address, recipient) of what was taken
        self.mails, self.tries, self.refuse, self.defer, self.hold, self.tls = [], [], "hongthu", "daythu", 0, []

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        self.tries.append(address)
        if self.refuse and self.refuse in address:
            return "550 5.1.1 No such mailbox here"
        if self.defer and self.defer in address:
            return "452 4.2.2 Mailbox full, try again later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        if self.hold:
            await asyncio.sleep(self.hold)
        self.senders.append((envelope.mail_from, envelope.rcpt_tos[0]))
        self.tls.append(session.ssl is not None)
        self.mails.append((envelope.rcpt_tos[0], email.message_from_bytes(envelope.content, policy=email.policy.default)))
        return "250 Accepted"


def certificate(folder):
    key, cert = os.path.join(folder, "smtp.key"), os.path.join(folder, "smtp.pem")
    subprocess.run(["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", key, "-out", cert, "-days", "2", "-subj", "/CN=127.0.0.1",
                    "-addext", "subjectAltName=IP:127.0.0.1"], check=True, capture_output=True)
    return key, cert


class MailServer(Controller):
    def __init__(self, box, port, folder):
        key, cert = certificate(folder)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(cert, key)
        super().__init__(box, hostname="127.0.0.1", port=port)

    def factory(self):
        def check(server, session, envelope, mechanism, data):
            good = isinstance(data, LoginPassword) and data.login == USER.encode() and data.password == PASSWORD.encode()
            return AuthResult(success=good)
        return SMTP(self.handler, hostname="127.0.0.1", tls_context=self.context, require_starttls=True, authenticator=check, auth_required=True,
                    enable_SMTPUTF8=False)
