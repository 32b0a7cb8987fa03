"""Hidden folders in which models are put together before they are installed, each for one process at a time."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from umx_gui.engine.storage.file_set import typed_errors
from umx_gui.engine.storage.files import try_lock
from umx_gui.errors import ModelBusyError

_IMPORT, _DOWNLOAD = ".importing-", ".downloading-"


def download_folder(models: Path, name: str) -> Path:
    """Where the files of a model gather while it is downloaded; they stay there if the download stops."""
    return models / f"{_DOWNLOAD}{name}"


@contextmanager
def downloading(models: Path, name: str) -> Iterator[Path]:
    """The folder of a download, with what came before. Raises ModelBusyError, OutputNotWritableError, DiskFullError."""
    with _locked(models, f"{_DOWNLOAD}{name}", name):
        _sweep(models)
        folder = download_folder(models, name)
        with typed_errors(models):
            folder.mkdir(exist_ok=True)
        yield folder


@contextmanager
def importing(models: Path, name: str) -> Iterator[Path]:
    """An empty folder that is gone afterwards, unless it was renamed. Raises as `downloading` does."""
    with _locked(models, f"{_IMPORT}{name}", name):
        _sweep(models)
        folder = models / f"{_IMPORT}{name}"
        with typed_errors(models):
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
        try:
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def discard_download(models: Path, name: str) -> bool:
    """Throw away what came of a download that stopped; False where there is nothing. Raises ModelBusyError."""
    folder = download_folder(models, name)
    if not folder.is_dir():
        return False
    with _locked(models, folder.name, name):
        shutil.rmtree(folder, ignore_errors=True)
    return True


@contextmanager
def _locked(models: Path, hidden: str, name: str, without_locks: bool = True) -> Iterator[None]:
    """Own a hidden name while this runs; `without_locks`: also on a disk that has no locks. Raises ModelBusyError."""
    path = models / f"{hidden}.lock"
    with typed_errors(models):
        models.mkdir(parents=True, exist_ok=True)
        fd = os.open(path, os.O_CREAT | os.O_RDWR | getattr(os, "O_NOFOLLOW", 0), 0o600)
    try:
        if not try_lock(fd, unsupported=without_locks) or not _is_there(path, fd):
            raise ModelBusyError(name)
        try:
            yield
        finally:
            with contextlib.suppress(OSError):
                path.unlink()
    finally:
        os.close(fd)


def _is_there(path: Path, fd: int) -> bool:
    """Whether a lock is still the file of that name; its last owner may have removed it in between."""
    try:
        return os.path.samestat(path.stat(), os.fstat(fd))
    except OSError:
        return False


def _sweep(models: Path) -> None:
    """Remove what was left behind by processes that were killed; downloads stay, for they can be gone on with."""
    for kind in (_IMPORT, _DOWNLOAD):
        for lock in models.glob(f"{kind}*.lock"):
            with contextlib.suppress(ModelBusyError, OSError), _locked(models, lock.stem, lock.stem, False):
                if kind == _IMPORT:
                    shutil.rmtree(models / lock.stem, ignore_errors=True)
