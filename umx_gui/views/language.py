"""The window's language: the system's where there is a translation, or the one that was chosen; else English."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QLibraryInfo, QLocale, QTranslator
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from umx_gui import words
from umx_gui.app.settings import Settings
from umx_gui.engine.resource import resource
from umx_gui.messages import Message
from umx_gui.words import tr

CONTEXT = "umx-gui"
LANGUAGES = {"en": "English", "de": "Deutsch"}
"""Every language there is, in its own words; each but English has resources/translations/umx-gui_<name>.qm."""


def use_language(app: QApplication, choice: str = "system") -> str:
    """Speak a language from now on, in windows made later; the name of the one that is spoken."""
    language = choice if choice in LANGUAGES else system_language()
    for old in app.findChildren(QTranslator):
        app.removeTranslator(old)
        old.deleteLater()
    words.install(None)
    system = QLocale.system()
    QLocale.setDefault(system if system.name().partition("_")[0] == language else QLocale(language))
    if language != "en":
        language = language if _load(app, language) else "en"
    return language


def system_language() -> str:
    """The first of the system's languages that there is a translation for."""
    spoken = (name.replace("_", "-").partition("-")[0] for name in QLocale.system().uiLanguages())
    return next((name for name in spoken if name in LANGUAGES), "en")


def _load(app: QApplication, language: str) -> bool:
    ours, qts = QTranslator(app), QTranslator(app)
    try:
        there = ours.load(f"umx-gui_{language}", str(resource("translations")))
    except FileNotFoundError:
        there = False
    if not there:
        return False
    # Qt's own words: buttons of its dialogs, menus of its text fields, names of keys.
    if qts.load(f"qtbase_{language}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        app.installTranslator(qts)

    def lookup(text: str, n: int) -> str:
        return ours.translate(CONTEXT, text, None, n) or ""

    words.install(lookup, QLocale().decimalPoint())
    return True


class LanguageMenu(QMenu):
    """Which language the window speaks from the next start on."""

    def __init__(self, settings: Settings, say: Callable[[Message], object], window: QWidget) -> None:
        super().__init__(tr("Language"), window)
        self._settings, self._say = settings, say
        group = QActionGroup(self)
        for choice, name in (("system", tr("Like the system")), *LANGUAGES.items()):
            action = self.addAction(name)
            action.setCheckable(True)
            action.setChecked(choice == settings.language)
            action.setActionGroup(group)
            action.triggered.connect(lambda _=False, choice=choice: self._choose(choice))

    def _choose(self, choice: str) -> None:
        if choice != self._settings.language:
            self._settings.language = choice
            self._settings.save()
            self._say(Message(tr("The language changes at the next start")))
