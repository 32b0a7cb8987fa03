"""A real HTTP server on this machine that misbehaves as it is told."""

from __future__ import annotations

import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

Answer = Callable[["Request", bytes], None]


class Request(BaseHTTPRequestHandler):
    """One request; an `Answer` uses `send` and `wfile`."""

    protocol_version = "HTTP/1.1"
    server: Server

    def do_GET(self) -> None:
        """Answer as the server was told to."""
        self.server.requests.append((self.path, self.headers.get("Range", "")))
        answer = self.server.answers.pop(0) if self.server.answers else self.server.otherwise
        answer(self, self.server.files.get(self.path, b""))
        self.close_connection = True

    def send(self, status: int, length: int | None, **headers: str) -> None:
        """Status line and headers, `Content_Range` for Content-Range."""
        self.send_response(status)
        if length is not None:
            self.send_header("Content-Length", str(length))
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Connection", "close")
        self.end_headers()

    def start(self) -> int:
        """The first byte that was asked for."""
        asked = self.headers.get("Range", "")
        return int(asked.removeprefix("bytes=").partition("-")[0]) if asked else 0

    def log_message(self, *_: object) -> None:
        """Nothing on stderr."""


class Server(ThreadingHTTPServer):
    """`files` by path; `answers` to the next requests, `otherwise` to all further ones; `requests`: (path, range)."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Request)
        self.files: dict[str, bytes] = {}
        self.answers: list[Answer] = []
        self.otherwise: Answer = serve
        self.requests: list[tuple[str, str]] = []
        self.ends = threading.Event()
        self.scheme = "http"

    @property
    def url(self) -> str:
        """The address of its root."""
        return f"{self.scheme}://127.0.0.1:{self.server_address[1]}"

    def handle_error(self, *_: object) -> None:
        """A client that hangs up is what the tests are about."""


@contextmanager
def loopback_server(certificate: Path | None = None, key: Path | None = None) -> Iterator[Server]:
    """A running server; over TLS where a certificate is given."""
    server = Server()
    if certificate is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
        server.scheme = "https"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.ends.set()
        server.shutdown()
        server.server_close()
        thread.join(5)


def serve(request: Request, data: bytes) -> None:
    """As a good server does: whole, or from where it was asked."""
    if not data:
        request.send(404, 0)
        return
    start = request.start()
    if start:
        where = f"bytes {start}-{len(data) - 1}/{len(data)}"
        request.send(206, len(data) - start, ETag='"v1"', Content_Range=where)
    else:
        request.send(200, len(data), ETag='"v1"')
    request.wfile.write(data[start:])


def status(code: int) -> Answer:
    """This status and nothing else."""
    return lambda request, _: request.send(code, 0)


def redirect(to: str) -> Answer:
    """Go there instead."""
    return lambda request, _: request.send(302, 0, Location=to)


def cut_at(n_bytes: int) -> Answer:
    """Promise all, send this many bytes, and hang up."""

    def answer(request: Request, data: bytes) -> None:
        request.send(200, len(data), ETag='"v1"')
        request.wfile.write(data[:n_bytes])

    return answer


def stall_at(n_bytes: int) -> Answer:
    """Send this many bytes of what was asked for, then nothing, without hanging up."""

    def answer(request: Request, data: bytes) -> None:
        request.send(200, len(data), ETag='"v1"')
        request.wfile.write(data[:n_bytes])
        request.wfile.flush()
        request.server.ends.wait(30)

    return answer


def drip(n_bytes: int, pause_s: float) -> Answer:
    """Send what was asked for a few bytes at a time."""

    def answer(request: Request, data: bytes) -> None:
        start = request.start()
        if start:
            where = f"bytes {start}-{len(data) - 1}/{len(data)}"
            request.send(206, len(data) - start, ETag='"v1"', Content_Range=where)
        else:
            request.send(200, len(data), ETag='"v1"')
        for at in range(start, len(data), n_bytes):
            if request.server.ends.wait(pause_s):
                return
            request.wfile.write(data[at : at + n_bytes])
            request.wfile.flush()

    return answer
