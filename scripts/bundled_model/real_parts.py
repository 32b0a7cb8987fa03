"""Tracks from released multitracks: the songs (four stems) and the instrumental bands (guitar and backing)."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from sounds import gain, read_audio, write_wav
from tracks import TARGETS, TrackNote, write_note

VALIDATION_SONG = "4_potassium"
SONG_CREDIT = (
    '"Everything is Free", Software-Entwicklungskit, CC0 1.0, '
    "github.com/ichbinsoftware/everythingisremixed 6a6fbe3a634871fba7efe298dee048f394aa0f18"
)
BAND_CREDIT = "Sectoid song pack, Carlos Viola Iborra, MIT (Expat), Debian fretsonfire-songs-sectoid 1.dfsg-3.1"
# Sources of these songs were 24 kHz copies, wholly or in their main stems.
TWELVE_KHZ = {"1_hydrogen", "5_rubidium"}
# Guitar plus backing reaches +3.8 dBFS at unity; this keeps their sum below -1 dBFS.
BAND_GAIN_DB = -5.0


def write_song(folder: Path, root: Path) -> Path:
    """Decodes one song's stems to its track; returns the track. A stem without a file is unknown, not silent."""
    part = "valid" if folder.name == VALIDATION_SONG else "train"
    track = root / part / (folder.name if part == "valid" else f"song_{folder.name}")
    stems = {name: read_audio(folder / f"{name}.ogg") for name in TARGETS if (folder / f"{name}.ogg").exists()}
    length = min(stem.shape[1] for stem in stems.values())
    peak = max(float(np.abs(stem).max()) for stem in stems.values())
    factor = np.float32(min(1.0, gain(-0.1) / peak))
    for name, stem in stems.items():
        write_wav(track / f"{name}.wav", stem[:, :length] * factor)
    limit = 12_000 if folder.name in TWELVE_KHZ else None
    write_note(track, TrackNote(True, "real", set(stems) == set(TARGETS), limit, (SONG_CREDIT,)))
    return track


def write_band(folder: Path, root: Path) -> Path:
    """Decodes one band song: the guitar as `other`, the rest as `accompaniment` (no vocals, otherwise mixed)."""
    track = root / "train" / f"band_{folder.name}"
    factor = np.float32(gain(BAND_GAIN_DB))
    guitar, backing = read_audio(folder / "guitar.ogg"), read_audio(folder / "backing.ogg")
    length = min(guitar.shape[1], backing.shape[1])
    write_wav(track / "other.wav", guitar[:, :length] * factor)
    write_wav(track / "accompaniment.wav", backing[:, :length] * factor)
    write_note(track, TrackNote(True, "real", False, None, (BAND_CREDIT,)))
    return track
