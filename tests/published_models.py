"""Published models of our own making, whose files lie on a loopback server."""

from __future__ import annotations

import hashlib
import io
from functools import lru_cache
from pathlib import Path

from loopback import Server

from umx_gui.engine.models.published import PublishedFile, PublishedModel
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.engine.models.transfer import Limits

# A good server answers at once, but its thread must have its turn for that. Only who waits for nothing is in a hurry.
QUICK = Limits(connect_s=20.0, stall_s=20.0, slowest_bytes_per_s=500.0, retry_s=0.0)
HASTY = Limits(connect_s=0.6, stall_s=0.4, slowest_bytes_per_s=500.0, retry_s=0.0)


@lru_cache(maxsize=8)
def weights(seed: int = 0) -> bytes:
    """A small `.pth` file of random weights."""
    import torch

    from umx_gui.engine.models.network import NetworkShape, OpenUnmix

    buffer = io.BytesIO()
    with torch.random.fork_rng():
        torch.manual_seed(seed)
        torch.save(OpenUnmix(NetworkShape(129, 100, 2, 8, 3)).eval().state_dict(), buffer)
    return buffer.getvalue()


def publish(servers: list[Server], contents: dict[str, bytes], name: str = "umxhq", **about: object) -> PublishedModel:
    """A model of these targets, its files on these servers, in turn."""
    files = []
    for target, data in contents.items():
        digits = hashlib.sha256(data).hexdigest()[:8]
        files.append(PublishedFile(target, f"{target}-{digits}.pth", digits))
        for server in servers:
            server.files[f"/{name}/{files[-1].name}"] = data
    return PublishedModel(
        name,
        files=tuple(files),
        **{  # type: ignore[arg-type]
            "sources": tuple(f"{server.url}/{name}" for server in servers),
            "about": "A test",
            "licence": "CC0",
            "file_bytes": max(map(len, contents.values())),
            "hidden_size": 8,
            "n_fft": 256,
            "hop": 64,
            "scores": tuple((target, 5.0) for target in contents),
            **about,
        },
    )


def is_installed(registry: ModelRegistry, model: PublishedModel) -> bool:
    """Whether the model is there, whole, and can be loaded; and nothing else lies in the models' folder."""
    from umx_gui.engine.models.model import load_model

    if model.name not in registry.names():
        return False
    assert load_model(model.name, registry).targets == model.targets
    assert [p.name for p in registry.user_folder.iterdir()] == [model.name]
    return True


def nothing_installed(registry: ModelRegistry) -> bool:
    """Whether nothing has a name that a model could have."""
    folder = registry.user_folder
    return not folder.exists() or all(p.name.startswith(".") for p in folder.iterdir())


def downloaded_so_far(folder: Path) -> int:
    """The bytes of the parts in a download's folder."""
    return sum(p.stat().st_size for p in folder.glob("*.part"))
