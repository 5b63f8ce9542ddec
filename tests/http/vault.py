"""Ciphertext of the item bank as the server makes it, for scenarios that put items straight into the tables.

    vault = Vault(server)
    sql = vault.bank_sql(bank_id)                                  # the bank's data keys
    sql = vault.item_sql(bank_id, item_id, 1, content, key)        # rows of item_text and item_key
    vault.open(bank_id, generation, sealed, item_id, version, "key")
"""

import ctypes
import ctypes.util
import hashlib
import hmac
import html
import json
import os

_lib = ctypes.CDLL(ctypes.util.find_library("crypto") or "libcrypto.so.3")
_lib.EVP_CIPHER_CTX_new.restype = ctypes.c_void_p
_lib.EVP_aes_256_gcm.restype = ctypes.c_void_p
for _name in ("EncryptInit_ex", "DecryptInit_ex"):
    getattr(_lib, f"EVP_{_name}").argtypes = [ctypes.c_void_p, ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_char_p]
for _name in ("EncryptUpdate", "DecryptUpdate"):
    getattr(_lib, f"EVP_{_name}").argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.POINTER(ctypes.c_int), ctypes.c_char_p, ctypes.c_int]
for _name in ("EncryptFinal_ex", "DecryptFinal_ex"):
    getattr(_lib, f"EVP_{_name}").argtypes = [ctypes.c_void_p, ctypes.c_char_p, ctypes.POINTER(ctypes.c_int)]
_lib.EVP_CIPHER_CTX_ctrl.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_int, ctypes.c_char_p]
_lib.EVP_CIPHER_CTX_free.argtypes = [ctypes.c_void_p]
_GET_TAG, _SET_TAG = 0x10, 0x11


def seal(key, bound, text):
    """AES-256-GCM: nonce, ciphertext, tag."""
    nonce, out, n, tag = os.urandom(12), ctypes.create_string_buffer(len(text) + 16), ctypes.c_int(), ctypes.create_string_buffer(16)
    context = _lib.EVP_CIPHER_CTX_new()
    good = (_lib.EVP_EncryptInit_ex(context, _lib.EVP_aes_256_gcm(), None, key, nonce) == 1
            and _lib.EVP_EncryptUpdate(context, None, n, bound, len(bound)) == 1
            and _lib.EVP_EncryptUpdate(context, out, n, text, len(text)) == 1
            and _lib.EVP_EncryptFinal_ex(context, None, n) == 1
            and _lib.EVP_CIPHER_CTX_ctrl(context, _GET_TAG, 16, tag) == 1)
    _lib.EVP_CIPHER_CTX_free(context)
    assert good
    return nonce + out.raw[:len(text)] + tag.raw


def unseal(key, bound, sealed):
    """The text, or an AssertionError."""
    text, out, n = sealed[12:-16], ctypes.create_string_buffer(len(sealed)), ctypes.c_int()
    context = _lib.EVP_CIPHER_CTX_new()
    good = (_lib.EVP_DecryptInit_ex(context, _lib.EVP_aes_256_gcm(), None, key, sealed[:12]) == 1
            and _lib.EVP_DecryptUpdate(context, None, n, bound, len(bound)) == 1
            and _lib.EVP_DecryptUpdate(context, out, n, text, len(text)) == 1
            and _lib.EVP_CIPHER_CTX_ctrl(context, _SET_TAG, 16, sealed[-16:]) == 1
            and _lib.EVP_DecryptFinal_ex(context, ctypes.create_string_buffer(16), n) == 1)
    _lib.EVP_CIPHER_CTX_free(context)
    assert good, "not what was sealed"
    return out.raw[:len(text)]


def document(stem, options, right):
    """Content and key of a single-choice item of plain texts; `right` counts from 1."""
    content = {"body": {"vi": html.escape(stem)}, "kind": "single",
               "options": [{"id": "abcdefgh"[i], "text": {"vi": html.escape(option)}} for i, option in enumerate(options)], "shuffle": True}
    return _canonical(content), _canonical({"kind": "single", "options": [{"credit": "1", "id": "abcdefgh"[right - 1]}], "points": "1"})


def _canonical(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True).encode()


class Vault:
    def __init__(self, server):
        self.server = server
        with open(server.bank_key_file, "rb") as file:
            self.master = file.read()
        self.keys = {}

    def bank_sql(self, bank_id):
        """Rows of bank_data_key, generations 0 and 1."""
        sql = ""
        for generation in (0, 1):
            self.keys[bank_id, generation] = os.urandom(32)
            wrapped = seal(self.master, b"khoacu/bank-key/v1|%d|%d" % (bank_id, generation), self.keys[bank_id, generation])
            sql += f"INSERT INTO khoacu.bank_data_key (bank_id, generation, wrapped) VALUES ({bank_id}, {generation}, '\\x{wrapped.hex()}');"
        return sql

    def key_of(self, bank_id, generation):
        if (bank_id, generation) not in self.keys:
            ((wrapped,),) = self.server.psql(f"SELECT wrapped FROM khoacu.bank_data_key WHERE bank_id = {bank_id} AND generation = {generation}")
            self.keys[bank_id, generation] = unseal(self.master, b"khoacu/bank-key/v1|%d|%d" % (bank_id, generation), bytes.fromhex(wrapped[2:]))
        return self.keys[bank_id, generation]

    def seal(self, bank_id, text, number_of, number, part):
        return "\\x" + seal(self.key_of(bank_id, 1), b"khoacu/item/v1|%d|%d|%s" % (number_of, number, part.encode()), text).hex()

    def open(self, bank_id, generation, sealed, number_of, number, part):
        """The text of a ciphertext as psql shows it."""
        return unseal(self.key_of(bank_id, generation), b"khoacu/item/v1|%d|%d|%s" % (number_of, number, part.encode()), bytes.fromhex(sealed[2:]))

    def fingerprint(self, bank_id, text):
        return "\\x" + hmac.new(self.key_of(bank_id, 0), text, hashlib.sha256).hexdigest()

    def item_sql(self, bank_id, item_id, version, content, key):
        extra = b'{"external":"","reason":"","source":"n"}'
        return (f"INSERT INTO khoacu.item_text (item_id, version, generation, content, extra) VALUES ({item_id}, {version}, 1, "
                f"'{self.seal(bank_id, content, item_id, version, 'content')}', '{self.seal(bank_id, extra, item_id, version, 'extra')}');"
                f"INSERT INTO khoacu.item_key (item_id, version, generation, sealed) VALUES ({item_id}, {version}, 1, "
                f"'{self.seal(bank_id, key, item_id, version, 'key')}');")

    def media_sql(self, bank_id, type, data, staff_id):
        """A picture or sound that items of the bank name by the hash of its bytes."""
        sha256 = hashlib.sha256(data).hexdigest()
        return (f"INSERT INTO khoacu.bank_media (bank_id, sha256, type, generation, sealed, added_by, added_at) VALUES ({bank_id}, '\\x{sha256}', "
                f"'{type}', 1, '{self.seal(bank_id, data, bank_id, 0, 'media/' + sha256)}', {staff_id}, now());")

    def items(self, where="true"):
        """{code: [(version, content, key)]} of the items, opened."""
        found = {}
        for code, bank_id, item_id, version, generation, content, key_generation, key in self.server.psql(
                "SELECT i.code, i.bank_id, i.item_id, t.version, t.generation, t.content, k.generation, k.sealed FROM khoacu.item i "
                "JOIN khoacu.item_text t USING (item_id) JOIN khoacu.item_key k ON k.item_id = t.item_id AND k.version = t.version "
                f"WHERE {where} ORDER BY i.code, t.version"):
            place = int(bank_id), int(item_id), int(version)
            found.setdefault(code, []).append((
                int(version), json.loads(self.open(place[0], int(generation), content, place[1], place[2], "content")),
                json.loads(self.open(place[0], int(key_generation), key, place[1], place[2], "key"))))
        return found


def make_live(server, bank):
    """As if every item of the bank had been reviewed and published."""
    server.psql("BEGIN; SET LOCAL session_replication_role = replica; UPDATE khoacu.item i SET state = 'live', changed = b.changes + 1 "
                f"FROM khoacu.bank b WHERE b.bank_id = i.bank_id AND b.code = '{bank}' AND i.state <> 'retired'; "
                f"UPDATE khoacu.bank SET changes = changes + 1 WHERE code = '{bank}'; COMMIT;")
