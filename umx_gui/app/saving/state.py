"""Between the living session and its document: what is on screen as a value, and a value brought back to the screen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from umx_gui.app.open_song.song import Song
from umx_gui.app.separation.desk import SLOTS, DeskState, Tuning
from umx_gui.app.separation.recipe import Recipe
from umx_gui.engine.sessions.document import (
    Desk,
    ExportRef,
    ModelRef,
    SessionDocument,
    SongRef,
    Stretch,
    StripRef,
    View,
)
from umx_gui.engine.sessions.receipts import versions
from umx_gui.playback.mix import Strip

if TYPE_CHECKING:
    from umx_gui.app.session import Session


def model_of(session: Session) -> str:
    """The model of the stems that are there, else of those that would be made."""
    song = session.song
    made = song.recipe if song is not None else None
    return made.model if isinstance(made, Recipe) else session.model_name


def snapshot(
    session: Session,
    song: SongRef,
    model: ModelRef,
    view: View,
    stretches: tuple[Stretch, ...],
    more: Mapping[str, object],
) -> SessionDocument:
    """Everything as it is now."""
    transport, settings = session.transport, session.settings
    mix = transport.mix
    return SessionDocument(
        song=song,
        model=model,
        desk=_desk(session.desk.state),
        strips={target: StripRef(s.gain_db, s.pan, s.solo, s.mute) for target, s in mix.strips.items()},
        master_db=mix.master_gain_db,
        original=mix.original,
        loop=transport.loop,
        playhead=transport.position,
        view=view,
        export=ExportRef(settings.export_format, settings.export_bit_depth, settings.export_exact_sum),
        stretches=stretches,
        versions=versions(),
        more=more,
    )


def restore(session: Session, document: SessionDocument, model: str) -> None:
    """Bring a document to the session whose song has just been opened; `model` is what its model is called here."""
    transport, settings = session.transport, session.settings
    if model:
        session.set_model(model)
    desk = document.desk
    a, b = (_tuning(recipe) for recipe in (desk.a, desk.b))
    session.desk.restore(DeskState((a, b), SLOTS.index(desk.slot), a != b or desk.slot == SLOTS[1]))
    strips = {t: Strip(s.gain_db, s.pan, s.solo, s.mute) for t, s in document.strips.items()}
    transport.mix.set_strips(strips)
    transport.mix.set_master_gain_db(document.master_db)
    transport.mix.set_original(document.original)
    transport.set_loop(document.loop)
    transport.seek(document.playhead)
    settings.export_format, settings.export_bit_depth = document.export.format, document.export.bit_depth
    settings.export_exact_sum = document.export.exact_sum
    session.history.clear()


def as_made(document: SessionDocument, song: Song) -> SessionDocument:
    """The document with the recipe that the song's stems are really made with, whatever the desk says by now."""
    document = replace(document, filter=song.filter_kind)
    if not isinstance(song.recipe, Recipe) or song.recipe == document.recipe:
        return document
    return replace(document, desk=Desk(a=replace(song.recipe, model=""), b=document.desk.b, slot="A"))


def song_ref(song: Song, sha256: str, size: int) -> SongRef:
    """The reference to an open song whose file has this digest."""
    return SongRef(str(song.path.absolute()), sha256, size, song.duration_s, song.sample_rate)


def _desk(state: DeskState) -> Desk:
    a, b = (tuning.recipe("") for tuning in state.tunings)
    return Desk(a, b, state.slot_name)


def _tuning(recipe: Recipe) -> Tuning:
    return Tuning(recipe.niter, recipe.softmask, recipe.window, recipe.residual, recipe.emphasis_db)
