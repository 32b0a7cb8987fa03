"""Separates the songs of a folder in the queue of a session without a window: `queue_songs.py SONGS OUT`.

The last line of the output is a JSON object: the memory in MB after each song, and how each ended.
"""

from __future__ import annotations

import json
import os
import sys
from dataclasses import replace
from pathlib import Path

from memory import resident_mb
from PySide6.QtCore import QCoreApplication

from umx_gui.app.collector import Collector
from umx_gui.app.queue.job import JobState
from umx_gui.app.session import Session
from umx_gui.app.settings import Settings
from umx_gui.app.sound.transport import Transport
from umx_gui.playback.null_device import NullDevice

if __name__ == "__main__":
    app = QCoreApplication(sys.argv)
    collector = Collector(app)
    session = Session(Settings(model="small"), transport=Transport(NullDevice))
    queue = session.queue
    after: list[float] = []
    ended = 0

    def look() -> None:
        """Note the memory after each song; leave after the last."""
        global ended
        n = sum(job.state not in (JobState.WAITING, JobState.RUNNING) for job in queue.jobs)
        if n > ended:
            ended = n
            after.append(resident_mb(os.getpid()))
        if ended and ended == len(queue.jobs):
            app.quit()

    queue.changed.connect(look)
    session.start()
    queue.add([Path(sys.argv[1])], replace(queue.settings(), folder=sys.argv[2]))
    app.exec()
    collector.stop()
    session.close()
    print(json.dumps({"after": after, "states": [job.state.value for job in queue.jobs]}), flush=True)
    os._exit(0)
