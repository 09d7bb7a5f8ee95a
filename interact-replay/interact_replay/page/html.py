"""A recording → the HTML of its controls, and of its outputs in the default state."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from itertools import combinations_with_replacement
from typing import Any

from ..recording import shown
from .latex import plain


@dataclass
class Controls:
    """`recording` as `record` made it; its outputs with what Sphinx has rendered; texts with formulas → their HTML."""

    recording: dict[str, Any]
    outputs: list[dict[str, Any]]
    formulas: dict[str, str]
    name: str
    strings: dict[str, str]

    def public(self) -> str:
        """What the player has to know of each control, as JSON that can stand in an attribute, in single quotes."""
        kept = [
            {"kind": c["kind"], "name": plain(c["name"]), "labels": [*map(plain, c["labels"])], "default": c["default"]}
            | ({"parts": [*map(plain, c["parts"])]} if "parts" in c else {})
            for c in self.recording["controls"]
        ]
        return escape(json.dumps(kept, ensure_ascii=False, separators=(",", ":")), quote=False).replace("'", "&#39;")

    def part(self, part: dict[str, Any]) -> str:
        """A part of the layout, with all that is in it."""
        if "control" in part:
            return self.control(part["control"])
        if "html" in part:
            return f'<div class="interact-label">{self.set(part["html"])}</div>'
        if "output" in part:
            output = self.outputs[part["output"]]
            state = 0
            for i in output["controls"]:
                control = self.recording["controls"][i]
                state = state * len(control["labels"]) + control["default"]
            return f'<div class="interact-output" data-output="{part["output"]}">{shown(output, state)}</div>'
        inside = "".join(map(self.part, part["children"]))
        return f'<div class="interact-{part["box"]}">{inside}</div>' if inside else ""

    def set(self, html: str) -> str:
        """With its formulas set."""
        return self.formulas.get(html, html)

    def control(self, index: int) -> str:
        """A native control; it works only with the player, so it is disabled until that has come."""
        control, key = self.recording["controls"][index], f"{self.name}-{index}"
        kind, labels, default = control["kind"], control["labels"], control["default"]
        description = self.set(escape(control["description"]))
        # Browsers that remember what was chosen would show controls that do not fit the picture.
        shared = f'data-control="{index}" data-continuous="{int(control["continuous"])}" autocomplete="off" disabled'
        label = f'<label for="{key}">{description}</label>'
        if kind in ("range", "play"):
            value, named = escape(plain(labels[default])), escape(plain(control["description"]))
            play = f'<button type="button" class="interact-play" data-play="{control.get("interval", 200)}" disabled '
            play += f'aria-pressed="false" aria-label="{escape(self.strings["play"])}: {named}"></button>'
            slider = f'<input type="range" id="{key}" min="0" max="{len(labels) - 1}" value="{default}" '
            slider += f'aria-valuetext="{value}" {shared}>'
            # The slider says its value itself.
            readout = f'<output for="{key}" aria-live="off">{value}</output>'
            return f'<div class="interact-control interact-range">{label}{slider}{readout}{play}</div>'
        if kind == "interval":
            return self._interval(control, key, description, shared)
        if kind == "multiple":
            boxes = "".join(
                f'<label><input type="checkbox"{" checked" * (default >> i & 1)} {shared}><span>{escape(plain(part))}</span></label>'
                for i, part in enumerate(control["parts"])
            )
            return f'<fieldset class="interact-control interact-radio"><legend>{description}</legend>{boxes}</fieldset>'
        if kind == "number":
            ends = [labels[i].replace("\N{MINUS SIGN}", "-") for i in (0, -1, default)]
            box = f'<input type="number" id="{key}" min="{ends[0]}" max="{ends[1]}" step="any" value="{ends[2]}" {shared}>'
            readout = f'<output for="{key}" data-nearest="{escape(self.strings["nearest"])}"></output>'
            return f'<div class="interact-control interact-number">{label}{box}{readout}</div>'
        if kind == "frozen":
            box = f'<input type="text" id="{key}" value="{escape(labels[0])}" autocomplete="off" disabled>'
            return f'<div class="interact-control interact-number">{label}{box}</div>'
        if kind == "checkbox":
            box = f'<input type="checkbox" id="{key}"{" checked" if default else ""} {shared}>'
            return f'<div class="interact-control interact-checkbox">{box}{label}</div>'
        offered = [(i, choice) for i, choice in enumerate(labels) if choice or i != default]
        if kind == "select":
            empty = "" if len(offered) == len(labels) else f'<option value="{default}" selected></option>'
            choices = "".join(
                f'<option value="{i}"{" selected" * (i == default)}>{escape(plain(c))}</option>' for i, c in offered
            )
            box = f'<select id="{key}" {shared}>{empty}{choices}</select>'
            return f'<div class="interact-control interact-select">{label}{box}</div>'
        choices = "".join(
            f'<label><input type="radio" name="{key}" value="{i}"{" checked" * (i == default)} {shared}>'
            f"<span>{self.set(escape(c))}</span></label>"
            for i, c in offered
        )
        return f'<fieldset class="interact-control interact-{kind}"><legend>{description}</legend>{choices}</fieldset>'

    def _interval(self, control: dict[str, Any], key: str, description: str, shared: str) -> str:
        """A slider for each end; the pairs are numbered with the first end changing slowest."""
        parts, default = control["parts"], control["default"]
        ends = list(combinations_with_replacement(range(len(parts)), 2))[default]
        thumbs = "".join(
            f'<input type="range" id="{key}-{side}" min="0" max="{len(parts) - 1}" value="{end}" '
            f'aria-label="{escape(self.strings[side])}" aria-valuetext="{escape(plain(parts[end]))}" {shared}>'
            for side, end in zip(("low", "high"), ends)
        )
        readout = f'<output aria-live="off">{escape(plain(control["labels"][default]))}</output>'
        return (
            f'<fieldset class="interact-control interact-range interact-interval"><legend>{description}</legend>'
            f"<div>{thumbs}</div>{readout}</fieldset>"
        )


def texts(recording: dict[str, Any]) -> Iterator[str]:
    """The HTML of all that stands beside the controls and may hold formulas."""
    for control in recording["controls"]:
        yield escape(control["description"])
        if control["kind"] in ("radio", "buttons"):
            yield from map(escape, control["labels"])
    yield from _labels(recording["layout"])


def _labels(part: dict[str, Any]) -> Iterator[str]:
    if part.get("math"):
        yield part["html"]
    for child in part.get("children", []):
        yield from _labels(child)
