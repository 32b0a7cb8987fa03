"""Reading audio files: any usual format, at its own rate, with all its channels, block by block.

    with AudioFile("song.mp3") as file:
        for block in file.blocks():
            ...

Files come from anywhere, so they are decoded in a child process with bounded memory and time (`decode_child`); a file
that kills its decoder costs one message. Nothing is ever allocated from the length a file declares.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from umx_gui.engine.audio import Audio, FloatArray
from umx_gui.engine.audio_info import AudioInfo as AudioInfo
from umx_gui.engine.decoding import Decoding
from umx_gui.engine.downmix import downmix as downmix
from umx_gui.engine.work import CancelToken
from umx_gui.errors import AudioUnreadableError, AudioWarning, UnreadableReason
from umx_gui.messages import Message, describe


class AudioFile:
    """One audio file; `info` is its probe, `warnings` says after reading what was not as declared.

    Raises AudioUnreadableError when opened or read, AudioChangedError where the file changed meanwhile.
    `in_child=False` decodes in this process: quicker to start, for files one made oneself.
    """

    def __init__(self, path: Path | str, *, in_child: bool = True) -> None:
        self.path = Path(path).absolute()
        self.in_child = in_child
        self.flaws: tuple[AudioWarning, ...] = ()
        decoding = Decoding(self.path)
        self.info = decoding.info
        decoding.close()

    @property
    def warnings(self) -> tuple[Message, ...]:
        """What the user should know of the file, once it is read."""
        return tuple(describe(flaw) for flaw in self.flaws)

    def blocks(
        self, start_s: float = 0.0, duration_s: float | None = None, cancel: CancelToken | None = None
    ) -> Iterator[FloatArray]:
        """The samples from `start_s` on as blocks [C, t] float32 at the file's rate, t <= 65536, all finite."""
        rate = self.info.sample_rate
        start = round(start_s * rate)
        stop = None if duration_s is None else start + round(duration_s * rate)
        decoding = Decoding(self.path)
        try:
            for block in decoding.blocks(start, stop):
                if cancel is not None:
                    cancel.check()
                yield block
        finally:
            self.flaws = tuple(AudioWarning(self.path, flaw, n) for flaw, n in decoding.flaws.items())
            decoding.close()

    def close(self) -> None:
        """Nothing stays open between two calls; the method is there for the `with` statement's sake."""

    def __enter__(self) -> AudioFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read_audio(path: Path | str, start_s: float = 0.0, duration_s: float | None = None) -> Audio:
    """The whole file, or `duration_s` of it from `start_s` on, as `Audio` [C, T]: all its channels, at its own rate.

    Raises AudioUnreadableError or AudioChangedError; a stretch behind the end is refused as empty.
    """
    with AudioFile(path) as file:
        blocks = list(file.blocks(start_s, duration_s))
        if not blocks:
            raise AudioUnreadableError(file.path, UnreadableReason.EMPTY)
        return Audio(np.concatenate(blocks, axis=1), file.info.sample_rate)
