"""Downloads from a server that cuts, stalls, lies and leads astray: the right model is installed, or none."""

from __future__ import annotations

import hashlib
import io
import pickle
import socket
import time
from dataclasses import replace

import pytest
import torch
from loopback import Server, cut_at, drip, loopback_server, redirect, serve, stall_at, status
from published_models import HASTY, QUICK, downloaded_so_far, is_installed, nothing_installed, publish, weights

from umx_gui.engine.models.digests import RECORD
from umx_gui.engine.models.download import DownloadDone, bytes_there, download_model
from umx_gui.engine.models.fetch import Part
from umx_gui.engine.models.model import load_model
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.engine.models.staging import discard_download, download_folder
from umx_gui.engine.models.transfer import Limits
from umx_gui.engine.work import CancelToken, Progress
from umx_gui.errors import (
    Cancelled,
    DigestUnknownError,
    DownloadError,
    DownloadReason,
    LicenceNotAcceptedError,
    ModelBusyError,
    ModelInvalidError,
    OutputExistsError,
)


@pytest.fixture
def server():
    with loopback_server() as running:
        yield running


@pytest.fixture
def mirror():
    with loopback_server() as running:
        yield running


@pytest.fixture
def registry(tmp_path):
    return ModelRegistry(tmp_path / "models")


@pytest.fixture(scope="module")
def voice():
    return weights()


@pytest.fixture
def model(server, voice):
    """A model of one target, on one server."""
    return publish([server], {"vocals": voice})


def download(model, registry, **how):
    """Download; the last value."""
    return list(download_model(model, registry, limits=how.pop("limits", QUICK), **how))[-1]


def refused(model, registry, **how) -> DownloadReason:
    """Why the download fails; and that it leaves no model."""
    with pytest.raises(DownloadError) as error:
        download(model, registry, **how)
    assert nothing_installed(registry)
    return error.value.reason


def ranges(server: Server) -> list[str]:
    return [asked for _, asked in server.requests]


# The straight way


def test_a_model_is_downloaded_loaded_and_listed(server, registry, voice):
    model = publish([server], {"vocals": voice, "drums": weights(1)})
    values = list(download_model(model, registry, limits=QUICK))
    fractions = [value.fraction for value in values if isinstance(value, Progress)]
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1.0
    assert isinstance(values[-1], DownloadDone)
    assert values[-1].digests[model.files[0].name] == hashlib.sha256(voice).hexdigest()
    assert is_installed(registry, model)
    entry = registry.entry("umxhq")
    assert (entry.origin, entry.licence, entry.targets) == ("published", "CC0", ("vocals", "drums"))
    assert entry.scores == (("vocals", 5.0), ("drums", 5.0))
    assert entry.card is not None
    assert "vocals" in entry.card.read_text()


def test_what_is_installed_is_not_downloaded_again(server, registry, model):
    download(model, registry)
    with pytest.raises(OutputExistsError):
        download(model, registry)
    assert len(server.requests) == 1


def test_terms_are_accepted_before_anything_is_asked_for(server, registry, voice):
    model = publish([server], {"vocals": voice}, terms="For non-commercial use only")
    with pytest.raises(LicenceNotAcceptedError) as asked:
        download(model, registry)
    assert asked.value.terms == model.terms
    assert server.requests == []
    download(model, registry, accept_licence=True)
    assert is_installed(registry, model)


# Cuts and stalls


def test_cut_at_a_hundred_places_it_goes_on_from_there(server, tmp_path, model, voice):
    whole = len(voice)
    places = sorted({round(i * (whole - 1) / 99) for i in range(100)})
    assert len(places) == 100
    for place in places:
        registry = ModelRegistry(tmp_path / str(place))
        server.requests.clear()
        server.answers = [cut_at(place)]
        if place == 0:
            assert refused(model, registry) is DownloadReason.CUT
        download(model, registry)
        assert (registry.find("umxhq") / model.files[0].name).read_bytes() == voice, place
        assert ranges(server) == ["", f"bytes={place}-" if place else ""]


def test_a_server_that_always_hangs_up_leaves_a_part_that_another_day_finishes(server, registry, model, voice):
    def thousand(request, data):
        request.server.answers = [thousand]
        serve_from(request, data, 1000)

    server.answers = [thousand]
    assert refused(model, registry) is DownloadReason.CUT
    assert bytes_there(model, registry) == 5000
    server.answers.clear()
    download(model, registry)
    assert is_installed(registry, model)
    assert ranges(server)[-1] == "bytes=5000-"


def serve_from(request, data: bytes, n_bytes: int) -> None:
    """A good answer that is cut after some bytes."""
    start = request.start()
    if start:
        request.send(206, len(data) - start, ETag='"v1"', Content_Range=f"bytes {start}-{len(data) - 1}/{len(data)}")
    else:
        request.send(200, len(data), ETag='"v1"')
    request.wfile.write(data[start : start + n_bytes])


def test_a_stall_is_noticed_and_gone_on_from(server, registry, model):
    server.answers = [stall_at(5000)]
    begun = time.monotonic()
    download(model, registry, limits=replace(QUICK, stall_s=2.0))
    assert time.monotonic() - begun < 20, "it would be 30 s until the server says more"
    assert is_installed(registry, model)
    assert ranges(server) == ["", "bytes=5000-"]


def test_a_server_that_drips_is_left(server, registry, model):
    server.otherwise = drip(1, 0.02)
    limits = Limits(connect_s=20.0, stall_s=0.3, slowest_bytes_per_s=20_000.0, retry_s=0.0)
    assert refused(model, registry, limits=limits) is DownloadReason.STALLED, "and not minutes later downloaded"
    assert downloaded_so_far(download_folder(registry.user_folder, "umxhq")) > 0


def test_a_server_that_never_answers_is_left(server, registry, model):
    server.otherwise = lambda request, _: request.server.ends.wait(30)
    assert refused(model, registry, limits=HASTY) is DownloadReason.OFFLINE


def test_where_nobody_listens(registry, model, server):
    server.server_close()
    assert refused(model, registry) is DownloadReason.OFFLINE


def test_a_cancel_takes_effect_at_once_and_keeps_what_came(server, registry, model):
    server.answers = [stall_at(5000)]
    cancel = CancelToken()
    steps = download_model(model, registry, limits=Limits(), cancel=cancel)
    next(steps)
    cancel.cancel()
    begun = time.monotonic()
    with pytest.raises(Cancelled):
        list(steps)
    assert time.monotonic() - begun < 5, "it would be 30 s until the server says more"
    assert nothing_installed(registry)
    assert bytes_there(model, registry) == 5000
    download(model, registry)
    assert is_installed(registry, model)
    assert ranges(server) == ["", "bytes=5000-"]


# Lies about lengths and ranges


@pytest.mark.parametrize(
    ("length", "reason"),
    [
        (lambda n: n + 100, DownloadReason.CUT),
        (lambda n: n - 100, DownloadReason.WRONG_CONTENT),
        (lambda n: 10 << 30, DownloadReason.TOO_LARGE),
        (lambda n: None, DownloadReason.NO_LENGTH),
        (lambda n: 0, DownloadReason.NO_LENGTH),
        (lambda n: -1, DownloadReason.NO_LENGTH),
    ],
)
def test_a_false_length_is_found_out(server, registry, model, voice, length, reason):
    def lie(request, data):
        request.send(200, length(len(data)), ETag='"v1"')
        request.wfile.write(data)

    server.otherwise = lie
    assert refused(model, registry) is reason
    if reason is DownloadReason.TOO_LARGE:
        assert bytes_there(model, registry) == 0
    server.otherwise = serve
    download(model, registry)
    assert is_installed(registry, model)


def answer_with(code: int, first: int, last: int, total: int, etag: str = '"v1"', skip: int = 0):
    """206 with this Content-Range, whatever was asked for; offsets are added to what would be right."""

    def answer(request, data):
        start = request.start()
        where = f"bytes {start + first}-{len(data) - 1 + last}/{len(data) + total}"
        request.send(code, len(data) - start - skip, ETag=etag, Content_Range=where)
        request.wfile.write(data[start + skip :])

    return answer


@pytest.mark.parametrize(
    "wrong",
    [
        answer_with(206, 7, 0, 0),
        answer_with(206, -7, 0, 0),
        answer_with(206, 0, -7, 0),
        answer_with(206, 0, 0, 7),
        answer_with(206, 0, 0, 0, skip=7),
        answer_with(206, 0, 0, 0, etag='"v2"'),
        lambda request, data: (request.send(206, len(data) - request.start()), request.wfile.write(data)),
        lambda request, data: (request.send(206, len(data), Content_Range="bytes */*"), request.wfile.write(data)),
        status(416),
        lambda request, data: (request.send(200, len(data), ETag='"v2"'), request.wfile.write(data)),
    ],
    ids=["later", "earlier", "shorter", "other total", "less", "other file", "no range", "junk", "416", "whole"],
)
def test_a_wrong_range_is_not_appended(server, registry, model, wrong):
    server.answers = [cut_at(5000), wrong]
    download(model, registry)
    assert is_installed(registry, model)


def test_a_part_that_lies_about_itself_is_thrown_away(server, registry, model, voice):
    server.answers = [cut_at(5000), status(500)]
    assert refused(model, registry) is DownloadReason.SERVER
    part = Part(download_folder(registry.user_folder, "umxhq") / model.files[0].name)
    part.path.write_bytes(b"\0" * 5000)
    download(model, registry)
    assert is_installed(registry, model)
    assert ranges(server)[-2:] == ["bytes=5000-", ""]


@pytest.mark.parametrize("note", [b"", b"{", b"[]", b'{"url": 1}', b'{"url": "x", "etag": "", "total": 10}'])
def test_a_part_without_a_proper_note_is_begun_anew(server, registry, model, note):
    server.answers = [cut_at(5000), status(500)]
    refused(model, registry)
    next(download_folder(registry.user_folder, "umxhq").glob("*.part.json")).write_bytes(note)
    download(model, registry)
    assert is_installed(registry, model)
    assert ranges(server)[-1] == ""


# Lies about contents


def test_a_false_file_is_thrown_away_and_the_mirror_asked(server, mirror, registry, voice):
    model = publish([server, mirror], {"vocals": voice})
    server.otherwise = lambda request, data: serve(request, data[:-1] + b"\x99")
    download(model, registry)
    assert is_installed(registry, model)
    assert len(mirror.requests) == 1


def test_without_a_mirror_a_false_file_is_refused(server, registry, model):
    server.otherwise = lambda request, data: serve(request, data[::-1])
    assert refused(model, registry) is DownloadReason.WRONG_CONTENT
    assert bytes_there(model, registry) == 0


@pytest.mark.parametrize("code", [404, 403, 410, 500, 503, 204])
def test_what_one_server_lacks_its_mirror_has(server, mirror, registry, voice, code):
    model = publish([server, mirror], {"vocals": voice})
    server.otherwise = status(code)
    download(model, registry)
    assert is_installed(registry, model)


def test_half_from_here_half_from_the_mirror(server, mirror, registry, voice):
    model = publish([server, mirror], {"vocals": voice})
    server.answers, server.otherwise = [cut_at(6000)], status(500)
    download(model, registry)
    assert is_installed(registry, model)
    assert ranges(mirror) == ["bytes=6000-"]


def test_where_all_fail_the_first_is_told_of(server, mirror, registry, voice):
    model = publish([server, mirror], {"vocals": voice})
    server.otherwise, mirror.otherwise = status(503), status(404)
    assert refused(model, registry) is DownloadReason.SERVER


class Exploit:
    """Unpickling this would create a file."""

    def __init__(self, canary) -> None:
        self.canary = canary

    def __reduce__(self):
        return (open, (str(self.canary), "w"))


def test_code_with_the_right_digest_is_never_run(server, registry, tmp_path):
    buffer = io.BytesIO()
    torch.save({"fc1.weight": Exploit(tmp_path / "canary")}, buffer)
    for data in (buffer.getvalue(), pickle.dumps(Exploit(tmp_path / "canary"))):
        model = publish([server], {"vocals": data})
        with pytest.raises(ModelInvalidError):
            download(model, registry)
        assert nothing_installed(registry)
        assert bytes_there(model, registry) == 0
    assert not (tmp_path / "canary").exists()


# Digests


def test_unknown_digests_are_shown_once_then_pinned(server, registry, voice):
    model = publish([server], {"speech": voice, "noise": weights(1)}, name="umxse", digits_checked=False)
    with pytest.raises(DigestUnknownError) as asked:
        download(model, registry)
    digests = asked.value.digests
    assert digests[model.files[0].name] == hashlib.sha256(voice).hexdigest()
    assert nothing_installed(registry)
    with pytest.raises(DigestUnknownError):
        download(model, registry, accept_digests={**digests, model.files[0].name: "0" * 64})
    n_requests = len(server.requests)
    download(model, registry, accept_digests=digests)
    assert is_installed(registry, model)
    assert len(server.requests) == n_requests == 2


def test_halves_are_not_joined_where_nothing_would_tell(server, registry, voice):
    model = publish([server], {"speech": voice}, name="umxse", digits_checked=False)
    server.answers = [cut_at(5000)]
    with pytest.raises(DigestUnknownError) as asked:
        download(model, registry)
    assert asked.value.digests == {model.files[0].name: hashlib.sha256(voice).hexdigest()}
    assert ranges(server) == ["", ""]


@pytest.mark.parametrize("change", ["a bit", "another good file", "the settings", "the record is gone", "no record"])
def test_a_changed_file_is_refused_at_every_load(server, registry, model, change):
    download(model, registry)
    folder = registry.find("umxhq")
    path = folder / model.files[0].name
    if change == "a bit":
        path.write_bytes(path.read_bytes()[:-1] + b"\x01")
    elif change == "another good file":
        path.write_bytes(weights(5))
    elif change == "the settings":
        (folder / "vocals.json").write_text((folder / "vocals.json").read_text() + " ")
    elif change == "the record is gone":
        (folder / RECORD).unlink()
    else:
        (folder / RECORD).write_text("[]")
    with pytest.raises(ModelInvalidError):
        load_model("umxhq", registry)


def test_a_file_found_in_the_download_folder_is_checked_as_well(server, registry, model, voice):
    folder = download_folder(registry.user_folder, "umxhq")
    folder.mkdir(parents=True)
    (folder / model.files[0].name).write_bytes(voice[::-1])
    download(model, registry)
    assert is_installed(registry, model)
    assert len(server.requests) == 1


# Leading astray


@pytest.mark.parametrize(
    "to", ["http://192.0.2.1/x.pth", "file:///etc/passwd", "ftp://127.0.0.1/x", "data:,x", "//x:y"]
)
def test_a_redirect_to_anything_but_https_is_refused(server, registry, model, to):
    server.otherwise = redirect(to)
    assert refused(model, registry) in (DownloadReason.INSECURE, DownloadReason.SERVER)
    assert bytes_there(model, registry) == 0


def test_a_redirect_within_what_is_allowed_is_followed(server, mirror, registry, voice):
    model = publish([server], {"vocals": voice})
    mirror.files["/there"] = voice
    server.otherwise = redirect(f"{mirror.url}/there")
    download(model, registry)
    assert is_installed(registry, model)


def test_redirects_in_a_circle_end(server, registry, model):
    server.otherwise = redirect("/again")
    assert refused(model, registry) is DownloadReason.SERVER
    assert len(server.requests) == 6


@pytest.mark.parametrize("source", ["http://192.0.2.1/models", "file:///models", "http://127.0.0.1.example.org/m", "m"])
def test_only_https_is_spoken_and_nothing_is_sent_elsewhere(registry, model, source, monkeypatch):
    monkeypatch.setattr(socket, "create_connection", lambda *_: pytest.fail("a connection was made"))
    monkeypatch.setenv("UMX_MODELS_URL", source)
    assert refused(model, registry) is DownloadReason.INSECURE


def test_the_environment_can_name_another_source(server, mirror, registry, model, voice, monkeypatch):
    publish([mirror], {"vocals": voice})
    monkeypatch.setenv("UMX_MODELS_URL", mirror.url + "/")
    download(model, registry)
    assert is_installed(registry, model)
    assert (len(server.requests), len(mirror.requests)) == (0, 1)


# Two at once


def test_one_model_is_downloaded_by_one_process_at_a_time(server, registry, model):
    server.otherwise = drip(1000, 0.01)
    first = download_model(model, registry, limits=QUICK)
    next(first)
    with pytest.raises(ModelBusyError):
        download(model, registry)
    with pytest.raises(ModelBusyError):
        discard_download(registry.user_folder, "umxhq")
    list(first)
    assert is_installed(registry, model)


def test_what_came_can_be_thrown_away(server, registry, model):
    server.answers = [cut_at(5000)]
    server.otherwise = status(500)
    refused(model, registry)
    assert discard_download(registry.user_folder, "umxhq")
    assert not discard_download(registry.user_folder, "umxhq")
    assert list(registry.user_folder.iterdir()) == []
