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
    from umx_gui.engine.model import Model, load_model
    from umx_gui.engine.separator import Separator, SeparatorOptions
    from umx_gui.engine.work import CancelToken, Progress

_WHERE = {
    "Audio": "audio",
    "AudioFile": "decode",
    "AudioInfo": "decode",
    "Block": "audio",
    "CancelToken": "work",
    "Coverage": "audio",
    "Fill": "audio",
    "Model": "model",
    "Progress": "work",
    "Separator": "separator",
    "SeparatorOptions": "separator",
    "Stems": "audio",
    "load_model": "model",
    "read_audio": "decode",
}

__all__ = [
    "Audio",
    "AudioFile",
    "AudioInfo",
    "Block",
    "CancelToken",
    "Coverage",
    "Fill",
    "Model",
    "Progress",
    "Separator",
    "SeparatorOptions",
    "Stems",
    "load_model",
    "read_audio",
]


def __getattr__(name: str) -> object:
    if name not in _WHERE:
        raise AttributeError(name)
    return getattr(import_module(f"umx_gui.engine.{_WHERE[name]}"), name)
