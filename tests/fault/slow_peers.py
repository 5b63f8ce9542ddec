"""slow_peers.py PORT COUNT: peers that send, or take, a byte each half second, and come back when they are thrown out; until it is ended.

A process of its own, in one thread: as threads beside those who save, the peers would be measured waiting for their own interpreter.
Says «here» when every peer has been connected once.
"""

import errno
import socket
import sys
import time

PORT, COUNT = int(sys.argv[1]), int(sys.argv[2])
PACE_S = 0.5
HEADS = (b"GET /api/v1/clock HTTP/1.1\r\nHost: x\r\nX: ",
         b"PUT /api/v1/sittings/1/responses/1 HTTP/1.1\r\nHost: x\r\nX-Khoacu: 1\r\nContent-Type: application/json\r\nContent-Length: 200\r\n\r\n")
MUCH = b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n" * 20


class Peer:
    def __init__(self, number):
        self.reads = number % 2 == 1
        self.head = MUCH if self.reads else HEADS[number // 2 % 2]
        self.sock = None

    def connect(self):
        self.sock = socket.socket()
        if self.reads:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        self.sock.connect(("127.0.0.1", PORT))
        self.sock.sendall(self.head)
        self.sock.setblocking(False)

    def turn(self):
        """One byte there or back; who was thrown out connects anew."""
        try:
            if not self.sock:
                self.connect()
            elif self.reads:
                if not self.sock.recv(16):
                    raise OSError(errno.ECONNRESET, "closed")
            else:
                self.sock.send(b"a")
        except BlockingIOError:
            pass
        except OSError:
            if self.sock:
                self.sock.close()
            self.sock = None


peers = [Peer(number) for number in range(COUNT)]
for turn in range(10**9):
    began = time.monotonic()
    for i, peer in enumerate(peers):
        peer.turn()
        time.sleep(max(0.0, began + PACE_S * (i + 1) / COUNT - time.monotonic()))
    if turn == 0:
        print("here", flush=True)
