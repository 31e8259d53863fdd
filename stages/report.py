"""Gather the grid into answers, summaries, tables and figures.

The parameters say what the grid is, never the contents of a folder; a cell that has not run is
shown as not run. Writes the answers to the five questions and the verdicts on the claims, the
summary of scores, the summary of cost (timings stay apart), CSV tables for `dvc plots`, PNG
figures, answers and result tables in Markdown, one HTML page with all of them, and prints them.
"""

from waystation.base.process import report_file
from waystation.files import write_json
from waystation.frame.stage import Run, stage
from waystation.grid.cells import all_cells
from waystation.params.schema import Settings
from waystation.report import tables
from waystation.report.encoders.paired_retrieval import read_retrieval
from waystation.report.records import Tables
from waystation.report.scores import read_scores
from waystation.report.speed.engines import engine_table
from waystation.report.speed.speed_text import (
    cost_table,
    measurement_notes,
    server_table,
    speed_table,
)
from waystation.report.summary import cost_summary, made_from, summary, write_plots
from waystation.report.text import overall_tables, reference_table, score_table
from waystation.studies import answer_text, claims, five_questions, which_task
from waystation.studies.evidence import Evidence
from waystation.studies.means import grid
from waystation.studies.page import page


def main() -> None:
    with stage(
        __doc__,
        inputs=[
            "code",
            "intermediate",
            "scores",
            "predictions",
            "align",
            "snapshots",
            "promise",
            "benchmark",
        ],
        outputs=["summary", "cost", "studies", "plots", "page"],
        params=[
            "suite",
            "languages",
            "models",
            "recipes",
            "extra",
            "orders",
            "multitask",
            "intermediate",
            "seeds",
            "target",
            "report",
        ],
    ) as run:
        suite, inputs = run.settings, run.inputs
        scores = read_scores(suite, inputs["scores"], inputs["predictions"])
        retrieval = read_retrieval(suite, inputs["align"])
        read = ("intermediate", "align", "snapshots", "promise", "benchmark")
        folders = [inputs[name] for name in read]
        made = tables.make(scores, retrieval, suite, *folders)
        write_plots(run.outputs["plots"], made)
        evidence = Evidence(grid(scores, suite), made, retrieval, inputs["predictions"])
        answers, judged = five_questions.answers(evidence), claims.judge(evidence)
        regrets = which_task.regrets(evidence)
        five_questions.write(run.outputs["studies"], suite.suite, answers, judged, regrets)
        plots = run.outputs["plots"]
        text = answer_text.markdown(answers, judged, regrets)
        (plots / "answers.md").write_text(text, encoding="utf-8")
        results = (plots / "results.md").read_text(encoding="utf-8")
        parts = {"Five questions and nine claims": text, "Tables": results}
        run.outputs["page"].write_text(page(suite, made, parts, plots), encoding="utf-8")
        origin = made_from(sums(run, "scores", "predictions", *read[:-1]), suite)
        write_json(run.outputs["summary"], summary(scores, made) | origin)
        origin = made_from(sums(run, "benchmark"), suite)
        write_json(run.outputs["cost"], cost_summary(made.cost) | origin)
        text = printed(made, suite) + answer_text.printed(answers, judged)
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
        engine_table(made.speeds),
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
