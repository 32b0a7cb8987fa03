"""openunmix's helpers of a training loop, on what our trainer keeps."""

from __future__ import annotations

import math

from trainer.learner import Stopper
from umx_gui.engine.models.network import max_bin_of


def bandwidth_to_max_bin(rate, n_fft, bandwidth):
    """How many bins from zero lie within a bandwidth in Hz."""
    return max_bin_of(bandwidth, n_fft, rate)


class AverageMeter:
    """A running mean. (Our trainer keeps just the sum and the number of steps.)"""

    def __init__(self):
        self.reset()

    def reset(self):
        """Begin anew."""
        self.val = self.sum = self.avg = 0.0
        self.count = 0

    def update(self, val, n=1):
        """Take a value, which counts n times."""
        self.val, self.sum, self.count = val, self.sum + val * n, self.count + n
        self.avg = self.sum / self.count


class EarlyStopping:
    """Our stopper: `step` takes an epoch's value and says whether to end. A value that is no number ends at once."""

    def __init__(self, mode="min", min_delta=0, patience=10):
        if mode not in ("min", "max"):
            raise ValueError(f"mode is {mode!r}, neither 'min' nor 'max'")
        self._sign, self._min_delta, self._stopper = 1 if mode == "min" else -1, min_delta, Stopper(patience)

    @property
    def best(self):
        """The best value so far, None before the first."""
        return None if math.isinf(self._stopper.best) else self._sign * self._stopper.best

    @property
    def num_bad_epochs(self):
        """How many values have come since the best."""
        return self._stopper.waited

    def step(self, metrics):
        """Take a value; whether patience is at its end."""
        if math.isnan(metrics):
            return True
        first, value = self.best is None, self._sign * metrics
        self._stopper.see(value if value < self._stopper.best - self._min_delta else math.inf, 0)
        return not first and self._stopper.stop
