"""Makes the bundled model of a training run: weights in half precision, and the card with scores, data and credits.

    python scripts/bundled_model/package.py RUN --root DATA --editions 1.json 2.json 3.json --out resources/models
        [--keep TARGET ...] [--mix TARGET=SHARE ...] [--weights FOLDER] [--name umx-free]

An edition's file is what `score.py --json` wrote of it; the last one is of the model that is made. `--keep` takes
targets' networks from the edition before instead, which is the folder that is replaced; `--mix` takes a mean of the
weights of both, with this share of the run's. `--weights` names a model folder with the run's weights, where they are
its last and not its best ones. The mean scores also go into
`separator.json`, where the application finds them.
"""

from __future__ import annotations

import argparse
import copy
import json
import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

import soundfile as sf

from trainer.checkpoint import BEST
from trainer.config import TrainConfig, read_config
from trainer.publish import publish
from umx_gui.engine import load_model
from umx_gui.engine.models.model import Model, save_model
from umx_gui.engine.models.network import OpenUnmix

LICENCE = "CC BY 4.0"
ORDINALS = ("first", "second", "third", "fourth", "fifth")
SCORED_ON = "Falcon 69 and 4_potassium, mean of two songs"
Scores = dict[str, dict[str, dict[str, float]]]
TEMPLATE = Path(__file__).with_name("card_template.md")


def minutes_of(root: Path) -> dict[str, int]:
    """Minutes of sound by stem in the training part of the data."""
    seconds: Counter[str] = Counter()
    for path in (root / "train").glob("*/*.wav"):
        info = sf.info(path)
        seconds[path.stem] += info.frames / info.samplerate
    return {stem: round(total / 60) for stem, total in sorted(seconds.items())}


def score_table(editions: list[Scores]) -> str:
    """Rows of song and target: SDR of the mixture and of each edition, the last one's gain, and BSSEval's of each."""
    names = [f"{ordinal} edition" for ordinal in ORDINALS[: len(editions)]]
    head = ["song", "target", "mixture", *names, "gain over the mixture", f"BSSEval v4: {', '.join(names)}"]
    rows = [f"| {' | '.join(head)} |", "|---" * len(head) + "|"]
    for song, targets in editions[-1].items():
        for target, row in targets.items():
            numbers = [edition[song][target]["sdr_db"] for edition in editions]
            bss = ", ".join(f"{edition[song][target]['bsseval_sdr_db']:.1f}" for edition in editions)
            cells = [song, target, f"{row['mixture_sdr_db']:.1f}", *(f"{n:.1f}" for n in numbers)]
            cells += [f"{row['gain_db']:+.1f}", bss]
            rows.append(f"| {' | '.join(cells)} |")
    for target in next(iter(editions[-1].values())):
        cells = [f"{mean_of(edition, target):.1f}" for edition in editions]
        rows.append(f"| mean | {target} | | {' | '.join(cells)} | | |")
    return "\n".join(rows)


def mean_of(scores: Scores, target: str) -> float:
    """The mean over songs of a target's SDR in dB."""
    return sum(song[target]["sdr_db"] for song in scores.values()) / len(scores)


def silence_table(editions: list[Scores]) -> str:
    """How far the vocals stem lies below a mixture without vocals, in words."""
    words = []
    for song in editions[-1]:
        levels = [edition[song]["vocals"]["where_none_are_db"] for edition in editions]
        words.append(f"{song} {', '.join(f'{level:.0f} dB' for level in levels)}")
    return "; ".join(words)


def read_history(run: Path) -> list[dict[str, Any]]:
    """The epochs of a run."""
    return [json.loads(line) for line in (run / "history.jsonl").read_text(encoding="utf-8").splitlines()]


def curve(history: list[dict[str, Any]]) -> str:
    """The learning curve: losses of training and validation by epoch."""
    targets = list(history[0]["targets"])
    rows = ["| epoch | tracks | " + " | ".join(targets) + " |", "|---" * (len(targets) + 2) + "|"]
    for epoch in history:
        losses = [epoch["targets"][target] for target in targets]
        cells = [f"{loss['train_loss']:.2f} / {loss['valid_loss']:.2f}" for loss in losses]
        rows.append(f"| {epoch['epoch']} | {epoch['tracks']} | {' | '.join(cells)} |")
    return "\n".join(rows)


def write_card(folder: Path, run: Path, root: Path, editions: list[Scores], shares: dict[str, float]) -> None:
    """Fill the template."""
    model, config, history = load_model(folder), read_config(run), read_history(run)
    kept = [target for target, share in shares.items() if share == 0]
    new = [f"{t} (weights: {shares[t]:.0%} of the run's, the rest the edition before's)" if t in shares else t
           for t in model.targets if t not in kept]  # fmt: skip
    text = TEMPLATE.read_text(encoding="utf-8").format(
        name=folder.name,
        parameters=f"{sum(p.numel() for p in next(iter(model.networks.values())).parameters()):,}",
        edition=ORDINALS[len(editions) - 1],
        new=", ".join(new),
        kept=f" Of the edition before: {', '.join(kept)}." if kept else "",
        epochs=len(history),
        steps=sum(epoch["steps"] for epoch in history),
        minutes=", ".join(f"{stem} {n}" for stem, n in minutes_of(root).items()),
        scores=score_table(editions),
        silence=silence_table(editions),
        curve=curve(history),
        **shown(config),
    )
    (folder / "CARD.md").write_text(text, encoding="utf-8")


def shown(config: TrainConfig) -> dict[str, Any]:
    """What the card says of a run's options."""
    return {
        "hidden": config.hidden_size,
        "layers": config.nb_layers,
        "bandwidth": config.bandwidth,
        "batch": config.batch_size,
        "excerpt": config.seq_dur,
        "lr": config.lr,
        "real": config.real_share,
        "options": " ".join(config.source_augmentations),
    }


def between(old: OpenUnmix, new: OpenUnmix, share: float) -> OpenUnmix:
    """A network whose weights are a mean, `share` of them the new one's."""
    mixed, news = copy.deepcopy(old), new.state_dict()
    weights = {name: value.lerp(news[name], share) if value.is_floating_point() else value
               for name, value in old.state_dict().items()}  # fmt: skip
    mixed.load_state_dict(weights)
    return mixed


def put_together(folder: Path, before: Path, run: Path, weights: Path | None, shares: dict[str, float]) -> None:
    """Put other weights into a published folder: a run's last ones, by their share beside the edition before's."""
    made, old = load_model(folder), load_model(before)
    new = load_model(weights).networks if weights else made.networks
    networks = {t: between(old.networks[t], new[t], shares.get(t, 1.0)) for t in made.targets}
    keep = [t for t, share in shares.items() if share == 0]
    about = {t: old.about[t] if t in keep else made.about[t] for t in made.targets}
    if weights:
        about |= {t: {**made.about[t], **last_of(run, t)} for t in made.targets if t not in keep}
    save_model(folder, Model(folder.name, made.spec, networks, about), half=True, with_pth=False)


def last_of(run: Path, target: str) -> dict[str, Any]:
    """What a target's JSON says of a run whose last weights are taken, instead of its best ones."""
    epochs = [{**epoch["targets"][target], "epoch": epoch["epoch"]} for epoch in read_history(run)]
    return {
        "best_epoch": epochs[-1]["epoch"],
        "best_loss": epochs[-1]["valid_loss"],
        "sdr_db": epochs[-1]["sdr_db"],
        "train_loss_history": [epoch["train_loss"] for epoch in epochs],
        "valid_loss_history": [epoch["valid_loss"] for epoch in epochs],
    }


def write_spec(folder: Path, editions: list[Scores]) -> None:
    """`separator.json` with the licence, and the mean scores for the table of models."""
    spec = json.loads((folder / "separator.json").read_text(encoding="utf-8"))
    targets = next(iter(editions[-1].values()))
    scores = {target: round(mean_of(editions[-1], target), 2) for target in targets}
    spec |= {"licence": LICENCE, "scores": scores, "scored_on": SCORED_ON}
    (folder / "separator.json").write_text(json.dumps(spec, indent=1), encoding="utf-8")


def main() -> None:
    """Publish, put together, write the card, and put the folder in its place."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", type=Path)
    parser.add_argument("--root", type=Path, required=True)
    parser.add_argument("--editions", type=Path, nargs="+", required=True)
    parser.add_argument("--keep", nargs="*", default=[], help="targets of the edition before")
    parser.add_argument("--mix", nargs="*", default=[], metavar="TARGET=SHARE", help="a mean of both editions' weights")
    parser.add_argument(
        "--weights", type=Path, default=None, help=f"a folder with the last weights; the run's {BEST} otherwise"
    )
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--name", default="umx-free")
    args = parser.parse_args()
    editions = [json.loads(path.read_text(encoding="utf-8")) for path in args.editions]
    mixed = dict(one.split("=") for one in args.mix)
    shares = {target: float(share) for target, share in mixed.items()} | dict.fromkeys(args.keep, 0.0)
    before = args.out / args.name
    with tempfile.TemporaryDirectory() as temporary:
        folder = publish(args.run, args.name, Path(temporary), licence=LICENCE, with_pth=False)
        put_together(folder, before, args.run, args.weights, shares)
        write_spec(folder, editions)
        write_card(folder, args.run, args.root, editions, shares)
        shutil.rmtree(before, ignore_errors=True)
        shutil.copytree(folder, before)
    print(before)


if __name__ == "__main__":
    main()
