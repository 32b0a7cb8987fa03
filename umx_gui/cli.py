"""`umx-gui`: without a command the window, with one the same engine in a terminal, without Qt.

Exit codes: 0 done, 1 failed with a message, 2 usage, 130 cancelled.
"""

from __future__ import annotations

import argparse
import sys
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

from umx_gui import __version__, syscheck
from umx_gui.commands.console import Console
from umx_gui.commands.doors import FAILED, USAGE, failed, guarded, require_working_folder
from umx_gui.engine.models.published import PUBLISHED
from umx_gui.engine.work import CancelToken
from umx_gui.errors import UmxError
from umx_gui.messages import window_not_installed

_COMMANDS = ("separate", "verify", "models", "integrate", "doctor")
_EPILOG = """Without a command the window opens, with the files named. A file that is called like a command is named
with its folder: ./separate"""

Command = Callable[[argparse.Namespace, Console, CancelToken], int]


def main(argv: Sequence[str] | None = None) -> int:
    """The program `umx-gui`: run the command of the arguments, or show the window. Returns the exit code."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    if argv is None and not sys.warnoptions:
        # What libraries warn their programmers of is nothing for users.
        warnings.simplefilter("ignore")
    if not arguments or arguments[0] not in (*_COMMANDS, "-h", "--help", "--version"):
        return _window(arguments)
    args = _parse(_parser(arguments[0]), arguments)
    if isinstance(args, int):
        return args
    console = Console(getattr(args, "json_progress", False), getattr(args, "verbose", False))
    command: Command = args.command
    return guarded(lambda cancel: command(args, console, cancel), console)


def window() -> int:
    """The program `umx-gui-window`, which has no console on Windows: every argument is a file to open."""
    return _window(sys.argv[1:])


def _parse(parser: argparse.ArgumentParser, arguments: list[str]) -> argparse.Namespace | int:
    try:
        return parser.parse_args(arguments)
    except SystemExit as e:
        # argparse has said what is wrong, or has shown the help.
        return e.code if isinstance(e.code, int) else USAGE


def _window(arguments: list[str]) -> int:
    args = _parse(_window_parser(), arguments)
    return args if isinstance(args, int) else _open_window(args.files, args.demo, args.new_window)


def _open_window(files: list[str], demo: bool, new_window: bool) -> int:
    console = Console()
    try:
        require_working_folder()
        syscheck.require_window()
        from umx_gui.views.application import run
    except UmxError as error:
        return failed(error, console)
    except ImportError as error:
        if not (error.name or "").startswith(("PySide6", "shiboken6", "pyqtgraph")):
            return failed(error, console)
        console.error(window_not_installed(error.name or ""))
        return FAILED
    return run(files, demo, new_window)


def _parser(chosen: str) -> argparse.ArgumentParser:
    """All commands, with the options of the one chosen."""
    parser = argparse.ArgumentParser("umx-gui", description="Music stem separation.", epilog=_EPILOG)
    parser.add_argument("--version", action="version", version=f"umx-gui {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    separate = commands.add_parser("separate", help="separate songs into stems")
    if chosen == "separate":
        # Loaded for this command only: `doctor` has to run where the libraries behind it are missing.
        from umx_gui.commands.separate_options import add_arguments

        add_arguments(separate)
    separate.set_defaults(command=_separate)
    verify = commands.add_parser("verify", help="make a session's stems anew, and compare")
    if chosen == "verify":
        from umx_gui.commands.verify import add_arguments as add_verify_arguments

        add_verify_arguments(verify)
    verify.set_defaults(command=_verify)
    _add_models(commands.add_parser("models", help="list, download, import, remove and verify models"))
    integrate = commands.add_parser("integrate", help="add umx-gui to the desktop's menu, for this user")
    integrate.add_argument("--remove", action="store_true", help="take it away again")
    integrate.set_defaults(command=_integrate)
    doctor = commands.add_parser("doctor", help="what is installed, what is missing, how to get it")
    doctor.set_defaults(command=_doctor)
    return parser


def _window_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser("umx-gui", description="Open the window.", epilog=_EPILOG)
    parser.add_argument("files", nargs="*", metavar="FILE", help="songs, or folders of songs")
    parser.add_argument("--demo", action="store_true", help="open the demo song")
    parser.add_argument("--new-window", action="store_true", help="open a window even if there is one already")
    return parser


def _add_models(parser: argparse.ArgumentParser) -> None:
    actions = parser.add_subparsers(metavar="ACTION", required=True)
    listed = actions.add_parser("list", help="the models there are, and those that can be downloaded")
    listed.add_argument("--json", action="store_true", help="as JSON")
    listed.set_defaults(command=_models_list)
    downloaded = actions.add_parser(
        "download",
        help="install a model that the authors of Open-Unmix published",
        epilog="UMX_MODELS_URL names another folder on the network to take the models from: URL/NAME/FILE.",
    )
    downloaded.add_argument("name", choices=tuple(PUBLISHED), metavar="NAME", help=", ".join(PUBLISHED))
    downloaded.add_argument("--accept-licence", action="store_true", help="accept the licence's terms (umxl)")
    downloaded.add_argument(
        "--accept-digest", action="store_true", help="take files of which nobody knows the digests (umxse)"
    )
    downloaded.add_argument("--verbose", action="store_true", help="print the SHA-256 of every file")
    downloaded.set_defaults(command=_models_download)
    imported = actions.add_parser("import", help="copy a model folder, or a zip of one, to the installed models")
    imported.add_argument("source", type=Path, metavar="FOLDER_OR_ZIP")
    imported.add_argument("--name", help="call it so (default: the folder's name)")
    imported.add_argument("--accept-licence", action="store_true", help="accept the licence's terms (umxl)")
    imported.set_defaults(command=_models_import)
    removed = actions.add_parser("remove", help="delete a model of your own, or what came of a download")
    removed.add_argument("name", metavar="NAME")
    removed.set_defaults(command=_models_remove)
    verified = actions.add_parser("verify", help="load models and compare their files with their digests")
    verified.add_argument("names", nargs="*", metavar="NAME", help="which (default: all)")
    verified.add_argument("--verbose", action="store_true", help="print the SHA-256 of every file")
    verified.set_defaults(command=_models_verify)


def _separate(args: argparse.Namespace, console: Console, cancel: CancelToken) -> int:
    from umx_gui.commands.separate import separate
    from umx_gui.commands.separate_options import to_request

    return separate(to_request(args), console, cancel)


def _verify(args: argparse.Namespace, console: Console, cancel: CancelToken) -> int:
    from umx_gui.commands.verify import verify

    return verify(args, console, cancel)


def _models_list(args: argparse.Namespace, console: Console, cancel: CancelToken) -> int:
    from umx_gui.commands.models import list_models

    return list_models(args.json, console)


def _models_download(args: argparse.Namespace, console: Console, cancel: CancelToken) -> int:
    from umx_gui.commands.model_arrivals import download

    return download(args.name, args.accept_licence, args.accept_digest, console, cancel)


def _models_import(args: argparse.Namespace, console: Console, cancel: CancelToken) -> int:
    from umx_gui.commands.model_arrivals import import_from

    return import_from(args.source, args.name, args.accept_licence, console, cancel)


def _models_remove(args: argparse.Namespace, console: Console, cancel: CancelToken) -> int:
    from umx_gui.commands.models import remove_model

    return remove_model(args.name, console)


def _models_verify(args: argparse.Namespace, console: Console, cancel: CancelToken) -> int:
    from umx_gui.commands.models import verify_models

    return verify_models(args.names, console, cancel)


def _integrate(args: argparse.Namespace, console: Console, cancel: CancelToken) -> int:
    from umx_gui.commands.integrate import integrate

    return integrate(args.remove, console)


def _doctor(args: argparse.Namespace, console: Console, cancel: CancelToken) -> int:
    from umx_gui.commands.doctor import examine

    return examine(console)


if __name__ == "__main__":
    sys.exit(main())
