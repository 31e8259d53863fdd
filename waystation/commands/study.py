"""Answer one of the five questions on a suite: run the cells that it needs, then the report.

The answer stands in `metrics/<suite>/studies/NAME.json`, and with all others in the printed report.
What earlier runs have made is used again; cells that the question does not need stay as they are,
and count as not run where they have not. First the command says how many stages are out of date and
how long they should take.

Without a question only the report is made, of whatever has run so far or has results in git.

  python -m waystation study model_scaling --suite-file suites/small-full/dvc.yaml
  python -m waystation study qa_inference --dry-run          only say what would run
  python -m waystation study                                 report what there is
"""

import argparse
from collections.abc import Iterator

from waystation import tasks
from waystation.base.errors import UserError
from waystation.commands import run as run_command
from waystation.frame.suite_check import read_suite
from waystation.grid.cells import all_cells
from waystation.params.schema import Settings
from waystation.runner.suite import Suite
from waystation.studies.answers import Needs
from waystation.studies.five_questions import STUDIES
from waystation.text_files import read_json

# Folders of metrics that the report reads.
INPUTS = ("intermediate", "scores", "align", "snapshots", "promise", "benchmark")


def add_options(parser: argparse.ArgumentParser) -> None:
    names = [study.name for study in STUDIES]
    parser.add_argument(
        "name", choices=names, nargs="?", help="which question (default: none, only the report)"
    )
    parser.add_argument("--dry-run", action="store_true", help="say what would run, and end")
    run_command.add_run_options(parser)


def main(options: argparse.Namespace) -> int:
    return run_command.run(options, lambda workers: answered(options, workers))


def answered(options: argparse.Namespace, workers: int) -> int:
    """Run the question's cells and print its answer; returns the exit status."""
    settings = read_suite(options.suite_file.with_name("params.yaml"))
    stages, alone = stages_and_alone(options, settings)
    suite = Suite(options.suite_file, stages, workers, alone)
    print(f"{options.name or 'report'}: {suite.expected()}", flush=True)
    if options.dry_run:
        return 0
    metrics = options.suite_file.parent / settings.root / "metrics" / settings.suite
    for name in INPUTS:  # of what has not run the report reads an empty folder
        (metrics / name).mkdir(parents=True, exist_ok=True)
    status = suite.run()
    if status == 0 and options.name:
        file = metrics / "studies" / f"{options.name}.json"
        answer = read_json(file, dict)
        print(f"{answer['question']}\n{answer['verdict']}: {answer['sentence']}\n({file})")
    return status


def stages_and_alone(options: argparse.Namespace, suite: Settings) -> tuple[list[str], list[str]]:
    """The last stages of what has to run, and the stages that run on what there is by then."""
    if options.name is None:
        return ["code"], ["report"]
    study = next(study for study in STUDIES if study.name == options.name)
    needs = study.needs(suite)
    groups = groups_of(needs, suite)
    stages = [*stages_of(needs, groups, suite)]
    if not stages:
        raise UserError(f"{options.suite_file}: no cell of this suite helps to answer {study.name}")
    alone = [f"snapshots@{group}" for group in groups]
    alone += [f"benchmark@{group}" for group in groups if needs.speed]
    return stages, [*alone, "report"]


def groups_of(needs: Needs, suite: Settings) -> list[str]:
    """The groups of targets that serve one of the tests."""
    tests = [test for test in suite.tasks if needs.tests is None or test in needs.tests]
    owners = {tasks.load(test).trained_on for test in tests}
    return [
        group
        for group, members in suite.target.groups.items()
        if any(suite.target.tasks[name].owner(name) in owners for name in members)
    ]


def stages_of(needs: Needs, groups: list[str], suite: Settings) -> Iterator[str]:
    """The last stages of the question's cells."""
    for model, recipe in all_cells(suite):
        if model not in needs.models or recipe not in needs.recipes:
            continue
        extra = "" if recipe in suite.recipes else "_extra"
        for group in groups:
            yield f"evaluate{extra}@{group}-{model}-{recipe}"
        if needs.encoders:
            yield f"align{extra}@{model}-{recipe}"
