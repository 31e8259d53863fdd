"""Why languages differ in speed: tokens a word, beside tokens a second and examples a second.

A line of panels a model and task. A language that the model cuts finely has many tokens a word: an
example of the same content takes longer, though a token does not.
"""

from pathlib import Path

from waystation.report.figures import measured_on, panels, save, title, values
from waystation.report.figures.speed.latency import base_rows, by_panel
from waystation.report.records import Tables

MEASURES = {
    "tokens_per_word": "tokens a word",
    "tokens_per_sec": "tokens/s",
    "examples_per_sec": "examples/s",
}


def draw(tables: Tables, file: Path) -> None:
    rows = base_rows(tables)
    if not rows:
        return
    groups = by_panel(rows)
    tallest = max(len(same) for same in groups.values())
    count = len(groups) * len(MEASURES)
    figure, grid = panels(count, len(MEASURES), (2.8, 0.9 + 0.16 * tallest))
    left = iter(grid)
    for (model, task), same in groups.items():
        for measure, name in MEASURES.items():
            axes = next(left)
            lengths = [row.measured.get(measure, 0.0) for row in same]
            axes.barh(range(len(same)), lengths, color="C0", height=0.7)
            axes.set_ylim(len(same) - 0.5, -0.5)
            axes.set_yticks(range(len(same)), values(same, "language"), fontsize=8)
            axes.xaxis.set_major_formatter("{x:,.3g}" if max(lengths) < 10 else "{x:,.0f}")
            axes.locator_params(axis="x", nbins=4)
            axes.set_title(f"{model}, {task}\n{name}")
    runs = int(min(row.measured["throughput_n"] for row in rows))
    title(
        figure,
        f"All rows at once, recipe {rows[0].recipe}, text to prediction, medians of at least "
        f"{runs} runs;\na word is what stands between spaces or signs{measured_on(tables)}",
    )
    save(figure, file)
