"""A small panel in which one chooses how a stretch is separated: with which model, and how its filter is set."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QWidget

from umx_gui.app.separation.recipe import Recipe
from umx_gui.app.session import Session
from umx_gui.errors import UmxError
from umx_gui.views.filter_panel import TIPS, WINDOWS
from umx_gui.views.kit.controls import Button
from umx_gui.views.kit.fields import CheckBox, Choice
from umx_gui.views.kit.labels import plain_label
from umx_gui.views.kit.theme import current
from umx_gui.words import tr

_ITERATIONS = tuple((str(n), str(n)) for n in range(4))


class WayPanel(QWidget):
    """Opens over the lanes; Escape and its cross close it, its button signals the recipe."""

    wanted = Signal(object)  # Recipe

    def __init__(self, session: Session, parent: QWidget) -> None:
        super().__init__(parent)
        self.hide()
        self._session = session
        self.setAccessibleName(tr("Separate the stretch another way"))
        self.model = Choice(tr("Model for the stretch"), (), "")
        self.iterations = Choice(tr("EM iterations for the stretch"), _ITERATIONS, "1")
        self.window_ = Choice(tr("Window for the stretch"), tuple((str(n), tr(words)) for n, words in WINDOWS), "300")
        self.softmask, self.residual = CheckBox(tr("Soft mask")), CheckBox(tr("Residual stem"))
        self.go = Button(tr("Separate the stretch this way"), text=tr("Separate the stretch"), kind="accent")
        self.close_button = Button(tr("Close the panel"), "close")
        self.go.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.model.setToolTip(tr("The model whose networks separate this stretch"))
        for field, widget in (
            ("niter", self.iterations),
            ("window", self.window_),
            ("softmask", self.softmask),
            ("residual", self.residual),
        ):
            widget.setToolTip(tr(TIPS[field]))
        self._lay_out()
        self._recipe = Recipe("")
        self.go.clicked.connect(self._go)
        self.close_button.clicked.connect(self.hide)

    def open_at(self, corner: QPoint, recipe: Recipe) -> None:
        """Show it with its lower left corner here, set as this recipe says."""
        self._recipe = recipe
        self.model.clear()
        for name in self._names():
            self.model.addItem(name, name)
        self.model.choose(recipe.model)
        self.iterations.choose(str(min(recipe.niter, 3)))
        self.window_.choose(str(recipe.window))
        self.softmask.setChecked(recipe.softmask)
        self.residual.setChecked(recipe.residual)
        self.adjustSize()
        parent = self.parentWidget()
        room = (parent.width() if parent is not None else corner.x() + self.width()) - self.width() - 8
        self.move(min(corner.x(), room), max(corner.y() - self.height() - 4, 0))
        self.show()
        self.raise_()
        self.model.setFocus()

    @property
    def recipe(self) -> Recipe:
        """What is chosen."""
        return replace(
            self._recipe,
            model=self.model.value,
            niter=int(self.iterations.value),
            window=int(self.window_.value),
            softmask=self.softmask.isChecked(),
            residual=self.residual.isChecked(),
        )

    def event(self, event: QEvent) -> bool:
        """Escape closes the panel, and does nothing else."""
        if isinstance(event, QKeyEvent) and event.key() == Qt.Key.Key_Escape:
            if event.type() == QEvent.Type.ShortcutOverride:
                event.accept()
                return True
            if event.type() == QEvent.Type.KeyPress:
                self.hide()
                return True
        return super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground and frame."""
        theme = current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme.color("raised"))
        painter.setPen(QPen(theme.color("hairline"), 1))
        painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _lay_out(self) -> None:
        form = QFormLayout(self)
        form.setContentsMargins(16, 16, 16, 16)
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(8)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignRight)
        form.addRow(plain_label(tr("Model"), tone="muted"), self.model)
        form.addRow(plain_label(tr("EM iterations"), tone="muted"), self.iterations)
        form.addRow(plain_label(tr("Window"), tone="muted"), self.window_)
        form.addRow("", self.softmask)
        form.addRow("", self.residual)
        last = QHBoxLayout()
        last.addWidget(self.go)
        last.addStretch(1)
        last.addWidget(self.close_button)
        form.addRow("", last)
        self.model.setMinimumWidth(200)

    def _names(self) -> list[str]:
        try:
            return [entry.name for entry in self._session.registry.entries()]
        except (OSError, UmxError):
            return []

    def _go(self) -> None:
        self.hide()
        if self.model.value:
            self.wanted.emit(self.recipe)
