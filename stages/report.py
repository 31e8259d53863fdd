"""Gather the grid into summaries, tables and figures.

The grid is read from the parameters, never from what lies in a folder; a cell that has not run is
shown as not run. Writes the summary of scores, the summary of cost (timings stay apart), CSV tables
for `dvc plots`, PNG figures, and prints the result table.
"""

import csv
import importlib
import pkgutil
from pathlib import Path

import numpy as np

from stages import figures, tables
from stages.command import stage, write_json
from stages.encoder_tables import protocol_means
from stages.grid import Score, read_scores
from stages.printed import cost_table, score_table
from stages.tables import english_scores


def main() -> None:
    with stage(
        __doc__,
        inputs=["code", "scores", "predictions", "align", "benchmark"],
        outputs=["summary", "cost", "plots"],
        params=["suite", "languages", "models", "recipes", "extra", "orders", "target", "report"],
    ) as run:
        scores = read_scores(run)
        made = tables.make(scores, run)
        write_plots(run.outputs["plots"], made)
        write_json(run.outputs["summary"], summary(scores, made))
        write_json(run.outputs["cost"], cost_summary(made["cost"]))
        print(score_table(made, run.settings))
        print(cost_table(made["cost"], run.settings))
        done = sum(bool(s.languages) for s in scores)
        run.made = f"{done} scores of {len(run.settings.cells)} encoders"


def write_plots(folder: Path, made: dict[str, list[dict]]) -> None:
    """All tables as CSV and all figures as PNG."""
    folder.mkdir(parents=True)
    for name, rows in made.items():
        write_table(folder / f"{name}.csv", rows)
    for entry in pkgutil.iter_modules(figures.__path__):
        figure = importlib.import_module(f"stages.figures.{entry.name}")
        figure.draw(made, folder / f"{entry.name}.png")


def summary(scores: list[Score], made: dict[str, list[dict]]) -> dict:
    """The few numbers that a pull request compares: {model: {recipe: {task: ...}}}."""
    told: dict = {}
    english = english_scores(made["scores"])
    for row in made["gains"]:
        key = (row["model"], row["recipe"], row["task"])
        entry = told.setdefault(row["model"], {}).setdefault(row["recipe"], {})
        entry[row["task"]] = {
            "english_percent": rounded(english.get(key)),
            "zero_shot_percent": rounded(row["zero_shot_percent"]),
            "other_languages_percent": rounded(row["other_languages_percent"]),
            "oracle_zero_shot_percent": rounded(row["oracle_percent"]),
            "gain_points": rounded(row.get("gain")),
            "gain_low_points": rounded(row.get("low")),
            "gain_high_points": rounded(row.get("high")),
        }
    for measure in ("margin_to_english_percent", "unshared_margin_to_english_percent"):
        for (model, recipe, task), value in protocol_means(made["alignment"], measure).items():
            entry = told.setdefault(model, {}).setdefault(recipe, {})
            entry.setdefault(task, {})[measure] = rounded(value)
    for row in made["retrieval"]:
        entry = told.setdefault(row["model"], {}).setdefault(row["recipe"], {})
        entry.setdefault(row["task"], {}).update(at_chosen_layer(row))
    cells = {(s.model, s.recipe, s.target) for s in scores if not s.languages}
    return {"not_run_cells": len(cells), "scores": told}


def at_chosen_layer(row: dict) -> dict:
    """What the summary tells of a row of the table `retrieval`; names say which layer it was."""
    layer, score = f"{row['layer_by']}_layer", rounded(row["score_percent"])
    if (row["layer_by"], row["scored"]) == ("protocol", "others"):
        return {f"{layer}_same_languages_{row['measure']}": score}  # as at the development's
    told = {f"{layer}_{row['measure']}": score}
    if row["measure"].startswith("no_special"):
        return told | {f"{layer}_no_special": row["layer"]}
    return told | {layer: row["layer"], f"{layer}_languages": row["languages"]}


def cost_summary(rows: list[dict]) -> dict:
    """Medians over languages: {model: {recipe: {task: ...}}}."""
    names = ("latency_p50_ms", "latency_p95_ms", "latency_p99_ms")
    names += ("examples_per_sec", "tokens_per_sec")
    same: dict[tuple, list[dict]] = {}
    for row in rows:
        same.setdefault((row["model"], row["recipe"], row["task"]), []).append(row)
    told: dict = {}
    for (model, recipe, task), cells in same.items():
        entry = told.setdefault(model, {}).setdefault(recipe, {})
        entry[task] = {name: rounded(np.median([row[name] for row in cells])) for name in names}
    return told


def rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), 3)


def write_table(file: Path, rows: list[dict]) -> None:
    """Write a CSV with the union of the rows' columns, numbers with four decimals."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, columns, lineterminator="\n")
        writer.writeheader()
        for row in rows:
            writer.writerow({k: f"{v:.4f}" if isinstance(v, float) else v for k, v in row.items()})


if __name__ == "__main__":
    main()
