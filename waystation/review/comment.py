"""The comment of a review: Markdown, the most important first, never longer than a host allows."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from waystation.report.markdown_parts import block
from waystation.review import reasons, verdicts
from waystation.review.revisions import Suite
from waystation.review.scored import Moved, Scored

LONGEST = 60_000  # characters; GitHub takes 65,536
MOST_ROWS = 40  # of one table
MOST_NAMES = 12  # of one list


@dataclass(frozen=True)
class Review:
    """One suite in two revisions."""

    base: Suite
    head: Suite
    scored: Scored
    pictures: list[Path]
    failures: list[str]


def whole(reviews: Sequence[Review], code: Sequence[str], command: str) -> str:
    """The text of any length; lists and tables have at most MOST_ROWS lines."""
    head, base = reviews[0].head.revision, reviews[0].base.revision
    parts = [
        "\n".join(f"- {verdicts.line(review.head.name, review.scored)}" for review in reviews),
        "\n".join(line for review in reviews for line in warnings(review)),
        f"`{base.short}` {base.title} (before) and `{head.short}` {head.title} (after)",
        folded(f"Code: {len(code)} modules say something else", bullets(code)) if code else "",
    ]
    for review in reviews:
        parts += suite_parts(review, len(reviews) > 1)
    parts.append(f"Made by `{command}`; `docs/reviewing.md` says how to read it.")
    return "\n\n".join(part.strip("\n") for part in parts if part.strip()) + "\n"


def cut(text: str, command: str) -> str:
    """The text, without its last lines where it is too long."""
    if len(text) <= LONGEST:
        return text
    note = f"\n\nThe end is cut; `{command}` writes it to `all.md`.\n"
    kept = text[: LONGEST - len(note) - len("</details>\n\n")].rpartition("\n")[0]
    if kept.count("<details>") > kept.count("</details>"):
        kept += "\n\n</details>"
    return kept + note


def warnings(review: Review) -> list[str]:
    """What a reader must know before any number."""
    found, name = [], review.head.name
    suites = (review.base, review.head)
    places = [reasons.places(suite) for suite in suites]
    for what in dict.fromkeys([*places[0], *places[1]]):
        before, after = (", ".join(sorted(place.get(what, ()))) for place in places)
        if before and after and before != after:
            found.append(
                f"> **{name}: other {what}**, {before} before and {after} after: {allows(what)}."
            )
    if unknown := [
        s.revision.short for s, place in zip(suites, places) if reasons.MACHINE[0] not in place
    ]:
        found.append(
            f"> **{name}: machine unknown** at {' and '.join(unknown)}, where no speed was "
            f"measured or the cache has no measurement: speeds are not compared."
        )
    if verdicts.counts(review.scored.moved).one_seed:
        found.append(
            f"> **{name}: one seed**; intervals cover rows alone, and a training that starts "
            f"otherwise moves scores by more."
        )
    for failure in review.failures:
        found.append(f"> **{name}: the gate is shut**: {failure}.")
    for entry in reasons.verbs(review.base, review.head):
        if entry.unexplained:
            found.append(
                f"> **{name}: other outputs of the same inputs**: {shortened(entry.unexplained)}."
            )
    return found


def allows(what: str) -> str:
    """What can be compared all the same."""
    if what == "seeds":
        return "differences are over the seeds that both have"
    if what in reasons.MACHINE:
        return "speeds are not compared, and sums are rounded otherwise"
    return "a difference of scores can be this version's"


def suite_parts(review: Review, titled: bool) -> list[str]:
    scored, beyond = review.scored, [m for m in review.scored.moved if m.is_worse or m.is_better]
    within = [row for row in scored.moved if row not in beyond]
    changed = reasons.parameters(review.base, review.head)
    rows = reasons.rows(review.base, review.head)
    return [
        f"## {review.head.name}" if titled else "",
        ("Parameters:\n\n" + bullets(changed)) if changed else "",
        ("Rows:\n\n" + bullets(rows)) if rows else "",
        table("Beyond their intervals, the largest falls first", beyond),
        missing(scored, review.head),
        folded("Stages that ran again, and why", stages(review)),
        folded(f"Within their intervals: {len(within)} scores", table("", within)),
        folded("By language, of the scores beyond their intervals", by_language(beyond)),
        folded("Speed", speed(review)),
        pictures(review.pictures),
    ]


def table(heading: str, rows: Sequence[Moved]) -> str:
    """A line a moved score, the largest fall first."""
    ordered = sorted(rows, key=lambda row: row.difference.value)
    head = ["model", "recipe", "task", "metric", "before", "after", "difference", "n x seeds"]
    lines = [
        [
            row.model,
            f"`{row.recipe}`",
            f"`{row.task}`",
            row.metric.replace("_", " "),
            str(row.base),
            str(row.head),
            row.difference.signed(),
            f"{row.n} x {row.seeds}",
        ]
        for row in ordered[:MOST_ROWS]
    ]
    more = f"\n{len(ordered) - MOST_ROWS} more are left out.\n" if ordered[MOST_ROWS:] else ""
    return block(heading, head, lines) + more


def by_language(rows: Sequence[Moved]) -> str:
    return bullets(
        [
            f"{row.model}/{row.recipe}, `{row.task}`: "
            + ", ".join(f"{code} {one.value:+.1f}" for code, one in row.languages.items())
            for row in sorted(rows, key=lambda row: row.difference.value)[:MOST_ROWS]
        ]
    )


def missing(scored: Scored, head: Suite) -> str:
    """What cannot be held side by side: each a line with a few names."""
    kinds = {
        "Gone: before had them, after has not": scored.gone,
        "New: without a score before": scored.new,
        "Scored on other rows or by another metric, so not compared": scored.otherwise,
        "Not in this clone's cache, so not compared (`--fetch` asks the remote)": scored.absent,
    }
    lines = [f"{what}: {len(names)}: {shortened(names)}" for what, names in kinds.items() if names]
    summary = head.revision.text(f"metrics/{head.name}/summary.json")
    not_run = json.loads(summary).get("not_run_cells", 0) if summary else 0
    if not_run:
        lines.append(f"{not_run} cells of the grid have not run")
    return "Missing:\n\n" + bullets(lines) if lines else ""


def stages(review: Review) -> str:
    head = ["verb", "stages", "new", "gone", "ran again", "with other outputs", "because of"]
    lines = [
        [
            f"`{entry.name}`",
            *map(str, (entry.stages, entry.new, entry.gone, entry.ran, entry.moved)),
            ", ".join(entry.reasons) or "-",
        ]
        for entry in reasons.verbs(review.base, review.head)
        if entry.ran or entry.new or entry.gone or entry.moved
    ]
    return block("", head, lines)


def speed(review: Review) -> str:
    """Tokens per second of both revisions, where one machine measured both."""
    sides = [costs(suite) for suite in (review.base, review.head)]
    shared = [key for key in sides[1] if key in sides[0]]
    if not shared:
        return ""
    places = [reasons.places(suite) for suite in (review.base, review.head)]
    if any(places[0].get(what) != places[1].get(what) for what in reasons.MACHINE):
        return "Not compared: two machines, or two ways of running them, measured the revisions.\n"
    head = ["model", "recipe", "task", "tokens/s before", "tokens/s after", "ratio"]
    lines = [
        [*key, *(f"{side[key]:,.0f}" for side in sides), f"{sides[1][key] / sides[0][key]:.2f}"]
        for key in shared
    ]
    note = "One machine measured both, at two times: a ratio has no interval."
    return block(note, head, lines)


def costs(suite: Suite) -> dict[tuple[str, str, str], float]:
    text = suite.revision.text(f"metrics/{suite.name}/cost.json")
    measured: Mapping = json.loads(text)["cost"] if text else {}
    return {
        (model, recipe, task): own["tokens_per_sec"]
        for model, recipes in measured.items()
        for recipe, tasks in recipes.items()
        for task, own in tasks.items()
    }


def pictures(files: Sequence[Path]) -> str:
    names = ", ".join(f"`{file.name}`" for file in files)
    return f"Pictures beside this text: {names}." if files else ""


def bullets(lines: Sequence[str]) -> str:
    more = [f"and {len(lines) - MOST_ROWS} more"] if lines[MOST_ROWS:] else []
    return "\n".join(f"- {line}" for line in [*lines[:MOST_ROWS], *more])


def shortened(names: Sequence[str]) -> str:
    more = f" and {len(names) - MOST_NAMES} more" if names[MOST_NAMES:] else ""
    return "; ".join(names[:MOST_NAMES]) + more


def folded(heading: str, text: str) -> str:
    """A part that a reader opens; nothing without text."""
    if not text.strip():
        return ""
    return f"<details><summary>{heading}</summary>\n\n{text.strip()}\n\n</details>"
