"""Buttons of our own: quiet until needed, at least 24 pixels, focus always visible, named for a screen reader."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QAction, QColor, QEnterEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QMenu, QSizePolicy, QWidget

from umx_gui.views.kit import icons
from umx_gui.views.kit.theme import Theme, current, font, mix_colors

ICON = 16


class Button(QAbstractButton):
    """A flat button with an icon, a text, or both. Kinds: "plain", "raised", "accent", "round"."""

    def __init__(
        self,
        name: str,
        icon: str = "",
        text: str = "",
        *,
        kind: str = "plain",
        height: int = 32,
        checkable: bool = False,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.icon_name = icon
        self.kind = kind
        self.on_color: QColor | None = None
        self.menu_mark = False
        self._height = height
        self._hover = False
        self.setText(text)
        self.setAccessibleName(name)
        self.setToolTip(name)
        self.setCheckable(checkable)
        self.setFont(font("body"))
        # Only by Tab: after a click the keyboard still belongs to the song (Space plays).
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_icon(self, name: str) -> None:
        """Show another icon."""
        if name != self.icon_name:
            self.icon_name = name
            self.update()

    def event(self, event: QEvent) -> bool:
        """Space presses the button that has the keyboard."""
        return claims_space(event) or super().event(event)

    def sizeHint(self) -> QSize:
        """As wide as icon and text need."""
        if not self.text():
            return QSize(self._height, self._height)
        width = self.fontMetrics().horizontalAdvance(self.text()) + (16 if self._height <= 24 else 24)
        width += (ICON + 8 if self.icon_name else 0) + (ICON if self.menu_mark else 0)
        return QSize(max(width, self._height), self._height)

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def enterEvent(self, event: QEnterEvent) -> None:
        """Brighten."""
        self._hover = True
        self.update()
        super().enterEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Calm down."""
        self._hover = False
        self.update()
        super().leaveEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Ground, icon and text, focus ring."""
        theme = current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        radius = rect.height() / 2 if self.kind == "round" else 6.0 if self._height > 24 else 5.0
        back, fore = self._colors(theme)
        if not self.isEnabled():
            painter.setOpacity(0.45)
        painter.setPen(Qt.PenStyle.NoPen)
        if back is not None:
            painter.setBrush(back)
            painter.drawRoundedRect(rect, radius, radius)
        self._paint_content(painter, rect, fore)
        paint_focus(painter, self, rect, radius)

    def _colors(self, theme: Theme) -> tuple[QColor | None, QColor]:
        over = self._hover and self.isEnabled()
        if self.isChecked():
            return self.on_color or theme.color("accent"), theme.color("on_accent")
        if self.kind in ("accent", "round") and self.isEnabled():
            back = theme.color("accent")
            lift = "#FFFFFF" if theme.name == "dark" else "#000000"
            share = 0.24 if self.isDown() else 0.12 if over else 0.0
            return mix_colors(back.name(), lift, share), theme.color("on_accent")
        if self.isDown() or over:
            return theme.color("hover"), theme.color("text")
        if self.kind in ("raised", "round"):
            return theme.color("raised"), theme.color("text")
        return None, theme.color("text") if self.text() else theme.color("text", 0.86)

    def _paint_content(self, painter: QPainter, rect: QRectF, color: QColor) -> None:
        middle = rect.center().y()
        size = ICON if self.kind != "round" else 18
        if not self.text():
            icons.draw(painter, self.icon_name, _square(rect.center(), size), color)
            return
        left = rect.left() + (12 if self._height > 24 else 4)
        flags = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        if self.icon_name:
            icons.draw(painter, self.icon_name, _square(QPointF(left + ICON / 2, middle), ICON), color)
            left += ICON + 8
        elif not self.menu_mark:
            left, flags = rect.left(), Qt.AlignmentFlag.AlignCenter
        right = rect.right() - (24 if self.menu_mark else 0)
        painter.setPen(color)
        painter.setFont(self.font())
        painter.drawText(QRectF(left, rect.top(), right - left, rect.height()), flags, self.text())
        if self.menu_mark:
            icons.draw(painter, "chevron", _square(QPointF(rect.right() - 16, middle), 12), color)


class MenuButton(Button):
    """A button that opens a menu below itself."""

    def __init__(self, name: str, icon: str = "", text: str = "", *, kind: str = "plain") -> None:
        super().__init__(name, icon, text, kind=kind)
        self.menu_mark = bool(text)
        self.menu = QMenu(self)
        self.clicked.connect(self.open_menu)

    def open_menu(self) -> None:
        """Show the menu; the arrow keys move in it."""
        self.menu.popup(self.mapToGlobal(self.rect().bottomLeft() + QPointF(0, 4).toPoint()))

    def set_choice(self, text: str) -> None:
        """Show the present choice as the button's text."""
        if text != self.text():
            self.setText(text)
            self.menu_mark = bool(text)
            self.updateGeometry()


class LetterButton(Button):
    """A 24-pixel toggle with one letter (S, M), in the lane's colour while on."""

    def __init__(self, name: str, letter: str) -> None:
        super().__init__(name, text=letter, kind="raised", height=24, checkable=True)
        self.setFont(font("strong"))

    def sizeHint(self) -> QSize:
        """Square."""
        return QSize(24, 24)


def button_for(action: QAction, icon: str, text: str = "", *, kind: str = "plain", height: int = 32) -> Button:
    """A button that triggers an action, is enabled and checked with it, and shows its key in the tool tip."""
    button = Button(action.text(), icon, text, kind=kind, height=height, checkable=action.isCheckable())

    def refresh() -> None:
        button.setEnabled(action.isEnabled())
        button.setChecked(action.isChecked())
        keys = action.shortcut().toString(action.shortcut().SequenceFormat.NativeText)
        button.setToolTip(f"{action.text()} ({keys})" if keys else action.text())

    button.clicked.connect(lambda *_: action.trigger())
    action.changed.connect(refresh)
    refresh()
    return button


def paint_focus(painter: QPainter, widget: QWidget, rect: QRectF, radius: float) -> None:
    """The ring that says where the keyboard is."""
    if widget.hasFocus():
        painter.setOpacity(1.0)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(current().color("text"), 1.5))
        painter.drawRoundedRect(rect.adjusted(0.75, 0.75, -0.75, -0.75), radius, radius)


def claims_space(event: QEvent) -> bool:
    """Whether an event asks if Space belongs to the button that has the keyboard: it does, though it plays elsewhere.

    To be asked in `event`; accepting keeps the key from the shortcut.
    """
    space = (
        event.type() == QEvent.Type.ShortcutOverride
        and isinstance(event, QKeyEvent)
        and event.key() == Qt.Key.Key_Space
    )
    if space:
        event.accept()
    return space


def _square(center: QPointF, size: float) -> QRectF:
    return QRectF(center.x() - size / 2, center.y() - size / 2, size, size)
