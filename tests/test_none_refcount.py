"""Qt's binding must not drop references to None: before Python 3.12 that kills the process in the end."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

CALLS = 200
# Void calls of the kinds an application makes all day. Run in a process of its own: if the fault is there, it is fatal.
PROGRAM = """
import json, os, sys
from PySide6 import QtCore, QtGui, QtWidgets

app = QtWidgets.QApplication([])
image = QtGui.QImage(100, 100, QtGui.QImage.Format.Format_ARGB32_Premultiplied)
image.fill(0)
painter = QtGui.QPainter(image)
pen, path, transform = QtGui.QPen(), QtGui.QPainterPath(), QtGui.QTransform()
scene = QtWidgets.QGraphicsScene()
item = scene.addRect(0, 0, 10, 10)
widget, label, timer = QtWidgets.QWidget(), QtWidgets.QLabel(), QtCore.QTimer()

class Source(QtCore.QObject):
    happened = QtCore.Signal(object)

source = Source()
source.happened.connect(lambda value: None)
calls = {
    "painter.save and restore": lambda: (painter.save(), painter.restore()),
    "painter.setPen": lambda: painter.setPen(pen),
    "painter.drawLine": lambda: painter.drawLine(0, 0, 5, 5),
    "painter.drawImage": lambda: painter.drawImage(QtCore.QPointF(0, 0), QtGui.QImage()),
    "painter.fillRect": lambda: painter.fillRect(0, 0, 5, 5, QtGui.QColor("red")),
    "painter.setTransform": lambda: painter.setTransform(transform),
    "path.lineTo": lambda: path.lineTo(1, 1),
    "pen.setWidth": lambda: pen.setWidth(2),
    "item.update": lambda: item.update(),
    "item.setPos": lambda: item.setPos(1, 1),
    "item.setParentItem(None)": lambda: item.setParentItem(None),
    "widget.update": lambda: widget.update(),
    "label.setText": lambda: label.setText("a"),
    "timer.start and stop": lambda: (timer.start(1000), timer.stop()),
    "signal.emit": lambda: source.happened.emit(1),
    "processEvents": lambda: app.processEvents(),
}
lost = {}
for name, call in calls.items():
    call()
    before = sys.getrefcount(None)
    for _ in range(CALLS):
        call()
    lost[name] = before - sys.getrefcount(None)
painter.end()
print(json.dumps(lost), flush=True)
os._exit(0)  # the order in which Python drops Qt's objects at its end is not what is tested
"""


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None is immortal from Python 3.12 on")
def test_void_calls_of_qt_keep_their_references_to_none() -> None:
    program = f"CALLS = {CALLS}\n{PROGRAM}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    lost = json.loads(done.stdout)
    assert len(lost) >= 16
    # A call that drops one loses CALLS; caches that fill up on the way move the count by a few.
    assert {name: n for name, n in lost.items() if abs(n) > CALLS // 4} == {}
