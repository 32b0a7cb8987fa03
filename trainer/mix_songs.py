"""Songs to score where there are none: the mixtures that a sourcefolder's training validates on, drawn once for all."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path

from trainer.config import TrainConfig, config_from
from trainer.data_options import DataOptions
from trainer.dataset import Track
from trainer.layouts import candidates
from trainer.reference_songs import References
from trainer.segments import drawn_mixtures, stretch
from trainer.sounds import probe


@dataclass(frozen=True)
class MixSong:
    """A mixture of one sound from each folder, `track` says of which and where they begin."""

    track: Track
    config: TrainConfig

    @property
    def name(self) -> str:
        """Its number."""
        return self.track.name

    def load(self, pad: bool = False) -> References:
        """Read its sounds; they are all of one length. Raises DatasetError."""
        mixture, stems = stretch(self.track, 0, self.config.n_samples, self.config)
        return References(stems, mixture, self.config.sample_rate)


def mix_songs(options: DataOptions, root: Path, subset: str, seq_dur: float) -> list[MixSong]:
    """The mixtures of a subset, by number; with the same options they are a run's own, to the sample.

    Their sample rate is the sounds', which must have one; they are mono where all sounds are. Raises DatasetError,
    OptionError.
    """
    shapes = [probe(path, stream) for c in candidates(options, root, subset) for _, path, stream in c.files]
    config = config_from(
        {
            **asdict(options),
            # No transform is made here, and short mixtures are none the worse.
            "nfft": 64,
            "nhop": 16,
            "root": str(root),
            "output": "",
            "targets": (str(options.named_target),),
            "seq_dur": seq_dur,
            "sample_rate": shapes[0][0],
            "nb_channels": min(max(channels for _, channels, _ in shapes), 2),
        }
    )
    return [MixSong(track, config) for track in drawn_mixtures(config, subset)]
