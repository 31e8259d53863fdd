"""The few numbers that a pull request compares, and the files of a report."""

import importlib
import pkgutil
from importlib import metadata
from pathlib import Path

import numpy as np

from waystation.base.progress import progress
from waystation.params.schema import Settings
from waystation.report import csv_files, figures, markdown
from waystation.report.differences import MEAN
from waystation.report.encoder_measures import SUMMARY, shown
from waystation.report.encoder_tables import protocol_means
from waystation.report.scores import Score
from waystation.report.second_scores import SECOND_SCORES
from waystation.report.tables import english_scores


def write_plots(folder: Path, made: dict[str, list[dict]]) -> None:
    """All tables as CSV, the result tables as Markdown, and all figures as PNG."""
    folder.mkdir(parents=True)
    csv_files.write(folder, made)
    (folder / "results.md").write_text(markdown.markdown(csv_files.read(folder)))
    names = [entry.name for entry in pkgutil.iter_modules(figures.__path__)]
    for name in progress(names, len(names), "report", "figures"):
        figure = importlib.import_module(f"waystation.report.figures.{name}")
        figure.draw(made, folder / f"{name}.png")


def summary(scores: list[Score], made: dict[str, list[dict]]) -> dict:
    """The few numbers that a pull request compares: {model: {recipe: {task: ...}}}.

    Beside the scores the paired differences: `model_size` of every recipe between two models,
    `pretraining` of `none` less `random`; both of the zero-shot means. And `averages` of a
    benchmark's tasks, groups and whole, English included.
    """
    told: dict = {}
    english = english_scores(made["scores"])
    for row in made["gains"]:
        key = (row["model"], row["recipe"], row["task"])
        entry = told.setdefault(row["model"], {}).setdefault(row["recipe"], {})
        entry[row["task"]] = {
            "english_percent": rounded(english.get(key)),
            "zero_shot_percent": rounded(row["zero_shot_percent"]),
            "other_languages_percent": rounded(row["other_languages_percent"]),
            **{
                f"{second.name(row['metric'])}_zero_shot_percent": rounded(
                    row.get(second.columns[0])
                )
                for second in SECOND_SCORES
                if second.is_column
            },
            "oracle_zero_shot_percent": rounded(row["oracle_percent"]),
            "gain_points": rounded(row.get("gain")),
            "gain_low_points": rounded(row.get("low")),
            "gain_high_points": rounded(row.get("high")),
        }
        for second in SECOND_SCORES:
            if not second.is_column and second.columns[0] in row:
                name = second.name(row["metric"])
                in_english = english_scores(made["scores"], second.columns[0])
                entry[row["task"]] |= {
                    f"{name}_english_percent": rounded(in_english.get(key)),
                    f"{name}_zero_shot_percent": rounded(row[second.columns[0]]),
                }
    for measure in shown(SUMMARY):
        means = protocol_means(made[measure.table], measure.column)
        for (model, recipe, task), value in means.items():
            entry = told.setdefault(model, {}).setdefault(recipe, {})
            entry.setdefault(task, {})[measure.column] = rounded(value)
    for row in made["retrieval"]:
        entry = told.setdefault(row["model"], {}).setdefault(row["recipe"], {})
        entry.setdefault(row["task"], {}).update(at_chosen_layer(row))
    cells = {(s.model, s.recipe, s.target) for s in scores if not s.languages}
    size, pretraining = {}, {}
    for row in made["sizes"]:
        entry = size.setdefault(f"{row['model']}_less_{row['smaller_model']}", {})
        entry.setdefault(row["recipe"], {})[row["task"]] = difference(row)
    for row in made["pretraining"]:
        if row["language"] == MEAN:
            pretraining.setdefault(row["model"], {})[row["task"]] = difference(row)
    told = {"not_run_cells": len(cells), "scores": told}
    told |= {"model_size": size, "pretraining": pretraining}
    for row in made["overall"]:
        entry = told.setdefault("averages", {}).setdefault(row["benchmark"], {})
        entry = entry.setdefault(row["model"], {}).setdefault(row["recipe"], {})
        entry[f"{row['tasks']}_percent"] = rounded(row["score_percent"])
    return told


def difference(row: dict) -> dict:
    """A paired difference with its interval, its test examples of a language and its seeds."""
    points = {f"{key}_points": rounded(row[key]) for key in ("difference", "low", "high")}
    return points | {"n": row["n"], "seeds": row["seeds"]}


def made_from(checksums: dict[str, str], suite: Settings) -> dict:
    """What a summary is made from; as lists, which `dvc metrics` does not take for metrics.

    `checksums` {path: SHA-256} only of the inputs that its numbers come from: timings never change
    the summary of scores.
    """
    origin = {
        "inputs_sha256": [[path, checksum] for path, checksum in checksums.items()],
        "seeds": list(suite.seeds),
        "versions": [["numpy", metadata.version("numpy")]],
    }
    return {"made_from": origin}


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
    """Medians over languages: {"cost": {model: {recipe: {task: ...}}}}."""
    names = ("latency_p50_ms", "latency_p95_ms", "latency_p99_ms")
    names += ("examples_per_sec", "tokens_per_sec")
    same: dict[tuple, list[dict]] = {}
    for row in rows:
        same.setdefault((row["model"], row["recipe"], row["task"]), []).append(row)
    told: dict = {}
    for (model, recipe, task), cells in same.items():
        entry = told.setdefault(model, {}).setdefault(recipe, {})
        entry[task] = {name: rounded(np.median([row[name] for row in cells])) for name in names}
    return {"cost": told}


def rounded(value: float | None) -> float | None:
    return None if value is None else round(float(value), 3)
