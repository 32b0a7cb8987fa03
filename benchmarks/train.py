"""Times our training loop beside the reference's: the same songs, items, batch, network and number of threads.

    python benchmarks/train.py [--steps 8] [--batch-size 16] [--seconds 6] [--hidden-size 512] [--threads 1]
                               [--workers 1] [--targets 1] [--json FILE]

The reference's loop is openunmix's model, encoder and training step (as in its script: a DataLoader of waves, the
transform in the training process, Adam, mean squared error) with `--workers` workers; ours is the trainer's with as
many. Both draw the same items from the same FLAC files, with gain and channel swap. Each loop has a process of its own,
as for users, and they go step by step in turn, so that a busy machine slows both. Told are the median ratios of pairs
of steps: of time, and of the training processes' CPU time, which other programs disturb less. First the losses of both
on one batch are compared, with the same weights.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import platform
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from multiprocessing.connection import Connection
from pathlib import Path

import numpy as np
import openunmix.model
import openunmix.transforms
import soundfile as sf
import torch

from trainer.batches import Batch, BatchSource, Wanted
from trainer.config import TARGETS, TrainConfig, config_from
from trainer.dataset import scan
from trainer.draw_reference import drawer_of
from trainer.forward import training_loss
from trainer.learner import Learner, input_of
from trainer.memory import keep_memory
from trainer.scaler import Scaler

RATE = 44100


def make_songs(folder: Path, n_songs: int = 4, seconds: float = 20.0) -> None:
    """Songs of four noisy stems, as 16-bit FLAC."""
    rng = np.random.default_rng(0)
    for number in range(n_songs):
        path = folder / "train" / f"song {number}"
        path.mkdir(parents=True)
        for stem in TARGETS:
            wave = 0.1 * rng.standard_normal((round(seconds * RATE), 2)) * (0.6 + 0.4 * np.sin(np.arange(2)))
            sf.write(path / f"{stem}.flac", wave, RATE, "PCM_16")


class Items(torch.utils.data.Dataset):  # type: ignore[type-arg]
    """The same items as ours, as the reference's datasets give them: a mixture's and a target's wave."""

    def __init__(self, config: TrainConfig, n_items: int) -> None:
        self._config, self._n_items = config, n_items
        self._drawer = drawer_of(scan(Path(config.root) / "train", RATE), config)

    def __len__(self) -> int:
        return self._n_items

    def __getitem__(self, index: int) -> tuple[torch.Tensor, torch.Tensor]:
        item = self._drawer.item(np.random.default_rng((self._config.seed, 1, index)), augmented=True)
        return torch.from_numpy(item.waves[0]), torch.from_numpy(item.waves[1])


class Reference:
    """openunmix's network and step for each target, one run after another as its script trains them."""

    def __init__(self, config: TrainConfig) -> None:
        self._config = config
        self._encoder, _ = openunmix.transforms.make_filterbanks(n_fft=config.nfft, n_hop=config.nhop)
        self._encoder = torch.nn.Sequential(self._encoder, openunmix.model.ComplexNorm(mono=config.nb_channels == 1))
        shape = {"nb_bins": config.n_bins, "nb_channels": config.nb_channels, "hidden_size": config.hidden_size}
        max_bin = openunmix.utils.bandwidth_to_max_bin(RATE, config.nfft, config.bandwidth)
        ones = np.ones(config.n_bins)
        self.network = openunmix.model.OpenUnmix(input_mean=ones, input_scale=ones, max_bin=max_bin, **shape)
        self._optimizer = torch.optim.Adam(self.network.parameters(), lr=config.lr, weight_decay=config.weight_decay)

    def loss(self, x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
        """Of waves [B, C, T]."""
        return torch.nn.functional.mse_loss(self.network(self._encoder(x)), self._encoder(y))

    def steps(self, n: int) -> Iterator[float]:
        """Losses, step after step."""
        items = Items(self._config, n * self._config.batch_size)
        more = {"num_workers": self._config.nb_workers}
        for x, y in torch.utils.data.DataLoader(items, batch_size=self._config.batch_size, drop_last=True, **more):
            self.network.train()
            self._optimizer.zero_grad()
            loss = self.loss(x, y)
            loss.backward()
            self._optimizer.step()
            yield float(loss.detach())


def our_steps(config: TrainConfig, n: int) -> Iterator[float]:
    """Losses, step after step, of all targets together."""
    keep_memory()
    ones = np.ones(config.n_bins)
    learners = [Learner(target, config, Scaler(ones, ones)) for target in config.targets]
    with BatchSource(config) as source:
        source.start(scan(Path(config.root) / "train", RATE), 1, 0, n)
        for _ in range(n):
            batch = source.next()
            cropped = input_of(batch, config)
            losses = [learner.step(batch, cropped, which) for which, learner in enumerate(learners)]
            yield float(losses[0] or 0.0)


def difference(config: TrainConfig, reference: Reference, learner: Learner) -> float:
    """How far the two losses of one batch lie apart, relatively, with the same weights and without dropout."""
    learner.network.load_state_dict(reference.network.state_dict())
    with BatchSource(config_from({**config.to_json(), "nb_workers": 0}), Wanted(waves=True)) as source:
        source.start(scan(Path(config.root) / "train", RATE), 1, 0, 1)
        batch: Batch = source.next()
    with torch.no_grad():
        theirs = reference.network.eval()(reference._encoder(batch.waves[:, 0].contiguous()))
        truth = reference._encoder(batch.waves[:, 1].contiguous())
        theirs_loss = float(torch.nn.functional.mse_loss(theirs, truth))
        weights = torch.full((config.batch_size,), 1 / config.batch_size)
        network = learner.network.eval()
        ours = float(training_loss(network, input_of(batch, config), batch.mixture, batch.targets[0], weights))
    return abs(ours - theirs_loss) / theirs_loss


def work(pipe: Connection, ours: bool, config: TrainConfig, n: int, threads: int) -> None:
    """The life of a loop's process: a step whenever it is asked for one, answered with its time and CPU time."""
    torch.set_num_threads(threads)
    torch.manual_seed(config.seed)
    steps = our_steps(config, n) if ours else Reference(config).steps(n)
    for _ in range(n):
        pipe.recv()
        wall, cpu = time.perf_counter(), time.process_time()
        next(steps)
        pipe.send((time.perf_counter() - wall, time.process_time() - cpu))


class Loop:
    """One of the loops in its process."""

    def __init__(self, ours: bool, config: TrainConfig, n: int, threads: int) -> None:
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(target=work, args=(theirs, ours, config, n, threads))
        self._process.start()

    def step(self) -> tuple[float, float]:
        """Time and CPU time of one more step in seconds."""
        self._pipe.send(None)
        wall, cpu = self._pipe.recv()
        return wall, cpu

    def close(self) -> None:
        """Wait for its end."""
        self._process.join()


def main() -> None:
    """Print both rates and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in (("steps", 8), ("batch-size", 16), ("hidden-size", 512), ("threads", 1), ("workers", 1)):
        parser.add_argument(f"--{name}", type=int, default=value)
    parser.add_argument("--targets", type=int, default=1, choices=(1, 2, 3, 4), help="trained by us in one run")
    parser.add_argument("--seconds", type=float, default=6.0)
    parser.add_argument("--json", type=Path)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    with tempfile.TemporaryDirectory() as folder:
        make_songs(Path(folder))
        config = config_from(
            {
                "root": folder, "output": "unused", "targets": TARGETS[: args.targets], "batch_size": args.batch_size,
                "hidden_size": args.hidden_size, "seq_dur": args.seconds, "nb_workers": args.workers, "device": "cpu",
            }
        )  # fmt: skip
        report = json.dumps(compared(config, args.steps, args.threads), indent=1)
    print(report)
    if args.json:
        args.json.write_text(report + "\n")


def compared(config: TrainConfig, n: int, threads: int) -> dict[str, object]:
    """Both loops, step by step in turn. Items count once for each target that is trained on them."""
    torch.manual_seed(config.seed)
    ones = np.ones(config.n_bins)
    apart = difference(config, Reference(config), Learner(config.targets[0], config, Scaler(ones, ones)))
    pairs: list[tuple[tuple[float, float], tuple[float, float]]] = []
    with ExitStack() as stack:
        loops = [Loop(ours, config, n, threads) for ours in (False, True)]
        for loop in loops:
            stack.callback(loop.close)
        for turn in range(n):
            first = turn % 2
            times = {which: loops[which].step() for which in (first, 1 - first)}
            pairs.append((times[0], times[1]))
    # From the second step on: workers have started by then.
    pairs = pairs[1:]
    n_items, n_targets = config.batch_size, len(config.targets)
    return {
        "machine": f"{platform.machine()}, torch {torch.__version__}, {threads} threads, {config.nb_workers} workers",
        "batch": f"{config.batch_size} x {config.seq_dur} s, hidden size {config.hidden_size}",
        "targets": n_targets,
        "loss_difference": apart,
        "reference_samples_per_s": round(n_items / statistics.median(theirs[0] for theirs, _ in pairs), 3),
        "our_samples_per_s": round(n_targets * n_items / statistics.median(ours[0] for _, ours in pairs), 3),
        "ratio": round(statistics.median(n_targets * theirs[0] / ours[0] for theirs, ours in pairs), 2),
        "cpu_ratio": round(statistics.median(n_targets * theirs[1] / ours[1] for theirs, ours in pairs), 2),
    }


if __name__ == "__main__":
    main()
