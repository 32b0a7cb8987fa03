"""Makes the bundled model of a training run: weights in half precision, and the card with scores, data and credits.

    python scripts/bundled_model/package.py RUN --root DATA --scores FILE --out resources/models [--name umx-free]

FILE is what `score.py --json` wrote for the run's best weights. An older model of the name is replaced.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import soundfile as sf

from trainer.config import read_config
from trainer.publish import publish
from umx_gui.engine import load_model

LICENCE = "CC BY 4.0"
Scores = dict[str, dict[str, dict[str, float]]]
TEMPLATE = Path(__file__).with_name("card_template.md")


def minutes_of(root: Path) -> dict[str, int]:
    """Minutes of sound by stem in the training part of the data."""
    seconds: Counter[str] = Counter()
    for path in (root / "train").glob("*/*.wav"):
        info = sf.info(path)
        seconds[path.stem] += info.frames / info.samplerate
    return {stem: round(total / 60) for stem, total in sorted(seconds.items())}


def score_table(scores: Scores) -> str:
    """Rows of song, target, SDR of the mixture, SDR of the stem, gain."""
    rows = ["| song | target | mixture as the estimate, dB | stem, dB | gain, dB |", "|---|---|---|---|---|"]
    for song, targets in scores.items():
        for target, row in targets.items():
            cells = (song, target, f"{row['mixture_sdr_db']:.1f}", f"{row['sdr_db']:.1f}", f"{row['gain_db']:+.1f}")
            rows.append(f"| {' | '.join(cells)} |")
    return "\n".join(rows)


def write_card(folder: Path, run: Path, root: Path, scores: Scores) -> None:
    """Fill the template."""
    model, config = load_model(folder), read_config(run)
    history = [json.loads(line) for line in (run / "history.jsonl").read_text(encoding="utf-8").splitlines()]
    minutes = minutes_of(root)
    text = TEMPLATE.read_text(encoding="utf-8").format(
        name=folder.name,
        parameters=f"{sum(p.numel() for p in next(iter(model.networks.values())).parameters()):,}",
        hidden=config.hidden_size,
        layers=config.nb_layers,
        bandwidth=config.bandwidth,
        epochs=len(history),
        steps=sum(epoch["steps"] for epoch in history),
        batch=config.batch_size,
        excerpt=config.seq_dur,
        minutes=", ".join(f"{stem} {n}" for stem, n in minutes.items()),
        scores=score_table(scores),
        curve="\n".join(curve(history)),
        options=" ".join(config.source_augmentations),
    )
    (folder / "CARD.md").write_text(text, encoding="utf-8")


def curve(history: list[dict[str, Any]]) -> list[str]:
    """The learning curve: validation loss by epoch, every third one and the last."""
    targets = list(history[0]["targets"])
    rows = ["| epoch | " + " | ".join(targets) + " |", "|---" * (len(targets) + 1) + "|"]
    for epoch in history:
        if epoch["epoch"] % 3 == 0 or epoch is history[-1]:
            cells = [
                f"{epoch['targets'][t]['train_loss']:.2f} / {epoch['targets'][t]['valid_loss']:.2f}" for t in targets
            ]
            rows.append(f"| {epoch['epoch']} | " + " | ".join(cells) + " |")
    return rows


def main() -> None:
    """Publish, write the card, put the folder in its place."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--scores", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--name", default="umx-free")
    args = parser.parse_args()
    shutil.rmtree(args.out / args.name, ignore_errors=True)
    args.out.mkdir(parents=True, exist_ok=True)
    folder = publish(args.run, args.name, args.out, licence=LICENCE, with_pth=False)
    write_card(folder, args.run, args.root, json.loads(args.scores.read_text(encoding="utf-8")))
    print(folder)


if __name__ == "__main__":
    main()
