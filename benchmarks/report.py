"""Results → what is printed, what the plug-in's README shows, and its picture."""

from __future__ import annotations

import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

PLUGIN = Path(__file__).resolve().parents[1] / "interact-replay"
NAMES = {"line": "line plot", "heat": "heat map", "region": "decision region", "table": "printed table"}
NAMES |= {"6:watch_descent": "book, descent", "6:ravine": "book, contours", "7:two_layers": "book, two layers", "8:overflow": "book, softmax"}
COLORS = {"plug-in": "#0067a5", "Panel": "#b84a00", "HoloViews": "#6b7280"}
BEGIN, END = "<!-- comparison -->", "<!-- /comparison -->"


def kilobytes(size: float) -> str:
    """Bytes, to be read: 36 kB, 5.5 MB."""
    if size >= 1e6:
        return f"{size / 1e6:,.1f} MB"
    return f"{size / 1000:,.1f} kB" if size < 1e4 else f"{size / 1000:,.0f} kB"


def ratio(number: float) -> str:
    """1.3, 14, 120: two digits are all that a measurement on a shared machine is good for."""
    return f"{number:.1f}" if number < 10 else f"{float(f'{number:.2g}'):,.0f}"


def line(result: dict[str, Any]) -> str:
    """One result while the run goes on."""
    head = f"{result['tool']:22}{result['subject']:8}{result['states']:6} {result['format']}"
    if "error" in result:
        return f"{head}  failed: {result['error']}"
    each = [1000 * result[k] / result["states"] for k in ("seconds", "cpu")]
    text = f"{head}  {each[0]:8.1f} ms/state ({each[1]:.1f} ms of CPU)"
    text += f"  {kilobytes(result['content']['raw']):>9} raw  {kilobytes(result['content']['gzip']):>9} gzip"
    if "median" in result:
        text += f"  key to frame {result['median']:.0f} ms, p95 {result['p95']:.0f} ms"
        text += f", page in {result['ready']:.1f} s"
        text += f", {result['lost']} keys without a frame" * bool(result["lost"])
    return text + (f"  page: {result['page_error']}" if "page_error" in result else "")


def table(results: list[dict[str, Any]], load: float) -> str:
    """The comparison as Markdown: each figure, and beside it how many times the plug-in's."""
    rows = [
        "| function | states | tool | recording, raw | gzip | time per state | CPU per state "
        "| key to frame, median | p95 | page usable after |",
        "| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: |",
    ]
    base: dict[tuple, dict[str, Any]] = {}
    for r in results:
        case = (r["subject"], r["states"], r["format"])
        name = f"{NAMES[r['subject']]}, {r['format'].upper()}" if r["subject"] != "table" else NAMES["table"]
        if "error" in r:
            rows.append(f"| {name} | {r['states']:,} | {r['tool']} | failed | | | | | | |")
            continue
        if r["tool"] == "plug-in":
            base[case] = r
        own = base.get(case)

        def beside(text: str, value: float, reference: float | None, own=own, r=r) -> str:
            return text if own is r or not reference else f"{text} ({ratio(value / reference)}×)"

        def cell(key: str, unit: str, form: str, own=own, r=r) -> str:
            if key not in r:
                return "–"
            return beside(f"{r[key]:{form}} {unit}", r[key], (own or {}).get(key), own, r)

        times = [
            beside(f"{1000 * r[k] / r['states']:.1f} ms", r[k], own[k] if own else None) for k in ("seconds", "cpu")
        ]
        sizes = [
            beside(kilobytes(r["content"][k]), r["content"][k], own["content"][k] if own else None)
            for k in ("raw", "gzip")
        ]
        cells = [name, f"{r['states']:,}", r["tool"], *sizes, *times]
        cells += [cell("median", "ms", ".0f"), cell("p95", "ms", ".0f"), cell("ready", "s", ".1f")]
        rows.append("| " + " | ".join(cells) + " |")
    libraries = {r["tool"]: r["library"]["gzip"] for r in results if "library" in r and r["tool"] in COLORS}
    notes = [
        "In brackets: how many times the plug-in's figure of the same row.",
        "Each page also loads scripts and styles, gzip: "
        + ", ".join(f"{tool} {kilobytes(size)}" for tool, size in libraries.items())
        + ".",
        f"Panel {version('panel')}, HoloViews {version('holoviews')} (Matplotlib backend), Bokeh {version('bokeh')}, "
        f"marimo-book {version('marimo-book')}, "
        f"Matplotlib {version('matplotlib')}, Python {platform.python_version()}; 2 cores, load average {load:.1f} "
        "when the run began. CPU is what the recording took of both cores together. Times are worth comparing "
        "within this run only.",
    ]
    return "\n".join(rows) + "\n\n" + "\n".join(notes) + "\n"


def write(results: list[dict[str, Any]], load: float) -> None:
    """The table and the picture, and the README's rows between its two markers."""
    docs = PLUGIN / "docs"
    docs.mkdir(exist_ok=True)
    text = table(results, load)
    (docs / "comparison.md").write_text(f"# Comparison\n\nWritten by `make benchmark`.\n\n{text}", encoding="utf-8")
    picture(results, docs / "comparison.svg")
    readme = PLUGIN / "README.md"
    before, _, rest = readme.read_text(encoding="utf-8").partition(BEGIN)
    if rest:
        short = table([r for r in results if shown_in_readme(r, results)], load)
        readme.write_text(f"{before}{BEGIN}\n{short}{END}{rest.partition(END)[2]}", encoding="utf-8")


def shown_in_readme(result: dict[str, Any], results: list[dict[str, Any]]) -> bool:
    """The README has room for one size of each function, the one that was run first."""
    first = next(r for r in results if r["subject"] == result["subject"])
    return result["states"] in (first["states"], 9)


def picture(results: list[dict[str, Any]], file: Path) -> None:
    """Three small panels: size as states grow, time per state, key to frame."""
    import matplotlib

    matplotlib.use("svg")
    import matplotlib.pyplot as plt

    settings = {"svg.fonttype": "none", "svg.hashsalt": "comparison", "font.family": "sans-serif", "font.size": 9}
    settings |= {"axes.spines.top": False, "axes.spines.right": False}
    shown = [r for r in results if r["tool"] in COLORS and "content" in r and r["format"] == "svg"]
    with plt.rc_context(settings):
        fig, (size, time, wait) = plt.subplots(1, 3, figsize=(10, 3), layout="constrained")
        main = [r for r in shown if shown_in_readme(r, results)]
        subjects = list(dict.fromkeys(r["subject"] for r in main))
        for k, (tool, color) in enumerate(COLORS.items()):
            lines = [r for r in shown if r["tool"] == tool and r["subject"] == "line"]
            grown = sorted((r["states"], r["content"]["gzip"] / 1000) for r in lines)
            size.plot(*zip(*grown), "o-", color=color, label=tool, markersize=4)
            own = [r for r in main if r["tool"] == tool]
            places = [subjects.index(r["subject"]) + 0.26 * (k - 1) for r in own]
            time.barh(places, [1000 * r["cpu"] / r["states"] for r in own], 0.24, color=color)
            seen = [(p, r) for p, r in zip(places, own) if "median" in r]
            wait.barh([p for p, _ in seen], [r["median"] for _, r in seen], 0.24, color=color)
            wait.plot([r["p95"] for _, r in seen], [p for p, _ in seen], "|", color=color, markersize=8)
        size.set(xscale="log", yscale="log", xlabel="states (line plot)", title="recording, kB gzip")
        size.set_xticks([100, 400, 1550], ["100", "400", "1,550"])
        size.minorticks_off()
        size.yaxis.set_major_formatter("{x:,.0f}")
        size.legend(frameon=False)
        time.set(xscale="log", title="recording, ms of CPU per state")
        time.xaxis.set_major_formatter("{x:,g}")
        wait.set(title="key to frame, ms (| is p95)")
        for ax in (time, wait):
            ax.set_yticks(range(len(subjects)), [NAMES[s] for s in subjects])
            ax.invert_yaxis()
        fig.savefig(file, metadata={"Date": None})
        plt.close(fig)
