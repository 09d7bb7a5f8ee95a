from hypothesis import given, strategies as st
from myst_nb_interact.codec import decode, encode
import pytest

texts = st.text(max_size=5)
states = st.lists(st.lists(texts | st.sampled_from(["a", "b", "c", "d"]), max_size=12), min_size=1, max_size=12)


@given(states)
def test_decoding_gives_back_what_was_encoded(rows):
    recording = encode(rows)
    assert [decode(recording, i) for i in range(len(rows))] == ["".join(row) for row in rows]


@given(states)
def test_no_piece_is_kept_twice(rows):
    pieces = encode(rows)["pieces"]
    used = {i for state in encode(rows)["states"] for i in state}
    assert used == set(range(len(pieces)))


def test_what_never_changes_is_one_piece():
    rows = [["<svg>", "<g>", str(i), "</g>", "</svg>"] for i in range(50)]
    recording = encode(rows)
    assert {len(state) for state in recording["states"]} == {3}
    assert recording["pieces"][0] == "<svg><g>" and "</g></svg>" in recording["pieces"]


def test_a_repeated_piece_survives():
    rows = [["a", "a", "b"], ["a", "b", "a"], ["b"], []]
    recording = encode(rows)
    assert [decode(recording, i) for i in range(4)] == ["aab", "aba", "b", ""]


def test_no_state_is_an_error():
    with pytest.raises(ValueError, match="at least one state"):
        encode([])
