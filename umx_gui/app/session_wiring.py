"""Who hears whom in a session, in one list."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from umx_gui.app.session import Session


def wire(session: Session) -> None:
    """Connect the parts of a session to it. Its files were connected before: what they know of a song that was opened
    has to be there when it is separated."""
    s, opener, separation, exports = session, session._opener, session._separation, session.exports
    for source in (s.transport, opener, separation, exports, s.models, s.files):
        source.told.connect(s.told)
    s._board.changed.connect(s.status_changed)
    s._board.progress.connect(s.progress)
    s._tiles.filled.connect(s.tiles_filled)
    exports.progress.connect(s.export_progress)
    exports.exported.connect(s.exported)
    exports.file_ready.connect(s.stem_file_ready)
    opener.shown.connect(s._show)
    opener.restored.connect(s._restore)
    opener.filled.connect(s._mixture_filled)
    opener.progress.connect(s._board.show)
    opener.opened.connect(s._opened)
    opener.opened.connect(s._tiles.refine)
    opener.failed.connect(s._failed)
    separation.noted.connect(s._noted)
    separation.stems_reset.connect(s._stems_reset)
    separation.superseded.connect(s._superseded)
    separation.filled.connect(s._stems_filled)
    separation.progress.connect(s._separation_progress)
    s.refilter.started.connect(s._update_state)
    separation.ended.connect(s._update_state)
    separation.failed.connect(s._failed)
    separation.devices_changed.connect(s.models_changed)
    s.models.changed.connect(s.models_changed)
