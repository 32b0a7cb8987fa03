"""One request over https, in a thread of its own: it can be left at any moment, and never waits for ever.

The certificate is checked, redirects lead to https only, and nothing but https is spoken. http is allowed where the
address asked for is itself http on this very machine, as in tests.
"""

from __future__ import annotations

import queue
import re
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from types import TracebackType
from urllib.error import URLError
from urllib.parse import SplitResult, urljoin, urlsplit
from urllib.request import HTTPHandler, HTTPSHandler, OpenerDirector, ProxyHandler, Request

from umx_gui import __version__
from umx_gui.engine.work import CancelToken
from umx_gui.errors import DownloadError, DownloadReason

_CHUNK = 1 << 16
_MAX_REDIRECTS = 5
_REDIRECTS = (301, 302, 303, 307, 308)
_THIS_MACHINE = ("localhost", "127.0.0.1", "::1")
_QUEUED = 16
_LOOK_S = 0.05


@dataclass(frozen=True, slots=True)
class Limits:
    """How long a server may take: to answer at all, to send anything more, and how slow it may be on average."""

    connect_s: float = 30.0
    stall_s: float = 30.0
    slowest_bytes_per_s: float = 500.0
    retry_s: float = 1.0  # the pause before a request is made again


@dataclass(frozen=True, slots=True)
class Head:
    """How an answer begins. `length`: the bytes that follow; None where the server does not say."""

    status: int
    length: int | None
    etag: str
    content_range: tuple[int, int, int] | None  # first, last, total
    encoding: str


class Transfer:
    """A GET request on its way; used in a `with` block, at whose end it is forgotten, finished or not."""

    def __init__(self, url: str, headers: Mapping[str, str], limits: Limits, cancel: CancelToken) -> None:
        self._file = urlsplit(url).path.rpartition("/")[2]
        self._url, self._headers, self._limits, self._cancel = url, dict(headers), limits, cancel
        self._items: queue.Queue[Head | bytes | Exception] = queue.Queue(_QUEUED)
        self._left = threading.Event()

    def __enter__(self) -> Transfer:
        threading.Thread(target=self._run, name="download", daemon=True).start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._left.set()

    def head(self) -> Head:
        """How the answer begins. Raises DownloadError and Cancelled."""
        item = self._next(self._limits.connect_s, DownloadReason.OFFLINE)
        assert isinstance(item, Head)
        return item

    def chunks(self) -> Iterator[bytes]:
        """What follows: as many bytes as were promised, or fewer. Raises DownloadError and Cancelled."""
        begun, n_bytes, window_s = time.monotonic(), 0, self._limits.stall_s
        while isinstance(chunk := self._next(self._limits.stall_s, DownloadReason.STALLED), bytes) and chunk:
            yield chunk
            n_bytes += len(chunk)
            if (elapsed := time.monotonic() - begun) >= window_s:
                if n_bytes < self._limits.slowest_bytes_per_s * elapsed:
                    raise self.error(DownloadReason.STALLED)
                begun, n_bytes = time.monotonic(), 0

    def error(self, reason: DownloadReason, detail: str = "") -> DownloadError:
        """What went wrong, with the file and the server it was asked from."""
        return DownloadError(self._file, host_of(self._url), reason, detail)

    def _next(self, patience_s: float, otherwise: DownloadReason) -> Head | bytes:
        deadline = time.monotonic() + patience_s
        while True:
            self._cancel.check()
            try:
                item = self._items.get(timeout=_LOOK_S)
            except queue.Empty:
                if time.monotonic() > deadline:
                    raise self.error(otherwise) from None
                continue
            if isinstance(item, Exception):
                raise self._typed(item, otherwise) from None
            return item

    def _typed(self, error: Exception, otherwise: DownloadReason) -> DownloadError:
        if isinstance(error, DownloadError):
            return error
        cause = error.reason if isinstance(error, URLError) else error
        # (That a certificate does not convince is a ValueError as well.)
        if isinstance(cause, ssl.SSLCertVerificationError):
            return self.error(DownloadReason.CERTIFICATE, cause.verify_message)
        if isinstance(cause, TimeoutError):
            return self.error(otherwise)
        if isinstance(cause, ValueError):
            return self.error(DownloadReason.SERVER, "an address that is none")
        if isinstance(cause, (HTTPException, ConnectionResetError, BrokenPipeError)):
            return self.error(DownloadReason.CUT)
        return self.error(DownloadReason.OFFLINE if otherwise is DownloadReason.OFFLINE else DownloadReason.CUT)

    # In the thread

    def _run(self) -> None:
        try:
            with self._open() as response:
                self._put(head := _head(response))
                left = head.length or 0
                # Not a byte more than promised is waited for: the server may keep the connection open.
                while left > 0 and not self._left.is_set() and (chunk := response.read1(min(_CHUNK, left))):
                    self._put(chunk)
                    left -= len(chunk)
            self._put(b"")
        except (OSError, HTTPException, ValueError, DownloadError) as error:
            self._put(error)

    def _open(self) -> HTTPResponse:
        """The answer, after as many redirects as are allowed."""
        url, here = self._url, _is_this_machine(urlsplit(self._url))
        opener = _opener(here)
        for _ in range(_MAX_REDIRECTS + 1):
            if not _is_allowed(url, here):
                raise self.error(DownloadReason.INSECURE, url[:200])
            timeout = max(self._limits.connect_s, self._limits.stall_s)
            response = opener.open(Request(url, headers=self._headers), timeout=timeout)
            if not isinstance(response, HTTPResponse):
                raise self.error(DownloadReason.SERVER, "no answer")
            if response.status not in _REDIRECTS:
                return response
            with response:
                url = urljoin(url, response.headers.get("Location", ""))
        raise self.error(DownloadReason.SERVER, "it sends from one address to the next")

    def _put(self, item: Head | bytes | Exception) -> None:
        while not self._left.is_set():
            try:
                self._items.put(item, timeout=_LOOK_S)
            except queue.Full:
                continue
            return


def host_of(url: str) -> str:
    """The server of an address."""
    return urlsplit(url).hostname or urlsplit(url).scheme


def _opener(here: bool) -> OpenerDirector:
    """What speaks https, through the proxy of the environment, or http with this machine; no files, no FTP."""
    opener = OpenerDirector()
    opener.addheaders = [("User-Agent", f"umx-gui/{__version__}")]
    handlers = [HTTPHandler()] if here else [ProxyHandler()]
    for handler in (*handlers, HTTPSHandler(context=ssl.create_default_context())):
        opener.add_handler(handler)
    return opener


def _is_this_machine(parts: SplitResult) -> bool:
    return parts.scheme == "http" and parts.hostname in _THIS_MACHINE


def _is_allowed(url: str, here: bool) -> bool:
    parts = urlsplit(url)
    return (parts.scheme == "https" and bool(parts.hostname)) or (here and _is_this_machine(parts))


def _head(response: HTTPResponse) -> Head:
    found = re.fullmatch(r"bytes (\d+)-(\d+)/(\d+)", response.headers.get("Content-Range", "").strip())
    return Head(
        response.status,
        response.length,
        response.headers.get("ETag", "").strip(),
        (int(found[1]), int(found[2]), int(found[3])) if found else None,
        response.headers.get("Content-Encoding", "identity").strip().lower(),
    )
