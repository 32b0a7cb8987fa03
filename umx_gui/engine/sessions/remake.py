"""Making a session's stems anew, without a window, and saying whether they are the same.

    for step in remake(Path("song.umx"), registry, cancel):
        ...

The last thing yielded is a `Verdict`.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import numpy as np

from umx_gui.engine.audio import Audio, Block, FloatArray, Stems
from umx_gui.engine.decoding.decode import AudioFile
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.engine.sessions.document import ModelRef, SessionDocument, StemPrint, Stretch
from umx_gui.engine.sessions.prints import distance_db, print_stems
from umx_gui.engine.sessions.recipe import separator_options
from umx_gui.engine.sessions.session_file import read_session
from umx_gui.engine.sessions.song_search import digest_of, find_song, is_song, models_digest
from umx_gui.engine.songs.reading import read_mixture
from umx_gui.engine.storage.scratch import Scratch
from umx_gui.engine.work import CancelToken, Progress, SlowedDown
from umx_gui.errors import ModelChangedError, ModelNotFoundError, NothingToCompareError, SongMissingError, UmxError

ROUNDING_DB = -110.0
"""Stems that two arithmetics of the filter made are nearer to each other than this, if all else is equal."""


@dataclass(frozen=True, slots=True)
class StemVerdict:
    """One stem: how far the new one is from the old one, in dB of the old one's energy; -inf: equal, bit by bit."""

    target: str
    distance_db: float


@dataclass(frozen=True, slots=True)
class FileVerdict:
    """One exported file: "as written", "changed" or "missing"."""

    file: str
    state: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What came of it. A stem that the session has and the model does not make any more is infinitely far."""

    stems: tuple[StemVerdict, ...]
    files: tuple[FileVerdict, ...]
    filters: tuple[str, str] = ("", "")
    """The filter's arithmetic that made the old stems and the new ones (see `Filtering.kind`), where it is known."""

    @property
    def rounding_only(self) -> bool:
        """Whether the stems are equal but for rounding: two arithmetics made them, and they are within -110 dB."""
        then, now = self.filters
        return bool(then) and then != now and not self.equal and self.within(ROUNDING_DB)

    @property
    def equal(self) -> bool:
        """Whether all stems are equal bit by bit, and all files are as they were written."""
        return self.within(-math.inf)

    def within(self, tolerance_db: float) -> bool:
        """The same, for stems no further away than this."""
        near = all(stem.distance_db <= tolerance_db for stem in self.stems)
        return near and all(file.state == "as written" for file in self.files)


def remake(
    path: Path,
    registry: ModelRegistry,
    cancel: CancelToken,
    song: Path | None = None,
    device: str = "auto",
) -> Iterator[Progress | SlowedDown | Verdict]:
    """Separate the song of a session anew and compare. `song` says where the song is, if it cannot be found.

    Raises SessionUnreadableError, SongMissingError, NothingToCompareError, ModelNotFoundError, ModelChangedError, and
    what reading and separating raise.
    """
    document = read_session(path)
    if not document.stems:
        raise NothingToCompareError(path)
    found = _song_of(document, path, song, cancel)
    model = find_model(document.model, registry)
    files = tuple(_files(document, path.absolute().parent, cancel))
    with Scratch() as scratch:
        stems: Stems | None = None
        kind = ""
        for step in _separated(document, found, model, registry, device, scratch, cancel):
            if isinstance(step, Stems):
                stems = step
            elif isinstance(step, str):
                kind = step
            else:
                yield step
        assert stems is not None
        prints = []
        for printed in print_stems(stems, cancel):
            if isinstance(printed, StemPrint):
                prints.append(printed)
        yield Verdict(tuple(_compared(document, prints)), files, (document.filter, kind))


def find_model(model: ModelRef, registry: ModelRegistry) -> Path:
    """The folder of a session's model: by its name, else by its digest. Raises ModelNotFoundError, ModelChangedError.

    A name alone is enough where the session holds no digest; it is never taken for the path of a folder.
    """
    entries = registry.entries()
    named = [entry for entry in entries if entry.name == model.name]
    for entry in (*named, *(e for e in entries if e.name != model.name)):
        if (not model.sha256 and entry in named) or (model.sha256 and _digest(entry.path) == model.sha256):
            return entry.path
    if named:
        raise ModelChangedError(model.name)
    raise ModelNotFoundError(model.name, tuple(entry.name for entry in entries))


def _digest(folder: Path) -> str:
    try:
        return models_digest(folder)
    except (OSError, UmxError):
        return ""


def _song_of(document: SessionDocument, session: Path, song: Path | None, cancel: CancelToken) -> Path:
    if song is not None:
        if is_song(song, document.song, cancel):
            return song
    elif (found := find_song(document.song, session, cancel)) is not None:
        return found
    raise SongMissingError(session, document.song.path)


def _files(document: SessionDocument, folder: Path, cancel: CancelToken) -> Iterator[FileVerdict]:
    for written in document.written:
        try:
            same = digest_of(folder / written.file, cancel) == written.sha256
            state = "as written" if same else "changed"
        except OSError:
            state = "missing"
        yield FileVerdict(written.file, state)


def _separated(
    document: SessionDocument,
    song: Path,
    model: Path,
    registry: ModelRegistry,
    device: str,
    scratch: Scratch,
    cancel: CancelToken,
) -> Iterator[Progress | SlowedDown | Stems | str]:
    """Yields the kind of the filter, too. It is the one that the stems were made with, where that can be had."""
    from umx_gui.engine.models.model import load_model
    from umx_gui.engine.separation.separator import Separator

    with AudioFile(song) as file:
        mixture: Audio | None = None
        for step in read_mixture(file, scratch, 0.0, None, None, cancel):
            if isinstance(step, Audio):
                mixture = step
            else:
                yield step
    assert mixture is not None
    loaded = load_model(model)
    separator = Separator(loaded, separator_options(document.recipe, loaded.targets, device))
    ways = [] if not document.stretches else [find_model(s.model, registry) for s in document.stretches if counts(s)]
    shape = (len(separator.targets), *mixture.samples.shape)
    samples = cast(FloatArray, scratch.reserve(shape, np.float32)[1])
    analysis = separator.analysis(mixture)
    for item in separator.finish(analysis, cancel, document.filter):
        if isinstance(item, Block):
            samples[:, :, item.start : item.stop] = item.samples
        else:
            yield item
    yield analysis.filter_kind
    stems = Stems(separator.targets, samples, mixture.sample_rate)
    for stretch, folder in zip(filter(counts, document.stretches), ways, strict=True):
        yield from _spliced(stems, mixture, stretch, folder, device, document.filter, cancel)
    yield stems


def counts(stretch: Stretch) -> bool:
    """Whether a stretch of a session is heard, and no other version of it."""
    return stretch.more.get("chosen", True) is True


def _spliced(
    stems: Stems, mixture: Audio, stretch: Stretch, folder: Path, device: str, kind: str, cancel: CancelToken
) -> Iterator[Progress | SlowedDown]:
    """Separate a stretch in its own way, and put it over the stems."""
    from umx_gui.engine.models.model import load_model
    from umx_gui.engine.separation.separator import Separator
    from umx_gui.engine.separation.stretches import join, separate_stretch

    start, stop = stretch.start, min(stretch.stop, mixture.n_samples)
    if start >= stop:
        return
    loaded = load_model(folder)
    separator = Separator(loaded, separator_options(stretch.recipe, loaded.targets, device))
    take = Stems(
        separator.targets,
        np.zeros((len(separator.targets), mixture.n_channels, stop - start), np.float32),
        stems.sample_rate,
    )
    for item in separate_stretch(separator, mixture, start, stop, cancel, kind):
        if isinstance(item, Block):
            take.samples[:, :, item.start - start : item.stop - start] = item.samples
        else:
            yield item
    join(stems, mixture.samples, take, start, start, stop, stems.samples[:, :, start:stop].copy())


def _compared(document: SessionDocument, prints: list[StemPrint]) -> Iterator[StemVerdict]:
    new = {stem.target: stem for stem in prints}
    for old in document.stems:
        far = distance_db(old, new[old.target]) if old.target in new else math.inf
        yield StemVerdict(old.target, far)
