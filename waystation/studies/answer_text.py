"""The answers and the claims, as Markdown for the documents and as text for the printed report."""

import textwrap
from collections.abc import Sequence

from waystation.report.text import WIDTH
from waystation.studies.answers import Answer, Finding
from waystation.studies.claims import Claim
from waystation.studies.five_questions import STUDIES
from waystation.studies.which_task import Regret

MOST_ROWS = 12  # findings of an answer in a table; the study's file has all


def printed(found: dict[str, Answer], claims: Sequence[Claim]) -> str:
    """Every question with its verdict and sentence, then a line a claim."""
    lines = ["five questions"]
    for number, study in enumerate(STUDIES, 1):
        answer = found[study.name]
        lines += wrapped(f"{number}. {study.question}", "   ")
        lines += wrapped(f"   {answer.verdict}: {answer.sentence}", "   ")
    lines += ["", "nine claims of Phang et al. 2020"]
    for claim in claims:
        lines += wrapped(f"{claim.name}: {claim.verdict}; {claim.ours}", "   ")
    return "\n".join(["", *lines, ""])


def wrapped(text: str, indent: str) -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent="", subsequent_indent=indent)


def markdown(found: dict[str, Answer], claims: Sequence[Claim], regrets: Sequence[Regret]) -> str:
    """The answers, each with its findings, then the claims, and what choices of a task lose."""
    parts = [answer_text(place, found) for place in range(len(STUDIES))]
    return "\n".join(filter(None, [*parts, claims_text(claims), regrets_text(regrets)]))


def answer_text(place: int, found: dict[str, Answer]) -> str:
    study = STUDIES[place]
    answer = found[study.name]
    lines = [
        f"**{place + 1}. {study.question}** {answer.verdict.capitalize()}.",
        answer.sentence,
        "",
        *findings_table(answer.findings),
    ]
    if answer.limits:
        lines += [f"Limits: {'; '.join(answer.limits)}.", ""]
    return "\n".join(lines)


def findings_table(findings: Sequence[Finding]) -> list[str]:
    """The findings, tested ones first; what does not fit is counted."""
    if not findings:
        return []
    ordered = sorted(findings, key=lambda one: one.verdict is None)
    lines = [
        "| what | unit | value, 95 % interval | n x seeds | seen from | verdict |",
        "| --- | --- | --- | --- | --- | --- |",
    ]
    for one in ordered[:MOST_ROWS]:
        digits = 3 if one.unit.startswith(("ratio", "correlation")) else 1
        value, low, high = (
            f"{number:.{digits}f}"
            for number in (one.estimate.value, one.estimate.low, one.estimate.high)
        )
        lines.append(
            f"| {one.what} | {one.unit} | {value} [{low}, {high}] | {one.n} x {one.seeds} | "
            f"{one.smallest_effect:.{digits}f} | {one.verdict or 'told, not tested'} |"
        )
    if len(ordered) > MOST_ROWS:
        lines.append(f"\n{len(ordered) - MOST_ROWS} more stand in the study's file.")
    return [*lines, ""]


def claims_text(claims: Sequence[Claim]) -> str:
    lines = [
        "| claim of the paper | its number, points | here | verdict |",
        "| --- | --- | --- | --- |",
    ]
    lines += [
        f"| {claim.text} | {claim.published} | {claim.ours} | {claim.verdict} |" for claim in claims
    ]
    return "\n".join([*lines, ""])


def regrets_text(regrets: Sequence[Regret]) -> str:
    """Which task to take: what each method's choice gives away."""
    if not regrets:
        return ""
    first = regrets[0]
    lines = [
        f"**Which intermediate task should I take?** Of {first.candidates} single tasks: what the "
        "best of the first k of a ranking lacks of the best of all, mean over tests and the "
        "largest, in points. At random: expected. `texts` and `probe` see a frozen encoder before "
        "any training; `English` sees English development scores after all trainings; `best on "
        "average` knows the other tests. No intervals: told, not tested.",
        "",
        "| ranking | k | tests | mean regret, points | largest |",
        "| --- | --- | --- | --- | --- |",
    ]
    lines += [
        f"| {one.method} | {one.k} | {one.tests} | {one.regret_points:.1f} | "
        f"{one.worst_points:.1f} |"
        for one in regrets
    ]
    return "\n".join([*lines, ""])
