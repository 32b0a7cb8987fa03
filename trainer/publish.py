"""Publishing: the best weights of a run as a model folder that the application, and `openunmix`, can load."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from trainer.checkpoint import BEST
from trainer.config import TrainConfig, read_config
from trainer.data_edge import edge_of
from umx_gui.engine.models.model import Model, load_model, save_model, spec_json
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.engine.models.staging import importing
from umx_gui.engine.storage.file_set import typed_errors
from umx_gui.engine.storage.files import sync_folder, write_whole
from umx_gui.errors import OptionError, RunError

# What a target's JSON keeps of the run's options; folders of one's own disk are nobody else's business.
_PRIVATE = ("root", "output", "model", "cache")


def publish(
    run: Path,
    name: str,
    out: Path | None = None,
    half: bool = True,
    licence: str = "not stated",
    with_pth: bool = True,
) -> Path:
    """Write the model `name` into the folder `out`, or among the user's models; returns its folder.

    Weights are stored in fp16 if `half`; the `.pth` files beside them (which `openunmix` needs) always hold fp32.
    Raises RunError for a run without results, ModelInvalidError, ModelBusyError, OptionError, OutputExistsError,
    OutputNotWritableError and DiskFullError.
    """
    if Path(name).name != name or name.startswith("."):
        raise OptionError("NAME", "a model's name is one plain word, without slashes")
    config = read_config(run)
    if not (run / BEST / "separator.json").exists():
        raise RunError(run, "no epoch of this run is done yet, so there is nothing to publish")
    trained = load_model(run / BEST)
    model = Model(name, trained.spec, trained.networks, {t: _about(a) for t, a in trained.about.items()})
    registry = ModelRegistry(out)
    registry.free_name(name)
    # Put together out of sight, where the next model removes what is left if this one is killed.
    with importing(registry.user_folder, name) as folder:
        save_model(folder, model, half=half, with_pth=with_pth)
        spec = json.dumps({**spec_json(model.spec), "licence": licence}, indent=1)
        write_whole(folder / "separator.json", spec.encode())
        write_whole(folder / "CARD.md", _card(model, config, licence, edge_of(run)).encode())
        if out is None:
            return registry.install(folder, name, "trained").path
        with typed_errors(out):
            folder.replace(out / name)
            sync_folder(out)
    return out / name


def _about(about: Mapping[str, Any]) -> dict[str, Any]:
    args = {k: v for k, v in about.get("args", {}).items() if k not in _PRIVATE}
    return {**about, "args": args}


def _card(model: Model, config: TrainConfig, licence: str, edge_hz: float | None) -> str:
    rows = []
    for target in model.targets:
        about = model.about[target]
        sdr = about.get("sdr_db")
        rows.append(
            f"| {target} | {sum(p.numel() for p in model.networks[target].parameters()):,} | {about.get('best_epoch')} "
            f"| {about.get('best_loss', float('nan')):.4f} | {'n/a' if sdr is None else f'{sdr:.2f}'} |"
        )
    return "\n".join(
        [
            f"# {model.name}",
            "",
            f"Open-Unmix networks trained with umx-trainer. Licence: {licence}.",
            "",
            f"Sample rate {model.spec.sample_rate} Hz, window {model.spec.n_fft}, hop {model.spec.hop}, "
            f"{model.spec.n_channels} channels, bandwidth {config.bandwidth} Hz, hidden size {config.hidden_size}.",
            *([f"The sound of the training data ends at {edge_hz / 1000:.1f} kHz, as measured."] if edge_hz else []),
            "",
            "| target | parameters | best epoch | validation loss | SDR on the validation songs, dB |",
            "|---|---|---|---|---|",
            *rows,
            "",
            "The SDR is over all samples of a song: masks with the mixture's phase, no Wiener filter.",
            "",
        ]
    )
