"""What umx-gui depends on: its licences, and the versions it was tested with.

    python scripts/supply.py            # writes THIRD_PARTY.md and constraints.txt, out of what is installed here
    python scripts/supply.py --check    # changes nothing; the exit code is 1 if a dependency is missing from them

Everything is read from the metadata of the installed packages, from the project's own requirements on. To look for
known weaknesses of these versions: pip-audit -r constraints.txt (a package of its own: pipx install pip-audit).
"""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parents[1]
PROJECT = "umx-gui"
EXTRAS = ("test", "lint")
OLDEST, NEWEST = 10, 20
# Part of torch's build for NVIDIA's cards: other builds have other ones or none, and which, torch itself says.
_OF_TORCH = re.compile(r"nvidia-|cuda-|triton")
# Where the metadata says nothing, or not all: from the projects' own repositories, and from what lies in the wheels.
_KNOWN = {
    "stempeg": "MIT",
    "norbert": "MIT",
    "numba": "BSD-2-Clause",
    "scipy": "BSD-3-Clause",
    "numpy": "BSD-3-Clause, and others for parts of it",
    "cuda-toolkit": "NVIDIA proprietary",
    "torch": "BSD-3-Clause, and others for parts of it",
}
_INSIDE = {
    "av": "its wheels hold FFmpeg built with x264 and x265: that binary is under GPL-2.0-or-later",
    "soundfile": "its wheels hold libsndfile (LGPL-2.1-or-later) with FLAC, Ogg, Vorbis, Opus, mpg123 and LAME",
    "sounddevice": "its wheels for Windows and macOS hold PortAudio (MIT); on Linux it is the system's",
    "soxr": "holds libsoxr (LGPL-2.1-or-later)",
    "pyside6-essentials": "holds Qt; used here under LGPL-3.0",
    "shiboken6": "used here under LGPL-3.0",
}
_HEAD = """# Third-party software

umx-gui is under the [MIT licence](LICENSE). It holds no code of others; these packages are installed beside it by pip,
from their own publishers. Versions are those of the last full test. Written by `scripts/supply.py`; do not edit.

Whoever ships umx-gui together with them as one program has to keep to their terms as well. Mind FFmpeg in the wheels of
PyAV: as it is built there it is under the GPL. Models and songs have licences of their own: see the
[bundled model](scripts/bundled_model/README.md#sources) and the [demo song](resources/demo/LICENSE.md).
"""


@dataclass(frozen=True, slots=True)
class Package:
    """One installed package: its name as it is asked for, version, licence, home page, and Pythons it needs."""

    name: str
    version: str
    licence: str
    home: str
    python: str

    @property
    def of_torch(self) -> bool:
        """Whether it is one of those that come with some builds of torch only."""
        return _OF_TORCH.match(self.name) is not None


def packages(extras: tuple[str, ...]) -> dict[str, Package]:
    """All that the project needs, directly or not, with some of its extras, by name."""
    found: dict[str, Package] = {}
    for name, distribution in _walk(PROJECT, extras, set()):
        if name != PROJECT:
            found[name] = _package(name, distribution)
    return dict(sorted(found.items()))


def _walk(name: str, extras: tuple[str, ...], seen: set[str]) -> Iterator[tuple[str, metadata.Distribution]]:
    name = re.sub(r"[-_.]+", "-", name).lower()
    if name in seen:
        return
    seen.add(name)
    try:
        distribution = metadata.distribution(name)
    except metadata.PackageNotFoundError:
        return
    yield name, distribution
    for line in distribution.requires or ():
        wanted = Requirement(line)
        if wanted.marker is None or any(wanted.marker.evaluate({"extra": extra}) for extra in ("", *extras)):
            yield from _walk(wanted.name, tuple(wanted.extras), seen)


def _package(name: str, distribution: metadata.Distribution) -> Package:
    about = distribution.metadata
    links = dict(line.split(", ", 1) for line in about.get_all("Project-URL") or () if ", " in line)
    by_kind = {kind.lower(): link for kind, link in links.items()}
    homes = (by_kind.get(kind) for kind in ("homepage", "home", "repository", "source", "source code", "github"))
    home = next((link for link in homes if link), _field(about, "Home-page"))
    return Package(name, distribution.version, _licence(name, about), home, _field(about, "Requires-Python"))


def _field(about: metadata.PackageMetadata, name: str) -> str:
    values = about.get_all(name)
    return str(values[0]) if values else ""


def _licence(name: str, about: metadata.PackageMetadata) -> str:
    told = _KNOWN.get(name) or _field(about, "License-Expression")
    if not told:
        classifiers = [c.split(" :: ")[-1] for c in about.get_all("Classifier") or () if c.startswith("License ::")]
        short = _field(about, "License").strip().splitlines()[:1]
        good = [text for text in (*short, *classifiers) if text not in ("UNKNOWN", "OSI Approved", "")]
        told = good[0] if good else "unknown"
    return f"{told}; {_INSIDE[name]}" if name in _INSIDE else told


def third_party(run: dict[str, Package], test: dict[str, Package]) -> str:
    """The text of THIRD_PARTY.md."""
    parts = {
        "To run": [p for p in run.values() if not p.of_torch],
        "With PyTorch built for CUDA (not with `--cpu`)": [p for p in run.values() if p.of_torch],
        "To test and check": [p for name, p in test.items() if name not in run],
    }
    lines = [_HEAD]
    for title, members in parts.items():
        lines += [f"## {title}", "", "| package | version | licence |", "|---|---|---|"]
        lines += [f"| {f'[{p.name}]({p.home})' if p.home else p.name} | {p.version} | {p.licence} |" for p in members]
        lines.append("")
    return "\n".join(lines)


def constraints(test: dict[str, Package]) -> str:
    """The text of constraints.txt."""
    lines = [
        "# The versions of the last full test, for pip's -c, as in .ci/run. Written by scripts/supply.py; do not edit.",
        "# Whoever installs umx-gui otherwise gets whatever the ranges in pyproject.toml allow.",
    ]
    for package in test.values():
        if package.of_torch:
            continue
        oldest = next(m for m in range(OLDEST, NEWEST) if SpecifierSet(package.python).contains(f"3.{m}.99"))
        marker = f'; python_version >= "3.{oldest}"' if oldest > OLDEST else ""
        # What follows a plus sign names a build.
        lines.append(f"{package.name}=={package.version.partition('+')[0]}{marker}")
    return "\n".join([*lines, ""])


def main() -> int:
    """Write the two files, or check them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="write nothing, look for what is missing")
    check = parser.parse_args().check
    run, test = packages(()), packages(EXTRAS)
    unknown = [p.name for p in test.values() if "unknown" in p.licence]
    if unknown:
        print(f"of unknown licence: {', '.join(unknown)}")
        return 1
    if not check:
        for place in ("THIRD_PARTY.md", "resources/credits/third-party.md"):  # to be read, and to be shown
            (ROOT / place).write_text(third_party(run, test), encoding="utf-8")
        (ROOT / "constraints.txt").write_text(constraints(test), encoding="utf-8")
        return 0
    listed = (ROOT / "THIRD_PARTY.md").read_text(encoding="utf-8")
    pinned = (ROOT / "constraints.txt").read_text(encoding="utf-8")
    ours = [name for name, p in test.items() if not p.of_torch]
    missing = [name for name in ours if f"| {name} |" not in listed and f"| [{name}]" not in listed]
    missing += [name for name in ours if not re.search(rf"^{re.escape(name)}==", pinned, re.MULTILINE)]
    print(f"missing: {', '.join(sorted(set(missing)))}" if missing else "all there")
    return 1 if missing else 0


if __name__ == "__main__":
    sys.exit(main())
