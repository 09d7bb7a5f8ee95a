"""What pictures share is written once, and every state is drawn from it pixel for pixel."""

import base64
import io
import re

import numpy as np
import pytest
from drawn_pictures import composed, pixels
from interact_replay.kernel.encode import chunk, compressed
from interact_replay.kernel.pieces import Picture
from interact_replay.recording import decode, shown
from interact_replay.svg import IMG_ALT
from PIL import Image

HIGH, WIDE = 90, 140


def image(pixels, size=""):
    """The piece that a state with this picture has."""
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, "webp", lossless=True, exact=True)
    return Picture(f'<img{IMG_ALT}{size} decoding="sync" src="data:image/webp;base64,{base64.b64encode(out.getvalue()).decode()}">')


def drawn(found, state):
    """The pictures of a state, as the player draws them."""
    for numbers in re.findall(r'data-picture="([^"]*)"', decode(found, state)):
        yield composed(numbers, found["pictures"])


def noise(*shape, seed=0):
    return np.random.default_rng(seed).integers(0, 256, (*shape, 4), dtype=np.uint8) | np.array([0, 0, 0, 255], np.uint8)


def frames(count=12, shift=lambda i: (0, 0)):
    """A picture in which a spot moves, and another one changes its colour; with a margin more in some states."""
    still = noise(HIGH, WIDE)
    for i in range(count):
        picture = still.copy()
        picture[10 + 2 * i : 16 + 2 * i, 20:30] = noise(6, 10, seed=1)
        picture[70:80, 100:110, :3] = 7 * (i % 3)
        top, left = shift(i)
        whole = np.full((HIGH + abs(top), WIDE + abs(left), 4), 255, np.uint8)
        whole[max(top, 0) :, max(left, 0) :][:HIGH, :WIDE] = picture
        yield whole


SHIFTS = {
    "all of one size": lambda i: (0, 0),
    "a margin at the left and the top": lambda i: (i % 3, i % 4),
    "a margin at the right and the bottom": lambda i: (-(i % 3), -(i % 4)),
    "a base that is larger": lambda i: (3 * (i == 4), -5 * (i == 4)),
}


@pytest.mark.parametrize("shift", SHIFTS)
def test_every_state_has_the_pixels_that_were_drawn(shift):
    expected = list(frames(shift=SHIFTS[shift]))
    states = [["<div>", image(one), "</div>", f"text {i}"] for i, one in enumerate(expected)]
    found = chunk(states, start=4)
    assert len(found["pictures"]) == 2 and compressed(found) < 0.25 * compressed(chunk([[*map(str, s)] for s in states]))
    for i, one in enumerate(expected):
        (picture,) = drawn(found, i)
        assert (picture == one).all() and decode(found, i).endswith(f"</div>text {i}")


def test_the_start_is_an_image_without_a_player():
    expected = list(frames())
    output = {"length": 12, "chunks": [chunk([[image(one)] for one in expected], start=5) | {"rich": [" role", " alt"]}]}
    html = shown(output, 5)
    assert html.startswith('<img alt decoding="sync" src="data:image/webp') and (pixels(html.split('"')[3]) == expected[5]).all()
    assert shown(output, 6).startswith("<canvas role data-picture=")


def test_pictures_side_by_side_have_a_base_each():
    left, right = list(frames()), list(frames(shift=lambda i: (2, i % 2)))[::-1]
    found = chunk([[image(a), image(b)] if i % 3 else [image(a)] for i, (a, b) in enumerate(zip(left, right))], start=0)
    for i, (a, b) in enumerate(zip(left, right)):
        for picture, one in zip(drawn(found, i), (a, b), strict=False):
            assert (picture == one).all()
    assert [len(list(drawn(found, i))) for i in range(4)] == [1, 2, 2, 1]


def test_no_sheet_is_larger_than_a_browser_decodes_at_once():
    expected = [noise(400, 700, seed=i) for i in range(6)]
    for one in expected:
        one[:200] = expected[0][:200]
    found = chunk([[image(one)] for one in expected])
    assert all(pixels(url).size <= 4 << 20 for url in found["pictures"]) and len(found["pictures"]) > 1
    assert all((next(drawn(found, i)) == one).all() for i, one in enumerate(expected))


@pytest.mark.parametrize("error", [1, 2, 5, 50])
def test_pixels_are_as_near_as_they_have_to_be(error):
    expected = [noise(80, 90, seed=i) for i in range(5)]
    expected[1][0, :2, :3] = [[0] * 3, [255] * 3]
    exact, found = (chunk([[image(one)] for one in expected], error=e) for e in (0, error))
    pictures = [next(drawn(found, i)) for i in range(5)]
    away = max(abs(one.astype(int) - picture).max() for one, picture in zip(expected, pictures))
    assert 0 < away <= error and compressed(found) < compressed(exact)
    assert pictures[1][0, :2, 0].tolist() == [0, 255], "black and white stay what they are"


@pytest.mark.parametrize("width", ["", ' width="70" height="45"'])
def test_a_size_in_the_page_is_kept(width):
    found = chunk([[image(one, width)] for one in frames()])
    assert ("width:70px" in decode(found, 3)) == bool(width)


def saved(one, **settings):
    """A picture of an author's own."""
    out = io.BytesIO()
    Image.fromarray(one).save(out, "webp", **settings)
    return Picture(f'<img{IMG_ALT} decoding="sync" src="data:image/webp;base64,{base64.b64encode(out.getvalue()).decode()}">')


def transparent(one):
    one[0, 0, 3] = 128
    return image(one)


APART = {
    "transparent": [transparent(one) for one in frames(4)],
    "with a profile": [saved(one, icc_profile=b"a profile") for one in frames(4)],
    "moving": [saved(one, save_all=True, append_images=[Image.fromarray(one[::-1])]) for one in frames(4)],
    "damaged": [Picture(f'<img{IMG_ALT} src="data:image/webp;base64,{text}">') for text in ("AAAA", "UklGRg==", "%%%", "")],
    "always the same": [image(noise(9, 9))] * 4,
}


@pytest.mark.parametrize("kind", APART)
def test_what_shares_nothing_stays_as_it_is(kind):
    found = chunk([[tag, str(i)] for i, tag in enumerate(APART[kind])])
    assert "pictures" not in found and [decode(found, i) for i in range(4)] == [f"{tag}{i}" for i, tag in enumerate(APART[kind])]
