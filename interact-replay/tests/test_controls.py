from datetime import date

import ipywidgets as w
import pytest
from hypothesis import given
from hypothesis import strategies as st
from interact_replay import Options
from interact_replay.kernel.controls import CannotSample, TooFine, _readout, control


def values(widget, **more):
    return control(widget, "x", **more).values


@pytest.mark.parametrize(
    ("widget", "expected"),
    [
        (w.IntSlider(2, min=0, max=6, step=2), [0, 2, 4, 6]),
        (w.IntSlider(3, min=0, max=5, step=2), [0, 2, 3, 4]),
        (w.FloatSlider(0.3, min=0, max=0.5, step=0.1), [0.0, 0.1, 0.2, 0.3, 0.4, 0.5]),
        (w.FloatSlider(0.1, min=0, max=0.3, step=0.1), [0.0, 0.1, 0.2, 0.3]),
        (w.SelectionSlider(options=[("a", 1), ("b", 2)]), [1, 2]),
        (w.Dropdown(options={"one": 1, "two": 2}, value=2), [1, 2]),
        (w.ToggleButtons(options=["x", "y"]), ["x", "y"]),
        (w.RadioButtons(options=["x", "y"], value=None), ["x", "y", None]),
        (w.Checkbox(True), [False, True]),
        (w.Play(value=1, min=0, max=3), [0, 1, 2, 3]),
        (w.BoundedIntText(2, min=1, max=3), [1, 2, 3]),
        (w.BoundedFloatText(0.5, min=0, max=1, step=0.5), [0.0, 0.5, 1.0]),
        (w.IntText(2), [-2, -1, 0, 1, 2, 3, 4, 5, 6]),
        (w.FloatText(0.0), [i / 10 for i in range(11)]),
        (w.IntRangeSlider(value=(1, 2), min=0, max=2), [(0, 0), (0, 1), (0, 2), (1, 1), (1, 2), (2, 2)]),
        (w.FloatRangeSlider(value=(0.5, 1.0), min=0, max=1, step=0.5), [(0, 0), (0, 0.5), (0, 1), (0.5, 0.5), (0.5, 1), (1, 1)]),
        (w.SelectionRangeSlider(options="ab", index=(0, 1)), [("a", "a"), ("a", "b"), ("b", "b")]),
        (w.SelectMultiple(options=["x", "y"], value=["y"]), [(), ("x",), ("y",), ("x", "y")]),
        (w.Combobox(value="b", options=["a", "b"]), ["a", "b"]),
        (w.DatePicker(value=date(2026, 1, 2), min=date(2026, 1, 1), max=date(2026, 1, 3)), [date(2026, 1, i) for i in (1, 2, 3)]),
    ],
    ids=lambda item: type(item).__name__,
)
def test_values(widget, expected):
    found = control(widget, "x")
    assert found.values == expected
    assert found.values[found.default] == widget.value


def test_log_slider_has_powers():
    found = control(w.FloatLogSlider(0.1, base=10, min=-3, max=0, step=1), "x")
    assert found.values == [0.001, 0.01, 0.1, 1.0] and found.default == 2


def test_labels_follow_the_readout_format():
    assert control(w.FloatSlider(0, min=-1, max=1, step=1, readout_format=".1f"), "x").labels == ["−1.0", "0.0", "1.0"]
    assert control(w.IntSlider(0, min=0, max=1), "x").labels == ["0", "1"]


def test_description_falls_back_to_the_name():
    assert control(w.IntSlider(0, min=0, max=1), "epochs").description == "epochs"
    assert control(w.IntSlider(0, min=0, max=1, description="Epochs"), "epochs").description == "Epochs"


@given(st.integers(-50, 50), st.integers(1, 80), st.integers(1, 9), st.data())
def test_integer_sliders_offer_their_range(low, width, step, data):
    value = data.draw(st.integers(low, low + width))
    found = values(w.IntSlider(value, min=low, max=low + width, step=step))
    assert found == sorted({*range(low, low + width + 1, step), value})


@given(st.integers(3, 40), st.integers(0, 1000), st.sampled_from([1, 7]))
def test_thinning_keeps_ends_and_start_and_no_more_than_it_says(thin, start, step):
    found = values(w.IntSlider(start, min=0, max=1001, step=step), thin=thin)
    assert found[0] == 0 and found[-1] == 1001 and start in found and len(found) == thin


@pytest.mark.parametrize("option", ["max_states", "max_kilobytes", "thin", "processes", "picture_quality", "svg_digits"])
@pytest.mark.parametrize("value", [-1, "many", 2.5, [3]])
def test_an_option_that_makes_no_sense_is_refused(option, value):
    with pytest.raises(ValueError, match=f"^{option} is "):
        Options(**{option: value})


def test_nothing_is_truer_than_true():
    with pytest.raises(ValueError, match="^picture_quality is 101: it must be 100 at most"):
        Options(picture_quality=101)


def test_options_may_come_from_a_command_line():
    assert Options(thin="50") == Options(thin=50)


@pytest.mark.parametrize(
    "widget", [w.Text("a"), w.ColorPicker(), w.DatePicker(), w.Dropdown(options=[]), w.SelectMultiple(options=range(7)), w.IntProgress(1), w.BoundedFloatText(0.5, max=1)]
)
def test_what_has_no_list_of_values_is_refused(widget):
    with pytest.raises(CannotSample, match=type(widget).__name__):
        control(widget, "x")


def test_a_slider_of_a_billion_steps_is_refused_at_once():
    with pytest.raises(TooFine, match="1,000,000,001 values"):
        control(w.FloatSlider(0, min=0, max=1e9, step=1), "x")


@pytest.mark.parametrize(
    ("value", "form", "shown"),
    [  # as d3-format writes them in a browser
        *((0.5, ".3g", "0.500"), (1e-6, ".3g", "0.00000100"), (1e-7, ".3g", "1.00e-7"), (0.0, ".3g", "0.00")),
        *((1000.0, ".3g", "1.00e+3"), (999.6, ".3g", "1.00e+3"), (99.96, ".3g", "100"), (1e-5, ".1e", "1.0e-5")),
        *((-0.25, ".2f", "\N{MINUS SIGN}0.25"), (0.25, ".1%", "25.0%"), (12345.0, ",.0f", "12,345"), (3.0, "d", "3")),
    ],
)
def test_readouts(value, form, shown):
    assert _readout(value, form) == shown
