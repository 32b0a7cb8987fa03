"""The models: what there is, what it is good for, and getting, checking, choosing and removing it."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from umx_gui.app.separation.model_jobs import Question
from umx_gui.app.session import Session
from umx_gui.engine.models.catalogue import CatalogueItem
from umx_gui.engine.naming import printable
from umx_gui.engine.work import Progress
from umx_gui.errors import DigestUnknownError, LicenceNotAcceptedError
from umx_gui.messages import Message
from umx_gui.views.kit.controls import Button
from umx_gui.views.kit.dialogs import CardDialog, Dialog
from umx_gui.views.kit.formats import rate, target_name
from umx_gui.views.kit.labels import plain_label
from umx_gui.views.kit.notice import Notice
from umx_gui.views.kit.question_panel import QuestionPanel
from umx_gui.views.models.card import card_text
from umx_gui.views.models.table import ModelsTable, megabytes
from umx_gui.views.status_bar import ProgressBar, export_words
from umx_gui.words import number, tr


class ModelsDialog(Dialog):
    """Stays open beside the window. Downloads go on when it is closed, and can be gone on with another day."""

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(tr("Models"), parent)
        self._session, self._jobs = session, session.models
        self.table = ModelsTable(self._jobs)
        self.name = plain_label("", "title")
        self.about = plain_label("")
        self.facts = plain_label("", tone="muted")
        self.terms = plain_label("", tone="warn")
        for label in (self.about, self.facts, self.terms):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.act = Button(tr("Use"), text=tr("Use"), kind="accent")
        self.verify = Button(tr("Verify"), text=tr("Verify"), kind="raised")
        self.card = Button(tr("Model card"), text=tr("Model card…"), kind="raised")
        self.remove = Button(tr("Remove"), text=tr("Remove…"), kind="raised")
        self.import_folder = Button(tr("Import a folder"), text=tr("Import folder…"), kind="raised")
        self.import_zip = Button(tr("Import a zip file"), text=tr("Import zip…"), kind="raised")
        self.bar = ProgressBar()
        self.words = plain_label("", "caption")
        self.cancel = Button(tr("Cancel"), "close", tr("Cancel"), height=24)
        self.question = QuestionPanel()
        self.notice = Notice()
        self._lay_out()
        self._connect()
        self._refresh()
        self._show_progress(None)

    def say(self, message: Message) -> None:
        """Show a message here."""
        self.notice.show_message(message)

    def _lay_out(self) -> None:
        self.setModal(False)
        actions = QHBoxLayout()
        actions.setSpacing(8)
        for button in (self.act, self.verify, self.card, self.remove):
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            actions.addWidget(button)
        actions.addStretch(1)
        going_on = QHBoxLayout()
        going_on.setSpacing(12)
        for widget in (self.bar, self.words, self.cancel):
            going_on.addWidget(widget)
        actions.addLayout(going_on)
        details = QWidget()
        about = QVBoxLayout(details)
        about.setContentsMargins(0, 0, 0, 0)
        about.setSpacing(6)
        for label in (self.name, self.about, self.facts, self.terms):
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            about.addWidget(label)
        about.addSpacing(10)
        about.addLayout(actions)
        self.table.setMinimumSize(912, 240)
        self.body.addWidget(self.table, 1)
        self.body.addWidget(details)
        self.body.addWidget(self.question)
        # A question takes the place of what it is about.
        self.question.asking.connect(lambda asks: details.setVisible(not asks))
        self.question.asking.connect(lambda asks: asks or self.table.setFocus())
        self.body.addWidget(self.notice)
        # Left of the stretch that the row of buttons begins with.
        for at, button in enumerate((self.import_folder, self.import_zip)):
            button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            self._buttons.insertWidget(at, button)
        self.resize(1008, 648)
        close = self.add_button(tr("Close"))
        close.clicked.connect(self.close)

    def _connect(self) -> None:
        self.table.chosen.connect(self._show_details)
        self.table.activated_row.connect(self._choose)
        self.table.delete_pressed.connect(self._ask_removal)
        self.act.clicked.connect(self._act)
        self.verify.clicked.connect(lambda: self._on_current(self._jobs.verify))
        self.card.clicked.connect(self._show_card)
        self.remove.clicked.connect(self._ask_removal)
        self.import_folder.clicked.connect(self._import_folder)
        self.import_zip.clicked.connect(self._import_zip)
        self.cancel.clicked.connect(self._jobs.cancel)
        self._jobs.noted.connect(self._refresh)
        self._jobs.progress.connect(self._show_progress)
        self._jobs.asked.connect(self._ask)
        self._session.models_changed.connect(self._refresh)

    # What is shown

    def _refresh(self) -> None:
        self.table.show_items(self._jobs.items(), self._session.model_name)

    def _show_progress(self, progress: Progress | None) -> None:
        running = progress is not None
        for widget in (self.bar, self.words, self.cancel):
            widget.setVisible(running)
        if progress is not None:
            self.bar.show_fraction(progress.fraction)
            self.words.setText(export_words(progress))
        self.table.show_states(self._session.model_name, progress)

    def _show_details(self) -> None:
        item = self.table.current_item
        if item is None:
            return
        published = item.published
        self.name.setText(printable(item.name))
        self.about.setText(f"{tr(published.about)}." if published is not None else _own_words(item))
        self.facts.setText("\n".join(_facts(item)))
        self.terms.setText(f"{tr(published.terms)}." if published is not None and published.terms else "")
        self.terms.setVisible(bool(self.terms.text()))
        self._show_buttons(item)

    def _show_buttons(self, item: CatalogueItem) -> None:
        idle, installed = self._jobs.running is None, item.entry is not None
        used = item.name == self._session.model_name
        if installed:
            words, possible = (tr("In use") if used else tr("Use")), not used
        else:
            left = max(item.about.size_bytes - item.bytes_there, 0)
            words, possible = f"{tr('Go on') if item.bytes_there else tr('Download')} ({megabytes(left)})", idle
        self.act.setText(words)
        self.act.setAccessibleName(f"{words} {printable(item.name)}")
        self.act.setToolTip(words)
        self.act.setEnabled(possible)
        self.act.updateGeometry()
        self.verify.setEnabled(installed and idle)
        own = item.entry is not None and item.entry.origin != "bundled"
        self.remove.setEnabled(idle and (own or item.bytes_there > 0))
        self.import_folder.setEnabled(idle)
        self.import_zip.setEnabled(idle)

    # What is done

    def _on_current(self, call: object) -> None:
        item = self.table.current_item
        if item is not None and callable(call):
            call(item.name)

    def _choose(self) -> None:
        """Return or a double click uses what is installed; a download it only proposes."""
        item = self.table.current_item
        if item is not None and item.entry is not None:
            self._act()
        else:
            self.act.setFocus(Qt.FocusReason.OtherFocusReason)

    def _act(self) -> None:
        """Use what is installed, get what is not."""
        item = self.table.current_item
        if item is None or not self.act.isEnabled():
            return
        self.question.withdraw()
        self.notice.clear()
        if item.entry is not None:
            self._session.set_model(item.name)
        else:
            self._jobs.download(item.name)

    def _show_card(self) -> None:
        item = self.table.current_item
        if item is not None:
            CardDialog(tr("About {name}", name=printable(item.name)), _card(item), self).exec()

    def _ask_removal(self) -> None:
        item = self.table.current_item
        if item is None or not self.remove.isEnabled():
            return
        again = tr("It can be downloaded again.") if item.published else tr("It cannot be brought back from here.")
        n_bytes = item.entry.size_bytes if item.entry else item.bytes_there
        what = (
            tr("Remove “{name}”?", name=printable(item.name))
            if item.entry
            else tr("Throw away what is there of “{name}”?", name=item.name)
        )
        self.question.ask(
            what,
            tr("This frees {n_bytes}. {again}", n_bytes=megabytes(n_bytes), again=again),
            tr("Remove"),
            tr("Keep"),
            partial(self._jobs.remove, item.name),
        )

    def _ask(self, question: Question) -> None:
        """What the download or import needs to know."""
        name, error = printable(question.name), question.error
        if isinstance(error, LicenceNotAcceptedError):
            words = f"{tr(error.terms)}."
            self.question.ask(
                tr("“{name}” is under {licence}", name=name, licence=tr(error.licence)),
                words,
                tr("Accept the licence"),
                tr("Cancel"),
                question.accept,
            )
        elif isinstance(error, DigestUnknownError):
            self.question.ask(
                tr("Nobody published what the files of “{name}” must be", name=name),
                tr(
                    "If somebody you trust knows their SHA-256, compare it. "
                    "From now on only these files will be loaded."
                ),
                tr("Take them"),
                tr("Throw them away"),
                question.accept,
                partial(self._jobs.remove, question.name),
                "\n".join(f"{digest}  {file}" for file, digest in error.digests.items()),
            )

    def _import_folder(self) -> None:
        if chosen := QFileDialog.getExistingDirectory(self, tr("Import a model folder"), str(Path.home())):
            self._import(Path(chosen))

    def _import_zip(self) -> None:
        chosen, _ = QFileDialog.getOpenFileName(self, tr("Import a model"), str(Path.home()), tr("Zip files (*.zip)"))
        if chosen:
            self._import(Path(chosen))

    def _import(self, source: Path) -> None:
        self.question.withdraw()
        self.notice.clear()
        self._jobs.import_from(source)


def _own_words(item: CatalogueItem) -> str:
    if item.origin == "bundled":
        return tr("Comes with umx-gui and works without a network.")
    return tr("A model of your own.") if item.origin == "trained" else tr("A model that you imported.")


def _facts(item: CatalogueItem) -> list[str]:
    about, published = item.about, item.published
    facts = [
        tr(
            "{sample_rate} · licence: {licence}",
            sample_rate=rate(about.sample_rate),
            licence=printable(tr(about.licence)),
        )
    ]
    if about.scores:
        scores = "   ".join(f"{target_name(target)} {number(sdr_db, '.2f')}" for target, sdr_db in about.scores)
        if about.scored_on:
            facts.append(tr("SDR in dB on {songs}: {scores}", songs=printable(about.scored_on), scores=scores))
        else:
            facts.append(tr("SDR in dB, as published: {scores}", scores=scores))
    if item.entry is not None:
        facts.append(printable(str(item.entry.path)))
    elif published is not None:
        hosts = tr(" or ").join(urlsplit(source).hostname or "" for source in published.sources)
        facts.append(tr("From {hosts}", hosts=hosts))
    return facts


def _card(item: CatalogueItem) -> str:
    """The text of a model's card; "" where there is none."""
    if item.entry is not None:
        return card_text(item.entry)
    return item.published.card() if item.published is not None else ""
