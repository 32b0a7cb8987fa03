"""What the program is made of: ranges, tested versions, licences; and nothing that is known to be broken."""

from __future__ import annotations

import re
import subprocess
import sys
from importlib import metadata

import pytest
from packaging.requirements import Requirement
from processes import ROOT

PYPROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
PINNED = {
    requirement.name: requirement
    for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    if line and not line.startswith("#")
    for requirement in [Requirement(line)]
}
# Strong copyleft that is known, and said to be there: GPL only as one of several choices, or inside a wheel.
GPL_KNOWN = {"av", "pyside6-essentials", "shiboken6"}


def requirements() -> list[Requirement]:
    """The project's own requirements, with all extras."""
    lines = re.findall(r'^ *"([A-Za-z][\w.-]*[<>=!~ ][^"]*)",?$', PYPROJECT, re.MULTILINE)
    found = [Requirement(line) for line in lines]
    assert len(found) > 15
    return found


def canonical(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@pytest.mark.parametrize("wanted", requirements(), ids=str)
def test_what_is_asked_for_has_a_range_and_was_tested(wanted: Requirement) -> None:
    assert ">=" in str(wanted.specifier) or "==" in str(wanted.specifier)
    tested = PINNED[canonical(wanted.name)]
    (pin,) = tested.specifier
    assert pin.operator == "=="
    assert wanted.specifier.contains(pin.version)


def test_torch_is_new_enough_to_be_trusted_with_files() -> None:
    (torch,) = [r for r in requirements() if r.name == "torch"]
    assert not torch.specifier.contains("2.9.1")
    assert torch.specifier.contains("2.10.0")


def test_every_dependency_is_listed_with_its_licence() -> None:
    if not any(d.metadata["Name"] == "umx-gui" for d in metadata.distributions()):
        pytest.skip("missing: umx-gui as an installed package")
    command = [sys.executable, str(ROOT / "scripts" / "supply.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stdout


def test_licences_are_ones_we_can_live_with() -> None:
    rows = re.findall(r"^\| (?:\[([\w.-]+)\]\([^)]*\)|([\w.-]+)) \| [\d.+]+ \| (.+) \|$",
                      (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8"), re.MULTILINE)  # fmt: skip
    licences = {linked or plain: licence for linked, plain, licence in rows}
    assert set(PINNED) <= set(licences)
    for name, licence in licences.items():
        assert len(licence) > 2, name
        assert "unknown" not in licence.lower(), name
        assert "AGPL" not in licence, name
        assert not re.search(r"(?<!L)GPL", licence) or name in GPL_KNOWN, f"{name}: {licence}"


def test_ci_installs_what_was_tested() -> None:
    text = (ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert 'PIP_CONSTRAINT="$PWD/constraints.txt"' in text
    assert text.index("PIP_CONSTRAINT") < text.index("run.py")


def test_what_is_shown_of_the_licences_is_what_is_written() -> None:
    shown = (ROOT / "resources" / "credits" / "third-party.md").read_text(encoding="utf-8")
    assert shown == (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8")
