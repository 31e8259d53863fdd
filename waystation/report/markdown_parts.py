"""What all Markdown tables of the report are made of."""

from waystation.report.records import Estimate, LanguageScore, TaskScore
from waystation.report.second_scores import SecondScore


def block(heading: str, head: list[str], rows: list[list[str]]) -> str:
    """A paragraph and a table below it; empty without rows."""
    if not rows:
        return ""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join([heading, "", *(f"| {' | '.join(line)} |" for line in lines), ""])


def named(task: str, row: TaskScore | None) -> str:
    """A task and its metric."""
    return f"`{task}`, {row.metric.replace('_', ' ')}" if row else f"`{task}`"


def counted(row: TaskScore | None) -> str:
    return f"{row.n} x {row.seeds}" if row else "-"


def second_text(row: TaskScore | LanguageScore | None, second: SecondScore) -> str:
    return interval(row.second.get(second.column) if row else None)


def interval(score: Estimate | None) -> str:
    return "-" if score is None else str(score)


def signed(difference: Estimate | None, bold: bool) -> str:
    """A difference with its interval, perhaps in bold."""
    if difference is None:
        return "-"
    return f"**{difference.signed()}**" if bold else difference.signed()


def mean(values: list[float]) -> float:
    return sum(values) / len(values)
