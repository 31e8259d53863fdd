"""The printed tables of what answers cost, and of what is faster, equal or not known."""

import textwrap
from collections import Counter

from waystation.comparison.decisions import EQUAL, FASTER, SLOWER, UNDECIDED
from waystation.params.schema import Settings
from waystation.report.records import MEAN
from waystation.report.speed.engines import of_first, of_recipes
from waystation.report.speed.speeds import Cost, Measurement, ServerRate, SpeedRatio
from waystation.report.text import WIDTH, Rows, by_model, table

MOST_SEEN = 100  # percent: who could have seen no less has seen nothing


def cost_table(rows: list[Cost], suite: Settings) -> str:
    """Median over tasks and languages of latency and throughput, per model and recipe."""
    if not rows:
        return ""
    rows = of_first(rows)

    def texts(model: str, recipe: str) -> list[str] | None:
        cells = [row.measured for row in rows if (row.model, row.recipe) == (model, recipe)]
        if not cells:
            return None

        def middle(name: str, form: str) -> str:
            values = sorted(cell[name] for cell in cells if cell.get(name) is not None)
            return format(values[len(values) // 2], form) if len(values) == len(cells) else "-"

        latencies = [middle(name, ".2f") for name in ("latency_p50_ms", "latency_p95_ms")]
        return (
            latencies
            + [middle(n, ",.1f") for n in ("examples_per_sec",)]
            + [middle("tokens_per_sec", ",.0f")]
        )

    columns = ["p50 ms", "p95 ms", "examples/s", "tokens/s"]
    queries, runs = (
        int(min(row.measured[name] for row in rows)) for name in ("latency_n", "throughput_n")
    )
    heading = "inference, text to prediction, median over tasks and languages; of each at least "
    heading += f"{queries} queries alone, {runs} runs of all rows at once"
    return "\n".join(
        ["", *textwrap.wrap(heading, WIDTH), *table("", columns, by_model(suite, texts))]
    )


def speed_table(rows: list[SpeedRatio]) -> str:
    """What differs in speed and by how much, what is equal, what is not known: in the mean over
    languages, and in how many of them."""
    rows = of_recipes(rows)
    if not rows:
        return ""
    means: dict[str, Rows] = {}
    counts: dict[str, Rows] = {}
    for (model, recipe, task, measure), same in by_comparison(rows).items():
        name, single = f"{recipe}, {task}, {measure}", [r for r in same if r.language != MEAN]
        counts.setdefault(model, []).append((name, counted(single)))
        for row in same:
            if row.language == MEAN:
                means.setdefault(model, []).append((name, ratio_texts(row)))
    first = rows[0]
    over = f"speed over that of {first.base}"
    columns = ["ratio", "95 %", "seen from, %", "verdict"]
    lines = table(f"{over}, mean over languages", columns, means) if means else []
    columns = ["ratios", "seen from, %", "faster", "slower", "equal", "undecided"]
    lines += table(f"{over}, number of languages", columns, counts)
    note = (
        f"equal: within {first.margin_percent:g} %, by two one-sided tests; error 5 % each for "
        "equalities and for differences, over the comparisons of a model and target, "
        "Holm-corrected; seen from: the smallest difference "
        "found four times in five"
    )
    return "\n".join(["", *lines, *textwrap.wrap(note, WIDTH)])


def ratio_texts(row: SpeedRatio) -> list[str]:
    bounds = f"{row.ratio.low:.3f} to {row.ratio.high:.3f}"
    return [f"{row.ratio.value:.3f}", bounds, seen_text([row]), row.verdict.partition(" ")[0]]


def counted(rows: list[SpeedRatio]) -> list[str]:
    """The range of the languages' ratios, and how many of them have which verdict."""
    ratios, said = [row.ratio.value for row in rows], Counter(row.verdict for row in rows)
    words = [str(said[word]) for word in (FASTER, SLOWER, EQUAL, UNDECIDED)]
    return [f"{min(ratios):.3f} to {max(ratios):.3f}", seen_text(rows), *words]


def seen_text(rows: list[SpeedRatio]) -> str:
    seen = max(row.detectable_percent for row in rows)
    return f"{seen:.1f}" if seen < MOST_SEEN else "-"


def by_comparison(rows: list[SpeedRatio]) -> dict[tuple[str, str, str, str], list[SpeedRatio]]:
    """The languages of each model, recipe, task and measure."""
    groups: dict[tuple[str, str, str, str], list[SpeedRatio]] = {}
    for row in rows:
        groups.setdefault((row.model, row.recipe, row.task, row.measure), []).append(row)
    return groups


def server_table(rows: list[ServerRate]) -> str:
    """How many queries a second are answered in time when they arrive at random."""
    if not rows:
        return ""
    models: dict[str, Rows] = {}
    for row in rows:
        rate = "none" if row.queries_per_sec is None else f"{row.queries_per_sec:,.1f}"
        texts = [
            f"{row.bound_ms:g}",
            rate,
            "-" if row.tried is None else f"{row.tried}",
            f"{row.alone_per_sec:,.1f}",
        ]
        texts.append(f"{row.queries}")
        models.setdefault(row.model, []).append(
            (f"{row.recipe}, {row.task} in {row.language}", texts)
        )
    columns = ["bound, ms", "queries/s", "rates tried", "one by one", "queries"]
    lines = table("arriving at random, p99 within the bound", columns, models)
    return "\n".join(["", *lines])


def measurement_notes(rows: list[Measurement]) -> str:
    """The machine, why each measurement ended, and what a reader has to know of it."""
    if not rows:
        return ""
    first = rows[0]
    lines = [
        f"measured on {first.processor} ({first.features}), {first.cores} cores, {first.threads} "
        f"threads a model, {first.device}, {first.precision}"
    ]
    for row in rows:
        lines.append(
            f"{row.model} {row.target}: {row.blocks} blocks, {row.ended}; others took "
            f"{row.load_before_percent:g} % of the cores before, {row.load_after_percent:g} % after"
            + ("" if row.notes == "none" else f"; {row.notes}")
        )
    return "\n".join(["", *(part for line in lines for part in textwrap.wrap(line, WIDTH))])
