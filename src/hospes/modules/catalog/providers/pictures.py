"""Turns an uploaded picture into two clean WebP files, or refuses it."""

import io
from dataclasses import dataclass

from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from hospes.modules.catalog.errors import PictureRefused

MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 50_000_000
LONG_SIDE = 1600
THUMB_SIDE = 640
FORMATS = ("JPEG", "PNG", "WEBP")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture re-encoded as WebP without metadata, with its thumbnail."""

    full: bytes
    thumb: bytes
    width: int
    height: int


def clean_picture(raw: bytes) -> Picture:
    """The picture upright, in sRGB, with its thumbnail; raises `PictureRefused`. Blocks: use a thread."""
    if not raw:
        raise _refused("Choose a picture to upload.")
    if len(raw) > MAX_BYTES:
        raise _refused("A picture may have at most 10 MB.")
    image = _decode(raw)
    image.thumbnail((LONG_SIDE, LONG_SIDE), Image.Resampling.LANCZOS)
    small = image.copy()
    small.thumbnail((THUMB_SIDE, THUMB_SIDE), Image.Resampling.LANCZOS)
    return Picture(full=_webp(image, 82), thumb=_webp(small, 76), width=image.width, height=image.height)


def _decode(raw: bytes) -> Image.Image:
    try:
        with Image.open(io.BytesIO(raw), formats=FORMATS) as opened:
            if opened.width * opened.height > MAX_PIXELS:
                raise _refused("A picture may have at most 50 megapixels.")
            opened.draft("RGB", (LONG_SIDE, LONG_SIDE))
            profile = opened.info.get("icc_profile")
            upright = ImageOps.exif_transpose(opened)
            return _in_srgb(_opaque(upright), profile)
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, ValueError, SyntaxError) as error:
        raise _refused("This is not a JPEG, PNG or WebP picture that can be read.") from error


def _opaque(image: Image.Image) -> Image.Image:
    if not image.has_transparency_data:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    paper = Image.new("RGBA", layer.size, (255, 255, 255, 255))
    return Image.alpha_composite(paper, layer).convert("RGB")


def _in_srgb(image: Image.Image, profile: bytes | None) -> Image.Image:
    if not profile:
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        moved = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
    except (ImageCms.PyCMSError, OSError):
        return image  # an unusable profile: the colours are taken as sRGB
    return moved or image


def _webp(image: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    image.info.clear()
    image.save(out, "WEBP", quality=quality, method=4)
    return out.getvalue()


def _refused(sentence: str) -> PictureRefused:
    return PictureRefused(sentence, fields={"file": sentence})
