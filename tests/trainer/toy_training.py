"""Options that make a real training run of toy size, for tests that start the trainer as a process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

MORE = (
    "--batch-size 4 --steps-per-epoch 20 --seq-dur 0.5 --nfft 256 --nhop 128 --hidden-size 16 --nb-layers 1 "
    "--bandwidth 3000 --sample-rate 8000 --nb-workers 0 --lr 0.005 --threads 1"
)

TOY = """--targets vocals drums --epochs 2 --batch-size 4 --steps-per-epoch 5 --seq-dur 0.5 --nfft 256 --nhop 128
--hidden-size 16 --bandwidth 3000 --sample-rate 8000 --nb-workers 0 --checkpoint-minutes 0 --lr 0.005 --threads 1"""


def toy_args(root: Path, run: Path) -> list[str]:
    return ["train", "--dataset", "folder", "--root", str(root), "--output", str(run), *TOY.split()]


def start(args: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "trainer.cli", *args, "--json-progress"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=Path(__file__).parents[2],
    )
