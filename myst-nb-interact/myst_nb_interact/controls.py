"""A recording → the HTML of its controls, and of its outputs in the default state."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from html import escape
from typing import Any

from . import codec
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
            {"name": plain(c["name"]), "labels": [plain(label) for label in c["labels"]], "default": c["default"]}
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
            shown = codec.filled(codec.decode(output, state), output["rich"])
            return f'<div class="interact-output" data-output="{part["output"]}">{shown}</div>'
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
