"""A recording → the HTML of its controls, and of its outputs in the default state."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from html import escape
from itertools import count
from typing import Any

from ..recording import parts, shown
from .inputs import Input
from .latex import plain


@dataclass
class Controls:
    """`recording` as `record` made it; its outputs with what has been rendered; texts with formulas → their HTML."""

    recording: dict[str, Any]
    outputs: list[dict[str, Any]]
    formulas: dict[str, str]
    name: str
    strings: dict[str, str]
    _keys: dict[str, Iterator[int]] = field(default_factory=dict, init=False)

    def public(self) -> str:
        """What the player has to know of each control, as JSON that can stand in an attribute, in single quotes."""
        kept = [
            {"kind": c["kind"], "name": plain(c["name"]), "labels": [*map(plain, c["labels"])], "default": c["default"]}
            | ({"label": plain(c["description"])} if c["description"] not in ("", c["name"]) else {})
            | ({"parts": [*map(plain, c["parts"])]} if "parts" in c else {})
            | ({"locked": True} if c.get("locked") else {})
            for c in self.recording["controls"]
        ]
        return escape(json.dumps(kept, ensure_ascii=False, separators=(",", ":")), quote=False).replace("'", "&#39;")

    def figure(self, key: str, source: str = "") -> str:
        """All that stands on the page; `source` is the attribute that says from where the player gets the rest."""
        text = {name: escape(words) for name, words in self.strings.items()}
        said = {name: self.strings[name] for name in ("address", "copied", "copy", "embed", "picture", "selected", "send", "unknown")}
        return (
            f'<div class="interact" id="{self.name}" data-interact="{key}"{source} '
            f"data-controls='{self.public()}' data-failed=\"{text['failed']}\" data-loading=\"{text['loading']}\" "
            f'data-words="{escape(json.dumps(said, ensure_ascii=False))}">'
            f'<noscript><p class="interact-notice">{text["noscript"]}</p></noscript>'
            f'{self.html()}<button type="button" class="interact-reset" disabled>{text["reset"]}</button>'
            f'<button type="button" class="interact-share" aria-expanded="false" disabled>{text["share"]}</button>'
            '<p class="interact-notice" role="status" hidden></p></div>'
        )

    def html(self) -> str:
        """All of the layout, below what the reader has to know of it."""
        single = any(output.get("single") for output in self.outputs)
        hint = f'<p class="interact-hint">{escape(self.strings["single"])}</p>' if single else ""
        return hint + self._part(self.recording["layout"])

    def _part(self, part: dict[str, Any]) -> str:
        """A part of the layout, with all that is in it; one that the page cannot have is empty."""
        if not part:
            return ""
        if "control" in part:
            return self._control(part)
        if "html" in part:
            return f'<div class="interact-label">{self._typeset(part["html"])}</div>'
        if "output" in part:
            output = self.outputs[part["output"]]
            default = shown(output, _default(output, self.recording["controls"]))
            return f'<div class="interact-output" data-output="{part["output"]}">{default}</div>'
        box, children = part["box"], [*map(self._part, part["children"])]
        if not any(children):
            return ""
        if box == "tabs":
            return self._tabs(part, children)
        if box == "accordion":
            return self._accordion(part, children)
        if box == "grid":
            return _grid(part, children)
        return f'<div class="interact-{box}">{"".join(children)}</div>'

    def _typeset(self, html: str) -> str:
        """With its formulas set."""
        return self.formulas.get(html, html)

    def _key(self, key: str) -> str:
        """An identifier that no other part has."""
        number = next(self._keys.setdefault(key, count()))
        return f"{key}-{number}" if number else key

    def _control(self, part: dict[str, Any]) -> str:
        """An input; where several parts are the same control's, each has its own kind and description."""
        index = part["control"]
        own = {name: part[name] for name in ("kind", "description", "interval", "repeat") if part.get(name)}
        driven = (p["control"] for p in parts(self.recording["layout"]) if p.get("kind") == "play")
        key = self._key(f"{self.name}-{index}")
        control = self.recording["controls"][index] | own
        made = Input(control, index, key, self.strings, self._typeset, playable=index not in driven)
        return f'<div class="interact-control interact-lone">{made.play()}</div>' if part.get("kind") == "play" else made.html()

    def _tabs(self, part: dict[str, Any], children: list[str]) -> str:
        """Without the player, its parts stand one below the other, each with its title."""
        key, chosen, tabs, panels = self._key(f"{self.name}-tabs"), part.get("chosen") or 0, "", ""
        for i, (title, child) in enumerate(zip(_titles(part), children)):
            tabs += f'<button type="button" role="tab" id="{key}-tab{i}" aria-controls="{key}-panel{i}" '
            tabs += f'aria-selected="{str(i == chosen).lower()}">{title}</button>'
            panels += f'<div role="tabpanel" id="{key}-panel{i}" aria-labelledby="{key}-tab{i}">'
            panels += f'<p class="interact-title">{title}</p>{child}</div>'
        return f'<div class="interact-tabs"><div role="tablist" hidden>{tabs}</div>{panels}</div>'

    def _accordion(self, part: dict[str, Any], children: list[str]) -> str:
        """Of details with the same name, browsers open one at a time."""
        key = self._key(f"{self.name}-accordion")
        details = (
            f'<details name="{key}"{" open" * (i == part.get("chosen"))}><summary>{title}</summary>{child}</details>'
            for i, (title, child) in enumerate(zip(_titles(part), children))
        )
        return f'<div class="interact-accordion">{"".join(details)}</div>'


def _grid(part: dict[str, Any], children: list[str]) -> str:
    """Its CSS is for where there is room; elsewhere it is a column."""
    places = {f"--interact-{name}": part.get(name) for name in ("columns", "rows", "areas", "gap")}
    cells = (f"<div{_style({'--interact-area': p.get('area')})}>{child}</div>" for p, child in zip(part["children"], children))
    return f'<div class="interact-room"><div class="interact-grid"{_style(places)}>{"".join(cells)}</div></div>'


def _style(values: dict[str, str | None]) -> str:
    text = ";".join(f"{name}:{value}" for name, value in values.items() if value)
    return f' style="{escape(text)}"' if text else ""


def _titles(part: dict[str, Any]) -> list[str]:
    """One for each child; one without a title has its number."""
    titles = [*part["titles"], *[""] * len(part["children"])]
    return [escape(title) or str(i) for i, title in enumerate(titles[: len(part["children"])], 1)]


def _default(output: dict[str, Any], controls: list[dict[str, Any]]) -> int:
    """The number of the state in which the page begins."""
    state = 0
    for i in () if output.get("single") else output["controls"]:
        state = state * len(controls[i]["labels"]) + controls[i]["default"]
    return state


def alternatives(alt: str) -> list[str]:
    """The first two fillings: what the text alternative is in an SVG's tag and in an image's."""
    return [f' role="img" aria-label="{escape(alt)}"' if alt else "", f' alt="{escape(alt)}"']


def rendered(outputs: list[dict[str, Any]], alt: str, render: Callable[[str, str], str]) -> list[dict[str, Any]]:
    """Outputs whose rich pieces are HTML, as `render` makes of MIME type and text."""
    alts = alternatives(alt)
    return [
        one | {"chunks": [chunk | {"rich": alts + [render(*piece) for piece in chunk["rich"]]} for chunk in one["chunks"]]}
        for one in outputs
    ]


def calls(outputs: list[dict[str, Any]], recording: dict[str, Any]) -> list[list[Any]]:
    """What the player is called with: the recording, then each chunk of outputs that have several."""
    several = {k: output["chunks"] for k, output in enumerate(outputs) if len(output["chunks"]) > 1}
    there = [output | ({"chunks": [None] * len(several[k])} if k in several else {}) for k, output in enumerate(outputs)]
    main = {"outputs": there} | {key: recording[key] for key in ("reached", "sets") if key in recording}
    return [[main], *([chunk, k, c] for k, chunks in several.items() for c, chunk in enumerate(chunks))]


def written(what: Any) -> str:
    """As JSON that can stand in a script."""
    text = json.dumps(what, ensure_ascii=False, separators=(",", ":"))
    # Line separators end a JavaScript line inside JSON's strings in old engines; U+2028 and U+2029 must be escaped.
    return text.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def texts(recording: dict[str, Any]) -> Iterator[str]:
    """The HTML of all that stands beside the controls and may hold formulas."""
    controls, layout = recording["controls"], [*parts(recording["layout"])]
    for control in (*controls, *(controls[part["control"]] | part for part in layout if "control" in part)):
        yield escape(control["description"])
        if control["kind"] in ("radio", "buttons"):
            yield from map(escape, control["labels"])
    yield from (part["html"] for part in layout if part.get("math"))
