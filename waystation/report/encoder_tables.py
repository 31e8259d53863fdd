"""The report's tables of what was measured on the encoders themselves, before any target.

alignment, mining, identity: a row per encoder, language and layer. retrieval: means over languages
at the layers that count, the original protocol's and the one that development languages chose for
the others (waystation.alignment.layer_choice), over both ways of pooling.
"""

from math import sqrt
from pathlib import Path

from waystation.files import read_json
from waystation.grid.cells import all_cells
from waystation.params.schema import Settings
from waystation.report.encoder_measures import POOLINGS, PROTOCOL_MEASURES
from waystation.report.scores import in_order


def encoder_tables(suite: Settings, align: Path) -> dict[str, list[dict]]:
    """All of them by name."""
    names = ("alignment", "mining", "identity", "retrieval")
    found: dict[str, list[dict]] = {name: [] for name in names}
    for model, recipe in all_cells(suite):
        file = align / model / f"{recipe}.json"
        if not file.is_file():
            continue
        told, shared = read_json(file), {"model": model, "recipe": recipe}
        found["retrieval"] += chosen_rows(shared, told, suite)
        shared["protocol_layer"] = told["protocol_layer"]
        found["alignment"] += language_rows(shared, told["tasks"], suite)
        found["mining"] += language_rows(shared, told["mining"], suite)
        if identity := told["language_identity"]:
            found["identity"] += layer_rows(shared, identity)
    return found


def language_rows(shared: dict, tasks: dict, settings: Settings) -> list[dict]:
    rows = []
    for task, languages in tasks.items():
        for code in in_order(languages, settings):
            rows += layer_rows(shared | {"task": task, "language": code}, languages[code])
    return rows


def layer_rows(shared: dict, entry: dict) -> list[dict]:
    """A row per layer, with what holds for all layers at its end."""
    constant = {key: value for key, value in entry.items() if key != "layers"}
    return [shared | layer | constant for layer in entry["layers"]]


def chosen_rows(shared: dict, told: dict, settings: Settings) -> list[dict]:
    """A row per task, pooling, choice of a layer and languages that are scored at it.

    At the layer that development languages have chosen only the others are; at the protocol's, all
    languages are, and those others for comparison.
    """
    rows = []
    for measure in PROTOCOL_MEASURES:
        for task, languages in told[measure.key].items():
            for prefix, pooling in POOLINGS.items():
                column = prefix + measure.column
                row = shared | {"task": task, "measure": column, "pooling": pooling}
                choices = [("protocol", "all", told["protocol_layer"], list(languages))]
                if chosen := told["development"][task]:
                    others, layer = chosen["scored_on"], chosen["layers"][column]
                    row["development_languages"] = " ".join(in_order(chosen["chosen_on"], settings))
                    choices += [("protocol", "others", told["protocol_layer"], others)]
                    choices += [("development", "others", layer, others)]
                for layer_by, scored, layer, codes in choices:
                    head = row | {"layer_by": layer_by, "layer": layer, "scored": scored}
                    found = [languages[code] for code in codes]
                    rows.append(head | mean(found, layer, column))
    return rows


def mean(languages: list[dict], layer: int, measure: str) -> dict:
    """The mean of a measure over languages at a layer; of an accuracy with a 95 % interval, of F1
    without."""
    values = [
        next(found[measure] for found in language["layers"] if found["layer"] == layer)
        for language in languages
    ]
    score = sum(values) / len(values)
    told = {"languages": len(values), "score_percent": score}
    if any("n" not in language for language in languages):
        return told | {"n": sum(language["n_gold"] for language in languages)}
    counts = [language["n"] for language in languages]
    low, high = accuracy_interval(values, counts)
    return told | {"low_percent": low, "high_percent": high, "n": sum(counts)}


def accuracy_interval(values: list[float], counts: list[int]) -> tuple[float, float]:
    """The 95 % interval in percent of the mean of accuracies, each of `counts` sentences.

    It is over sentences, each right or wrong by itself: normal, its variance that of (right + 2) of
    (n + 4) sentences.
    """
    score, variance = sum(values) / len(values), 0.0
    for value, count in zip(values, counts, strict=True):
        n = count + 4
        share = (value / 100 * count + 2) / n
        variance += share * (1 - share) / n
    reach = 196 * sqrt(variance) / len(values)
    return max(0.0, score - reach), min(100.0, score + reach)


def protocol_means(rows: list[dict], measure: str) -> dict[tuple[str, str, str], float]:
    """Mean over languages at the protocol's layer, by model, recipe and task."""
    found = by_cell(rows, measure)
    return {key: sum(values) / len(values) for key, values in found.items()}


def by_cell(rows: list[dict], measure: str) -> dict[tuple[str, str, str], list[float]]:
    """A measure in all languages at the protocol's layer, by model, recipe and task."""
    found: dict[tuple[str, str, str], list[float]] = {}
    for row in rows:
        if row["layer"] == row["protocol_layer"] and row.get(measure) is not None:
            key = (row["model"], row["recipe"], row.get("task", ""))
            found.setdefault(key, []).append(row[measure])
    return found
