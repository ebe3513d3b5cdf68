"""Turns an uploaded picture of a person into a small square WebP of nothing but pixels."""

import io

from hospes.platform.uploads import FileRefused, check_picture

SIDE = 512


def portrait(raw: bytes) -> bytes:
    """The middle of the picture, upright, 512 pixels square at most; raises `FileRefused`. Blocks: use a thread."""
    check_picture(raw)
    from PIL import Image, ImageOps

    try:
        with Image.open(io.BytesIO(raw), formats=("JPEG", "PNG", "WEBP")) as opened:
            opened.draft("RGB", (SIDE * 2, SIDE * 2))
            layer = ImageOps.exif_transpose(opened).convert("RGBA")
    except (OSError, ValueError, SyntaxError) as fault:
        raise FileRefused("This picture cannot be read.", fields={"file": "This picture cannot be read."}) from fault
    paper = Image.alpha_composite(Image.new("RGBA", layer.size, (255, 255, 255, 255)), layer).convert("RGB")
    side = min(SIDE, *paper.size)
    out = io.BytesIO()
    ImageOps.fit(paper, (side, side), Image.Resampling.LANCZOS).save(out, "WEBP", quality=84)
    return out.getvalue()
