"""Gather the grid into summaries, tables and figures.

The parameters say what the grid is, never the contents of a folder; a cell that has not run is
shown as not run. Writes the summary of scores, the summary of cost (timings stay apart), CSV tables
for `dvc plots`, PNG figures, the result tables in Markdown, and prints the result tables.
"""

from waystation.base.process import report_file
from waystation.files import write_json
from waystation.frame.stage import Run, stage
from waystation.grid.cells import all_cells
from waystation.params.schema import Settings
from waystation.report import tables
from waystation.report.records import Tables
from waystation.report.scores import read_scores
from waystation.report.speed.speed_text import (
    cost_table,
    measurement_notes,
    server_table,
    speed_table,
)
from waystation.report.summary import cost_summary, made_from, summary, write_plots
from waystation.report.text import overall_tables, reference_table, score_table


def main() -> None:
    with stage(
        __doc__,
        inputs=["code", "intermediate", "scores", "predictions", "align", "benchmark"],
        outputs=["summary", "cost", "plots"],
        params=[
            "suite",
            "languages",
            "models",
            "recipes",
            "extra",
            "orders",
            "intermediate",
            "seeds",
            "target",
            "report",
        ],
    ) as run:
        suite, inputs = run.settings, run.inputs
        scores = read_scores(suite, inputs["scores"], inputs["predictions"])
        folders = [inputs[name] for name in ("intermediate", "align", "benchmark")]
        made = tables.make(scores, suite, *folders)
        write_plots(run.outputs["plots"], made)
        origin = made_from(sums(run, "intermediate", "scores", "predictions", "align"), suite)
        write_json(run.outputs["summary"], summary(scores, made) | origin)
        origin = made_from(sums(run, "benchmark"), suite)
        write_json(run.outputs["cost"], cost_summary(made.cost) | origin)
        text = printed(made, suite)
        report_file(suite.suite).write_text(text)
        print(text)
        done = sum(bool(score.languages) for score in scores)
        run.made = f"{done} scores of {len(all_cells(suite))} encoders"


def printed(made: Tables, suite: Settings) -> str:
    """All tables as text."""
    parts = (
        score_table(made, suite),
        overall_tables(made.overall, suite),
        cost_table(made.cost, suite),
        speed_table(made.speeds),
        server_table(made.servers),
        measurement_notes(made.measurements),
        reference_table(made.reference),
    )
    return "\n".join(filter(None, parts)).strip() + "\n"


def sums(run: Run, *names: str) -> dict[str, str]:
    """{path: SHA-256} of some inputs."""
    paths = [str(run.inputs[name]) for name in names]
    return {path: run.checksums[path] for path in paths}


if __name__ == "__main__":
    main()
