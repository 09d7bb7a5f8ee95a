"""A control → the native input with which a reader chooses among its values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from html import escape
from itertools import combinations_with_replacement
from typing import Any

from .latex import plain

_MANY = 20
"""Stops beyond which a finger cannot find the one beside."""


@dataclass
class Input:
    """An input for `control`, number `index`. It works only with the player, so it is disabled until that has come.

    `key` is its identifier; `typeset` sets the formulas of a text; `playable` says whether a slider has its play button.
    """

    control: dict[str, Any]
    index: int
    key: str
    strings: dict[str, str]
    typeset: Callable[[str], str]
    playable: bool

    def html(self) -> str:
        """The input with its label."""
        kinds: dict[str, Callable[[], str]] = {
            **{"range": self._slider, "play": self._slider, "interval": self._interval, "number": self._number},
            **{"frozen": self._frozen, "checkbox": self._checkbox, "multiple": self._multiple, "select": self._select},
        }
        return kinds.get(self.control["kind"], self._choices)()

    def play(self) -> str:
        """The button that goes through all values."""
        interval, repeat = self.control.get("interval", 200), " data-repeat" * bool(self.control.get("repeat"))
        return self._button("play", f'data-play="{interval}"{repeat} aria-pressed="false"')

    def _button(self, what: str, does: str) -> str:
        label = f"{self.strings[what]}: {plain(self.control['description'])}"
        return (
            f'<button type="button" class="interact-{what}" data-drives="{self.index}" {does} '
            f'aria-label="{escape(label)}" disabled></button>'
        )

    @property
    def _shared(self) -> str:
        # Browsers that remember what was chosen would show controls that do not fit the picture.
        return f'data-control="{self.index}" data-continuous="{int(self.control["continuous"])}" autocomplete="off" disabled'

    @property
    def _description(self) -> str:
        return self.typeset(escape(self.control["description"]))

    @property
    def _label(self) -> str:
        return f'<label for="{self.key}">{self._description}</label>'

    def _single(self, classes: str, inside: str) -> str:
        return f'<div class="interact-control {classes}">{self._label}{inside}</div>'

    def _several(self, classes: str, inside: str) -> str:
        legend = f"<legend>{self._description}</legend>"
        return f'<fieldset class="interact-control {classes}">{legend}{inside}</fieldset>'

    def _slider(self) -> str:
        labels, default = self.control["labels"], self.control["default"]
        value = escape(plain(labels[default]))
        slider = f'<input type="range" id="{self.key}" min="0" max="{len(labels) - 1}" value="{default}" '
        slider += f'aria-valuetext="{value}" {self._shared}>'
        if len(labels) > _MANY:  # whoever uses the keyboard has its arrows
            less, more = (self._button(what, f'data-step="{by}" tabindex="-1"') for what, by in (("less", -1), ("more", 1)))
            slider = f"{less}{slider}{more}"
        # The slider says its value itself.
        readout = f'<output for="{self.key}" aria-live="off">{value}</output>'
        line = f"{self._label}{slider}{readout}{self.play() if self.playable else ''}"
        return f'<div class="interact-control interact-range"><div class="interact-line">{line}</div></div>'

    def _interval(self) -> str:
        """A slider for each end; the pairs are numbered with the first end changing slowest."""
        parts, default = self.control["parts"], self.control["default"]
        ends = list(combinations_with_replacement(range(len(parts)), 2))[default]
        thumbs = "".join(
            f'<input type="range" id="{self.key}-{side}" min="0" max="{len(parts) - 1}" value="{end}" '
            f'aria-label="{escape(self.strings[side])}" aria-valuetext="{escape(plain(parts[end]))}" {self._shared}>'
            for side, end in zip(("low", "high"), ends)
        )
        readout = f'<output aria-live="off">{escape(plain(self.control["labels"][default]))}</output>'
        line = f'<span id="{self.key}">{self._description}</span><div class="interact-ends">{thumbs}</div>{readout}'
        return (
            f'<div class="interact-control interact-range interact-interval" role="group" aria-labelledby="{self.key}">'
            f'<div class="interact-line">{line}</div></div>'
        )

    def _number(self) -> str:
        low, high, value = (self.control["labels"][i].replace("\N{MINUS SIGN}", "-") for i in (0, -1, self.control["default"]))
        box = f'<input type="number" id="{self.key}" min="{low}" max="{high}" step="any" value="{value}" {self._shared}>'
        readout = f'<output for="{self.key}" data-nearest="{escape(self.strings["nearest"])}"></output>'
        return self._single("interact-number", f"{box}{readout}")

    def _frozen(self) -> str:
        value = escape(self.control["labels"][0])
        return self._single("interact-number", f'<input type="text" id="{self.key}" value="{value}" autocomplete="off" disabled>')

    def _checkbox(self) -> str:
        box = f'<input type="checkbox" id="{self.key}"{" checked" if self.control["default"] else ""} {self._shared}>'
        return f'<div class="interact-control interact-checkbox">{box}{self._label}</div>'

    def _multiple(self) -> str:
        boxes = (
            f'<label><input type="checkbox"{" checked" * (self.control["default"] >> i & 1)} {self._shared}>'
            f"<span>{escape(plain(part))}</span></label>"
            for i, part in enumerate(self.control["parts"])
        )
        return self._several("interact-radio", "".join(boxes))

    @property
    def _offered(self) -> list[tuple[int, str]]:
        """The values that can be chosen: where nothing is at first, that is no choice."""
        return [(i, label) for i, label in enumerate(self.control["labels"]) if label or i != self.control["default"]]

    def _select(self) -> str:
        default, offered = self.control["default"], self._offered
        empty = "" if len(offered) == len(self.control["labels"]) else f'<option value="{default}" selected></option>'
        options = (f'<option value="{i}"{" selected" * (i == default)}>{escape(plain(label))}</option>' for i, label in offered)
        return self._single("interact-select", f'<select id="{self.key}" {self._shared}>{empty}{"".join(options)}</select>')

    def _choices(self) -> str:
        """Radio buttons, or what looks like buttons."""
        choices = (
            f'<label><input type="radio" name="{self.key}" value="{i}"{" checked" * (i == self.control["default"])} {self._shared}>'
            f"<span>{self.typeset(escape(label))}</span></label>"
            for i, label in self._offered
        )
        return self._several(f"interact-{self.control['kind']}", "".join(choices))
