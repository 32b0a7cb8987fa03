"""Models come, are checked and go as jobs of the session, while songs are separated."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from app_sounds import MakeSession, open_and_wait, sound, write
from loopback import Server, cut_at, loopback_server, stall_at
from published_models import publish, weights
from pytestqt.qtbot import QtBot
from told import Told

from umx_gui.app.separation.model_jobs import ModelJobs, Question
from umx_gui.app.session import Session
from umx_gui.app.settings import Settings
from umx_gui.app.sound.transport import Transport
from umx_gui.engine.models import published
from umx_gui.engine.models.catalogue import CatalogueItem
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.errors import DigestUnknownError, LicenceNotAcceptedError
from umx_gui.playback.null_device import NullDevice


@pytest.fixture
def server() -> Iterator[Server]:
    """A server on this machine."""
    with loopback_server() as running:
        yield running


@pytest.fixture
def session(qtbot: QtBot, tmp_path: Path, told: Told, monkeypatch: pytest.MonkeyPatch) -> Iterator[Session]:
    """A session with real threads and an empty folder of models."""
    monkeypatch.setenv("UMX_CONFIG_DIR", str(tmp_path / "config"))
    running = Session(Settings(), ModelRegistry(tmp_path / "models"), Transport(NullDevice))
    told.listen(running.told)
    yield running
    assert running.close(patience_s=30.0)


@pytest.fixture
def jobs(session: Session) -> ModelJobs:
    """The jobs of that session."""
    return session.models


def publish_small(server: Server, patch: pytest.MonkeyPatch, name: str, **about: object) -> None:
    """A small model takes the place of the published one of this name."""
    model = publish([server], {"vocals": weights(0), "drums": weights(1)}, name, **about)
    patch.setitem(published.PUBLISHED, name, model)


def finish(jobs: ModelJobs, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: jobs.running is None)


def questions(jobs: ModelJobs) -> list[Question]:
    asked: list[Question] = []
    jobs.asked.connect(asked.append)
    return asked


def test_a_model_is_downloaded_chosen_verified_and_removed(
    session: Session, jobs: ModelJobs, server: Server, told: Told, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_small(server, monkeypatch, "umxhq")
    with qtbot.waitSignal(session.models_changed):
        jobs.download("umxhq")
        assert jobs.running is not None
    finish(jobs, qtbot)
    assert told.titles == ["“umxhq” is installed"]
    assert next(item for item in jobs.items() if item.name == "umxhq").origin == "published"
    session.set_model("umxhq")
    jobs.verify("umxhq")
    finish(jobs, qtbot)
    assert jobs.verdict("umxhq") is True
    jobs.remove("umxhq")
    finish(jobs, qtbot)
    assert "umxhq" not in session.registry.names()
    assert session.model_name != "umxhq"
    assert jobs.verdict("umxhq") is None


def test_terms_are_a_question_and_its_answer_goes_on(
    session: Session, jobs: ModelJobs, server: Server, told: Told, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_small(server, monkeypatch, "umxl", terms="Not for sale")
    asked = questions(jobs)
    jobs.download("umxl")
    finish(jobs, qtbot)
    assert told.nothing()
    assert isinstance(asked[0].error, LicenceNotAcceptedError)
    assert server.requests == []
    asked[0].accept()
    finish(jobs, qtbot)
    assert "umxl" in session.registry.names()


def test_unknown_digests_are_a_question_and_its_answer_goes_on(
    session: Session, jobs: ModelJobs, server: Server, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_small(server, monkeypatch, "umxse", digits_checked=False)
    asked = questions(jobs)
    jobs.download("umxse")
    finish(jobs, qtbot)
    assert isinstance(asked[0].error, DigestUnknownError)
    assert "umxse" not in session.registry.names()
    asked[0].accept()
    finish(jobs, qtbot)
    assert "umxse" in session.registry.names()


def test_a_cancelled_download_can_be_gone_on_with_or_thrown_away(
    session: Session, jobs: ModelJobs, server: Server, told: Told, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_small(server, monkeypatch, "umxhq")
    server.answers = [stall_at(5000)]
    jobs.download("umxhq")
    qtbot.waitUntil(lambda: item_of(jobs, "umxhq").bytes_there == 5000)
    jobs.cancel()
    finish(jobs, qtbot)
    assert told.nothing()
    jobs.download("umxhq")
    finish(jobs, qtbot)
    assert [asked for _, asked in server.requests] == ["", "bytes=5000-", ""]
    jobs.remove("umxhq")
    finish(jobs, qtbot)
    server.answers, server.otherwise = [cut_at(5000)], lambda request, _: request.send(503, 0)
    jobs.download("umxhq")
    finish(jobs, qtbot)
    assert item_of(jobs, "umxhq").bytes_there == 5000
    jobs.remove("umxhq")
    finish(jobs, qtbot)
    assert item_of(jobs, "umxhq").bytes_there == 0


def item_of(jobs: ModelJobs, name: str) -> CatalogueItem:
    return next(item for item in jobs.items() if item.name == name)


def test_one_thing_at_a_time(
    jobs: ModelJobs, server: Server, told: Told, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_small(server, monkeypatch, "umxhq")
    server.otherwise = stall_at(5000)
    jobs.download("umxhq")
    jobs.download("umx")
    assert told.titles == ["“umxhq” comes first"]
    jobs.cancel()
    finish(jobs, qtbot)


def test_closing_does_not_wait_for_a_server(
    session: Session, jobs: ModelJobs, server: Server, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    publish_small(server, monkeypatch, "umxhq")
    server.otherwise = lambda request, _: request.server.ends.wait(300)
    jobs.download("umxhq")
    qtbot.waitUntil(lambda: server.requests != [])
    # The fixture closes the session, long before the server says anything.


def test_a_damaged_model_is_told_of(
    session: Session, jobs: ModelJobs, tiny_models: Path, told: Told, qtbot: QtBot
) -> None:
    jobs.import_from(tiny_models / "tiny")
    finish(jobs, qtbot)
    assert told.titles == ["“tiny” is imported"]
    weights = session.registry.find("tiny") / "bass.safetensors"
    weights.write_bytes(weights.read_bytes()[:-1] + b"\x01")
    jobs.verify("tiny")
    finish(jobs, qtbot)
    assert jobs.verdict("tiny") is False
    assert told.messages[-1].title == "The model “tiny” cannot be used"


def test_a_bad_zip_is_told_of(session: Session, jobs: ModelJobs, tmp_path: Path, told: Told, qtbot: QtBot) -> None:
    with zipfile.ZipFile(tmp_path / "bad.zip", "w") as archive:
        archive.writestr("../evil.json", "{}")
    jobs.import_from(tmp_path / "bad.zip")
    finish(jobs, qtbot)
    assert told.only().title == "The model “bad.zip” cannot be used"


def test_a_model_for_speech_at_16_khz_separates_a_stereo_song(
    make_session: MakeSession, tmp_path: Path, qtbot: QtBot
) -> None:
    session = make_session()
    # A folder of its own: the one with the tiny models is shared by all tests.
    session.registry.user_folder = tmp_path / "models"
    make_speech_model(tmp_path / "models" / "talk")
    session.set_model("talk")
    song = open_and_wait(session, write(tmp_path / "song.wav", sound(2.0)), qtbot)
    qtbot.waitUntil(lambda: song.separated)
    assert song.stems is not None
    assert song.targets == ("speech", "noise")
    assert song.stems.samples.shape == (2, 2, 88200)
    assert np.abs(song.stems.samples.sum(0) - song.mixture).max() < 1e-6


def make_speech_model(folder: Path) -> None:
    import torch

    from umx_gui.engine.models.model import Model, ModelSpec, save_model
    from umx_gui.engine.models.network import NetworkShape, OpenUnmix

    torch.manual_seed(3)
    networks = {target: OpenUnmix(NetworkShape(513, 513, 1, 16, 3)).eval() for target in ("speech", "noise")}
    save_model(folder, Model("talk", ModelSpec(16000, 1024, 512, 1), networks), with_pth=False)
