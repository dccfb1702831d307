"""The registry of scales: those that come with the project, and the versions of the own county."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from app.care.screening.models import ScaleVersion
from app.care.screening.scales import choosing
from app.care.screening.scales.definition import Scale
from app.core.database import db
from app.core.errors import NotFound
from app.core.policy import decide
from app.core.policy.actor import Actor

VIEW, DRAFT, ACTIVATE = "screening.view_scales", "screening.draft_scale", "screening.activate_scale"
STEPS = (DRAFT, "screening.agree_scale", ACTIVATE)
"""Who is asked before a step; who only reads finds no such page."""


@dataclass(frozen=True)
class Entry:
    """One scale of the registry: as it came, the county's versions with the newest first, and which is in use."""

    code: str
    shipped: Scale | None
    versions: Sequence[ScaleVersion]

    @property
    def active(self) -> ScaleVersion | None:
        """The county's own in force."""
        return next((one for one in self.versions if one.state == "active"), None)

    @property
    def on_its_way(self) -> ScaleVersion | None:
        """The newest version that is not in force yet and still may be."""
        return next((one for one in self.versions if not (one.standing.settled or one.standing.final)), None)

    @property
    def scale(self) -> Scale:
        """What the registry tells of it: the one in use, otherwise the one that came, otherwise the newest draft."""
        shown = self.active or (None if self.shipped else self.versions[0])
        return shown.definition if shown else self.shipped  # type: ignore[return-value]

    @property
    def standing(self) -> str:
        """ "usable", "ended" (its licence), "key" (texts are missing), "other" (no self-report), or "none" in force."""
        if self.active is not None:
            if not self.active.licence_holds:
                return "ended"
            return "usable" if choosing.may_be_asked(self.scale, licensed=True) else "other"
        if self.shipped is None:
            return "none"
        if choosing.may_be_asked(self.shipped):
            return "usable"
        return "other" if self.shipped.interview_only or self.shipped.respondent != "self" else "key"


def _versions(actor: Actor) -> Mapping[str, list[ScaleVersion]]:
    wanted = decide.visible(actor, select(ScaleVersion), ScaleVersion, VIEW)
    found = defaultdict(list)
    newest = wanted.order_by(ScaleVersion.created_at.desc(), ScaleVersion.id.desc())
    for one in db.session.scalars(newest):
        found[one.code].append(one)
    return found


def registry(actor: Actor) -> list[Entry]:
    """Every scale, by its code."""
    own, shelf = _versions(actor), {one.code: one for one in choosing.shelf().values()}
    return [Entry(code, shelf.get(code), own.get(code, ())) for code in sorted(shelf.keys() | own.keys())]


def entry_for(actor: Actor, code: str) -> Entry:
    """One scale with its history. Raises NotFound."""
    found = next((one for one in registry(actor) if one.code == code), None)
    if found is None:
        raise NotFound("scale", code)
    return found


def version_for(actor: Actor, ref: str) -> ScaleVersion:
    """One version. Raises NotFound."""
    wanted = select(ScaleVersion).where(ScaleVersion.ref == ref)
    found: ScaleVersion | None = db.session.scalar(decide.visible(actor, wanted, ScaleVersion, VIEW))
    if found is None:
        raise NotFound("scale_definition", ref)
    return found


def version_before(actor: Actor, version: ScaleVersion) -> tuple[str, Scale] | None:
    """Number and definition of the version that this one follows: the county's one before it, otherwise the one that came."""
    entry = entry_for(actor, version.code)
    older = [one for one in entry.versions if (one.created_at, one.id) < (version.created_at, version.id)]
    kept = [one for one in older if one.state != "withdrawn"]
    if kept:
        return kept[0].number, kept[0].definition
    return (entry.shipped.version, entry.shipped) if entry.shipped else None
