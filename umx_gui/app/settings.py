"""The user's settings: a typed dataclass; the file holds only what differs from the defaults."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class Settings:
    """Everything that is remembered from one start to the next."""

    model: str = ""  # "": the registry's default
    device: str = "auto"
    auto_separate: bool = True
    recent_files: list[str] = field(default_factory=list)
    open_folder: str = ""
    export_folder: str = ""
    export_format: str = "wav"
    export_bit_depth: str = "24"
    export_exact_sum: bool = True
    theme: str = "system"  # system, dark, light
    volume_db: float = 0.0
    sound_device: str = ""  # "": the system's default
    lane_view: str = "waveform"  # waveform, spectrogram
    window_geometry: str = ""  # base64
    window_state: str = ""  # base64
    demo_shown: bool = False
    residual: bool = False
    niter: int = 1
