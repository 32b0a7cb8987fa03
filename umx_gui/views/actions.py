"""Everything the user can do, once: each action with its name and key, enabled when it makes sense."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from umx_gui.app.session import Session, SessionState
from umx_gui.views.kit.bind import bind
from umx_gui.views.kit.theme import ThemeKeeper
from umx_gui.views.lanes.lane_modes import BOTH, SPECTROGRAM, WAVEFORM, LaneModes
from umx_gui.views.lanes.timeline import Timeline
from umx_gui.views.language import LanguageMenu
from umx_gui.views.sound_menu import SoundMenu
from umx_gui.words import tr

STEP_S, BIG_STEP_S = 5.0, 30.0
_DIGITS = "123456789"


class Actions(QObject):
    """The actions of the main window; those that need a dialog are connected by the window."""

    def __init__(
        self, window: QWidget, session: Session, timeline: Timeline, modes: LaneModes, theme: ThemeKeeper
    ) -> None:
        super().__init__(window)
        self._window = window
        self._session = session
        self._timeline = timeline
        self._modes = modes
        self._for_song: list[QAction] = []
        self.more: list[list[QAction | QMenu]] = []  # groups of the main menu that belong to other parts of the window
        self._make_file_actions()
        self._make_play_actions()
        self._make_view_actions()
        self._make_desk_actions()
        self._make_mix_actions()
        self.recent = QMenu(tr("Open recent"), window)
        self.zoom = QMenu(tr("Zoom"), window)
        self.zoom.addActions([self.zoom_in, self.zoom_out, self.fit])
        self.theme = _theme_menu(window, theme)
        self.language = LanguageMenu(session.settings, session.told.emit, window)
        self.sound = SoundMenu(session, window)
        for signal in (session.state_changed, session.opened, session.closed, session.stems_reset):
            signal.connect(self._enable)
        session.stems_filled.connect(self._enable)
        self._enable()

    def menu_groups(self) -> list[list[QAction | QMenu]]:
        """The main menu, group by group."""
        return [
            [self.open, self.recent, self.demo, self.next_song, self.previous_song],
            [self.separate, self.auto_separate, self.export, self.models, self.training],
            [self.zoom, self.switch_view],
            [self.filter, self.reset_mix, self.undo, self.redo],
            [self.sound, self.match_loudness],
            *self.more,
            [self.theme, self.language, self.full_screen],
            [self.shortcuts, self.diagnostics, self.about],
            [self.quit],
        ]

    def listed(self) -> list[QAction]:
        """All actions that have a key, in the order in which they are explained."""
        return [action for action in self._window.actions() if not action.shortcut().isEmpty()]

    def _make_file_actions(self) -> None:
        session = self._session
        self.open = self.add(tr("Open songs…"), QKeySequence.StandardKey.Open)
        self.demo = self.add(tr("Open the demo song"))
        self.next_song = self.add(tr("Next song"), "N")
        self.previous_song = self.add(tr("Previous song"), "Shift+N")
        self.separate = self.add(tr("Separate"), "Ctrl+R", lambda: session.separate(restart=self._done()))
        self.cancel = self.add(tr("Cancel what is running"), "Ctrl+.", session.cancel)
        self.export = self.add(tr("Export stems…"), "Ctrl+E")
        self.models = self.add(tr("Models…"), "Ctrl+Shift+M")
        self.training = self.add(tr("Training…"), "Ctrl+Shift+T")
        self.quit = self.add(tr("Quit"), QKeySequence.StandardKey.Quit)
        if self.quit.shortcut().isEmpty():
            self.quit.setShortcut(QKeySequence("Ctrl+Q"))
        self.auto_separate = self.add(tr("Separate songs as they open"))
        self.auto_separate.setCheckable(True)
        self.auto_separate.setChecked(session.settings.auto_separate)
        self.auto_separate.toggled.connect(lambda on: setattr(session.settings, "auto_separate", on))

    def _make_play_actions(self) -> None:
        transport = self._session.transport
        self.play = self.add(tr("Play or pause"), "Space", transport.toggle, song=True)
        self.start = self.add(tr("Go to the start"), "Home", lambda: self._go(0), song=True)
        self.end = self.add(tr("Go to the end"), "End", lambda: self._go(transport.n_samples), song=True)
        for name, key, seconds in (
            (tr("Back 5 seconds"), "Left", -STEP_S),
            (tr("Ahead 5 seconds"), "Right", STEP_S),
            (tr("Back 30 seconds"), "Shift+Left", -BIG_STEP_S),
            (tr("Ahead 30 seconds"), "Shift+Right", BIG_STEP_S),
        ):
            step = round(seconds)
            self.add(name, key, partial(self._step, step), song=True)
        self.add(tr("Slower"), ",", lambda: transport.set_speed(transport.speed - 0.05), song=True)
        self.add(tr("Faster"), ".", lambda: transport.set_speed(transport.speed + 0.05), song=True)
        self.normal_speed = self.add(tr("Normal speed"), "/", lambda: transport.set_speed(1.0), song=True)
        self.loop = self.add(tr("Loop"), "L", song=True)
        self.loop.setCheckable(True)
        bind(
            self.loop,
            self.loop.triggered,
            self._set_loop,
            transport.loop_changed,
            lambda: transport.loop is not None,
            self.loop.setChecked,
            block=False,
        )
        self.loop_start = self.add(tr("Loop from the playhead"), "[", lambda: self._loop_edge(0), song=True)
        self.loop_end = self.add(tr("Loop up to the playhead"), "]", lambda: self._loop_edge(1), song=True)
        mix = transport.mix
        self.original = self.add(tr("Hear the original (A/B)"), "A", song=True)
        self.original.setCheckable(True)
        bind(
            self.original,
            self.original.triggered,
            mix.set_original,
            mix.mix_changed,
            lambda: mix.original,
            self.original.setChecked,
            block=False,
        )

    def _make_view_actions(self) -> None:
        timeline = self._timeline
        self.zoom_in = self.add(tr("Zoom in"), QKeySequence.StandardKey.ZoomIn, lambda: self._zoom(1.6), song=True)
        self.zoom_in.setShortcuts([*self.zoom_in.shortcuts(), QKeySequence("Ctrl+="), QKeySequence("+")])
        self.zoom_out = self.add(
            tr("Zoom out"), QKeySequence.StandardKey.ZoomOut, lambda: self._zoom(1 / 1.6), song=True
        )
        self.zoom_out.setShortcuts([*self.zoom_out.shortcuts(), QKeySequence("-")])
        self.fit = self.add(tr("Show the whole song"), "Ctrl+0", timeline.fit, song=True)
        self.add(tr("Page back"), "PgUp", lambda: timeline.scroll(-0.9), song=True)
        self.add(tr("Page ahead"), "PgDown", lambda: timeline.scroll(0.9), song=True)
        self.add(tr("Taller waves"), "Ctrl+Up", lambda: timeline.set_gain(timeline.gain * 1.5), song=True)
        self.add(tr("Flatter waves"), "Ctrl+Down", lambda: timeline.set_gain(timeline.gain / 1.5), song=True)
        self.switch_view = self.add(tr("Waveforms, spectrograms or both"), "W", self._switch_view)
        self.full_screen = self.add(tr("Full screen"), QKeySequence("F11"))
        self.shortcuts = self.add(tr("Keyboard and mouse"), "?")
        self.shortcuts.setShortcuts([QKeySequence("?"), QKeySequence("F1")])
        self.diagnostics = self.add(tr("Copy diagnostics"))
        self.about = self.add(tr("About umx-gui"))

    def _make_desk_actions(self) -> None:
        history = self._session.history
        self.filter = self.add(tr("Filter desk"), "F", song=True)
        self.filter.setCheckable(True)
        self.undo = self.add(tr("Undo"), QKeySequence.StandardKey.Undo, history.undo)
        self.redo = self.add(tr("Redo"), QKeySequence("Ctrl+Shift+Z"), history.redo)
        history.changed.connect(self._enable_history)
        self._enable_history()

        self.match_loudness = self.add(tr("Original as loud as the stems (A/B)"))
        self.match_loudness.setCheckable(True)
        self.match_loudness.setChecked(self._session.settings.match_loudness)
        self.match_loudness.toggled.connect(self._session.loudness.set_on)

    def _enable_history(self) -> None:
        history = self._session.history
        for action, name, what in (
            (self.undo, tr("Undo"), history.undo_words),
            (self.redo, tr("Redo"), history.redo_words),
        ):
            action.setEnabled(bool(what))
            action.setText(f"{name}: {what}" if what else name)

    def _make_mix_actions(self) -> None:
        mix = self._session.transport.mix
        for at, digit in enumerate(_DIGITS):
            self.add(
                tr("Solo stem {digit}", digit=digit), digit, partial(self._for_stem, at, mix.toggle_solo), song=True
            )
            self.add(
                tr("Mute stem {digit}", digit=digit),
                f"Shift+{digit}",
                partial(self._for_stem, at, mix.toggle_mute),
                song=True,
            )
            alone = partial(self._for_stem, at, partial(mix.toggle_solo, exclusive=True))
            self.add(tr("Solo stem {digit} alone", digit=digit), f"Ctrl+{digit}", alone, song=True)
        self.add(tr("Louder"), "Up", lambda: mix.set_master_gain_db(mix.master_gain_db + 1))
        self.add(tr("Softer"), "Down", lambda: mix.set_master_gain_db(mix.master_gain_db - 1))
        self.reset_mix = self.add(tr("Reset the mixer"), "Ctrl+Backspace", mix.reset, song=True)

    def add(
        self,
        name: str,
        key: str | QKeySequence | QKeySequence.StandardKey = "",
        call: Callable[[], object] | None = None,
        song: bool = False,
    ) -> QAction:
        """A new action of the window; with `song`, one that is enabled only while a song is open."""
        action = QAction(name, self._window)
        if key:
            found = QKeySequence.keyBindings(key) if isinstance(key, QKeySequence.StandardKey) else [QKeySequence(key)]
            action.setShortcuts(found)
        action.setShortcutContext(Qt.ShortcutContext.WindowShortcut)
        if call is not None:
            action.triggered.connect(lambda *_: call())
        if song:
            self._for_song.append(action)
        self._window.addAction(action)
        return action

    # What the actions do

    def _done(self) -> bool:
        song = self._session.song
        return song is not None and song.separated

    def _enable(self) -> None:
        session, state = self._session, self._session.state
        for action in self._for_song:
            action.setEnabled(session.song is not None)
        self.separate.setEnabled(state == SessionState.READY)
        self.separate.setText(tr("Separate again") if self._done() else tr("Separate"))
        self.cancel.setEnabled(state not in (SessionState.EMPTY, SessionState.READY))
        self.export.setEnabled(session.song is not None and session.song.separated)

    def _go(self, sample: int) -> None:
        self._session.transport.seek(sample)
        self._timeline.reveal(min(sample, max(self._timeline.n_samples - 1, 0)))

    def _step(self, seconds: float) -> None:
        transport = self._session.transport
        transport.seek_by_s(seconds)
        self._timeline.reveal(min(transport.position, max(transport.n_samples - 1, 0)))

    def _set_loop(self, on: bool) -> None:
        """Loop what is seen, or nothing."""
        timeline = self._timeline
        self._session.transport.set_loop((round(timeline.start), round(timeline.stop)) if on else None)

    def _loop_edge(self, edge: int) -> None:
        """Set one edge of the loop at the playhead; the other stays, or is the song's."""
        transport = self._session.transport
        loop = list(transport.loop or (0, transport.n_samples))
        loop[edge] = transport.position
        if loop[0] >= loop[1]:
            loop[1 - edge] = transport.n_samples if edge == 0 else 0
        transport.set_loop((loop[0], loop[1]))

    def zoom_to_loop(self) -> None:
        """Show the loop, with a little room around it."""
        if (loop := self._session.transport.loop) is not None:
            room = 0.02 * (loop[1] - loop[0])
            self._timeline.set_view(loop[0] - room, loop[1] + room)

    def _zoom(self, factor: float) -> None:
        timeline, position = self._timeline, self._session.transport.position
        seen = timeline.start <= position <= timeline.stop
        timeline.zoom(factor, position if seen else (timeline.start + timeline.stop) / 2)

    def _switch_view(self) -> None:
        modes = (WAVEFORM, SPECTROGRAM, BOTH)
        self._modes.set_all(modes[(modes.index(self._modes.everywhere) + 1) % len(modes)])

    def _for_stem(self, at: int, call: Callable[[str], object]) -> None:
        targets = self._session.transport.mix.targets
        if at < len(targets):
            call(targets[at])


def _theme_menu(window: QWidget, keeper: ThemeKeeper) -> QMenu:
    menu = QMenu(tr("Colours"), window)
    group = QActionGroup(menu)
    for choice, words in (("system", tr("Like the system")), ("dark", tr("Dark")), ("light", tr("Light"))):
        action = menu.addAction(words)
        action.setCheckable(True)
        action.setChecked(keeper.choice == choice)
        action.triggered.connect(lambda _=False, choice=choice: keeper.choose(choice))
        group.addAction(action)
    return menu
