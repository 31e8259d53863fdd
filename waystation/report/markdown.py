"""The result tables of a suite in Markdown, from its CSV tables and nothing else.

`report` writes them to `plots/<suite>/results.md`, from where they are pasted into the README; a
test compares the two.
"""

from waystation import tasks
from waystation.report.differences import MEAN, NONE, RANDOM
from waystation.report.encoder_tables import accuracy_interval, by_cell
from waystation.report.scores import ENGLISH

Tables = dict[str, list[dict]]

WIDEST = 12  # languages beside one another

RETRIEVAL = (  # (table, measure, its number of pairs, how its column is called)
    ("alignment", "margin_to_english_percent", "n", "{}, all tokens"),
    ("alignment", "unshared_margin_to_english_percent", "n", "{}, unshared tokens"),
    ("mining", "f1_percent", "n_gold", "{}, mining F1"),
    ("mining", "unshared_f1_percent", "n_gold", "{}, mining F1, unshared tokens"),
)


def markdown(tables: Tables) -> str:
    """All result tables; of one of which nothing has run, nothing."""
    parts = [scores(tables), languages(tables), gains(tables), retrieval(tables)]
    return "\n".join(part for part in parts if part)


def scores(tables: Tables) -> str:
    """What the encoders do without intermediate training: a row a task and model."""
    means = {(r["model"], r["recipe"], r["task"]): r for r in tables["gains"]}
    english = {
        (r["model"], r["recipe"], r["task"]): r
        for r in tables["scores"]
        if r.get("language") == ENGLISH
    }
    pretrained = {
        (r["model"], r["task"]): r for r in tables["pretraining"] if r["language"] == MEAN
    }
    rows = []
    for model, task in by_task(tables["gains"]):
        plain = means.get((model, NONE, task))
        row = [told(task, plain), f"`{model}`", counted(plain), number(plain, "chance_percent")]
        row += [interval(means.get((model, RANDOM, task)), "zero_shot_percent")]
        row += [interval(english.get((model, NONE, task)), "score_percent")]
        row += [interval(plain, "zero_shot_percent"), number(plain, "oracle_percent"), exact(plain)]
        row += [signed(pretrained.get((model, task)), "difference")]
        rows.append([*row, sizes(tables, model, task)])
        if plain and "unshared_percent" in plain:
            rows.append(unshared_row(plain, means, english))
    head = ["task", "model", "n", "chance", "`random`", "`none`, in English", "`none`"]
    head += ["oracle", "`none`, exact match", "`none` less `random`", "larger less smaller model"]
    heading = (
        "Zero-shot means over languages in percent, without intermediate training, and paired "
        "differences in points; 95 % intervals over seeds and test examples, of differences bold "
        "where they exclude zero. n: test examples of a language x fine-tuning seeds. "
        "Oracle: `none` with the other languages' development rows choosing a run's checkpoint, "
        "not English ones. Unshared tokens: those that occur in the test's texts of one language "
        "only."
    )
    return block(heading, head, rows)


def unshared_row(plain: dict, means: dict[tuple, dict], english: dict[tuple, dict]) -> list[str]:
    """What stands below a task's scores: those over unshared tokens, as far as there are any."""
    model, task = plain["model"], plain["task"]
    shown = [means.get((model, RANDOM, task)), english.get((model, NONE, task)), plain]
    low, high = "unshared_low_percent", "unshared_high_percent"
    row = [f"{told(task, plain)}, unshared tokens", f"`{model}`", counted(plain)]
    row += [number(plain, "chance_percent")]
    row += [interval(one, "unshared_percent", low, high) for one in shown]
    return row + ["-"] * 4


def languages(tables: Tables) -> str:
    """Each language's score without intermediate training, and of the model without pretraining."""
    found: dict[tuple, dict[str, str]] = {}
    run = [row for row in tables["scores"] if row.get("status") == "run"]
    scored = {(r["model"], r["recipe"], r["task"], r["language"]): r for r in run}
    for model, recipe, task, code in scored:
        if recipe == NONE:
            plain = interval(scored[model, recipe, task, code], "score_percent")
            control = number(scored.get((model, RANDOM, task, code)), "score_percent")
            found.setdefault((model, task), {})[code] = f"{plain} ({control})"
    named = dict.fromkeys(code for cell in found.values() for code in cell)
    codes = sorted(named, key=lambda code: code != ENGLISH)
    if len(codes) > WIDEST:
        return ""
    rows = [
        [f"`{task}`", f"`{model}`", *(found[model, task].get(code, "-") for code in codes)]
        for model, task in by_task(tables["gains"])
        if (model, task) in found
    ]
    heading = (
        f"Scores by language, nearest to English first, percent, 95 % intervals: `{NONE}`, and "
        f"in round brackets `{RANDOM}`, the same model without pretraining."
    )
    return block(heading, ["task", "model", *codes], rows)


def gains(tables: Tables) -> str:
    """Gains over the baseline, a row a task and model: of the related recipe, and of several."""
    found = {(r["model"], r["recipe"], r["task"]): r for r in tables["gains"]}
    nearest, wider, rows = closest(tables), several(tables), []
    for model, task in by_task(tables["gains"]):
        row = [f"`{task}`", f"`{model}`"]
        recipe = nearest.get((model, task))
        gain = signed(found.get((model, recipe, task)), "gain")
        row += [f"`{recipe}` {gain}" if recipe else "-"]
        rows.append(row + [signed(found.get((model, r, task)), "gain") for r in wider])
    if not any(cell != "-" for row in rows for cell in row[2:]):
        return ""
    head = ["task", "model", "task of its kind", *(f"`{recipe}`" for recipe in wider)]
    heading = (
        f"Gains over `{NONE}` in points: paired differences with 95 % intervals, bold where they "
        "exclude zero. The task of its kind is the target itself or else the first of its type."
    )
    return block(heading, head, rows)


def retrieval(tables: Tables) -> str:
    """The encoders' own measures at the protocol's layer, means over languages with their range."""
    columns: dict[str, dict[tuple[str, str], str]] = {}
    for name, measure, n, title in RETRIEVAL:
        values = by_cell(tables[name], measure)
        guesses, counts = by_cell(tables[name], "chance_percent"), by_cell(tables[name], n)
        for key, found in values.items():
            column = columns.setdefault(title.format(f"`{key[2]}`"), {})
            column["n", ""] = str(min(counts[key]))
            column["chance", ""] = f"{mean(guesses[key]):.1f}" if key in guesses else "-"
            bounds = ""
            if n == "n":  # an accuracy
                bounds = "[{:.1f}, {:.1f}] ".format(*accuracy_interval(found, counts[key]))
            reach = f"({min(found):.1f} to {max(found):.1f})"
            column[key[0], key[1]] = f"{mean(found):.1f} {bounds}{reach}"
    cells = dict.fromkeys(cell for column in columns.values() for cell in column)
    chosen = {"", NONE, RANDOM, *several(tables), *closest(tables).values()}
    rows = [
        [f"`{model}`" if recipe else model, f"`{recipe}`" if recipe else ""]
        + [column.get((model, recipe), "-") for column in columns.values()]
        for model, recipe in cells
        if recipe in chosen
    ]
    heading = (
        "The encoders of the recipes above at the protocol's layer, percent: margin retrieval of "
        "the English translation, with 95 % intervals over sentences, and mining; means over "
        "languages (lowest to highest language). n: pairs of a language."
    )
    return block(heading, ["model", "recipe", *columns], rows)


def by_task(rows: list[dict]) -> list[tuple[str, str]]:
    """All (model, task), the models of a task below one another."""
    both = dict.fromkeys((row["model"], row["task"]) for row in rows)
    names = dict.fromkeys(task for _, task in both)
    return [(model, task) for name in names for model, task in both if task == name]


def related(rows: list[dict], model: str, task: str) -> str | None:
    """The recipe of a single task that is the target itself, or else the first of its type."""
    same = [row for row in rows if (row["model"], row["task"]) == (model, task)]
    known = set(tasks.names())
    single = [row for row in same if row["recipe"] in known]
    found = [r["recipe"] for r in single if r["type"] == tasks.load(r["recipe"]).type]
    target = same[0]["target"]
    return target if target in found else (found[0] if found else None)


def closest(tables: Tables) -> dict[tuple[str, str], str]:
    """The related recipe by model and task, where there is one."""
    rows = tables["gains"]
    found = {cell: related(rows, *cell) for cell in by_task(rows)}
    return {cell: recipe for cell, recipe in found.items() if recipe}


def several(tables: Tables) -> list[str]:
    """The recipes of several tasks: at once, and the longest sequence of each order."""
    found = dict.fromkeys(row["recipe"] for row in tables["gains"])
    multitask = [recipe for recipe in found if recipe.startswith("multitask/")]
    lengths: dict[str, tuple[int, str]] = {}
    for row in tables["sequence"]:
        reached = lengths.get(row["order"], (1, ""))
        lengths[row["order"]] = max(reached, (row["length"], row["recipe"]))
    return multitask + [recipe for _, recipe in lengths.values() if recipe]


def sizes(tables: Tables, model: str, task: str) -> str:
    """The differences of `none` to all smaller models."""
    found = [
        r for r in tables["sizes"] if (r["model"], r["recipe"], r["task"]) == (model, NONE, task)
    ]
    return "<br>".join(f"`{r['smaller_model']}` {signed(r, 'difference')}" for r in found) or "-"


def block(heading: str, head: list[str], rows: list[list[str]]) -> str:
    """A paragraph and a table below it; nothing without rows."""
    if not rows:
        return ""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join([heading, "", *(f"| {' | '.join(line)} |" for line in lines), ""])


def told(task: str, row: dict | None) -> str:
    """A task and what it is measured by."""
    return f"`{task}`, {row['metric'].replace('_', ' ')}" if row else f"`{task}`"


def counted(row: dict | None) -> str:
    return f"{row['n']} x {row['seeds']}" if row else "-"


def number(row: dict | None, name: str) -> str:
    return f"{row[name]:.1f}" if row and name in row else "-"


def exact(row: dict | None) -> str:
    """The exact match of a question answering task."""
    low, high = "exact_match_low_percent", "exact_match_high_percent"
    return interval(row, "exact_match_percent", low, high)


def interval(row: dict | None, name: str, low="low_percent", high="high_percent") -> str:
    """A score with its interval."""
    if row is None or name not in row:
        return "-"
    return f"{row[name]:.1f} [{row[low]:.1f}, {row[high]:.1f}]"


def signed(row: dict | None, name: str) -> str:
    """A difference with its interval, in bold where that excludes zero."""
    if row is None or name not in row:
        return "-"
    text = f"{row[name]:+.1f} [{row['low']:+.1f}, {row['high']:+.1f}]"
    return f"**{text}**" if row["low"] > 0 or row["high"] < 0 else text


def mean(values: list[float]) -> float:
    return sum(values) / len(values)
