"""Receipts of songs that were separated from file to file: see `receipts`, and who writes none and why."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from umx_gui.engine.audio import Stems
from umx_gui.engine.sessions.document import Desk, ExportRef, ModelRef, SessionDocument, SongRef, StemPrint
from umx_gui.engine.sessions.prints import print_stems
from umx_gui.engine.sessions.receipts import write_receipt
from umx_gui.engine.sessions.recipe import RESIDUAL, Recipe
from umx_gui.engine.sessions.song_search import digest_of
from umx_gui.engine.songs.separation import Made, SongOptions
from umx_gui.engine.work import CancelToken, Progress
from umx_gui.errors import UmxError
from umx_gui.messages import Message, describe
from umx_gui.words import tr

SWITCH = "UMX_RECEIPTS"
_STAGE = "writing"
_MOST_ITERATIONS, _LONGEST_WINDOW = 10, 100_000


def switched_off() -> bool:
    """Whether the environment says that nobody wants receipts: UMX_RECEIPTS=off."""
    return os.environ.get(SWITCH, "") == "off"


def can_be_made_again(options: SongOptions) -> bool:
    """Whether a receipt can say how stems were made: from all of the song, by all networks, as the window does it."""
    plain = options.filter == "em" and not (options.fast or options.only_networks or options.at_model_rate)
    whole = options.start_s == 0 and options.duration_s is None and options.export.exact_sum
    known = options.residual in (None, RESIDUAL)
    return (
        plain and whole and known and options.n_iter <= _MOST_ITERATIONS and options.wiener_win_len <= _LONGEST_WINDOW
    )


def song_receipt(
    path: Path,
    options: SongOptions,
    model: Callable[[], ModelRef],
    made: Made,
    written: Sequence[tuple[Path, str]],
    cancel: CancelToken,
) -> Iterator[Progress | Message]:
    """Write the receipt of a song's files (path, target). They are good without it: what goes wrong is only told.

    Raises Cancelled.
    """
    try:
        prints = []
        for target, samples in made.stems.items():
            for step in print_stems(Stems((target,), samples[None], made.sample_rate), cancel):
                if isinstance(step, StemPrint):
                    prints.append(step)
                else:
                    yield Progress(1.0, _STAGE)
        if prints and written:
            write_receipt(_document(path, options, model(), made, cancel), written, prints, cancel)
    except (OSError, UmxError) as e:
        reason = describe(e).reason if isinstance(e, UmxError) else tr("its folder cannot be written")
        yield Message(tr("The stems are written, but not their receipt"), reason)


def _document(path: Path, options: SongOptions, model: ModelRef, made: Made, cancel: CancelToken) -> SessionDocument:
    path = path.absolute()
    song = SongRef(str(path), digest_of(path, cancel), path.stat().st_size, made.duration_s, made.sample_rate)
    recipe = Recipe("", options.n_iter, options.residual is not None, options.softmask, options.wiener_win_len)
    export = ExportRef(options.export.format, str(options.export.bit_depth), options.export.exact_sum)
    return SessionDocument(song, model, desk=Desk(a=recipe), export=export, filter=made.filter_kind)
