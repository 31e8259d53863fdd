"""The result tables that a run prints at its end, at most 110 columns wide."""

from waystation.grid.cells import all_cells
from waystation.grid.names import CONTROLS
from waystation.params.schema import Settings
from waystation.report.averages import OVERALL
from waystation.report.encoder_measures import PRINTED, PROTOCOL_MEASURES, shown
from waystation.report.encoder_tables import protocol_means
from waystation.report.second_scores import SECOND_SCORES, SecondScore
from waystation.report.tables import english_scores
from waystation.xtreme.benchmarks import BENCHMARKS

WIDTH = 110  # characters of a line

Rows = list[tuple[str, list[str]]]  # the rows of a model: (name, a text per column)

NOTE = (
    "all: margin retrieval into English; F1: of mined pairs; unshared: the same over tokens that\n"
    "do not occur on both sides; CKA: similarity to the English vectors, 0 to 1; kept: to the\n"
    "pretrained encoder's; identity: languages that a probe tells apart"
)


def score_table(tables: dict[str, list[dict]], settings: Settings) -> str:
    """Scores of every model, recipe and task, a table a type of task; and of the encoders."""
    seeds = sorted({row["seeds"] for row in tables["scores"] if row["status"] == "run"})
    baseline = settings.report.baseline
    lines = [
        "",
        f"{settings.suite}: zero-shot mean over languages, percent, and gain over {baseline}, "
        f"points; fine-tuning seeds: {', '.join(map(str, seeds)) or 'none has run'}",
        "* the 95 % interval of the gain, over test examples and seeds, excludes zero",
    ]
    for heading, tasks in by_type(tables).items():
        lines += ["", *task_table(heading, tasks, tables, settings)]
    lines += encoder_table(tables, settings)
    lines += retrieval_tables(tables["retrieval"], settings)
    return "\n".join(lines)


def by_type(tables: dict[str, list[dict]]) -> dict[str, list[str]]:
    """{type of task: its labels}; a target that has not run at all has no type."""
    types = {row["task"]: row["type"].replace("_", " ") for row in tables["gains"]}
    found: dict[str, list[str]] = {}
    for task in dict.fromkeys(row["task"] for row in tables["scores"]):
        found.setdefault(types.get(task, "tasks"), []).append(task)
    return found


def task_table(heading: str, tasks: list[str], tables: dict, settings: Settings) -> list[str]:
    """The recipes' scores and gains; chance and the baseline's English scores above them.

    On the right stand the second scores of the tasks that have them.
    """
    gains = {(r["model"], r["recipe"], r["task"]): r for r in tables["gains"]}
    chance = {row["task"]: row["chance_percent"] for row in tables["gains"]}
    english, baseline = english_scores(tables["scores"]), settings.report.baseline
    again = [
        (second, task)
        for second in SECOND_SCORES
        for task in tasks
        if not second.is_column
        and any(row["task"] == task and second.columns[0] in row for row in tables["gains"])
    ]
    english_again = {s: english_scores(tables["scores"], s.columns[0]) for s, _ in again}
    texts = [number(chance.get(task)) for task in [*tasks, *(task for _, task in again)]]
    models: dict[str, Rows] = {"": [("chance", texts)]}
    for model, recipe in all_cells(settings):
        if model not in models:
            texts = [number(english.get((model, baseline, task))) for task in tasks]
            texts += [number(english_again[s].get((model, baseline, task))) for s, task in again]
            models[model] = [(f"{baseline}, in English", texts)]
        texts = [cell_text(gains.get((model, recipe, task)), baseline) for task in tasks]
        texts += [second_text(gains.get((model, recipe, task)), s) for s, task in again]
        models[model].append((recipe, texts))
    columns = [*tasks, *(f"{task} {s.short}" for s, task in again)]
    return [*table(heading, columns, models), *dict.fromkeys(s.note for s, _ in again)]


def cell_text(row: dict | None, baseline: str) -> str:
    """The score, with its gain; of the controls just the score."""
    if row is None:
        return "not run"
    score = number(row["zero_shot_percent"])
    if "gain" not in row or row["recipe"] in (baseline, *CONTROLS):
        return f"{score}{' ' * 7}"
    clear = "*" if row["low"] > 0 or row["high"] < 0 else " "
    return f"{score} {row['gain']:+5.1f}{clear}"


def second_text(row: dict | None, second: SecondScore) -> str:
    return "not run" if row is None else number(row.get(second.columns[0]))


def encoder_table(tables: dict[str, list[dict]], settings: Settings) -> list[str]:
    """What was measured on the encoders, at the protocol's layer; nothing where nothing was."""
    means: dict[str, dict] = {}
    for measure in shown(PRINTED):
        measured = tables[measure.table]
        guessed = measure.unit == "percent"
        chance = protocol_means(measured, "chance_percent") if guessed else {}
        for (model, recipe, task), value in protocol_means(measured, measure.column).items():
            column = means.setdefault(measure.short.format(task), {})
            column[model, recipe] = number(value, measure.digits)
            column["chance"] = number(chance.get((model, recipe, task)))
    if not means:
        return []
    models: dict[str, Rows] = {"": [("chance", [column["chance"] for column in means.values()])]}
    for model, recipe in all_cells(settings):
        texts = [column.get((model, recipe), "not run") for column in means.values()]
        models.setdefault(model, []).append((recipe, texts))
    return ["", *table("encoders, protocol's layer", list(means), models), NOTE]


def retrieval_tables(rows: list[dict], settings: Settings) -> list[str]:
    """A table a task: XTREME's measure at the layers that count, for both ways of pooling."""
    columns = {
        ("protocol", "all"): "protocol",
        ("protocol", "others"): "protocol, others",
        ("development", "others"): "chosen, others",
    }
    labels = {measure.column: measure.label for measure in PROTOCOL_MEASURES}
    lines: list[str] = []
    for task in dict.fromkeys(row["task"] for row in rows):
        same = [row for row in rows if row["task"] == task]
        found: dict[tuple, list[str]] = {}
        for r in same:  # over all tokens first
            key = (r["model"], r["recipe"], r["layer_by"], r["scored"])
            found.setdefault(key, []).append(number(r["score_percent"]))
        models: dict[str, Rows] = {}
        for cell in all_cells(settings):
            both = [found.get((*cell, *column)) for column in columns]
            texts = ["-" if values is None else "{} ({})".format(*values) for values in both]
            models.setdefault(cell[0], []).append((cell[1], texts))
        heading = f"{task}, {labels[same[0]['measure']]}"
        lines += ["", *table(heading, list(columns.values()), models)]
    if lines:
        lines.append(
            "protocol: at the original protocol's layer; (): pooled without special tokens"
        )
    for codes in dict.fromkeys(r["development_languages"] for r in rows if r["scored"] == "others"):
        lines.append(f"chosen: at the layer that is best on {codes}; others: all but these")
    return lines


def overall_tables(rows: list[dict], settings: Settings) -> str:
    """A benchmark's averages over tasks, a table each; nothing where no group is complete."""
    lines: list[str] = []
    for name in dict.fromkeys(row["benchmark"] for row in rows):
        same = [row for row in rows if row["benchmark"] == name]
        averages = (*BENCHMARKS[name].groups, OVERALL)
        columns = [column for column in averages if any(r["tasks"] == column for r in same)]
        if not columns:
            continue
        found = {(r["model"], r["recipe"], r["tasks"]): number(r["score_percent"]) for r in same}
        models: dict[str, Rows] = {}
        for cell in all_cells(settings):
            texts = [found.get((*cell, column), "-") for column in columns]
            models.setdefault(cell[0], []).append((cell[1], texts))
        lines += ["", *table(f"averages of {name}, with English", columns, models)]
    return "\n".join(lines)


def cost_table(rows: list[dict], settings: Settings) -> str:
    """Median over tasks and languages of latency and throughput, per model and recipe."""
    if not rows:
        return ""
    names = ("latency_p50_ms", "latency_p95_ms", "examples_per_sec", "tokens_per_sec")
    models: dict[str, Rows] = {}
    for model, recipe in all_cells(settings):
        same = [r for r in rows if (r["model"], r["recipe"]) == (model, recipe)]
        if same:
            values = [sorted(r[name] for r in same)[len(same) // 2] for name in names]
            texts = [f"{v:.2f}" for v in values[:2]] + [f"{v:,.0f}" for v in values[2:]]
            models.setdefault(model, []).append((recipe, texts))
    columns = ["p50 ms", "p95 ms", "examples/s", "tokens/s"]
    examples, batches = (min(r[name] for r in rows) for name in ("latency_n", "throughput_n"))
    heading = "inference, median over tasks and languages; of each "
    heading += f"{examples} examples alone and {batches} batches"
    return "\n".join(["", heading, *table("", columns, models)])


def reference_table(rows: list[dict]) -> str:
    """The published scores and ours as text; nothing where none is named."""
    if not rows:
        return ""
    references: dict[str, list] = {}
    for row in rows:
        texts = [number(row["published_percent"]), number(row.get("ours_percent"))]
        texts.append(f"{row['difference']:+.1f}" if "difference" in row else "-")
        heading = f"{row['model']}, {row['recipe']}: {row['source']}"
        references.setdefault(heading, []).append((f"{row['task']}, {row['measure']}", texts))
    columns = ["published", "ours", "difference"]
    lines = table("means over languages, English included", columns, references)
    return "\n".join(["", *lines, ""])


def table(heading: str, columns: list[str], models: dict[str, Rows]) -> list[str]:
    """Lines with a heading per model; columns beyond the width go below in another table."""
    rows = [row for found in models.values() for row in found]
    first = max([len(heading), *(len(name) + 2 for name, _ in rows)])
    widths = [
        2 + max(len(column), *(len(texts[place]) for _, texts in rows))
        for place, column in enumerate(columns)
    ]
    lines = []
    for part in parts(widths, WIDTH - first):
        pad = lambda texts, part=part: "".join(texts[place].rjust(widths[place]) for place in part)
        lines += [""] * bool(lines)
        lines.append(heading.ljust(first) + pad(columns))
        for model, found in models.items():
            lines += [model] * bool(model)
            lines += [(f"  {name}".ljust(first) + pad(texts)).rstrip() for name, texts in found]
    return lines


def parts(widths: list[int], room: int) -> list[list[int]]:
    """Places of columns, in lists of as many as have room beside one another; at least one."""
    found: list[list[int]] = [[]]
    for place, width in enumerate(widths):
        if found[-1] and sum(widths[taken] for taken in found[-1]) + width > room:
            found.append([])
        found[-1].append(place)
    return found


def number(value: float | None, digits: int = 1) -> str:
    return "-" if value is None else f"{value:.{digits}f}"
