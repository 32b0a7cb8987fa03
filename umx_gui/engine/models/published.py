"""The models that the authors of Open-Unmix published: where they are, what they are, what their licences ask.

From open-unmix-pytorch 1.3.0 and its Zenodo records. Only the weights are downloaded; the settings beside them are
written here, from these facts.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from umx_gui.words import mark

_MUSIC = ("vocals", "drums", "bass", "other")
_UNVERIFIED_MIT = mark("MIT according to third parties, unverified")
_MIRROR = "https://huggingface.co/teamup-tech/Open-Unmix-weights/resolve/main"


@dataclass(frozen=True, slots=True)
class PublishedFile:
    """The weights of one target; `digits` begin the SHA-256 of the file where `PublishedModel.digits_checked`."""

    target: str
    name: str
    digits: str


@dataclass(frozen=True, slots=True)
class PublishedModel:
    """One published model. `sources`: folders on the network, tried in turn. `file_bytes`: about the size of a file.

    `terms` are shown and must be accepted before the download, where there are any. `scores`: median SDR in dB, of the
    test songs of MUSDB18 where `scored_on` is empty.
    """

    name: str
    sources: tuple[str, ...]
    files: tuple[PublishedFile, ...]
    about: str
    licence: str
    file_bytes: int
    hidden_size: int
    sample_rate: int = 44100
    n_fft: int = 4096
    hop: int = 1024
    n_channels: int = 2
    digits_checked: bool = True
    terms: str = ""
    scores: tuple[tuple[str, float], ...] = ()
    scored_on: str = ""

    @property
    def targets(self) -> tuple[str, ...]:
        """The names of the targets, in order."""
        return tuple(file.target for file in self.files)

    @property
    def size_bytes(self) -> int:
        """About the size of the download."""
        return self.file_bytes * len(self.files)

    @property
    def max_file_bytes(self) -> int:
        """More than a file can have, with the odds and ends that old files hold."""
        return self.file_bytes + self.file_bytes // 4 + (1 << 20)

    def settings(self) -> dict[str, bytes]:
        """The files beside the weights: `separator.json`, a JSON per target, and the model's card."""
        separator = {
            "nfft": self.n_fft,
            "nhop": self.hop,
            "sample_rate": self.sample_rate,
            "nb_channels": self.n_channels,
            "licence": self.licence,
            "scores": dict(self.scores),
        }
        args = {
            "nfft": self.n_fft,
            "nhop": self.hop,
            "nb_channels": self.n_channels,
            "hidden_size": self.hidden_size,
            "nb_layers": 3,
            "unidirectional": False,
        }
        written = {"separator.json": _dump(separator), "CARD.md": self.card().encode()}
        return written | {f"{target}.json": _dump({"args": args}) for target in self.targets}

    def card(self) -> str:
        """What is known of the model, as a page."""
        lines = [f"# {self.name}", "", f"{self.about}.", "", f"Licence of the weights: {self.licence}."]
        if self.terms:
            lines += ["", f"{self.terms}."]
        if self.scores:
            lines += ["", "Median SDR on the test songs of MUSDB18, as published:", ""]
            lines += [f"- {target}: {sdr_db:.2f} dB" for target, sdr_db in self.scores]
        lines += ["", "Files, and where they are published:", ""]
        lines += [f"- {self.sources[0]}/{file.name}" for file in self.files]
        return "\n".join([*lines, ""])


def _music(
    record: int, mirrored: bool, digits: tuple[str, ...], sdr_db: tuple[float, ...], **about: Any
) -> dict[str, Any]:
    """What the three models for music have in common."""
    return {
        "sources": (_zenodo(record), _MIRROR) if mirrored else (_zenodo(record),),
        "files": tuple(PublishedFile(t, f"{t}-{d}.pth", d) for t, d in zip(_MUSIC, digits, strict=True)),
        "scores": tuple(zip(_MUSIC, sdr_db, strict=True)),
        **about,
    }


def _zenodo(record: int) -> str:
    return f"https://zenodo.org/records/{record}/files"


def _dump(data: object) -> bytes:
    return json.dumps(data, indent=1).encode()


_MODELS = (
    PublishedModel(
        "umxhq",
        **_music(
            3370489,
            True,
            ("b62c91ce", "9619578f", "8d85a5bd", "b52fbbf7"),
            (6.25, 6.04, 5.07, 4.28),
            about=mark("Open-Unmix trained on MUSDB18-HQ, songs without lossy compression"),
            licence=_UNVERIFIED_MIT,
            file_bytes=35_600_000,
            hidden_size=512,
        ),
    ),
    PublishedModel(
        "umx",
        **_music(
            3370486,
            False,
            ("c8df74a5", "5a48008b", "646024d3", "f8e132cc"),
            (6.32, 5.73, 5.23, 4.02),
            about=mark("Open-Unmix trained on MUSDB18, whose songs end at 16 kHz"),
            licence=_UNVERIFIED_MIT,
            file_bytes=35_600_000,
            hidden_size=512,
        ),
    ),
    PublishedModel(
        "umxl",
        **_music(
            5069601,
            True,
            ("bccbd9aa", "69e0ebd4", "2ca1ce51", "c8c5b3e6"),
            (7.21, 7.15, 6.02, 4.89),
            about=mark("The large Open-Unmix, trained on about 400 hours of private music: the best by its scores"),
            licence="CC BY-NC-SA 4.0",
            terms=mark(
                "For non-commercial use only, with attribution, and shared under the same licence: "
                "https://creativecommons.org/licenses/by-nc-sa/4.0/"
            ),
            file_bytes=113_000_000,
            hidden_size=1024,
        ),
    ),
    PublishedModel(
        "umxse",
        sources=(_zenodo(3786908),),
        files=(
            PublishedFile("speech", "speech_f5e0d9f9.pth", "f5e0d9f9"),
            PublishedFile("noise", "noise_04a6fc2d.pth", "04a6fc2d"),
        ),
        about=mark("Speech enhancement: speech and noise at 16 kHz, mono, trained on 28 speakers of Voicebank+DEMAND"),
        licence=mark("not stated"),
        file_bytes=6_350_000,
        hidden_size=256,
        sample_rate=16000,
        n_fft=1024,
        hop=512,
        n_channels=1,
        # Its names do not follow the convention by which these digits would be the start of the digest.
        digits_checked=False,
    ),
)

PUBLISHED: dict[str, PublishedModel] = {model.name: model for model in _MODELS}
