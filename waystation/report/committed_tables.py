"""The tables of the documents in Markdown, from the CSV tables that a suite's run has left.

Every function takes the suite's folder below plots/. Scores are zero-shot means over languages in
percent, gains are in points, intervals hold 95 %.
"""

import csv
from collections.abc import Callable
from pathlib import Path
from statistics import fmean, median

from waystation.grid.names import CONTROLS
from waystation.report.averages import OVERALL
from waystation.report.csv_files import value_of
from waystation.report.differences import NONE, RANDOM
from waystation.report.markdown import closest
from waystation.xtreme.benchmarks import BENCHMARKS

ENCODERS = {  # {table: {measure: how its column is called}}
    "alignment": {
        "margin_to_english_percent": "all tokens",
        "unshared_margin_to_english_percent": "unshared tokens",
        "cka_to_english": "CKA with English",
        "cka_to_pretrained": "CKA with `none`",
    },
    "mining": {"f1_percent": "F1", "unshared_f1_percent": "F1, unshared tokens"},
}
COST = {  # {column: (how it is called, its format)}
    "latency_p50_ms": ("p50, ms", ".2f"),
    "latency_p95_ms": ("p95, ms", ".2f"),
    "examples_per_sec": ("examples a second", ",.0f"),
    "tokens_per_sec": ("tokens a second", ",.0f"),
}


def headline(folder: Path, model: str) -> str:
    """A line a task: without pretraining, without and with the intermediate task of its kind."""
    rows = [row for row in read(folder / "gains.csv") if row["model"] == model]
    cells = {(row["recipe"], row["task"]): row for row in rows}
    related = closest({"gains": rows})
    lines = [["task", "n", "chance", f"`{RANDOM}`", f"`{NONE}`", "task of its kind", "gain"]]
    for task in dict.fromkeys(row["task"] for row in rows):
        row = next(row for row in rows if row["task"] == task)
        recipe = related.get((model, task))
        related_row = cells.get((recipe, task))
        lines.append(
            [
                f"`{task}`, {row['metric'].replace('_', ' ')}",
                f"{row['n']} x {row['seeds']}",
                f"{row['chance_percent']:.1f}" if "chance_percent" in row else "-",
                scored(cells.get((RANDOM, task))),
                scored(cells.get((NONE, task))),
                f"`{recipe}` {scored(related_row)}" if recipe else "-",
                gained(related_row),
            ]
        )
    return piped(lines)


def scored(row: dict | None) -> str:
    if row is None:
        return "-"
    return f"{row['zero_shot_percent']:.1f} [{row['low_percent']:.1f}, {row['high_percent']:.1f}]"


def gained(row: dict | None) -> str:
    if row is None:
        return "-"
    return marked(row, f"{row['gain']:+.1f} [{row['low']:+.1f}, {row['high']:+.1f}]")


def marked(row: dict, gain: str) -> str:
    """Bold where the interval over several seeds excludes zero."""
    clear = row["seeds"] > 1 and (row["low"] > 0 or row["high"] < 0)
    return f"**{gain}**" if clear else gain


def every_recipe(folder: Path) -> str:
    """The score of each recipe on each task, and its gain; of the controls the score alone."""

    def cells(row: dict) -> dict[str, str]:
        gain = "" if row["recipe"] in CONTROLS else " " + marked(row, f"{row['gain']:+.1f}")
        texts = {row["task"]: f"{row['zero_shot_percent']:.1f}{gain}"}
        if "unshared_percent" in row:
            texts[f"{row['task']}, unshared tokens"] = f"{row['unshared_percent']:.1f}"
        return texts

    return pivot(read(folder / "gains.csv"), cells)


def encoders(folder: Path) -> str:
    """What was measured on the encoders at the protocol's layer, means over languages."""
    measured: dict[tuple[str, str, str], list[float]] = {}
    for name, measures in ENCODERS.items():
        for row in read(folder / f"{name}.csv"):
            for measure in measures.keys() & row.keys():
                if row["layer"] == row["protocol_layer"]:
                    title = f"`{row['task']}`, {measures[measure]}"
                    cell = measured.setdefault((row["model"], row["recipe"], title), [])
                    cell.append(row[measure])
    columns = sorted({title for *_, title in measured})
    rows = [
        {"model": model, "recipe": recipe}
        | {title: measured[model, recipe, title] for title in columns}
        for model, recipe in dict.fromkeys(key[:2] for key in measured)
    ]
    return pivot(rows, lambda row: {title: f"{fmean(row[title]):.2f}" for title in columns})


def overall(folder: Path) -> str:
    """The averages of XTREME and XTREME-R, English included, of what has all of its tasks."""
    rows = [
        row
        for row in read(folder / "overall.csv")
        if row["tasks"] in (*BENCHMARKS[row["benchmark"]].groups, OVERALL)
    ]
    return pivot(
        rows, lambda row: {f"{row['benchmark']}, {row['tasks']}": f"{row['score_percent']:.1f}"}
    )


def cost(folder: Path) -> str:
    """Latency of single examples and throughput, medians over tasks and languages."""
    cells: dict[tuple[str, str], list[dict]] = {}
    for row in read(folder / "cost.csv"):
        cells.setdefault((row["model"], row["recipe"]), []).append(row)
    rows = [
        {"model": model, "recipe": recipe}
        | {
            title: format(median(row[column] for row in same), form)
            for column, (title, form) in COST.items()
        }
        for (model, recipe), same in cells.items()
    ]
    return pivot(rows, lambda row: {title: row[title] for title, _ in COST.values()})


def read(file: Path) -> list[dict]:
    """The rows of a CSV table; what is empty is absent."""
    with file.open(newline="", encoding="utf-8") as stream:
        return [
            {key: value_of(text) for key, text in row.items() if text}
            for row in csv.DictReader(stream)
        ]


def pivot(rows: list[dict], cells: Callable[[dict], dict[str, str]]) -> str:
    """A line a model and recipe; `cells` says what a row puts into which columns."""
    lines: dict[tuple[str, str], dict[str, str]] = {}
    for row in rows:
        lines.setdefault((row["model"], row["recipe"]), {}).update(cells(row))
    columns = list(dict.fromkeys(column for line in lines.values() for column in line))
    written = [
        [f"`{model}`", f"`{recipe}`", *(line.get(column, "-") for column in columns)]
        for (model, recipe), line in lines.items()
    ]
    return piped([["model", "recipe", *columns], *written])


def piped(lines: list[list[str]]) -> str:
    """A Markdown table of a heading and rows."""
    head, *rows = lines
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [head, ["---"] * len(head), *rows])
