"""Options that make a real training run of toy size, for tests that start the trainer as a process."""

from __future__ import annotations

MORE = (
    "--batch-size 4 --steps-per-epoch 20 --seq-dur 0.5 --nfft 256 --nhop 128 --hidden-size 16 --nb-layers 1 "
    "--bandwidth 3000 --sample-rate 8000 --nb-workers 0 --lr 0.005 --threads 1"
)
