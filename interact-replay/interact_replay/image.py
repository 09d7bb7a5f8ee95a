"""Pictures of pixels as lossless WebP: the same pixels in less than half the bytes of a PNG, in half the time."""

from __future__ import annotations

import base64
import io
from functools import lru_cache
from typing import Any

LOSSLESS: dict[str, Any] = {"lossless": True, "exact": True, "method": 1, "quality": 20}
"""Pillow's settings. More effort takes figures two to ten times as long and makes them a tenth smaller."""

_TELLING = {"gamma", "icc_profile", "srgb", "transparency"}
"""What changes how the pixels look, and would be lost."""


def url(mime_type: str, data: str) -> str:
    """The `data:` URL of a picture in base64: of a PNG as WebP, if that is smaller; what is not understood stays as it is."""
    if mime_type == "image/png" and (webp := _webp(data)) and len(webp) < len(data):
        mime_type, data = "image/webp", webp
    return f"data:{mime_type};base64,{data}"


@lru_cache(maxsize=256)
def _webp(png: str) -> str | None:
    """The same pixels, None if there is no way."""
    try:
        from PIL import Image, WebPImagePlugin  # noqa: F401 - once it is known, Pillow need not look through all of its own

        image: Image.Image = Image.open(io.BytesIO(base64.b64decode(png)))
        if image.mode not in ("RGB", "RGBA") or _TELLING & image.info.keys() or getattr(image, "is_animated", False):
            return None
        out = io.BytesIO()
        image.save(out, "webp", **LOSSLESS)
    except (ImportError, OSError, ValueError, KeyError):  # no Pillow, no picture, too large, a Pillow without WebP
        return None
    return base64.b64encode(out.getvalue()).decode()
