"""The encoders' own measures as Markdown tables."""

from waystation.report.encoders.encoder_measures import RESULTS, Measure, shown
from waystation.report.encoders.encoder_tables import (
    accuracy_interval,
    at_protocol_layer,
    beside_f1,
    f1_interval,
)
from waystation.report.markdown_parts import block, mean
from waystation.report.records import Tables, number

MARGIN_MEASURE = "margin_to_english"


def retrieval(tables: Tables, recipes: set[str]) -> str:
    """The measures of some recipes' encoders at the protocol's layer: means over languages, and
    their range."""
    columns: dict[str, dict[tuple[str, str], str]] = {}
    for measure in shown(RESULTS):
        columns |= measure_columns(tables, measure)
    cells = dict.fromkeys(cell for column in columns.values() for cell in column)
    rows = [
        [f"`{model}`" if recipe else model, f"`{recipe}`" if recipe else ""]
        + [column.get((model, recipe), "-") for column in columns.values()]
        for model, recipe in cells
        if recipe in recipes or not recipe
    ]
    heading = (
        "The encoders of the recipes above at the protocol's layer, percent: margin retrieval of "
        "the English translation, and mining, with 95 % intervals over rows (sentences); means "
        "over languages (lowest to highest language). n: pairs of a language."
    )
    return block(heading, ["model", "recipe", *columns], rows)


def retention(tables: Tables) -> str:
    """What a recipe does to retrieval at the protocol's layer: a row a trained encoder."""
    rows = [
        row
        for row in tables.retention
        if row.layer == row.protocol_layer and row.measure == MARGIN_MEASURE
    ]
    tested = list(dict.fromkeys(row.task for row in rows))
    by_cell = {(row.model, row.recipe, row.task): row for row in rows}
    lines = []
    for model, recipe in dict.fromkeys((row.model, row.recipe) for row in rows):
        found = [by_cell.get((model, recipe, task)) for task in tested]
        texts = [
            f"{row.difference.signed()} ({row.retained.value:.0f} %)" if row else "-"
            for row in found
        ]
        lines.append([f"`{model}`", f"`{recipe}`", *texts])
    heading = (
        "What a recipe does to the encoder's margin retrieval at the protocol's layer: points over "
        "the encoder before, paired by sentence, with 95 % intervals over rows (sentences; each "
        "encoder was trained once, so nothing is bold), and the percentage that is kept."
    )
    return block(heading, ["model", "recipe", *(f"`{task}`" for task in tested)], lines)


def measure_columns(tables: Tables, measure: Measure) -> dict[str, dict[tuple[str, str], str]]:
    """A measure's columns, one a task: texts by cell, and those of the rows `n` and `chance`."""
    rows = getattr(tables, measure.table)
    chances, counts = (
        at_protocol_layer(rows, "chance_percent"),
        at_protocol_layer(rows, measure.count),
    )
    columns: dict[str, dict[tuple[str, str], str]] = {}
    for cell_and_task, values in at_protocol_layer(rows, measure.column).items():
        model, recipe, task = cell_and_task
        chance, n = chances.get(cell_and_task), counts[cell_and_task]
        column = columns.setdefault(measure.label.format(f"`{task}`"), {})
        column["n", ""] = str(min(n))
        column["chance", ""] = number(mean(chance) if chance else None)
        reach = f"({min(values):.1f} to {max(values):.1f})"
        if measure.is_accuracy:
            low, high = accuracy_interval(values, n)
        else:
            precisions, recalls = (
                at_protocol_layer(rows, name)[cell_and_task] for name in beside_f1(measure.column)
            )
            low, high = f1_interval(values, precisions, recalls, n)
        column[model, recipe] = f"{mean(values):.1f} [{low:.1f}, {high:.1f}] {reach}"
    return columns
