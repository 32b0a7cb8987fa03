"""The work of an export, as generators for a worker: what is asked for as signals, files, levels, the receipt."""

from __future__ import annotations

from collections.abc import Generator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import numpy as np

from umx_gui.app.export.what import MIX, ExportWhat
from umx_gui.app.open_song.song import MIXTURE, Song
from umx_gui.engine.audio import FloatArray, Stems
from umx_gui.engine.storage.scratch import Scratch
from umx_gui.engine.work import CancelToken, Progress
from umx_gui.errors import UmxError
from umx_gui.messages import Message, describe
from umx_gui.playback.mix import Mix, render
from umx_gui.words import tr

if TYPE_CHECKING:
    from umx_gui.engine.export.exporter import ExportOptions, Written
    from umx_gui.engine.export.levels import Levels
    from umx_gui.engine.export.parts import Parts
    from umx_gui.engine.export.projects import TrackStrip
    from umx_gui.engine.sessions.document import SessionDocument

_RENDER_SAMPLES = 1 << 18


def write(
    song: Song, folder: Path, options: ExportOptions, what: ExportWhat, cancel: CancelToken
) -> Generator[Progress | Written, None, None]:
    """Write the files. Raises what `export_stems` raises, and OptionError for groups of stems that are not there."""
    from umx_gui.engine.export.exporter import export_stems
    from umx_gui.engine.naming import song_name

    stems, mixture, parts = signals(song, what, cancel)
    folder.mkdir(parents=True, exist_ok=True)
    yield from export_stems(folder, song_name(song.path), stems, mixture, song.info, options, cancel, parts)


def write_with_receipt(
    song: Song,
    folder: Path,
    options: ExportOptions,
    what: ExportWhat,
    document: SessionDocument | None,
    cancel: CancelToken,
) -> Generator[Progress | Written | Message, None, None]:
    """Write the files, and beside them how they were made, where the session's document is given."""
    written: list[tuple[Path, str]] = []
    for step in write(song, folder, options, what, cancel):
        if not isinstance(step, Progress):
            written.append((step.path, step.target))
        yield step
    if document is not None:
        yield from _receipt(song, document, written, what, cancel)


def measure(
    song: Song, what: ExportWhat, options: ExportOptions, cancel: CancelToken
) -> Generator[Progress | Levels, None, None]:
    """How loud the files will be. Raises OptionError and Cancelled."""
    from umx_gui.engine.export.levels import measure_levels

    stems, mixture, parts = signals(song, what, cancel)
    yield from measure_levels(stems, mixture, parts, options.sums(mixture), cancel, options.gain_db)


def signals(song: Song, what: ExportWhat, cancel: CancelToken) -> tuple[Stems, FloatArray, Parts]:
    """The stems [J, C, T] and the mixture [C, T] of the stretch, without bringing them into memory, and what of them
    is written.
    """
    from umx_gui.engine.export.outputs import Outputs, group_rows
    from umx_gui.engine.export.parts import Parts

    start, stop = what.samples(song)
    targets, sums = what.of(song), what.sums()
    mixture = song.mixture[:, start:stop]
    if song.stems is None or set(targets) == {MIXTURE}:
        return Stems((MIXTURE,), mixture[None], song.sample_rate), mixture, Parts(start_s=start / song.sample_rate)
    stems = song.stems.samples[:, :, start:stop]
    extras = {}
    if MIX in targets:
        extras[MIX] = heard = _heard(song, what.mix or Mix(()), start, stop, cancel)
        if len(heard) > len(mixture):  # a song in mono, panned
            mixture = np.broadcast_to(mixture, (2, stop - start))
            stems = np.broadcast_to(stems, (len(stems), 2, stop - start))
    members: list[tuple[int, ...]] = []
    for name in targets:
        if name in song.targets:
            members.append((song.targets.index(name),))
        else:
            members.append(group_rows(song.targets, name, sums[name]) if name in sums else ())
    parts = Parts(Outputs(targets, tuple(members)), extras, _strips(song, what.mix), start / song.sample_rate)
    return Stems(song.targets, stems, song.sample_rate), mixture, parts


def _heard(song: Song, mix: Mix, start: int, stop: int, cancel: CancelToken) -> FloatArray:
    """What the mixer lets be heard [C, T]. The master volume is the listener's, and no part of it."""
    assert song.stems is not None
    mix = replace(mix.padded(len(song.targets)), master_gain_db=0.0, original=False)
    n_channels = 2 if any(strip.pan for strip in mix.strips) else song.n_channels
    heard = cast(FloatArray, Scratch(song.scratch.folder).reserve((n_channels, stop - start), np.float32)[1])
    for at in range(start, stop, _RENDER_SAMPLES):
        cancel.check()
        there = song.stems.samples[:, :, at : min(at + _RENDER_SAMPLES, stop)]
        heard[:, at - start : at - start + there.shape[-1]] = render(there, mix)[:n_channels]
    return heard


def _strips(song: Song, mix: Mix | None) -> dict[str, TrackStrip]:
    """How a project plays the stems: as the mixer does. What is a mix already is muted there, not to be heard twice."""
    from umx_gui.engine.export.projects import TrackStrip

    strips = zip(song.targets, mix.padded(len(song.targets)).strips, strict=True) if mix is not None else ()
    found = {name: TrackStrip(s.gain_db, s.pan, s.solo, s.mute) for name, s in strips}
    return {MIX: TrackStrip(mute=True), **found}


def _used(song: Song, what: ExportWhat) -> tuple[str, ...]:
    """The stems that something written is made of."""
    targets, sums = set(what.of(song)), what.sums()
    if MIX in targets or targets & set(sums):
        return song.targets
    return tuple(target for target in song.targets if target in targets)


def _receipt(
    song: Song,
    document: SessionDocument,
    written: list[tuple[Path, str]],
    what: ExportWhat,
    cancel: CancelToken,
) -> Generator[Progress | Message, None, None]:
    """Say beside the files how they were made. They are good without it: what goes wrong is only told."""
    from umx_gui.app.saving.state import as_made
    from umx_gui.engine.sessions.prints import print_stems
    from umx_gui.engine.sessions.receipts import write_receipt

    try:
        prints = []
        for target in _used(song, what) if song.separated else ():
            assert song.stems is not None
            for step in print_stems(Stems((target,), song.stems[target][None], song.sample_rate), cancel):
                if isinstance(step, Progress):
                    yield step
                else:
                    prints.append(step)
        write_receipt(as_made(document, song), written, prints, cancel)
    except (OSError, UmxError) as e:
        reason = describe(e).reason if isinstance(e, UmxError) else tr("its folder cannot be written")
        yield Message(tr("The stems are written, but not their receipt"), reason)
