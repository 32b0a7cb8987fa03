"""Tracks that are wrong, break off, or are not written to their end yet."""

from __future__ import annotations

import os
import threading

import pytest
from layouts_made import STEMS, stem, write
from test_layouts import SHORT, config
from test_layouts import waves as waves

from trainer import settling
from trainer.batches import fill, new_slot
from trainer.dataset import tracks_of
from trainer.draw_reference import drawer_of
from umx_gui.errors import DatasetError


def test_a_bad_track_stops_the_run_or_is_left_out_with_a_line(waves, caplog):
    write(waves / "train/b/bass.wav", stem("bass", SHORT), 48_000)
    given = {"targets": STEMS, "dataset": "folder"}
    with pytest.raises(DatasetError, match=r"48000 Hz"):
        tracks_of(config(waves, **given), "train")
    with caplog.at_level("WARNING"):
        found = tracks_of(config(waves, **given, skip_bad=True), "train")
    assert [t.name for t in found] == ["a", "c"]
    assert "b is left out: its rate is 48000 Hz" in caplog.text


def test_a_file_that_breaks_during_the_run_gives_way_to_others(waves, caplog):
    given = {"dataset": "trackfolder_fix", "target_file": "vocals.wav", "interferer_files": ["bass.wav"]}
    for skip in (False, True):
        made = config(waves, **given, skip_bad=skip, batch_size=8)
        drawer = drawer_of(tracks_of(made, "train"), made)
        whole = (waves / "train/b/bass.wav").read_bytes()
        (waves / "train/b/bass.wav").write_bytes(b"RIFF")
        if skip:
            assert "b" not in fill(new_slot(made), drawer, made, 1, 0).tracks
            assert "b/bass.wav" in caplog.text
        else:
            with pytest.raises(DatasetError, match="can no longer be read"):
                fill(new_slot(made), drawer, made, 1, 0)
        (waves / "train/b/bass.wav").write_bytes(whole)


def test_a_track_that_is_being_written_waits_for_the_next_epoch(waves, caplog, monkeypatch):
    made = config(waves, targets=STEMS)
    whole = (waves / "train/a/bass.wav").read_bytes()
    path = waves / "train/b/bass.wav"
    stop = threading.Event()

    def grow() -> None:
        with path.open("wb") as file:
            file.write(whole[:4000])
            while not stop.wait(0.02):
                file.write(whole[4000:4100])
                file.flush()

    # On a busy machine a thread waits for its turn, and seconds pass between two lines.
    monkeypatch.setattr(settling, "_LOOK_S", 1.0)
    monkeypatch.setattr(settling, "FRESH_S", 600.0)
    thread = threading.Thread(target=grow)
    thread.start()
    with caplog.at_level("WARNING"):
        found = tracks_of(made, "train")
    stop.set()
    thread.join()
    assert [t.name for t in found] == ["a", "c"]
    assert caplog.text.count("b is still being written") == 1
    path.write_bytes(b"RIFF")
    assert [t.name for t in tracks_of(made, "train")] == ["a", "c"]
    path.write_bytes(whole)
    assert [t.name for t in tracks_of(made, "train")] == ["a", "b", "c"]
    path.write_bytes(b"RIFF")
    os.utime(path, (1, 1))
    with pytest.raises(DatasetError, match="not a readable sound file"):
        tracks_of(made, "train")
