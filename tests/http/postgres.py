"""SQL of the scenarios through libpq: a process of its own for every question would cost more than its answer.

    rows = run("host=/tmp/… user=postgres dbname=khoacu", "SELECT …; SELECT …")

Gives the rows of all statements as lists of texts, NULL as "", blank rows left out. What is sent in one call is one transaction unless it has
its own BEGIN; a connection lives for one call, so nothing that is SET outlasts it.
"""

import ctypes

_TUPLES, _FINE = 2, {0, 1, 2}  # PGRES_TUPLES_OK; besides it PGRES_EMPTY_QUERY and PGRES_COMMAND_OK
_pq = ctypes.CDLL("libpq.so.5")
for _name, _result, *_arguments in (
        ("PQconnectdb", ctypes.c_void_p, ctypes.c_char_p), ("PQstatus", ctypes.c_int, ctypes.c_void_p), ("PQfinish", None, ctypes.c_void_p),
        ("PQerrorMessage", ctypes.c_char_p, ctypes.c_void_p), ("PQsendQuery", ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p),
        ("PQgetResult", ctypes.c_void_p, ctypes.c_void_p), ("PQclear", None, ctypes.c_void_p), ("PQresultStatus", ctypes.c_int, ctypes.c_void_p),
        ("PQresultErrorMessage", ctypes.c_char_p, ctypes.c_void_p), ("PQresultErrorField", ctypes.c_char_p, ctypes.c_void_p, ctypes.c_int),
        ("PQntuples", ctypes.c_int, ctypes.c_void_p), ("PQnfields", ctypes.c_int, ctypes.c_void_p),
        ("PQgetvalue", ctypes.c_char_p, ctypes.c_void_p, ctypes.c_int, ctypes.c_int)):
    _function = getattr(_pq, _name)
    _function.restype, _function.argtypes = _result, _arguments


class Refused(RuntimeError):
    """The database refused: its message, and its SQLSTATE where there is one."""

    def __init__(self, message, sqlstate=""):
        super().__init__(message)
        self.sqlstate = sqlstate


def _rows(result):
    fields = range(_pq.PQnfields(result))
    rows = ([_pq.PQgetvalue(result, row, field).decode() for field in fields] for row in range(_pq.PQntuples(result)))
    return [row for row in rows if row != [""]]


def run(conninfo, sql):
    connection = _pq.PQconnectdb(f"{conninfo} client_encoding=UTF8 options='-c client_min_messages=error'".encode())
    try:
        if _pq.PQstatus(connection) != 0 or not _pq.PQsendQuery(connection, sql.encode()):
            raise Refused(_pq.PQerrorMessage(connection).decode().strip())
        rows, refusal = [], None
        while result := _pq.PQgetResult(connection):
            status = _pq.PQresultStatus(result)
            if status == _TUPLES:
                rows += _rows(result)
            elif status not in _FINE and refusal is None:
                refusal = Refused(_pq.PQresultErrorMessage(result).decode().strip(), (_pq.PQresultErrorField(result, ord("C")) or b"").decode())
            _pq.PQclear(result)
        if refusal:
            raise refusal
        return rows
    finally:
        _pq.PQfinish(connection)
