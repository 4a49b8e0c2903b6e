"""`python -m runtime.local.rail`: serve on the address that the settings name."""

from __future__ import annotations

import threading
import time
from urllib.parse import urlsplit

import psycopg
from psycopg_pool import ConnectionPool, PoolTimeout

from runtime.local.rail.books import ROWS, Books
from runtime.local.rail.herald import Herald
from runtime.local.rail.http import RailServer, Tokens, make_server
from runtime.settings import settings

_LOOK_S = 0.1
Connections = ConnectionPool[psycopg.Connection[dict[str, object]]]


def main() -> None:
    """Until it is killed: there is nothing to finish."""
    chosen = settings()
    pool = Connections(
        chosen.rail_database_url,
        min_size=1,
        max_size=16,
        timeout=3,
        open=True,
        check=Connections.check_connection,  # its server may have gone and come back
        kwargs={"row_factory": ROWS, "connect_timeout": 3, "options": "-c statement_timeout=5000"},
    )
    books = Books(pool)
    secret = chosen.rail_webhook_file.read_text().split()[0]
    files = (chosen.rail_auth_file, chosen.rail_statement_file, chosen.rail_admin_file)
    tokens = Tokens(*(file.read_text().strip() for file in files))
    with make_server("127.0.0.1", urlsplit(chosen.rail_url).port or 80, books, tokens) as server:
        threading.Thread(target=_begin, args=(server, books), name="begin", daemon=True).start()
        threading.Thread(target=Herald(books, chosen.api_url, secret).run, name="herald", daemon=True).start()
        server.serve_forever()


def _begin(server: RailServer, books: Books) -> None:
    """The tables, as soon as there is a database."""
    while not server.ready:
        try:
            books.prepare()
            server.ready = True
        except (psycopg.Error, PoolTimeout):
            time.sleep(_LOOK_S)


if __name__ == "__main__":
    main()
