"""Score predictions in XTREME's submission format against gold in the same format.

Gives the numbers of XTREME's public evaluator to the last digit, for as many tasks of the benchmark
as there are in both folders. A folder holds a folder a task, this a file a language:

    pawsx/test-de.tsv  xnli/test-ar.tsv             a label a line
    panx/test-ar.tsv  udpos/test-af.tsv             a tag a line, an empty one between sentences
    bucc2018/test-de.tsv                            two ids a line, a tab between them
    tatoeba/test-ar.tsv                             the number of a sentence a line
    xcopa/test-et.jsonl                             {"label": 0} a line
    xquad/test-en.json  mlqa/...  tydiqa/...        {id: answer}; gold in SQuAD's layout
    mewslix/test-ar.json  lareqa/test-ar.json       {id: [candidate, ...]}

All languages of a task must be there; with --languages-of-gold those that the gold has, and no
groups or overall score, because such means are not the benchmark's.

FILE is written whole or not at all: {"tasks": {task: {"languages": {language: {metric: score}},
metric: mean}}, "groups": {group: score}, "overall": score}, from 0 to 100. Of tagging, `spans` says
by which rule of seqeval spans are read off the tags, and `..._seqeval_1` are the scores by the
other rule where the two differ. A group stands there if all of its tasks do; "overall" is null
unless all tasks of the benchmark are there.

  python -m waystation score --predictions mine --gold labels --benchmark xtreme --out scores.json
"""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

from waystation import metrics
from waystation.base.errors import UserError, choose
from waystation.commands import hold_outside
from waystation.files import whole, write_json
from waystation.metrics import span_f1
from waystation.metrics.span_f1 import LATER
from waystation.xtreme import label_files
from waystation.xtreme.benchmarks import BENCHMARKS, Benchmark, Task, averages, task_score

OFFICIAL_NAMES = {"map_at_20": "map@20"}  # the others are ours too

Scores = dict[str, dict[str, float]]  # {language: {metric: score}}


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--predictions",
        type=Path,
        nargs="+",
        required=True,
        metavar="DIR",
        help="folder of predictions; several if each holds other tasks",
    )
    parser.add_argument("--gold", type=Path, required=True, metavar="DIR", help="folder of gold")
    parser.add_argument(
        "--benchmark", choices=list(BENCHMARKS), required=True, help="which tasks and languages"
    )
    parser.add_argument(
        "--languages-of-gold",
        action="store_true",
        help="score just the languages that the gold has, as a suite with fewer of them needs",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE", help="scores as JSON")


def main(options: argparse.Namespace) -> None:
    if options.out.is_dir():
        raise UserError(f"--out: {options.out} is a folder; name a file")
    hold_outside(options.out, *options.predictions, options.gold)
    of_gold = options.languages_of_gold
    scores, notes = score(options.predictions, options.gold, options.benchmark, of_gold)
    with whole(options.out) as beside:
        write_json(beside, scores)
    for note in notes:
        print(f"score: note: {note}", file=sys.stderr)
    print("\n".join(table(scores, options.benchmark)))


def score(
    predictions: list[Path], gold: Path, benchmark: str, of_gold: bool = False
) -> tuple[dict, list[str]]:
    """(what FILE holds, notes on what counts as wrong or was left aside).

    of_gold: score just the languages that the gold has, without averages over tasks.
    """
    for home in (*predictions, gold):
        if not home.is_dir():
            raise UserError(f"{home} is no folder")
    folders = task_folders(predictions)
    wanted = narrowed(BENCHMARKS[benchmark], gold) if of_gold else BENCHMARKS[benchmark]
    tasks = wanted.tasks
    scored, notes = {}, []
    for name, folder in folders.items():
        if name not in tasks:
            notes.append(f"{folder}: not scored, {name} is no task of {benchmark}")
        elif not (gold / name).is_dir():
            notes.append(f"{folder}: not scored, {gold} has no folder {name}")
        else:
            scored[name], notes_of_task = score_task(name, tasks[name], folder, gold / name)
            notes += notes_of_task
    if not scored:
        raise UserError(
            f"no task of {benchmark} is both in {', '.join(map(str, predictions))} and in {gold}; "
            f"looked for: {', '.join(tasks)}"
        )
    result = averages(wanted, scored)
    for name, entry in result["tasks"].items():
        if tasks[name].metric == "span_f1":
            entry |= {"spans": span_f1.RULE, "spans_seqeval_1": span_f1.LATER_RULE}
    return result | ({"groups": {}, "overall": None} if of_gold else {}), notes


def narrowed(benchmark: Benchmark, gold: Path) -> Benchmark:
    """The benchmark's tasks in those of their languages that the gold has."""
    tasks = {}
    for name, task in benchmark.tasks.items():
        there = [code for code in task.languages if (gold / name / file_name(task, code)).is_file()]
        tasks[name] = replace(task, languages=tuple(there)) if there else task
    return replace(benchmark, tasks=tasks)


def task_folders(predictions: list[Path]) -> dict[str, Path]:
    """{task: its folder}, in the benchmarks' order; each task is in one of the folders."""
    allowed = list(dict.fromkeys(name for b in BENCHMARKS.values() for name in b.tasks))
    homes: dict[str, Path] = {}
    for home in predictions:
        for folder in sorted(p for p in home.iterdir() if p.is_dir() and p.name[0] != "."):
            choose(folder.name, allowed, f"task in {home}:")
            if folder.name in homes:
                raise UserError(f"{folder.name} is both in {homes[folder.name].parent} and {home}")
            homes[folder.name] = folder
    return {name: homes[name] for name in allowed if name in homes}


def score_task(name: str, task: Task, predictions: Path, gold: Path) -> tuple[Scores, list[str]]:
    """({language: {metric: score}} of all languages of the task, notes)."""
    notes = check_files(name, task, predictions, gold)
    read, by_language = getattr(label_files, task.form), {}
    for language in task.languages:
        file = file_name(task, language)
        pair = read(gold / file, predictions / file)
        notes += pair.notes
        points = metrics.points(task.metric, pair.gold, pair.predicted, language)
        scores = metrics.load(task.metric).scores(points)
        by_language[language] = {
            OFFICIAL_NAMES.get(key, key): value for key, value in scores.items()
        }
    names = {name for scores in by_language.values() for name in scores}
    for scores in by_language.values():  # where both rules of spans are one, so are the scores
        scores |= {name: scores[name.removesuffix(LATER)] for name in names - scores.keys()}
    return by_language, notes


def file_name(task: Task, language: str) -> str:
    return f"test-{language}.{task.extension}"


def check_files(name: str, task: Task, predictions: Path, gold: Path) -> list[str]:
    """Refuse missing and unknown files; note those of languages of the other benchmark."""
    wanted = [file_name(task, language) for language in task.languages]
    for folder in (predictions, gold):
        missing = [file for file in wanted if not (folder / file).is_file()]
        if missing:
            raise UserError(f"{folder}: no {', '.join(missing)}; needed are {', '.join(wanted)}")
    both = [b.tasks[name] for b in BENCHMARKS.values() if name in b.tasks]
    known = {file_name(other, language) for other in both for language in other.languages}
    there = sorted(file.name for file in predictions.iterdir() if file.name[0] != ".")
    further = [file for file in there if file not in wanted]
    for file in further:
        if file not in known:
            raise UserError(f"{predictions}: unknown file {file}; allowed are {', '.join(wanted)}")
    return [f"{predictions}: not scored: {', '.join(further)}"] if further else []


def table(scored: dict, benchmark: str) -> list[str]:
    """What FILE says, for people: a line a task, then groups and the overall score."""
    lines = [benchmark]
    for name, entry in scored["tasks"].items():
        metrics = [f"{key} {v:.2f}" for key, v in entry.items() if isinstance(v, float)]
        languages = f"{len(entry['languages']):>2} languages"
        lines.append(f"  {name:<14} {task_score(entry):6.2f}  {languages}  {'  '.join(metrics)}")
    if any("spans" in entry for entry in scored["tasks"].values()):
        lines += [f"  f1 of spans: {span_f1.RULE}", f"  seqeval_1: {span_f1.LATER_RULE}"]
    if scored["groups"]:
        lines.append("groups")
    lines += [f"  {name:<14} {value:6.2f}" for name, value in scored["groups"].items()]
    overall = "-" if scored["overall"] is None else f"{scored['overall']:.2f}"
    missing = [name for name in BENCHMARKS[benchmark].tasks if name not in scored["tasks"]]
    note = f"  not there: {', '.join(missing)}" if missing else ""
    return [*lines, f"{'overall':<16} {overall:>6}{note}"]
