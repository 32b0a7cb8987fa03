"""Downloads over https: the certificate has to convince, and there is no way down from there."""

from __future__ import annotations

import shutil
import subprocess

import pytest
from loopback import loopback_server, redirect
from published_models import is_installed, nothing_installed, publish, weights

from umx_gui.engine.models.download import download_model
from umx_gui.engine.models.registry import ModelRegistry
from umx_gui.engine.models.transfer import Limits
from umx_gui.errors import DownloadError, DownloadReason

PATIENT = Limits(connect_s=10.0, stall_s=10.0, retry_s=0.0)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """Self-signed certificates, `right` for this machine and `other` for another one: {name: (certificate, key)}."""
    if shutil.which("openssl") is None:
        pytest.skip("missing: openssl")
    folder = tmp_path_factory.mktemp("certificates")
    made = {}
    for name, address in (("right", "IP:127.0.0.1"), ("other", "DNS:example.org")):
        paths = folder / f"{name}.crt", folder / f"{name}.key"
        command = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={name}"]
        command += ["-addext", f"subjectAltName={address}", "-out", str(paths[0]), "-keyout", str(paths[1])]
        subprocess.run(command, check=True, capture_output=True, timeout=600)
        made[name] = paths
    return made


@pytest.fixture(scope="module")
def voice():
    return weights()


@pytest.fixture
def registry(tmp_path):
    return ModelRegistry(tmp_path / "models")


def refused(model, registry) -> DownloadReason:
    with pytest.raises(DownloadError) as error:
        list(download_model(model, registry, limits=PATIENT))
    assert nothing_installed(registry)
    return error.value.reason


def test_a_certificate_that_nobody_vouches_for_is_refused(certificates, voice, registry):
    with loopback_server(*certificates["right"]) as server:
        assert refused(publish([server], {"vocals": voice}), registry) is DownloadReason.CERTIFICATE
        assert server.requests == []


def test_one_that_is_vouched_for_is_taken(certificates, voice, registry, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates["right"][0]))
    with loopback_server(*certificates["right"]) as server:
        model = publish([server], {"vocals": voice})
        list(download_model(model, registry, limits=PATIENT))
        assert is_installed(registry, model)


def test_one_for_another_machine_is_refused(certificates, voice, registry, monkeypatch):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates["other"][0]))
    with loopback_server(*certificates["other"]) as server:
        assert refused(publish([server], {"vocals": voice}), registry) is DownloadReason.CERTIFICATE


@pytest.mark.parametrize("to", ["file:///etc/passwd", "ftp://127.0.0.1/x", "this machine"])
def test_https_does_not_lead_to_anything_less(certificates, voice, registry, monkeypatch, to):
    monkeypatch.setenv("SSL_CERT_FILE", str(certificates["right"][0]))
    with loopback_server(*certificates["right"]) as server, loopback_server() as plain:
        publish([plain], {"vocals": voice})
        model = publish([server], {"vocals": voice})
        server.otherwise = redirect(f"{plain.url}/umxhq/{model.files[0].name}" if to == "this machine" else to)
        assert refused(model, registry) is DownloadReason.INSECURE
        assert plain.requests == []


def test_a_server_that_speaks_no_tls_is_refused(voice, registry):
    with loopback_server() as plain:
        plain.scheme = "https"
        model = publish([plain], {"vocals": voice})
        assert refused(model, registry) in (DownloadReason.OFFLINE, DownloadReason.CUT)
