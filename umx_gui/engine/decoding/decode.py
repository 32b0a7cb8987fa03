"""Reading audio files: any usual format, at its own rate, with all its channels, block by block.

    with AudioFile("song.mp3") as file:
        for block in file.blocks():
            ...

Files come from anywhere, so they are decoded in a child process with bounded memory and time (`decode_child`); a file
that kills its decoder costs one message. Nothing is ever allocated from the length a file declares.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import numpy as np

from umx_gui.engine.audio import Audio, FloatArray
from umx_gui.engine.decoding import decode_wire as wire
from umx_gui.engine.decoding.audio_info import AudioInfo as AudioInfo
from umx_gui.engine.decoding.decode_client import BLOCK_LIMIT_S, OPEN_LIMIT_S, ChildGoneError, DecoderProcess, pool
from umx_gui.engine.decoding.decode_client import warm_up as warm_up
from umx_gui.engine.decoding.guarded import Decoding, look
from umx_gui.engine.downmix import downmix as downmix
from umx_gui.engine.work import CancelToken
from umx_gui.errors import AudioChangedError, AudioFlaw, AudioUnreadableError, AudioWarning, UnreadableReason
from umx_gui.messages import Message, describe

_SKIPPED_PER_S = 30
"""How many seconds of audio the slowest decoder skips in a second, with a margin."""


class AudioFile:
    """One audio file; `info` is its probe, `warnings` says after reading what was not as declared.

    Raises AudioUnreadableError when opened or read, AudioChangedError where the file changed meanwhile. May be used
    from any thread, by one at a time. `in_child=False` decodes in this process: for files one made oneself. `stream`:
    which of the file's sound streams, where it has several (`.stem.mp4`).
    """

    def __init__(self, path: Path | str, *, in_child: bool = True, stream: int = 0) -> None:
        self.path = Path(path).absolute()
        self.in_child, self.stream = in_child, stream
        self.flaws: tuple[AudioWarning, ...] = ()
        # Here already, so that a disk that must spin up first does not use up the child's time.
        look(self.path)
        self._state = _state(self.path)
        self.info = self._probe_in_child() if in_child else self._probe_here()

    @property
    def warnings(self) -> tuple[Message, ...]:
        """What the user should know of the file, once it is read."""
        return tuple(describe(flaw) for flaw in self.flaws)

    def blocks(
        self, start_s: float = 0.0, duration_s: float | None = None, cancel: CancelToken | None = None
    ) -> Iterator[FloatArray]:
        """The samples from `start_s` on as blocks [C, t] float32 at the file's rate, t <= 65536, all finite.

        Raises AudioUnreadableError (also where the file ends before `start_s`), AudioChangedError, Cancelled.
        """
        rate = self.info.sample_rate
        start = max(round(start_s * rate), 0)
        stop = None if duration_s is None else start + max(round(duration_s * rate), 0)
        self.flaws = ()
        self._check_unchanged()
        blocks = self._blocks_of_child(start, stop, cancel) if self.in_child else self._blocks_here(start, stop)
        try:
            for block in blocks:
                if cancel is not None:
                    cancel.check()
                if block.shape[0] != self.info.n_channels:
                    raise AudioChangedError(self.path)
                yield block
        except AudioUnreadableError:
            self._check_unchanged()
            raise
        self._check_unchanged()

    def _probe_here(self) -> AudioInfo:
        decoding = Decoding(self.path, self.stream)
        try:
            return decoding.probe()
        finally:
            decoding.close()

    def _blocks_here(self, start: int, stop: int | None) -> Iterator[FloatArray]:
        decoding = Decoding(self.path, self.stream)
        try:
            yield from decoding.blocks(start, stop)
        finally:
            self.flaws = tuple(AudioWarning(self.path, flaw, n) for flaw, n in decoding.flaws.items())
            decoding.close()

    def _probe_in_child(self) -> AudioInfo:
        child, healthy = self._ask({"op": "probe", "path": str(self.path), "stream": self.stream}), False
        try:
            fields = self._expect(child, wire.INFO)
            info = self._info(fields, self._expect(child, wire.COVER))
            healthy = True
            return info
        except ChildGoneError as e:
            raise self._gone(e) from e
        finally:
            pool.give_back(child, healthy)

    def _blocks_of_child(self, start: int, stop: int | None, cancel: CancelToken | None) -> Iterator[FloatArray]:
        request = {"op": "read", "path": str(self.path), "stream": self.stream, "start": start, "stop": stop}
        child = self._ask(request)
        done = failed = False
        # What stands before the start is decoded, too, in many formats: some time more for the first block.
        limit_s = BLOCK_LIMIT_S + start / self.info.sample_rate / _SKIPPED_PER_S
        try:
            while not done:
                kind, content = child.receive(limit_s, cancel)
                limit_s = BLOCK_LIMIT_S
                if kind == wire.BLOCK and not isinstance(content, bytes):
                    yield content
                else:
                    self.flaws = self._flaws(self._checked(kind, content, wire.END))
                    done = True
        except ChildGoneError as e:
            failed = True
            if cancel is not None:
                cancel.check()
            raise self._gone(e) from e
        except AudioUnreadableError:
            failed = True
            raise
        finally:
            pool.give_back(child, healthy=not failed and (done or child.drain()))

    def _ask(self, request: dict[str, object]) -> DecoderProcess:
        try:
            return pool.ask(request)
        except ChildGoneError as e:
            raise AudioUnreadableError(self.path, UnreadableReason.NO_DECODER) from e

    def _expect(self, child: DecoderProcess, wanted: bytes) -> bytes:
        return self._checked(*child.receive(OPEN_LIMIT_S), wanted)

    def _checked(self, kind: bytes, content: bytes | FloatArray, wanted: bytes) -> bytes:
        """The content of the message that was expected. Raises the refusal that came instead, or ChildGoneError."""
        if not isinstance(content, bytes) or kind not in (wanted, wire.REFUSED):
            raise ChildGoneError
        if kind == wire.REFUSED:
            raise self._refusal(content)
        return content

    def _flaws(self, content: bytes) -> tuple[AudioWarning, ...]:
        try:
            return tuple(AudioWarning(self.path, AudioFlaw[flaw], float(n)) for flaw, n in json.loads(content).items())
        except (ValueError, KeyError, TypeError, AttributeError) as e:
            raise ChildGoneError from e

    def _refusal(self, content: bytes) -> AudioUnreadableError:
        try:
            said = json.loads(content)
            return AudioUnreadableError(self.path, UnreadableReason[said["reason"]], str(said["detail"]))
        except (ValueError, KeyError, TypeError) as e:
            raise ChildGoneError from e

    def _info(self, fields: bytes, cover: bytes) -> AudioInfo:
        try:
            return AudioInfo.from_json(self.path, json.loads(fields), cover or None)
        except (ValueError, KeyError, TypeError) as e:
            raise ChildGoneError from e

    def _gone(self, gone: ChildGoneError) -> AudioUnreadableError:
        reason = UnreadableReason.TOO_SLOW if gone.timed_out else UnreadableReason.DAMAGED
        return AudioUnreadableError(self.path, reason, "the decoding process ended")

    def _check_unchanged(self) -> None:
        if _state(self.path) != self._state:
            raise AudioChangedError(self.path)

    def close(self) -> None:
        """Nothing stays open between two calls; the method is there for the `with` statement's sake."""

    def __enter__(self) -> AudioFile:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def _state(path: Path) -> tuple[int, int] | None:
    """Size and time of change; None where the file is gone."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns


def read_audio(path: Path | str, start_s: float = 0.0, duration_s: float | None = None) -> Audio:
    """The whole file, or `duration_s` of it from `start_s` on, as `Audio` [C, T]: all its channels, at its own rate.

    `downmix(audio.samples, layout)` makes stereo of more channels. Raises AudioUnreadableError, AudioChangedError.
    """
    with AudioFile(path) as file:
        blocks = list(file.blocks(start_s, duration_s))
        if not blocks:
            raise AudioUnreadableError(file.path, UnreadableReason.EMPTY)
        return Audio(np.concatenate(blocks, axis=1), file.info.sample_rate)
