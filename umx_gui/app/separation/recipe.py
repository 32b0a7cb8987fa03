"""What the stems of a song depend on, as the application names it; a session's file holds the same."""

from umx_gui.engine.sessions.recipe import MAX_EMPHASIS_DB as MAX_EMPHASIS_DB
from umx_gui.engine.sessions.recipe import RESIDUAL as RESIDUAL
from umx_gui.engine.sessions.recipe import Recipe as Recipe
from umx_gui.engine.sessions.recipe import emphasis as emphasis
from umx_gui.engine.sessions.recipe import separator_options as separator_options
