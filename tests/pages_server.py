"""Serves a folder as GitHub Pages does: under a sub-path, gzipped, cached, with a 404 page.

`python tests/pages_server.py site 8001` serves a built site for a look.
"""

import contextlib
import functools
import gzip
import mimetypes
import socket
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

SUB_PATH = "/llm-flashcards/"
TEXT = ("text/", "application/json", "application/xml", "image/svg+xml")

# The sites of a run have some thousand files, and to pack one takes longer than to send it.
packed = functools.lru_cache(maxsize=4096)(gzip.compress)


class PagesServer(ThreadingHTTPServer):
    """Serves `folder` under SUB_PATH at 127.0.0.1, at a free port unless one is given."""

    request_queue_size = 64

    def __init__(self, folder: Path, port: int = 0):
        self.folder = Path(folder).resolve()
        self.connections: set[socket.socket] = set()
        super().__init__(("127.0.0.1", port), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}{SUB_PATH}"
        threading.Thread(target=self.serve_forever, daemon=True).start()

    def stop(self) -> None:
        """Be gone as if the machine were switched off: open connections end too."""
        self.shutdown()
        self.server_close()
        for connection in list(self.connections):
            with contextlib.suppress(OSError):  # it has just ended by itself
                connection.shutdown(socket.SHUT_RDWR)

    def get_request(self):
        connection, address = super().get_request()
        self.connections.add(connection)
        return connection, address

    def shutdown_request(self, request) -> None:
        self.connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request, client_address) -> None:
        # A browser that closes a page in the middle of an answer is no news.
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # head and body are sent apart: the body must not wait
    server: PagesServer

    def do_GET(self) -> None:
        address = urlsplit(self.path).path
        file = self.locate(address)
        if file and file.is_dir():
            if not address.endswith("/"):
                return self.answer(301, b"", {"Location": address + "/"})
            file = file / "index.html"
        if file and file.is_file():
            return self.send_file(200, file)
        self.send_file(404, self.server.folder / "404.html")

    do_HEAD = do_GET

    def locate(self, address: str) -> Path | None:
        if not (address + "/").startswith(SUB_PATH):
            return None
        file = (self.server.folder / unquote(address[len(SUB_PATH) :])).resolve()
        return file if file.is_relative_to(self.server.folder) else None

    def send_file(self, status: int, file: Path) -> None:
        kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
        body = file.read_bytes() if file.is_file() else b""
        headers = {"Content-Type": kind, "Cache-Control": "max-age=600", "Vary": "Accept-Encoding"}
        if kind.startswith(TEXT):
            headers["Content-Type"] += "; charset=utf-8"
            if "gzip" in self.headers.get("Accept-Encoding", ""):
                body = packed(body)
                headers["Content-Encoding"] = "gzip"
        self.answer(status, body, headers)

    def answer(self, status: int, body: bytes, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing: the tests' own output is what counts."""


if __name__ == "__main__":
    server = PagesServer(Path(sys.argv[1]), int(sys.argv[2]))
    print(f"{sys.argv[1]} at {server.url} (Ctrl-C stops it)")
    threading.Event().wait()
