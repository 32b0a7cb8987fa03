"""Makes the bundled model of a training run: weights in half precision, and the card with scores, data and credits.

    python scripts/bundled_model/package.py RUN --root DATA --scores FILE --before FILE --out resources/models

The files are what `score.py --json` wrote, for the best weights and for the edition before (`editions/`). An older
model of the name is replaced. The history is that of the run, after that of the run it began from (`--began-from`).
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


def score_table(before: Scores, scores: Scores) -> str:
    """Rows of song and target: SDR of the mixture, of the edition before, of this one, its gain; then BSSEval's."""
    rows = [
        "| song | target | mixture | first edition | this edition | gain over the mixture | BSSEval v4: first | this |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for song, targets in scores.items():
        for target, row in targets.items():
            old = before[song][target]
            numbers = (row["mixture_sdr_db"], old["sdr_db"], row["sdr_db"], row["gain_db"])
            bss = (old["bsseval_sdr_db"], row["bsseval_sdr_db"])
            cells = (song, target, *(f"{n:.1f}" for n in numbers[:3]), f"{numbers[3]:+.1f}", *(f"{n:.1f}" for n in bss))
            rows.append(f"| {' | '.join(cells)} |")
    for target in next(iter(scores.values())):
        means = [sum(songs[song][target]["sdr_db"] for song in scores) / len(scores) for songs in (before, scores)]
        rows.append(f"| mean | {target} | | {means[0]:.1f} | {means[1]:.1f} | | | |")
    return "\n".join(rows)


def silence_table(before: Scores, scores: Scores) -> str:
    """How far the vocals stem lies below a mixture without vocals, in words."""
    return ", ".join(
        f"{song} {before[song]['vocals']['where_none_are_db']:.0f} dB then, "
        f"{targets['vocals']['where_none_are_db']:.0f} dB now"
        for song, targets in scores.items()
    )


def read_history(runs: list[Path]) -> list[dict[str, Any]]:
    """The epochs of runs that went on from one another, counted through."""
    lines = [line for run in runs for line in (run / "history.jsonl").read_text(encoding="utf-8").splitlines()]
    return [{**json.loads(line), "epoch": number} for number, line in enumerate(lines, 1)]


def write_card(folder: Path, runs: list[Path], root: Path, before: Scores, scores: Scores) -> None:
    """Fill the template."""
    model, config, history = load_model(folder), read_config(runs[-1]), read_history(runs)
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
        scores=score_table(before, scores),
        silence=silence_table(before, scores),
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
    parser.add_argument("--before", type=Path, default=Path(__file__).with_name("editions") / "1.json")
    parser.add_argument("--began-from", type=Path, nargs="*", default=[], help="runs that this one went on from")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--name", default="umx-free")
    args = parser.parse_args()
    shutil.rmtree(args.out / args.name, ignore_errors=True)
    args.out.mkdir(parents=True, exist_ok=True)
    folder = publish(args.run, args.name, args.out, licence=LICENCE, with_pth=False)
    before, scores = (json.loads(path.read_text(encoding="utf-8")) for path in (args.before, args.scores))
    write_card(folder, [*args.began_from, args.run], args.root, before, scores)
    print(folder)


if __name__ == "__main__":
    main()
