"""The engine: Open-Unmix separation without a window, for programs as much as for people.

    from umx_gui.engine import Separator, load_model, read_audio

The names are loaded when first used, so that importing the package (as the sound process does) loads no torch.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from umx_gui.engine.audio import Audio, Block, Coverage, Fill, Stems
    from umx_gui.engine.decode import AudioFile, AudioInfo, read_audio
    from umx_gui.engine.ensemble import load_models
    from umx_gui.engine.exact_sum import null_db
    from umx_gui.engine.export import ExportOptions, Written, export_stems
    from umx_gui.engine.model import Model, load_model
    from umx_gui.engine.separator import Separator, SeparatorOptions
    from umx_gui.engine.work import CancelToken, Progress, SlowedDown

_WHERE = {
    "Audio": "audio",
    "AudioFile": "decode",
    "AudioInfo": "decode",
    "Block": "audio",
    "CancelToken": "work",
    "Coverage": "audio",
    "ExportOptions": "export",
    "Fill": "audio",
    "Model": "model",
    "Progress": "work",
    "Separator": "separator",
    "SeparatorOptions": "separator",
    "SlowedDown": "work",
    "Stems": "audio",
    "Written": "export",
    "export_stems": "export",
    "load_model": "model",
    "load_models": "ensemble",
    "null_db": "exact_sum",
    "read_audio": "decode",
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
