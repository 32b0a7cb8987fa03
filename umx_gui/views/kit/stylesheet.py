"""The style sheet of what we do not paint ourselves: menus, dialogs, fields, tool tips, scroll bars."""

from __future__ import annotations

from string import Template
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from umx_gui.views.kit.theme import Theme

_SHEET = Template("""
QToolTip { background: $raised; color: $text; border: 1px solid $hairline; padding: 4px 8px; }
QMenu { background: $raised; color: $text; border: 1px solid $hairline; padding: 4px; }
QMenu::item { padding: 6px 24px 6px 24px; border-radius: 4px; }
QMenu::item:selected { background: $hover; }
QMenu::item:disabled { color: $muted; }
QMenu::separator { height: 1px; background: $hairline; margin: 4px 8px; }
QMenu::indicator { width: 8px; height: 8px; margin-left: 10px; border-radius: 4px; }
QMenu::indicator:checked { background: $accent; }
QDialog { background: $panel; color: $text; }
QLabel { color: $text; }
QLabel[tone="muted"] { color: $muted; }
QLabel[tone="accent"] { color: $accent; }
QLabel[tone="warn"] { color: $warn; }
QLineEdit, QSpinBox, QDoubleSpinBox, QComboBox, QPlainTextEdit {
  background: $ground; color: $text; border: 1px solid $hairline; border-radius: 6px; padding: 4px 8px;
  min-height: 22px; selection-background-color: $accent; selection-color: $on_accent; }
QLineEdit:focus, QSpinBox:focus, QDoubleSpinBox:focus, QComboBox:focus, QPlainTextEdit:focus {
  border: 1px solid $accent; }
QAbstractSpinBox QLineEdit { background: transparent; border: none; border-radius: 0; padding: 0 8px; min-height: 0; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { width: 0; border: none; }
QComboBox::drop-down { border: none; width: 24px; }
QComboBox QAbstractItemView { background: $raised; color: $text; border: 1px solid $hairline; padding: 4px;
  selection-background-color: $hover; selection-color: $text; outline: none; }
QCheckBox, QRadioButton { color: $text; spacing: 8px; min-height: 24px; }
QCheckBox:disabled, QRadioButton:disabled { color: $muted; }
QScrollBar:vertical { background: transparent; width: 10px; margin: 0; }
QScrollBar:horizontal { background: transparent; height: 10px; margin: 0; }
QScrollBar::handle { background: $hover; border-radius: 4px; margin: 1px; }
QScrollBar::handle:vertical { min-height: 32px; }
QScrollBar::handle:horizontal { min-width: 32px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QTableView { background: $ground; border: 1px solid $hairline; border-radius: 6px; outline: none;
  selection-background-color: $hover; selection-color: $text; }
QTableView:focus { border: 1px solid $accent; }
QTableView::item { padding: 0 8px; border: none; }
QHeaderView { background: transparent; }
QHeaderView::section { background: $ground; color: $muted; border: none; border-bottom: 1px solid $hairline;
  padding: 6px 11px; }
QScrollArea { background: transparent; border: none; }
""")


def stylesheet(theme: Theme) -> str:
    """The sheet in the colours of a theme."""
    names = ("ground", "panel", "raised", "hover", "hairline", "text", "muted", "accent", "on_accent", "warn")
    return _SHEET.substitute({name: getattr(theme, name) for name in names})
