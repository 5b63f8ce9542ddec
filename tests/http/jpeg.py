"""Pictures for scenarios, written by hand: JPEG segments as ITU T.81 has them, no library."""

import struct


def _segment(marker, body):
    return bytes([0xFF, marker]) + struct.pack(">H", len(body) + 2) + body


def jpeg(width=120, height=160, shade=8, extras=b"", tail=b""):
    """A grey picture: one table each, one component, every block the same."""
    blocks = ((width + 7) // 8) * ((height + 7) // 8)
    quant = _segment(0xDB, b"\0" + bytes([shade]) * 64)
    frame = _segment(0xC0, struct.pack(">BHHB", 8, height, width, 1) + b"\x01\x11\0")
    # DC: one code of one bit for «no difference»; AC: one code of one bit for «end of block».
    huffman = _segment(0xC4, b"\0" + bytes([1] + [0] * 15) + b"\0") + _segment(0xC4, b"\x10" + bytes([1] + [0] * 15) + b"\0")
    scan = _segment(0xDA, b"\x01\x01\0\0\x3f\0") + bytes((2 * blocks + 7) // 8)
    return b"\xff\xd8" + extras + quant + frame + huffman + scan + b"\xff\xd9" + tail


def exif(words=b"GPS 21.0278N 105.8342E"):
    return _segment(0xE1, b"Exif\0\0" + words) + _segment(0xFE, b"a comment")
