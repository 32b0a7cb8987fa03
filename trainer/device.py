"""Where networks are trained, and how batches get there: as audio through pinned memory, transformed on the device."""

from __future__ import annotations

from dataclasses import replace

import torch
from torch import Tensor

from trainer.batches import Batch
from trainer.config import TrainConfig
from umx_gui.engine.stft import STFT
from umx_gui.errors import DeviceUnavailableError


def device_of(config: TrainConfig) -> torch.device:
    """The device that `--device` means on this machine. Raises DeviceUnavailableError."""
    there = torch.cuda.is_available()
    if config.device == "cuda" and not there:
        raise DeviceUnavailableError("cuda")
    return (
        torch.device("cuda", torch.cuda.current_device()) if there and config.device != "cpu" else torch.device("cpu")
    )


class Mover:
    """Moves batches of audio to a device and makes magnitudes of them there: an eighth of the bytes on the way."""

    def __init__(self, config: TrainConfig, device: torch.device) -> None:
        self._config, self._device = config, device
        self._window = STFT(config.nfft, config.nhop, center=False).window(device)
        self._pinned = torch.empty(0)

    def __call__(self, batch: Batch) -> Batch:
        """The same batch with magnitudes, on the device; valid until the next call."""
        waves, gains = self._moved(batch.waves), batch.gains.to(self._device)
        n_sources = waves.shape[1]
        parts = [self._magnitudes(waves[:, source], gains) for source in range(n_sources)]
        return replace(
            batch,
            mixture=parts[0],
            targets=torch.stack(parts[1:]),
            waves=waves,
            gains=gains,
        )

    def _moved(self, waves: Tensor) -> Tensor:
        if self._device.type != "cuda":
            return waves
        if self._pinned.shape != waves.shape:
            self._pinned = torch.empty(waves.shape, pin_memory=True)
        else:
            # The last copy may still be under way; what comes next must not overtake it.
            torch.cuda.current_stream(self._device).synchronize()
        self._pinned.copy_(waves)
        return self._pinned.to(self._device, non_blocking=True)

    def _magnitudes(self, waves: Tensor, gains: Tensor) -> Tensor:
        """Waves [B, C, T] to magnitudes [N, B, C, F], times gains [B, F]."""
        frames = waves.unfold(-1, self._config.nfft, self._config.nhop) * self._window
        magnitudes: Tensor = torch.fft.rfft(frames).abs() * gains[:, None, None, :]
        return magnitudes.permute(2, 0, 1, 3).contiguous()
