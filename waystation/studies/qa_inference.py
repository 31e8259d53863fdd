"""Do question-answering intermediates change throughput and latency on MLQA?

Recipes of one model have one shape: they can differ in speed only by what they predict, as longer
answers take longer to decode. So the question is one of equality, language by language.
"""

from collections import Counter
from collections.abc import Sequence

from waystation.comparison import decisions
from waystation.report.records import Tables
from waystation.report.speed.speeds import SpeedRatio
from waystation.studies.answers import EQUAL, NO, UNDETERMINED, YES, Answer, Finding

QUESTION = "Do question-answering intermediate tasks change latency or throughput on MLQA?"
TASK = "mlqa"
# A recipe that is faster or slower changes the speed: yes. The estimate has the direction.
VERDICTS = {
    decisions.EQUAL: EQUAL,
    decisions.FASTER: YES,
    decisions.SLOWER: YES,
    decisions.UNDECIDED: UNDETERMINED,
}


def answer(tables: Tables) -> Answer:
    rows = [row for row in tables.speeds if row.task == TASK]
    if not rows:
        said = f"No recipe's speed on {TASK} has been compared."
        return Answer("qa_inference", QUESTION, UNDETERMINED, said)
    findings = tuple(finding(row) for row in rows)
    counts = Counter(one.verdict for one in findings)
    verdict = YES if counts[YES] else NO if set(counts) == {EQUAL} else UNDETERMINED
    return Answer(
        "qa_inference",
        QUESTION,
        verdict,
        sentence(rows, counts),
        findings,
        tuple(dict.fromkeys(row.notes for row in tables.measurements if row.notes != "none")),
    )


def finding(row: SpeedRatio) -> Finding:
    return Finding(
        what=f"{row.model}, {row.language}: {row.measure} of {row.recipe} over {row.base}",
        unit="ratio of speeds",
        estimate=row.ratio,
        n=row.blocks,
        seeds=1,
        smallest_effect=row.detectable_percent,
        verdict=VERDICTS[row.verdict],
        cells=(f"{row.model}/{row.recipe}", f"{row.model}/{row.base}"),
    )


def sentence(rows: Sequence[SpeedRatio], said: Counter[str]) -> str:
    """How many comparisons are equal, different, or not known."""
    margin = f"{rows[0].margin_percent:g} %"
    parts = [f"{said[EQUAL]} are equal within {margin}"] * bool(said[EQUAL])
    parts += [f"{said[YES]} differ"] * bool(said[YES])
    parts += [f"{said[UNDETERMINED]} are undecided"] * bool(said[UNDETERMINED])
    recipes = ", ".join(dict.fromkeys(row.recipe for row in rows))
    compared = f"Of {len(rows)} comparisons of {recipes} with {rows[0].base}"
    return f"{compared}, over languages, latency and throughput, {', '.join(parts)}."
