"""Models that are quick to make and to run: random weights, few units, a short transform."""

from __future__ import annotations

from pathlib import Path


def make_tiny_models(folder: Path) -> Path:
    """Write the models "tiny" (vocals, drums, bass, other) and "voice" (vocals) into a folder, and return it."""
    import torch

    from umx_gui.engine.models.model import Model, ModelSpec, save_model
    from umx_gui.engine.models.network import NetworkShape, OpenUnmix

    torch.manual_seed(1)
    spec = ModelSpec(n_fft=1024, hop=256)
    shape = NetworkShape(n_bins=513, max_bin=372, hidden_size=16, n_layers=1)
    for name, targets in (("tiny", ("vocals", "drums", "bass", "other")), ("voice", ("vocals",))):
        networks = {target: OpenUnmix(shape).eval() for target in targets}
        save_model(folder / name, Model(name, spec, networks), with_pth=False)
    return folder
