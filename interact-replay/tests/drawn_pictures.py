"""Pictures as the player draws them, for tests that have no browser."""

import base64
import io
import re

import numpy as np
from PIL import Image


def pixels(url):
    """Those of an image in a `data:` URL."""
    return np.asarray(Image.open(io.BytesIO(base64.b64decode(url.split(",")[1]))).convert("RGBA"))


def composed(numbers, pictures):
    """A picture, from its numbers and from those that it is drawn from, as the player draws it."""
    width, height, *numbers = map(int, numbers.split(","))
    found = Image.new("RGBA", (width, height))
    for i, x, y, w, h, left, top in np.reshape(numbers, (-1, 7)):
        found.alpha_composite(Image.fromarray(pixels(pictures[i])).crop((x, y, x + w, y + h)), (left, top))
    return np.asarray(found)


def whole(html, pictures):
    """With images for the pictures that a page draws."""

    def image(match):
        out = io.BytesIO()
        Image.fromarray(composed(match[1], pictures)).save(out, "png", compress_level=1)
        return f'<img src="data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}">'

    return re.sub(r'<canvas[^>]* data-picture="([^"]*)"></canvas>', image, html)
