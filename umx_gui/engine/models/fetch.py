"""One file over https into a `.part` file that survives: the next request goes on where the last one broke off."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from umx_gui.engine.models.transfer import Head, Limits, Transfer
from umx_gui.engine.storage.file_set import free_space, typed_errors
from umx_gui.engine.work import CancelToken
from umx_gui.errors import DiskFullError, DownloadReason

_OK, _PARTIAL, _NO_SUCH_RANGE = 200, 206, 416
_NOT_THERE = (401, 403, 404, 410, 451)


@dataclass(frozen=True, slots=True)
class Received:
    """How much of a file there is, in bytes."""

    done: int
    total: int


@dataclass(frozen=True, slots=True)
class _Note:
    """What a `.part` file is a part of; an etag names one version of the file on that server."""

    url: str
    etag: str
    total: int


class Part:
    """A file on its way, `<name>.part`, and a note beside it of what it is a part of."""

    def __init__(self, file: Path) -> None:
        self.path = file.with_name(f"{file.name}.part")
        self._note_path = file.with_name(f"{file.name}.part.json")

    @property
    def size(self) -> int:
        """The bytes that are there."""
        return size_of(self.path)

    def note(self) -> _Note | None:
        """What it is a part of; None where nothing is there that could be gone on with."""
        try:
            raw = json.loads(self._note_path.read_text(encoding="utf-8"))
            note = _Note(str(raw["url"]), str(raw["etag"]), int(raw["total"]))
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return note if 0 < self.size <= note.total else None

    def begin(self, note: _Note) -> None:
        """Start anew; what was there is gone before anything else is said of it."""
        self.discard()
        # A note cut short by a crash is no note, and the part is begun anew.
        data = {"url": note.url, "etag": note.etag, "total": note.total}
        self._note_path.write_text(json.dumps(data), encoding="utf-8")

    def finish(self, file: Path) -> None:
        """Give the whole file its name."""
        self.path.replace(file)
        self._note_path.unlink(missing_ok=True)

    def discard(self) -> None:
        """Throw it away."""
        self.path.unlink(missing_ok=True)
        self._note_path.unlink(missing_ok=True)


def fetch(url: str, part: Part, max_bytes: int, limits: Limits, cancel: CancelToken) -> Iterator[Received]:
    """Bring a `.part` file to the length that the server promises, in one request; whether it is the right file is
    for others to find out. What was there is gone on with where the server agrees that it is a part of the same file.

    Raises DownloadError (what has come stays), DiskFullError, OutputNotWritableError, Cancelled.
    """
    note, done = part.note(), part.size
    if note is not None and done == note.total:
        yield Received(done, note.total)
        return
    with Transfer(url, _range(url, note, done), limits, cancel) as transfer:
        head = transfer.head()
        refused = head.status == _NO_SUCH_RANGE or (head.status == _PARTIAL and not _continues(head, url, note, done))
        if not refused:
            yield from _receive(transfer, head, url, part, max_bytes)
            return
        if note is None:
            raise transfer.error(DownloadReason.SERVER, f"status {head.status}")
    # The server has another file, or sends something else than was asked for: from the start.
    part.discard()
    yield from fetch(url, part, max_bytes, limits, cancel)


def _range(url: str, note: _Note | None, done: int) -> dict[str, str]:
    """Ask for the rest only; with If-Range the server sends all of it where the file is another one now."""
    if note is None:
        return {}
    strong = note.url == url and note.etag.startswith('"')
    return {"Range": f"bytes={done}-"} | ({"If-Range": note.etag} if strong else {})


def _continues(head: Head, url: str, note: _Note | None, done: int) -> bool:
    """Whether an answer is exactly the rest of the file that a part is of."""
    if note is None or head.content_range != (done, note.total - 1, note.total):
        return False
    same = not head.etag or not note.etag or head.etag == note.etag or note.url != url
    return same and head.length == note.total - done


def _receive(transfer: Transfer, head: Head, url: str, part: Part, max_bytes: int) -> Iterator[Received]:
    if head.status in _NOT_THERE:
        raise transfer.error(DownloadReason.NOT_FOUND, f"status {head.status}")
    if head.status not in (_OK, _PARTIAL) or head.encoding != "identity":
        raise transfer.error(DownloadReason.SERVER, f"status {head.status}")
    if not head.length:
        raise transfer.error(DownloadReason.NO_LENGTH)
    done = part.size if head.status == _PARTIAL else 0
    total = done + head.length
    if total > max_bytes:
        raise transfer.error(DownloadReason.TOO_LARGE)
    folder = part.path.parent
    with typed_errors(folder, head.length):
        if (free := free_space(folder)) < head.length:
            raise DiskFullError(folder, head.length, free)
        if head.status == _OK:
            part.begin(_Note(url, head.etag, total))
        with part.path.open("ab") as file:
            for chunk in transfer.chunks():
                file.write(chunk)
                # On its way to the disk at once: what came before a crash need not come again.
                file.flush()
                done += len(chunk)
                yield Received(done, total)
            os.fsync(file.fileno())
    if done < total:
        raise transfer.error(DownloadReason.CUT)


def size_of(path: Path) -> int:
    """The size of a file in bytes; 0 where there is none."""
    try:
        return path.stat().st_size
    except OSError:
        return 0
