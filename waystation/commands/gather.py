"""Gather what one model and recipe predict into one folder in XTREME's submission format.

A suite's predictions lie by group, target and seed, those of sentence retrieval with the encoder.
Here they come together as XTREME's evaluator and `waystation.commands.score` read them: a folder a
task of the benchmark, in it a file a language. Of targets that serve the same task counts the one
trained on English alone, as zero-shot transfer asks; XTREME-R's own versions take the place of
XTREME's where that is the benchmark.

  python -m waystation gather --scores metrics/small/scores \\
      --predictions data/small/predictions --aligned data/small/aligned \\
      --model e5-small --recipe none --benchmark xtreme --out mine
"""

import argparse
import shutil
from pathlib import Path

from waystation.base.errors import UserError, choose
from waystation.commands import hold_new
from waystation.files import whole
from waystation.languages import ENGLISH
from waystation.text_files import in_form, read_json
from waystation.xtreme.benchmarks import BENCHMARKS

OWN = "xtreme-r"  # the folder in which its own versions of tasks lie


def add_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--scores", type=Path, required=True, help="a suite's metrics/<suite>/scores")
    add("--predictions", type=Path, required=True, help="its data/<suite>/predictions")
    add("--aligned", type=Path, required=True, help="its data/<suite>/aligned")
    add("--model", required=True, help="which model")
    add("--recipe", required=True, help="which recipe")
    add("--seed", default="0", help="of the fine-tuning (default: %(default)s)")
    add("--benchmark", choices=list(BENCHMARKS), required=True, help="which tasks")
    add("--out", type=Path, required=True, help="new folder for the files")


def main(options: argparse.Namespace) -> None:
    gathered = gather(options)
    tasks = BENCHMARKS[options.benchmark].tasks
    for task, languages in gathered.items():
        missing = sorted(set(tasks[task].languages) - set(languages))
        print(f"{task}: {len(languages)} languages" + f"; not {' '.join(missing)}" * bool(missing))
    absent = [task for task in tasks if task not in gathered]
    print(
        f"{options.out}: {len(gathered)} of {len(tasks)} tasks"
        + f"; not {' '.join(absent)}" * bool(absent)
    )


def gather(args: argparse.Namespace) -> dict[str, list[str]]:
    """Write `args.out`; {task: its languages}, in the benchmark's order."""
    hold_new(args.out)
    folders = task_folders(args)
    if not folders:
        raise UserError(f"{args.predictions} and {args.aligned} hold no task of {args.benchmark}")
    with whole(args.out) as beside:
        for task, folder in folders.items():
            shutil.copytree(folder, beside / task)
    return {
        task: sorted(file.stem.removeprefix("test-") for file in (args.out / task).iterdir())
        for task in folders
    }


def task_folders(args: argparse.Namespace) -> dict[str, Path]:
    """{a benchmark's task: the folder of its files}."""
    scored = sorted(args.scores.glob(f"*/{args.model}/{args.recipe}.json"))
    if not scored:
        cells = {file.relative_to(args.scores).parts[1:] for file in args.scores.rglob("*.json")}
        known = sorted("/".join(cell).removesuffix(".json") for cell in cells)
        choose(f"{args.model}/{args.recipe}", known, f"model and recipe in {args.scores}")
    homes = [args.aligned / args.model / args.recipe]
    for file in scored:
        group = file.relative_to(args.scores).parts[0]
        with in_form(file):
            for target, entry in read_json(file)["targets"].items():
                if entry["languages"] == [ENGLISH]:
                    cell = args.predictions / group / args.model / args.recipe / target
                    homes.append(seed_folder(cell, args.seed) / "submission")
    folders = {}
    for task in BENCHMARKS[args.benchmark].tasks:
        names = (f"{OWN}/{task}", task) if args.benchmark == OWN else (task,)
        there = [home / name for name in names for home in homes if (home / name).is_dir()]
        if there:
            folders[task] = there[0]
    return folders


def seed_folder(cell: Path, seed: str) -> Path:
    seeds = sorted(folder.name for folder in cell.iterdir()) if cell.is_dir() else []
    return cell / choose(seed, seeds, f"seed of {cell}")
