"""Keep the catalogues of translations: collect every sentence of the window, and compile what is translated.

    python scripts/translations.py          # resources/translations/*.ts brought up to date, *.qm compiled
    python scripts/translations.py --check  # says what is missing or stale; 1 if there is any

A new sentence is written down as unfinished, one that is not in the sources any more is taken out, and what is
translated is kept. Translate in the .ts file (by hand or in Qt Linguist), and run this again. A new language: copy a
.ts file to umx-gui_<name>.ts, empty its translations, and add it to `LANGUAGES` in umx_gui/views/language.py.
"""

from __future__ import annotations

import argparse
import ast
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass, field
from pathlib import Path

import PySide6

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "resources" / "translations"
CONTEXT = "umx-gui"
TABLES = ("umx_gui/reasons.py",)  # all texts in them are shown
PLACE = re.compile(r"(?<!\{)\{(\w+)[^{}]*\}")


@dataclass
class Sentence:
    """A sentence of the sources: where it is, the values it may name, and whether it counts things."""

    where: list[str] = field(default_factory=list)
    places: set[str] = field(default_factory=set)
    counts: bool = False


def sentences(root: Path = ROOT) -> dict[str, Sentence]:
    """Every sentence that is translated, by its English."""
    found: dict[str, Sentence] = {}
    for path in sorted((root / "umx_gui").rglob("*.py")):
        name = path.relative_to(root).as_posix()
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for text, places, counts, line in [*_called(tree), *(_table(tree) if name in TABLES else ())]:
            sentence = found.setdefault(text, Sentence())
            sentence.where.append(f"{name}:{line}")
            sentence.places |= places
            sentence.counts |= counts
    return found


def _called(tree: ast.Module) -> list[tuple[str, set[str], bool, int]]:
    """What `tr`, `trn`, `mark` and `said` are called with."""
    found = []
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Name)
            and node.func.id in ("tr", "trn", "mark", "said")
        ):
            counts = node.func.id == "trn"
            places = {keyword.arg for keyword in node.keywords if keyword.arg} | ({"n"} if counts else set())
            for text in _texts(node.args[1 if counts else 0]):
                found.append((text, places | set(PLACE.findall(text)), counts, node.lineno))
    return found


def _texts(node: ast.expr) -> list[str]:
    """The texts that an argument may be: one, or either of two."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return [node.value]
    return _texts(node.body) + _texts(node.orelse) if isinstance(node, ast.IfExp) else []


def _table(tree: ast.Module) -> list[tuple[str, set[str], bool, int]]:
    """Every text of a module but its docstrings."""
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    return [
        (node.value, set(PLACE.findall(node.value)), False, node.lineno)
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in said
    ]


def translations(path: Path) -> dict[str, list[str]]:
    """A catalogue: for each English sentence its translation, or those for one and for many; [] while unfinished."""
    found: dict[str, list[str]] = {}
    for message in ET.parse(path).getroot().iter("message"):
        translation = message.find("translation")
        if translation is None:
            continue
        texts = [form.text or "" for form in translation.iter("numerusform")] or [translation.text or ""]
        found[message.findtext("source") or ""] = texts if all(texts) else []
    return found


def write(path: Path, language: str, wanted: dict[str, Sentence], known: dict[str, list[str]]) -> None:
    """The catalogue of these sentences, in the order of the alphabet, so that changes of it can be read."""
    root = ET.Element("TS", version="2.1", language=language, sourcelanguage="en")
    context = ET.SubElement(root, "context")
    ET.SubElement(context, "name").text = CONTEXT
    for text in sorted(wanted):
        counts = wanted[text].counts
        message = ET.SubElement(context, "message", {"numerus": "yes"} if counts else {})
        ET.SubElement(message, "source").text = text
        texts = known.get(text) or []
        translation = ET.SubElement(message, "translation", {} if texts else {"type": "unfinished"})
        if counts:
            for form in texts or [""]:
                ET.SubElement(translation, "numerusform").text = form
        elif texts:
            translation.text = texts[0]
    ET.indent(root)
    head = '<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n'
    path.write_text(head + ET.tostring(root, encoding="unicode") + "\n", encoding="utf-8")


def faults(path: Path) -> list[str]:
    """What is missing in a catalogue, not needed in it, or names values that its sentence does not have."""
    wanted, known = sentences(), translations(path)
    told = [f"not translated: {text!r} ({wanted[text].where[0]})" for text in sorted(wanted) if not known.get(text)]
    told += [f"not in the sources: {text!r}" for text in sorted(known.keys() - wanted.keys())]
    for text in sorted(known.keys() & wanted.keys()):
        unknown = {place for form in known[text] for place in PLACE.findall(form)} - wanted[text].places
        told += [f"no such value {place!r}: {text!r}" for place in sorted(unknown)]
    return told


def compiled(path: Path, out: Path) -> None:
    """Make a .qm file of a .ts file. Raises CalledProcessError where Qt's compiler cannot."""
    program = Path(PySide6.__file__).parent / ("lrelease.exe" if sys.platform == "win32" else "lrelease")
    subprocess.run([str(program), "-silent", str(path), "-qm", str(out)], check=True)


def main() -> int:
    """Bring every catalogue up to date, or only look at them."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="change nothing")
    args = parser.parse_args()
    n_faults = 0
    for path in sorted(FOLDER.glob("umx-gui_*.ts")):
        if not args.check:
            write(path, path.stem.partition("_")[2], sentences(), translations(path))
            compiled(path, path.with_suffix(".qm"))
        told = faults(path)
        n_faults += len(told)
        print(f"{path.name}: {len(translations(path))} sentences, {len(told)} faults", *told, sep="\n  ")
    return 1 if n_faults else 0


if __name__ == "__main__":
    sys.exit(main())
