"""The engine: Open-Unmix separation without a window, for programs as much as for people.

    from umx_gui.engine import Separator, load_model, read_audio

The names are loaded when first used, so that importing the package (as the sound process does) loads no torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from umx_gui.engine.audio import Audio, Block, Coverage, Fill, Stems
    from umx_gui.engine.decoding.decode import AudioFile, AudioInfo, read_audio
    from umx_gui.engine.exact_sum import null_db
    from umx_gui.engine.export.exporter import ExportOptions, Written, export_stems
    from umx_gui.engine.models.ensemble import load_models
    from umx_gui.engine.models.model import Model, load_model
    from umx_gui.engine.separation.separator import Separator, SeparatorOptions
    from umx_gui.engine.work import CancelToken, Progress, SlowedDown

_WHERE = {
    "Audio": "audio",
    "AudioFile": "decoding.decode",
    "AudioInfo": "decoding.decode",
    "Block": "audio",
    "CancelToken": "work",
    "Coverage": "audio",
    "ExportOptions": "export.exporter",
    "Fill": "audio",
    "Model": "models.model",
    "Progress": "work",
    "Separator": "separation.separator",
    "SeparatorOptions": "separation.separator",
    "SlowedDown": "work",
    "Stems": "audio",
    "Written": "export.exporter",
    "export_stems": "export.exporter",
    "load_model": "models.model",
    "load_models": "models.ensemble",
    "null_db": "exact_sum",
    "read_audio": "decoding.decode",
}

__all__ = [
    "Audio",
    "AudioFile",
    "AudioInfo",
    "Block",
    "CancelToken",
    "Coverage",
    "ExportOptions",
    "Fill",
    "Model",
    "Progress",
    "Separator",
    "SeparatorOptions",
    "SlowedDown",
    "Stems",
    "Written",
    "export_stems",
    "load_model",
    "load_models",
    "null_db",
    "read_audio",
]


def __getattr__(name: str) -> object:
    if name not in _WHERE:
        raise AttributeError(name)
    return getattr(import_module(f"umx_gui.engine.{_WHERE[name]}"), name)
