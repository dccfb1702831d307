"""量表版本: brought in with vectors and licence, agreed to by two experts, put in force, stopped (domain B13, §5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from sqlalchemy import select

from app.care.screening.models import ScaleVersion
from app.care.screening.scales import choosing
from app.care.screening.scales.definition import Scale
from app.care.screening.scales.shelf import failures, read_scale, written
from app.care.screening.scales.wording import worded
from app.care.versions.operations import VersionStep, agree_first, by_somebody_else, hand_back, name_outside
from app.core import clock
from app.core.casework.door import follow, operation
from app.core.database import db, uuid7
from app.core.errors import Invalid, Sentence, StepRefused
from app.core.policy.actor import Actor
from app.core.storage import Stored
from app.core.yaml_files import checked
from app.people.directory.models import Unit
from workflows.care.scale_definition import SCALE_DEFINITION

KNOWN = Sentence(
    "已有这个量表的这个版本，请换一个版本号", "This version of the scale is there already; give it another number"
)
OTHER_SCALE = Sentence("这是另一个量表的文件，请另外导入", "This is the file of another scale; bring it in by itself")
ENDED = Sentence(
    "这一天已经过了，请填授权还有效的最后一天", "This day has passed; give the last day on which the licence holds"
)
NO_DOCUMENT = Sentence("请附上授权文件", "Attach the document of the licence")
OVER = Sentence(
    "这一版已停用或撤回，不再登记授权", "This version is retired or withdrawn; its licence is no longer recorded"
)
MOST_TOLD = 5


@dataclass(frozen=True)
class LicenceIn:
    """Who allows the texts to be shown, under which number, until which day, and the paper that says so."""

    holder: str
    number: str
    until: date
    file: Stored | None = None
    version: int | None = None


@dataclass(frozen=True)
class ScaleIn:
    """The YAML of a scale, what is new in it, and its licence where it is not free."""

    content: str
    note: str = ""
    licence: LicenceIn | None = None
    version: int | None = None


@dataclass(frozen=True)
class TextsIn:
    """Texts for the key of a scale, a line for each item and option, and the licence that allows to show them."""

    key: Scale
    number: str
    items: str
    options: str
    licence: LicenceIn
    note: str = ""


def read_checked(content: str, field: str = "content") -> Scale:
    """A scale whose vectors all pass. Raises Invalid with sentences that name the place or the vector."""
    scale = checked(read_scale, content, field)
    if failed := failures(scale)[:MOST_TOLD]:
        zh, en = "；".join(one.zh for one in failed), "; ".join(one.en for one in failed)
        raise Invalid(field, Sentence(f"用例没有通过，不能接收：{zh}", f"Vectors fail, so it is not taken: {en}"))
    return scale


@operation(SCALE_DEFINITION, "draft")
def draft(actor: Actor, place: Unit, given: ScaleIn | TextsIn) -> ScaleVersion:
    """Bring in a scale, or texts for a key. Raises Invalid for what is no scale, fails its vectors, or is there already."""
    assert actor.person_id is not None
    if isinstance(given, TextsIn):
        scale = worded(given.key, given.number, given.items, given.options)
        content, field = written(scale), "number"
    else:
        scale, content, field = read_checked(given.content), given.content, "content"
    made = ScaleVersion(
        id=uuid7(), county_id=place.county_id or place.id, unit_id=place.id, owner_id=actor.person_id, code=scale.code,
        number=scale.version, title=scale.title.zh, note=given.note.strip()[:500], failed=0, vectors=0, content="",
        sha256="",
    )  # fmt: skip
    _is_new(made, field)
    made.fill(content, len(scale.test_vectors))
    _license(made, given.licence)
    return made


@operation(SCALE_DEFINITION, "replace")
def replace(actor: Actor, version: ScaleVersion, given: ScaleIn) -> None:
    """Another file for the same draft; who agreed to the former one is asked again. Raises Invalid."""
    scale = read_checked(given.content)
    if scale.code != version.code:
        raise Invalid("content", OTHER_SCALE)
    version.number, version.title, version.note = scale.version, scale.title.zh, given.note.strip()[:500]
    _is_new(version, "content")
    version.fill(given.content, len(scale.test_vectors))
    _license(version, given.licence)


def _is_new(version: ScaleVersion, field: str) -> None:
    known = select(ScaleVersion.id).where(
        ScaleVersion.county_id == version.county_id, ScaleVersion.code == version.code,
        ScaleVersion.number == version.number, ScaleVersion.id != version.id,
    )  # fmt: skip
    with db.session.no_autoflush:
        if (version.code, version.number) in choosing.shelf() or db.session.scalar(known) is not None:
            raise Invalid(field, KNOWN)


def _license(version: ScaleVersion, given: LicenceIn | None) -> None:
    if given is None:
        return
    if given.until < clock.today():
        raise Invalid("until", ENDED)
    if given.file is None and version.licence_sha256 is None:
        raise Invalid("file", NO_DOCUMENT)
    version.licence_holder, version.licence_no = given.holder.strip()[:120], given.number.strip()[:80]
    version.licence_until = given.until
    if given.file is not None:
        version.licence_sha256, version.licence_file = given.file.sha256, given.file.name[:200]
        version.licence_type = given.file.media_type


@operation(right="screening.activate_scale", name="scale_definition.license")
def license_scale(actor: Actor, version: ScaleVersion, given: LicenceIn) -> None:
    """Write down a licence, or a longer one, whatever the state. Raises Invalid for one that has ended."""
    if version.state in ("retired", "withdrawn"):
        raise StepRefused((OVER,))
    _license(version, given)


@operation(SCALE_DEFINITION, "submit")
def submit(actor: Actor, version: ScaleVersion, given: VersionStep) -> None:
    """Hand it to the experts. Raises StepRefused without texts or licence."""


@operation(SCALE_DEFINITION, "agree")
def agree(actor: Actor, version: ScaleVersion, given: VersionStep) -> None:
    """The first of two experts agrees. Raises StepRefused when one has already, or to the author."""
    agree_first(actor, version)


@operation(SCALE_DEFINITION, "note_outside")
def note_outside(actor: Actor, version: ScaleVersion, given: VersionStep) -> None:
    """A county with fewer than two experts names one from outside, with the paper."""
    name_outside(version, given)


@operation(SCALE_DEFINITION, "approve")
def approve(actor: Actor, version: ScaleVersion, given: VersionStep) -> None:
    """The second of two experts approves. Raises StepRefused to the first one and to the author."""
    by_somebody_else(actor, version)


@operation(SCALE_DEFINITION, "return_scale")
def return_scale(actor: Actor, version: ScaleVersion, given: VersionStep) -> None:
    """Back to the author, with what has to change."""
    hand_back(actor, version)


@operation(SCALE_DEFINITION, "activate")
def activate(actor: Actor, version: ScaleVersion, given: VersionStep) -> None:
    """New campaigns choose it from now on; the one before retires in the same act, and what was answered with it stays.

    Raises Invalid, naming the vector, where the scoring of today does not come to what the file says.
    """
    read_checked(version.content)
    former = select(ScaleVersion).where(
        ScaleVersion.county_id == version.county_id, ScaleVersion.code == version.code,
        ScaleVersion.state == "active", ScaleVersion.id != version.id,
    )  # fmt: skip
    for one in db.session.scalars(former).all():
        follow(one, "retire")
    version.activated_on = clock.today()


@operation(SCALE_DEFINITION, "withdraw")
def withdraw(actor: Actor, version: ScaleVersion, given: VersionStep) -> None:
    """It will not be put in force."""


@operation(SCALE_DEFINITION, "stop")
def stop(actor: Actor, version: ScaleVersion, given: VersionStep) -> None:
    """No new campaign may choose it; what was answered with it stays."""
