"""What the studies read: scores and retrieval as the report has them, and the report's tables."""

from dataclasses import dataclass
from pathlib import Path

from waystation.params.schema import Settings
from waystation.report.encoders.paired_retrieval import Retrieval
from waystation.report.records import Tables
from waystation.studies.means import Grid


@dataclass(frozen=True)
class Evidence:
    """All that has run of a suite."""

    grid: Grid
    tables: Tables
    retrieval: Retrieval
    predictions: Path  # of the fine-tuned models

    @property
    def suite(self) -> Settings:
        return self.grid.suite

    def not_learned(self, model: str) -> list[str]:
        """The recipes of a model of which an intermediate task was not learned."""
        rows = [row for row in self.tables.gains if row.model == model and row.learned == "no"]
        return list(dict.fromkeys(row.recipe for row in rows))
