import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from interact_replay.recording import decode, encode

pieces = st.text(max_size=5) | st.sampled_from(["a", "b", "c", "<g>", "</g>"])
states = st.lists(st.lists(pieces, max_size=12), min_size=1, max_size=12)


@given(states)
def test_decoding_gives_back_what_was_encoded(rows):
    recording = json.loads(json.dumps(encode(rows)))
    assert [decode(recording, i) for i in range(len(rows))] == ["".join(row) for row in rows]


def test_what_never_changes_is_written_once():
    rows = [["<svg>", "<g>", "</g>", f"{i}", "<g>", "</g>", "</svg>"] for i in range(50)]
    recording = encode(rows)
    assert recording["fixed"] == ["<svg>", "</svg>"] or len(json.dumps(recording["fixed"])) < 60
    assert len(recording["slots"]) == 1


def test_a_growing_text_writes_only_what_is_new():
    points = [f"L {i} {i * i}" for i in range(40)]
    recording = encode([["<path>", *points[:k], "</path>"] for k in range(40)])
    (slot,) = recording["slots"]
    assert sum(len(middle) for _, _, middle in slot["texts"]) == len("".join(points[:39]))


def test_states_that_come_back_cost_a_number():
    rows = [["x", str(i % 3)] for i in range(300)]
    (slot,) = encode(rows)["slots"]
    assert len(slot["texts"]) == 3 and len(slot["steps"]) == 300


def test_pieces_in_another_order_survive():
    rows = [["a", "b", "c", "d"], ["d", "b", "c", "a"], ["b", "a", "d", "c"]]
    recording = encode(rows)
    assert [decode(recording, i) for i in range(3)] == ["abcd", "dbca", "badc"]


def test_the_longest_order_that_all_share_is_kept():
    """Of e, a, b, c, d only e moves: the rest is written once."""
    assert encode([["a", "b", "c", "d", "e"], ["e", "a", "b", "c", "d"]])["fixed"] == ["", "abcd", ""]


def test_a_beginning_and_an_end_do_not_overlap():
    rows = ["aa", "aaa", "a", "aaaa", ""]
    assert [decode(encode([[row] for row in rows]), i) for i in range(len(rows))] == rows


def test_no_state_is_an_error():
    with pytest.raises(ValueError, match="at least one state"):
        encode([])


def test_texts_that_javascript_counts_otherwise_are_whole():
    (slot,) = encode([["same 🙂 a"], ["same 🙂 b"], ["same b"]])["slots"]
    assert slot["texts"] == [[0, 0, "same 🙂 a"], [0, 0, "same 🙂 b"], [0, 0, "same b"]]
