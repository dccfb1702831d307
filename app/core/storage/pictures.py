"""Photos: drawn anew from their pixels, so that places, comments and anything appended stay behind."""

import io

from PIL import Image, ImageOps

from app.core.storage.kinds import JPG, Kind
from app.core.storage.refusals import refused

MOST_PIXELS = 40_000_000
QUALITY = 88
_FORMATS = {"jpg": ["JPEG"], "png": ["PNG"]}
_PLAIN = {"1", "L", "LA", "P", "PA", "RGB", "RGBA", "I", "I;16"}


def redrawn(content: bytes, name: str, kind: Kind) -> bytes:
    """The picture as its pixels show it, upright, without metadata; raises Refused."""
    Image.MAX_IMAGE_PIXELS = None
    try:
        with Image.open(io.BytesIO(content), formats=_FORMATS[kind.code]) as picture:
            pixels = picture.width * picture.height
            if pixels > MOST_PIXELS:
                raise refused("pixels", name=name, pixels=pixels // 10_000, millions=pixels // 1_000_000)
            picture.load()
            upright = ImageOps.exif_transpose(picture)
            return _encoded(upright, kind)
    except (OSError, SyntaxError, ValueError, IndexError):
        raise refused("damaged", name=name) from None


def _encoded(picture: Image.Image, kind: Kind) -> bytes:
    target = io.BytesIO()
    if kind is JPG:
        plain = picture if picture.mode in ("L", "RGB") else picture.convert("RGB")
        _bare(plain).save(target, "JPEG", quality=QUALITY, exif=b"", icc_profile=None)
    else:
        plain = picture if picture.mode in _PLAIN else picture.convert("RGBA")
        _bare(plain).save(target, "PNG", icc_profile=None)
    return target.getvalue()


def _bare(picture: Image.Image) -> Image.Image:
    transparency = picture.info.get("transparency")
    picture.info = {} if transparency is None else {"transparency": transparency}
    return picture
