"""Refuse published scores of a benchmark, task or average that the project does not know.

At the start of every stage, not in the report alone: there it would come after all training.
"""

from waystation.base.errors import choose
from waystation.params.schema import Settings
from waystation.report.published import averages
from waystation.xtreme.benchmarks import BENCHMARKS


def check(suite: Settings) -> None:
    """Names of `report.reference`; a UserError names what is allowed."""
    for name, published in suite.report.reference.items():
        where = f"{suite.file}: report.reference.{name}"
        if published.benchmark is not None:
            choose(published.benchmark, BENCHMARKS, "name", f"{where}.benchmark")
        for scored in published.scores:
            choose(scored, [*suite.tasks, *averages(published)], "name", f"{where}.scores")
