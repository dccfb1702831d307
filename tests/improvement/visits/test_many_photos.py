"""Two hundred photos of one visit, sent as the phone sends them: as many as the limit allows are kept, none with its place."""

from __future__ import annotations

import uuid
from io import BytesIO

from flask import Flask, current_app
from PIL import Image
from sqlalchemy import select

from app.core.database import db, use_context
from app.core.policy.actor import SYSTEM
from app.improvement.visits.models import VisitPhoto
from app.improvement.visits.numbers import visit_numbers
from app.improvement.visits.operations import on_site
from tests.cast import sign_in
from tests.improvement.visits.scenes import VisitScene

SENT = 200


def picture(number: int) -> bytes:
    """A small photo of its own with the place in it, as a phone takes it."""
    exif = Image.Exif()
    exif[0x8825] = {1: "N", 2: (28.0, 30.0, float(number % 60)), 3: "E", 4: (120.0, 12.0, 0.0)}
    content = BytesIO()
    Image.new("RGB", (16, 12), (number, 255 - number, (number * 37) % 256)).save(content, "JPEG", exif=exif)
    assert Image.open(content).getexif().get_ifd(0x8825)
    return content.getvalue()


def test_200_photos_of_a_visit_are_kept_up_to_the_limit_and_none_tells_where_it_was_taken(
    scene: VisitScene, app: Flask
) -> None:
    visit, most = scene.visit("on_site"), visit_numbers()
    while len(visit.lines) * most.photos_per_line < SENT:
        on_site.add_line(scene.actor("inspector"), visit, on_site.LineIn(f"第 {len(visit.lines) + 1} 间教室"))
    refs = [line.ref for line in visit.lines]
    client, answers = sign_in(app.test_client(), scene.cast["inspector"]), []
    for number in range(SENT):
        given = {"line": refs[number // most.photos_per_line], "key": str(uuid.uuid4())}
        file = (BytesIO(picture(number)), f"教室{number}.jpg")
        answers.append(client.post(f"/visits/{visit.ref}/photos", data={**given, "file": file}))
    assert [one.status_code for one in answers] == [200] * most.photos_per_visit + [422] * (
        SENT - most.photos_per_visit
    )
    assert f"最多 {most.photos_per_visit} 张照片" in answers[-1].get_json()["sentence"]
    use_context(SYSTEM.context())
    kept = db.session.scalars(select(VisitPhoto.file_sha256).where(VisitPhoto.visit_id == visit.id)).all()
    assert len(kept) == most.photos_per_visit
    for digest in kept:
        with current_app.extensions["bihuan.shelf"].open(digest) as file:
            assert not Image.open(file).getexif().get_ifd(0x8825)
