"""The library of shim.c, compiled, and its file: `luck = Luck(); luck.clock_us = 3600 * 10**6`; give luck.env to a process."""

import mmap
import os
import struct
import subprocess
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))


class Luck:
    _names = {"clock_us": 0, "sync_us": 1, "allocation": 2}

    def __init__(self):
        folder = tempfile.mkdtemp(prefix="khoacu-luck-")
        os.chmod(folder, 0o755)
        library, path = os.path.join(folder, "shim.so"), os.path.join(folder, "luck")
        subprocess.run([os.environ.get("CC", "gcc"), "-O1", "-shared", "-fPIC", "-I", os.path.join(HERE, "..", "..", "include"), "-o", library, os.path.join(HERE, "shim.c")], check=True)
        with open(path, "wb") as file:
            file.write(bytes(4096))
        os.chmod(path, 0o644)
        with open(path, "r+b") as file:
            self._map = mmap.mmap(file.fileno(), 4096)
        self.env = {"LD_PRELOAD": library, "FAULT_SHIM": path}

    def __setattr__(self, name, value):
        if name in self._names:
            struct.pack_into("<q", self._map, 8 * self._names[name], int(value))
        else:
            super().__setattr__(name, value)

    def good(self):
        self.clock_us = self.sync_us = self.allocation = 0


def unlucky(server, luck):
    """The server again, with the library in it."""
    server.stop()
    server.env.update(luck.env)
    server.start()
    return server
