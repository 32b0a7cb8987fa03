"""Mangled copies of good audio files, read and separated: does anything die, hang, or become a stem that is no number?

    python scripts/mutants.py                  # 2,000 mutants, some minutes
    python scripts/mutants.py --count 100 --seed 7 --keep DIR

The good files are made on the spot, in many formats. Each mutant follows from the seed and its number alone: bits are
flipped, bytes set, stretches cut out, ends cut off, pieces of other files spliced in; half of it among the first bytes,
where the headers are. A worker process does all that the application does with a file (a decoding child, stereo,
the separator with a small model of random weights); this one watches it, and starts another one if it dies or hangs.
Mutants that did harm are kept with `--keep`. The last line is a JSON object; the exit code is 1 if there was any harm.
"""

from __future__ import annotations

import argparse
import json
import queue
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from umx_gui.engine.separation.separator import Separator

ROOT = Path(__file__).resolve().parents[1]
COUNT, SEED = 2000, 1
MOST_SECONDS = 10.0
RATE = 44100
_HEARD_S = 5.0
_GIVEN_UP_S = 60.0
_HEADER = 400

# What libsndfile writes: (subtype, container), by the file's name.
_SNDFILE = {
    "a16.wav": ("PCM_16", "WAV"),
    "a24.wav": ("PCM_24", "WAV"),
    "float.wav": ("FLOAT", "WAV"),
    "adpcm.wav": ("IMA_ADPCM", "WAV"),
    "wide.w64": ("PCM_24", "W64"),
    "a.aiff": ("PCM_16", "AIFF"),
    "a.flac": ("PCM_16", "FLAC"),
    "a.ogg": ("VORBIS", "OGG"),
    "a.mp3": ("MPEG_LAYER_III", "MP3"),
    "a.au": ("ULAW", "AU"),
    "a.caf": ("PCM_16", "CAF"),
}
# What libav writes: (codec, muxer).
_LIBAV = {
    "aac.m4a": ("aac", "ipod"),
    "alac.m4a": ("alac", "ipod"),
    "opus.opus": ("libopus", "ogg"),
    "opus.webm": ("libopus", "webm"),
    "wma.wma": ("wmav2", "asf"),
    "wavpack.wv": ("wavpack", "wv"),
    "adts.aac": ("aac", "adts"),
}


def good_files(folder: Path) -> list[Path]:
    """Two thirds of a second of tones and noise in every format."""
    import soundfile

    rng = np.random.default_rng(0)
    t = np.arange(RATE * 2 // 3) / RATE
    samples = 0.2 * np.sin(2 * np.pi * np.array([[220.0], [330.0]]) * t) + 0.05 * rng.standard_normal((2, t.size))
    for name, (subtype, container) in _SNDFILE.items():
        soundfile.write(folder / name, samples.T, RATE, subtype, format=container)
    for name, (codec, muxer) in _LIBAV.items():
        _write_av(folder / name, codec, muxer, samples.astype(np.float32))
    return [folder / name for name in (*_SNDFILE, *_LIBAV)]


def _write_av(path: Path, codec: str, muxer: str, samples: NDArray[np.float32]) -> None:
    import av

    with av.open(f"file:{path}", "w", format=muxer) as container:
        rate = 48000 if codec == "libopus" else RATE
        stream = container.add_stream(codec, rate=rate, layout="stereo")
        assert isinstance(stream, av.AudioStream)
        stream.bit_rate = 160_000
        stream.codec_context.open()
        packed = np.ascontiguousarray(samples.T).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(packed, format="flt", layout="stereo")
        frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
        size = stream.codec_context.frame_size or None
        resampler = av.AudioResampler(stream.codec_context.format.name, "stereo", rate, size)
        for piece in [*resampler.resample(frame), *resampler.resample(None), None]:
            container.mux(stream.encode(piece))


def mutant(good: list[bytes], seed: int, number: int) -> tuple[int, bytes]:
    """Mutant `number`: which good file it is of, and its contents."""
    rng = np.random.default_rng((seed, number))
    which = number % len(good)
    content = bytearray(good[which])
    for _ in range(int(rng.integers(1, 7))):
        _mangle(content, good[int(rng.integers(len(good)))], rng)
    return which, bytes(content)


def _mangle(content: bytearray, other: bytes, rng: np.random.Generator) -> None:
    if not content:
        return
    reach = min(len(content), _HEADER) if rng.random() < 0.5 else len(content)
    at, length = int(rng.integers(reach)), int(rng.integers(1, 1 + min(2000, len(content))))
    kind = int(rng.integers(6))
    if kind <= 1:
        content[at] ^= 1 << int(rng.integers(8))
    elif kind == 2:
        content[at : at + 4] = int(rng.choice([0, 1, 0x7FFFFFFF, 0xFFFFFFFF, 0x80000000])).to_bytes(4, "little")
    elif kind == 3:
        del content[at : at + length]
    elif kind == 4:
        start = int(rng.integers(len(other)))
        content[at : at + (length if rng.random() < 0.5 else 0)] = other[start : start + length]
    elif rng.random() < 0.3:
        del content[at:]


def work(folder: Path, seed: int, numbers: range) -> None:
    """The worker: try these mutants, and print a line about each. It may die of it."""
    paths = [folder / name for name in (*_SNDFILE, *_LIBAV)]
    good = [path.read_bytes() for path in paths]
    separator = _separator()
    for number in numbers:
        which, content = mutant(good, seed, number)
        path = folder / f"mutant{paths[which].suffix}"
        path.write_bytes(content)
        began = time.monotonic()
        outcome = _try(path, separator)
        print(json.dumps({"number": number, "outcome": outcome, "seconds": time.monotonic() - began}), flush=True)


def _separator() -> Separator:
    import torch

    from umx_gui.engine.models.model import Model, ModelSpec
    from umx_gui.engine.models.network import NetworkShape, OpenUnmix
    from umx_gui.engine.separation.separator import Separator

    torch.manual_seed(0)
    shape = NetworkShape(n_bins=513, max_bin=372, hidden_size=16, n_layers=1)
    networks = {target: OpenUnmix(shape).eval() for target in ("vocals", "drums", "bass", "other")}
    return Separator(Model("tiny", ModelSpec(n_fft=1024, hop=256), networks))


def _try(path: Path, separator: Separator) -> str:
    from umx_gui.engine.audio import Audio
    from umx_gui.engine.decoding.decode import AudioFile, downmix
    from umx_gui.errors import AudioUnreadableError
    from umx_gui.messages import describe

    try:
        with AudioFile(path) as file:
            blocks = [downmix(block, file.info.channel_layout) for block in file.blocks(duration_s=_HEARD_S)]
            mixture = Audio(np.concatenate(blocks, axis=1), file.info.sample_rate)
    except AudioUnreadableError as error:
        describe(error)
        return "refused"
    stems = separator.separate_all(mixture).samples
    return "separated" if bool(np.isfinite(stems).all() and np.isfinite(mixture.samples).all()) else "no numbers"


class Watch:
    """Runs workers until all mutants were tried; `harm` lists the numbers of those that did any, with what it was."""

    def __init__(self, folder: Path, seed: int, count: int, say: Callable[[str], None]) -> None:
        self.outcomes: Counter[str] = Counter()
        self.slowest_s = 0.0
        self.harm: dict[int, str] = {}
        self._folder, self._seed, self._count, self._say = folder, seed, count, say

    def run(self) -> None:
        """Try all."""
        next_one = 0
        while next_one < self._count:
            next_one = self._run_worker(next_one)

    def _run_worker(self, first: int) -> int:
        """One worker's life; returns the number of the mutant that comes next."""
        arguments = ["--work", str(self._folder), "--seed", str(self._seed), "--from", str(first)]
        command = [sys.executable, __file__, *arguments, "--count", str(self._count)]
        lines: queue.Queue[str] = queue.Queue()
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            assert process.stdout is not None
            threading.Thread(target=_read, args=(process.stdout, lines), daemon=True).start()
            number = first
            while True:
                try:
                    line = lines.get(timeout=_GIVEN_UP_S)
                except queue.Empty:
                    process.kill()
                    return self._note(number, "hangs") + 1
                if not line:
                    break
                number = self._take(json.loads(line)) + 1
            code = process.wait()
        return number if code == 0 else self._note(number, f"died ({code})") + 1

    def _take(self, said: dict[str, object]) -> int:
        number, outcome, seconds = int(str(said["number"])), str(said["outcome"]), float(str(said["seconds"]))
        self.slowest_s = max(self.slowest_s, seconds)
        if outcome == "no numbers" or seconds > MOST_SECONDS:
            return self._note(number, outcome if seconds <= MOST_SECONDS else f"took {seconds:.1f} s")
        self.outcomes[outcome] += 1
        if (number + 1) % 100 == 0:
            self._say(f"{number + 1} tried: {dict(self.outcomes)}, slowest {self.slowest_s:.1f} s")
        return number

    def _note(self, number: int, what: str) -> int:
        self.harm[number] = what
        self._say(f"mutant {number}: {what}")
        return number


def _read(stream: object, lines: queue.Queue[str]) -> None:
    for line in iter(getattr(stream, "readline"), ""):  # noqa: B009 - any text stream
        lines.put(line)
    lines.put("")


def main() -> int:
    """Try mutants, or be the worker that does."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=COUNT, help=f"how many (default {COUNT})")
    parser.add_argument("--seed", type=int, default=SEED, help=f"from which all of them follow (default {SEED})")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="write those that did harm into this folder")
    parser.add_argument("--work", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--from", type=int, default=0, dest="first", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.work:
        work(args.work, args.seed, range(args.first, args.count))
        return 0
    with tempfile.TemporaryDirectory(prefix="umx-mutants-") as name:
        paths = good_files(Path(name))
        good = [path.read_bytes() for path in paths]
        watch = Watch(Path(name), args.seed, args.count, lambda text: print(text, file=sys.stderr, flush=True))
        watch.run()
    for number in watch.harm if args.keep else ():
        which, content = mutant(good, args.seed, number)
        args.keep.mkdir(parents=True, exist_ok=True)
        (args.keep / f"{args.seed}-{number}{paths[which].suffix}").write_bytes(content)
    found = {"mutants": args.count, **watch.outcomes, "harm": watch.harm, "slowest_s": round(watch.slowest_s, 2)}
    print(json.dumps(found))
    return 1 if watch.harm else 0


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    sys.exit(main())
