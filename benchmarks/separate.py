"""Times separation side by side with the reference, openunmix, on the same weights and the same song, in one run.

    python benchmarks/separate.py --all           # the whole table, as Markdown: an hour on two cores
    python benchmarks/separate.py [--seconds 30 180 600] [--repeat 3] [--model NAME_OR_FOLDER] [--busy 2] [--fast]
    python benchmarks/separate.py --device cuda   # networks and filter of both on a graphics processor

Without --model the networks have the umxhq architecture and random weights: speed and agreement need no others. Each
repetition runs both, one after the other, so that a machine whose speed drifts slows both. Printed are the medians,
their ratio, and how well the stems agree (SDR of ours against the reference's, whole song, all stems). The reference
runs as its users run it; `--no-exact-sum` numbers are compared, since the reference has no exact sum. A song that would
not fit into memory with the reference is separated by us alone.

`first` is the time until the first stems of a stream, `again` that of rendering the whole song with two EM iterations
from kept states. `--busy N` keeps N other processes computing meanwhile. Memory is that of the processor's side: how
far the reference's peak lies above where it began, and ours, file to file, above a song of one sample (see memory.py).
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

os.environ.setdefault("GOMP_SPINCOUNT", "1000")
# The compiled filter from the first song on, as on any machine that has separated one before.
os.environ.setdefault("UMX_COMPILED", "wait")

import memory
import numpy as np
import openunmix.model
import torch

from umx_gui.engine import Audio, Block, Separator, SeparatorOptions, load_model
from umx_gui.engine.models.model import Model, ModelSpec, save_model
from umx_gui.engine.models.network import NetworkShape, OpenUnmix
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.engine.separation.devices import available_devices

TARGETS = ("vocals", "drums", "bass", "other")


def random_umxhq() -> Model:
    """The umxhq architecture with random weights whose masks spread over 0..1 and whose LSTM has real memory."""
    torch.manual_seed(0)
    networks = {}
    for target in TARGETS:
        network = OpenUnmix(NetworkShape()).eval().requires_grad_(False)
        network.output_mean.uniform_(0.1, 0.5)
        for name, p in network.lstm.named_parameters():
            if "weight_hh" in name:
                p.mul_(2)
            elif "bias_ih" in name:
                quarter = p.shape[0] // 4
                p[quarter : 2 * quarter] += 1
        networks[target] = network
    return Model("umxhq-shaped", ModelSpec(), networks)


def test_song(seconds: float, sample_rate: int) -> Audio:
    """Chords, a beat and noise in stereo: something in every bin, loud and soft."""
    rng = np.random.default_rng(0)
    t = np.arange(round(seconds * sample_rate), dtype=np.float32) / sample_rate
    beat = np.exp(-((2 * t) % 1) * 9)
    noise = rng.standard_normal((2, t.size), dtype=np.float32) * beat * 0.15
    tones = sum(np.sin(2 * np.pi * f * t * (1 + np.floor(t / 4) % 3 / 4)) for f in (55, 220, 330, 415)) * 0.06
    return Audio((noise + tones * np.array([[1.0], [0.8]], np.float32)).astype(np.float32), sample_rate)


def as_openunmix(model: Model) -> openunmix.model.Separator:
    """The reference's separator with the model's weights."""
    references = {}
    for target, network in model.networks.items():
        s = network.shape
        reference = openunmix.model.OpenUnmix(
            nb_bins=s.n_bins,
            nb_channels=s.n_channels,
            hidden_size=s.hidden_size,
            nb_layers=s.n_layers,
            unidirectional=s.unidirectional,
            max_bin=s.max_bin,
        )
        reference.load_state_dict(network.state_dict())
        references[target] = reference
    spec = model.spec
    separator = openunmix.model.Separator(
        references,
        niter=1,
        wiener_win_len=300,
        sample_rate=spec.sample_rate,
        n_fft=spec.n_fft,
        n_hop=spec.hop,
        nb_channels=spec.n_channels,
    )
    separator.freeze()
    return separator


def run_reference(separator: openunmix.model.Separator, song: Audio, device: str) -> tuple[float, np.ndarray, float]:
    """Seconds taken, the stems [J, C, T], and by how many MB its memory grew at most."""
    began_mb = memory.reset_peak()
    start = time.perf_counter()
    with torch.no_grad():
        stems = separator(torch.from_numpy(song.samples)[None].to(device))[0].cpu().numpy()
    return time.perf_counter() - start, stems, memory.peak_of(os.getpid()) / 1000 - began_mb


def run_ours(separator: Separator, song: Audio, out: np.ndarray) -> tuple[float, float, float]:
    """Seconds until a stream's first stems, of the whole exact result, which goes to `out`, and of rendering again."""
    start = time.perf_counter()
    stream = separator.stream(song)
    next(item for item in stream if isinstance(item, Block))
    first_s = time.perf_counter() - start
    stream.close()
    start = time.perf_counter()
    analysis = separator.analysis(song)
    for item in separator.finish(analysis):
        if isinstance(item, Block):
            out[:, :, item.start : item.stop] = item.samples
    whole_s = time.perf_counter() - start
    start = time.perf_counter()
    for _ in separator.render(analysis, replace(separator.options, n_iter=2)):
        pass
    return first_s, whole_s, time.perf_counter() - start


def agreement_db(reference: np.ndarray, ours: np.ndarray) -> float:
    """SDR of ours against the reference's stems in dB."""
    error = float(np.sum((reference.astype(np.float64) - ours) ** 2))
    return 10 * float(np.log10(np.sum(reference.astype(np.float64) ** 2) / max(error, 1e-300)))


def reference_fits(seconds: float) -> bool:
    """Whether the reference's 25 MB a second are free."""
    lines = Path("/proc/meminfo").read_text().splitlines() if Path("/proc/meminfo").exists() else []
    free_kb = next((int(line.split()[1]) for line in lines if line.startswith("MemAvailable")), 1 << 40)
    return free_kb > 27_000 * seconds


def measure(model: Model, seconds: float, repeat: int, fast: bool = False, device: str = "cpu") -> dict[str, float]:
    """The medians for one length; NaN for what the reference could not do."""
    song = test_song(seconds, model.spec.sample_rate)
    ours = Separator(model, SeparatorOptions(exact_sum=False, fast=fast, device=device))
    reference = as_openunmix(model).to(device) if reference_fits(seconds) else None
    out = np.zeros((len(model.targets), *song.samples.shape), np.float32)
    rows, agreement = [], math.nan
    for _ in range(repeat):
        reference_s, stems, reference_mb = math.nan, None, math.nan
        if reference is not None:
            try:
                reference_s, stems, reference_mb = run_reference(reference, song, device)
            except torch.OutOfMemoryError:
                reference = None
        first_s, ours_s, again_s = run_ours(ours, song, out)
        rows.append((reference_s, ours_s, reference_s / ours_s, first_s, again_s, reference_mb))
        if stems is not None:
            agreement = agreement_db(stems, out)
        del stems
    names = ("openunmix_s", "ours_s", "ratio", "first_stems_s", "again_s", "openunmix_mb")
    medians = {name: statistics.median(column) for name, column in zip(names, zip(*rows, strict=True), strict=True)}
    return {"seconds": seconds, **medians, "times_real_time": seconds / medians["ours_s"], "agreement_db": agreement}


@contextmanager
def busy(n: int) -> Iterator[None]:
    """Keep n other processes computing."""
    others = [subprocess.Popen([sys.executable, "-c", "while True: sum(range(9999))"]) for _ in range(n)]
    try:
        yield
    finally:
        for other in others:
            other.kill()
            other.wait()


def machine() -> str:
    """The processor, the cores this process may use, and the versions that matter."""
    name = platform.processor() or platform.machine()
    cpuinfo = Path("/proc/cpuinfo")
    if cpuinfo.exists():
        names = [
            line.split(":")[1].strip() for line in cpuinfo.read_text().splitlines() if line.startswith("model name")
        ]
        name = names[0] if names else name
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    load = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    return f"{name}, {cores} cores{load}, Python {platform.python_version()}, torch {torch.__version__}"


HEADS = ("song", "openunmix", "umx-gui", "ratio", "speed", "first", "again", "agreement")


def cells(row: dict[str, float]) -> tuple[str, ...]:
    """A row of figures as words, under HEADS."""
    return (
        f"{row['seconds']:.0f} s",
        f"{row['openunmix_s']:.2f} s",
        f"{row['ours_s']:.2f} s",
        f"{row['ratio']:.1f}x",
        f"{row['times_real_time']:.0f}x",
        f"{row['first_stems_s']:.2f} s",
        f"{row['again_s']:.2f} s",
        f"{row['agreement_db']:.0f} dB",
    )


def print_all(lengths_s: list[float], repeat: int, n_busy: int) -> list[dict[str, float | str]]:
    """Print the whole table as Markdown: two models, idle, busy and in fast mode, and memory; returns its rows."""
    heads = ("model", "machine", *HEADS, "memory: openunmix", "umx-gui")
    print(f"{machine()}; medians of {repeat}\n\n| {' | '.join(heads)} |\n|{'---|' * len(heads)}", flush=True)
    rows: list[dict[str, float | str]] = []
    with tempfile.TemporaryDirectory(dir=memory.ON_DISK) as folder:
        random = random_umxhq()
        save_model(Path(folder) / "umxhq-shaped", random, with_pth=False)
        models = ((random, str(Path(folder) / "umxhq-shaped")), (load_model(ModelRegistry().default_name()), None))
        for model, at in models:
            growth = memory.growth(at, lengths_s)
            for kind, load, fast in (("idle", 0, False), (f"{n_busy} busy", n_busy, False), ("idle, fast", 0, True)):
                with busy(load):
                    for seconds in lengths_s:
                        row = measure(model, seconds, repeat, fast)
                        ours_mb = f"{growth[seconds]:.0f} MB" if kind == "idle" else ""
                        told = (model.name, kind, *cells(row), f"{row['openunmix_mb']:.0f} MB", ours_mb)
                        print(f"| {' | '.join(told)} |", flush=True)
                        rows.append({"model": model.name, "load": kind, **row})
    return rows


def main() -> int:
    """Measure and print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--all", action="store_true", help="print the whole table as Markdown")
    parser.add_argument("--seconds", type=float, nargs="+", help="default: 30, and with --all 30 180 600")
    parser.add_argument("--repeat", type=int, default=3)
    parser.add_argument(
        "--model", help="an installed model or a folder; default: the umxhq architecture, random weights"
    )
    parser.add_argument(
        "--fast", action="store_true", help="our labelled fast mode (bfloat16) instead of the exact one"
    )
    parser.add_argument("--busy", type=int, default=0, metavar="N", help="keep N other processes computing meanwhile")
    parser.add_argument("--device", default="cpu", help="cpu, cuda or mps, for both")
    parser.add_argument("--json", type=Path, help="also write the figures here")
    args = parser.parse_args()
    if args.device.split(":")[0] not in available_devices():
        parser.error(f"there is no {args.device} here, but {', '.join(available_devices())}")
    if args.all:
        rows = print_all(args.seconds or [30.0, 180.0, 600.0], args.repeat, args.busy or 2)
    else:
        rows = print_some(args)
    if args.json:
        args.json.write_text(json.dumps({"machine": machine(), "rows": rows}, indent=1))
    return 0


def print_some(args: argparse.Namespace) -> list[dict[str, float | str]]:
    """Print a table for one model under one load; returns its rows."""
    model = load_model(args.model) if args.model else random_umxhq()
    mode = (", fast mode" if args.fast else "") + (f", {args.busy} other busy processes" if args.busy else "")
    where = f" on {torch.cuda.get_device_name(args.device)}" if args.device.startswith("cuda") else f" on {args.device}"
    print(f"{machine()}\nmodel {model.name}{mode}{where}, median of {args.repeat}\n")
    print(" ".join(f"{head:>9}" for head in HEADS), flush=True)
    rows: list[dict[str, float | str]] = []
    with busy(args.busy):
        for seconds in args.seconds or [30.0]:
            row = measure(model, seconds, args.repeat, args.fast, args.device)
            rows.append({"model": model.name, **row})
            print(" ".join(f"{cell:>9}" for cell in cells(row)), flush=True)
    return rows


if __name__ == "__main__":
    sys.exit(main())
