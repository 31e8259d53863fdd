"""The tables of the encoders' own measures, taken before any target.

`alignment`, `mining` and `identity` have a row per encoder, language and layer. `retrieval` has
means over languages for both ways of pooling, at two layers: the original protocol's, and the layer
that development languages chose for the others (waystation.alignment.layer_choice).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from typing import Any

from waystation.grid.cells import all_cells
from waystation.params.schema import Settings
from waystation.report.encoders.encoder_measures import POOLINGS, PROTOCOL_MEASURES
from waystation.report.records import ROWS, CellTask, LayerMean, LayerMeasures, Tables
from waystation.report.scores import in_order
from waystation.text_files import in_form, read_json


def encoder_tables(suite: Settings, align: Path) -> Tables:
    """The four tables, the others empty, from the folder of `align`'s metrics."""
    tables = Tables()
    for model, recipe in all_cells(suite):
        file = align / model / f"{recipe}.json"
        if file.is_file():
            with in_form(file):
                add_cell(tables, {"model": model, "recipe": recipe}, read_json(file, dict), suite)
    return tables


def add_cell(tables: Tables, cell: dict, measures: dict, suite: Settings) -> None:
    """Add the rows of one encoder."""
    layers = cell | {"protocol_layer": measures["protocol_layer"]}
    tables.alignment.extend(language_rows(layers, measures["tasks"], suite))
    tables.mining.extend(language_rows(layers, measures["mining"], suite))
    if identity := measures["language_identity"]:
        tables.identity.extend(layer_rows(layers, identity))
    tables.retrieval.extend(mean_rows(cell, measures, suite))


def language_rows(
    columns: dict, tasks: dict[str, dict[str, dict]], suite: Settings
) -> list[LayerMeasures]:
    """A row per task, language and layer; tasks {task: {language: its entry in align's file}}."""
    rows = []
    for task, languages in tasks.items():
        for code in in_order(languages, suite):
            rows += layer_rows(columns | {"task": task, "language": code}, languages[code])
    return rows


def layer_rows(columns: dict, entry: dict) -> list[LayerMeasures]:
    """A row per layer; counts and chance, which hold for all layers, stand last. Single sentences
    are left out (waystation.report.encoders.paired_retrieval)."""
    constant = {key: value for key, value in entry.items() if key not in ("layers", "right")}
    rows = []
    for layer in entry["layers"]:
        measured = {key: value for key, value in layer.items() if key != "layer"} | constant
        rows.append(LayerMeasures(**columns, layer=layer["layer"], measured=measured))
    return rows


@dataclass(frozen=True)
class Choice:
    """A layer, what chose it (`protocol`, `development`), and the languages scored at it."""

    layer_by: str
    layer: int
    scored: str
    codes: list[str]


def choices(codes: list[str], protocol: int, developed: dict | None, column: str) -> list[Choice]:
    """The layers that count for a measure of a task.

    The layer that development languages have chosen is for the others only. At the protocol's
    layer all languages are scored, and again the others alone, for comparison. `developed` is the
    choice as `align` writes it, None where no language could choose.
    """
    every = Choice("protocol", protocol, "all", codes)
    if developed is None:
        return [every]
    others = developed["scored_on"]
    return [
        every,
        Choice("protocol", protocol, "others", others),
        Choice("development", developed["layers"][column], "others", others),
    ]


def mean_rows(cell: dict[str, str], measures: dict, suite: Settings) -> list[LayerMean]:
    """A row per task, pooling, and choice of a layer."""
    rows = []
    for measure in PROTOCOL_MEASURES:
        for task, languages in measures[measure.key].items():
            developed = measures["development"][task]
            names = cell | {"task": task}
            if developed:
                chosen_on = in_order(developed["chosen_on"], suite)
                names |= {"development_languages": " ".join(chosen_on)}
            for prefix, pooling in POOLINGS.items():
                column = prefix + measure.column
                names |= {"measure": column, "pooling": pooling}
                for choice in choices([*languages], measures["protocol_layer"], developed, column):
                    rows.append(mean_row(names, choice, languages, column))
    return rows


def mean_row(
    names: dict[str, Any], choice: Choice, languages: dict[str, dict], column: str
) -> LayerMean:
    scored = [languages[code] for code in choice.codes]
    return LayerMean(
        **names,
        layer_by=choice.layer_by,
        layer=choice.layer,
        scored=choice.scored,
        **mean(scored, choice.layer, column),
    )


def mean(languages: list[dict], layer: int, column: str) -> dict[str, Any]:
    """The mean of a measure over languages at a layer, as columns of a LayerMean, with its 95 %
    interval."""
    at_layer = [
        next(measured for measured in language["layers"] if measured["layer"] == layer)
        for language in languages
    ]
    values = [measured[column] for measured in at_layer]
    count = "n" if all("n" in language for language in languages) else "n_gold"
    counts = [language[count] for language in languages]
    if count == "n":
        low, high = accuracy_interval(values, counts)
    else:
        precisions, recalls = (
            [measured[name] for measured in at_layer] for name in beside_f1(column)
        )
        low, high = f1_interval(values, precisions, recalls, counts)
    return {
        "languages": len(values),
        "score_percent": sum(values) / len(values),
        "low_percent": low,
        "high_percent": high,
        "interval": ROWS,
        "n": sum(counts),
    }


def accuracy_interval(values: Sequence[float], counts: Sequence[float]) -> tuple[float, float]:
    """The 95 % interval in percent of the mean of accuracies, each of `counts` sentences.

    Each sentence is right or wrong by itself. The interval is normal, with the variance of
    (right + 2) of (n + 4) sentences.
    """
    variance = 0.0
    for value, count in zip(values, counts, strict=True):
        n = count + 4
        share = (value / 100 * count + 2) / n
        variance += share * (1 - share) / n
    return around(values, variance)


def beside_f1(column: str) -> tuple[str, str]:
    """The columns of precision and recall beside an F1's."""
    return column.replace("f1", "precision"), column.replace("f1", "recall")


def f1_interval(
    values: Sequence[float],
    precisions: Sequence[float],
    recalls: Sequence[float],
    gold: Sequence[float],
) -> tuple[float, float]:
    """The 95 % interval in percent of the mean of F1s of mined pairs, of which there are `gold`.

    F1 is a ratio of sums over pairs: 2 of 2 for one that is found, 0 of 1 for one that is missed or
    wrongly proposed. The interval is normal, by the delta method, with the variance of two pairs
    more of each kind.
    """
    variance = 0.0
    for precision, recall, pairs in zip(precisions, recalls, gold, strict=True):
        right = recall / 100 * pairs
        wrong = right * (100 / precision - 1) if precision else 0.0
        found, lost = right + 2, pairs - right + wrong + 4
        f1, size = 2 * found / (2 * found + lost), 2 * found + lost
        variance += (found * (2 - 2 * f1) ** 2 + lost * f1**2) / size**2
    return around(values, variance)


def around(values: Sequence[float], variance: float) -> tuple[float, float]:
    """The interval of a mean of percents; `variance`: of the sum of the shares."""
    score, reach = sum(values) / len(values), 196 * sqrt(variance) / len(values)
    return max(0.0, score - reach), min(100.0, score + reach)


def protocol_means(rows: list[LayerMeasures], column: str) -> dict[CellTask, float]:
    """Mean over languages at the protocol's layer, by model, recipe and task."""
    languages = at_protocol_layer(rows, column)
    return {key: sum(values) / len(values) for key, values in languages.items()}


def at_protocol_layer(rows: list[LayerMeasures], column: str) -> dict[CellTask, list[float]]:
    """A measure's values in all languages at the protocol's layer, by model, recipe and task.

    A measure of no task has the task "".
    """
    values: dict[CellTask, list[float]] = {}
    for row in rows:
        value = row.measured.get(column)
        if row.layer == row.protocol_layer and value is not None:
            values.setdefault((row.model, row.recipe, row.task or ""), []).append(value)
    return values
