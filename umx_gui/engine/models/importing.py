"""Importing a model from a folder or a zip file of strangers: looked at first, copied, loaded once, then installed.

Nothing is written but the files of a model, under their plain names, into a hidden folder of ours.
"""

from __future__ import annotations

import contextlib
import os
import stat
import zipfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from umx_gui.engine.models.digests import MAX_FILE_BYTES, sha256_of
from umx_gui.engine.models.download import complete
from umx_gui.engine.models.proof import prove
from umx_gui.engine.models.published import PUBLISHED, PublishedModel
from umx_gui.engine.models.registry import MODEL_SUFFIXES, ModelEntry, ModelRegistry
from umx_gui.engine.models.staging import importing
from umx_gui.engine.storage.file_set import free_space, typed_errors
from umx_gui.engine.work import CancelToken, Progress, ProgressMeter
from umx_gui.errors import DiskFullError, LicenceNotAcceptedError, ModelInvalidError
from umx_gui.words import said

MAX_MEMBERS = 200
MAX_BYTES = 4 << 30
MAX_RATIO = 100
"""How much larger a zip file's member may become; weights hardly shrink, and text by a tenth."""

_CHUNK = 1 << 20
_ENCRYPTED = 0x1
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)


@dataclass(frozen=True, slots=True)
class _Item:
    """A file to be copied: the name it gets, its size in bytes, and how to read it."""

    name: str
    size: int
    open: Callable[[], IO[bytes]]


def import_model(
    source: Path,
    registry: ModelRegistry,
    name: str | None = None,
    accept_licence: bool = False,
    cancel: CancelToken | None = None,
) -> Iterator[Progress | ModelEntry]:
    """Copy a model folder, or a zip file of one, to the user's models; the last value is its entry.

    The weights of a published model, as they are downloaded by hand, need no settings beside them; they are compared
    with the digits of their names. `name`: what to call it (the folder's name, or the published one).

    Raises ModelInvalidError, LicenceNotAcceptedError, ModelBusyError, OptionError, OutputExistsError,
    OutputNotWritableError, DiskFullError, Cancelled.
    """
    cancel = cancel or CancelToken()
    with _opened(source) as items:
        published = _recognised(items)
        if published is not None:
            if published.terms and not accept_licence:
                raise LicenceNotAcceptedError(published.name, published.licence, published.terms)
            wanted = {file.name for file in published.files}
            items = [item for item in items if item.name in wanted]
        elif "separator.json" not in {item.name for item in items}:
            raise ModelInvalidError(source, "it has no separator.json")
        own = source.resolve()
        name = registry.free_name(name or (published.name if published else own.name if own.is_dir() else own.stem))
        with importing(registry.user_folder, name) as folder:
            yield from _copy(items, source, folder, cancel)
            yield Progress(1.0, "checking")
            if published is None:
                prove(folder, source)
                yield registry.install(folder, name, "imported")
            else:
                _compare(published, source, folder)
                yield complete(published, folder, registry, name)


@contextmanager
def _opened(source: Path) -> Iterator[list[_Item]]:
    """The files of a model in a folder or zip file. Raises ModelInvalidError."""
    if os.path.isdir(source):  # noqa: PTH112 - Path.is_dir raises for a name that is too long
        with _readable(source):
            items = _in_folder(source)
        yield _within_limits(items, source)
    elif os.path.isfile(source):  # noqa: PTH113
        with contextlib.ExitStack() as stack:
            with _readable(source):
                archive = stack.enter_context(zipfile.ZipFile(source))
                items = _in_archive(archive, source)
            yield _within_limits(items, source)
    else:
        raise ModelInvalidError(source, "it does not exist")


def _in_folder(folder: Path) -> list[_Item]:
    items = []
    for path in sorted(folder.iterdir()):
        if path.suffix not in MODEL_SUFFIXES or path.name.startswith("."):
            continue
        if path.is_symlink():
            raise ModelInvalidError(
                folder, f"{path.name} is a link; import the folder in which the files themselves lie"
            )
        if path.is_file():
            items.append(_Item(path.name, path.stat().st_size, _opener(path)))
    return items


def _opener(path: Path) -> Callable[[], IO[bytes]]:
    return lambda: path.open("rb")


def _in_archive(archive: zipfile.ZipFile, source: Path) -> list[_Item]:
    members = archive.infolist()
    if len(members) > MAX_MEMBERS:
        raise ModelInvalidError(source, said("it holds {n} files, more than any model", n=len(members)))
    items: dict[str, _Item] = {}
    parents = set()
    for info in members:
        _check_member(info, source)
        path = PurePosixPath(info.filename)
        hidden = any(part.startswith((".", "__MACOSX")) for part in path.parts)
        if info.is_dir() or hidden or path.suffix not in MODEL_SUFFIXES:
            continue
        parents.add(path.parent)
        if len(parents) > 1 or path.name.casefold() in items:
            raise ModelInvalidError(source, "it holds more than one model")
        items[path.name.casefold()] = _Item(path.name, info.file_size, _member_opener(archive, info))
    return list(items.values())


def _check_member(info: zipfile.ZipInfo, source: Path) -> None:
    """Refuse what no honest archive of a model holds, whether it would be used or not."""
    path, kind = PurePosixPath(info.filename), stat.S_IFMT(info.external_attr >> 16)
    if path.is_absolute() or ".." in path.parts or any(c in info.filename for c in "\\:\0"):
        raise ModelInvalidError(source, "it would write outside its own folder")
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise ModelInvalidError(source, said("{name} in it is a link or a device, not a file", name=path.name))
    if info.flag_bits & _ENCRYPTED:
        raise ModelInvalidError(source, "it is encrypted")
    if info.compress_type not in _METHODS:
        raise ModelInvalidError(source, "it is compressed in an unusual way")
    if info.file_size > MAX_RATIO * info.compress_size + _CHUNK:
        raise ModelInvalidError(source, said("{name} in it would become suspiciously large", name=path.name))


def _member_opener(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], IO[bytes]]:
    return lambda: archive.open(info)


def _within_limits(items: list[_Item], source: Path) -> list[_Item]:
    if len(items) > MAX_MEMBERS:
        raise ModelInvalidError(source, said("it holds {n} files, more than any model", n=len(items)))
    if any(item.size > MAX_FILE_BYTES for item in items) or sum(item.size for item in items) > MAX_BYTES:
        raise ModelInvalidError(source, "it is too large for a model")
    return items


def _recognised(items: list[_Item]) -> PublishedModel | None:
    """The published model all of whose files are there, under their published names."""
    names = {item.name for item in items}
    return next((m for m in PUBLISHED.values() if {file.name for file in m.files} <= names), None)


def _copy(items: list[_Item], source: Path, folder: Path, cancel: CancelToken) -> Iterator[Progress]:
    total, done = sum(item.size for item in items), 0
    if (free := free_space(folder)) < total:
        raise DiskFullError(folder.parent, total, free)
    meter = ProgressMeter(total)
    for item in items:
        with _readable(source):
            read = item.open()
        with read, typed_errors(folder.parent, total), (folder / item.name).open("xb") as written:
            left = item.size
            # A file that grows meanwhile, or a member that is longer than it says, is cut: loading will tell.
            while left > 0 and (chunk := _read(read, min(_CHUNK, left), source)):
                cancel.check()
                written.write(chunk)
                left, done = left - len(chunk), done + len(chunk)
                yield meter.at(done, f"copying {item.name}")


def _read(file: IO[bytes], size: int, source: Path) -> bytes:
    with _readable(source):
        return file.read(size)


@contextmanager
def _readable(source: Path) -> Iterator[None]:
    """Say in our words that a source cannot be read."""
    try:
        yield
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, UnicodeError) as e:
        raise ModelInvalidError(source, "it is neither a folder nor a good zip file") from e
    except OSError as e:
        raise ModelInvalidError(source, said("it cannot be read ({reason})", reason=e.strerror or "?")) from e


def _compare(published: PublishedModel, source: Path, folder: Path) -> None:
    for file in published.files:
        if published.digits_checked and not sha256_of(folder / file.name).startswith(file.digits):
            raise ModelInvalidError(
                source, said("{name} is not the file that was published under this name", name=file.name)
            )
