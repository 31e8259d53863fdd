"""Try learning rates on English development rows, and keep what was seen.

Fine-tunes the pretrained encoder of a suite on its targets, as the suite plans them, once for each
rate, with a seed that none of the suite's runs has. No other language and no test row is read, so
that what is chosen here may be frozen in the suite's parameters. A line a training goes into
`search.csv` beside these; a training whose line stands there is not made again.

  python -m waystation run --suite-file suites/small/dvc.yaml recipes 'intermediate@e5-small-none'
  python -m waystation search --params suites/small/params.yaml --rates 1e-4 2e-4 4e-4
"""

import argparse
import csv
import os
import shutil
import time
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path

from waystation.base.errors import UserError, choose
from waystation.base.process import end_with_parent, scratch_root
from waystation.base.progress import progress
from waystation.frame.suite_check import read_suite
from waystation.grid.plans import TargetGroupPlan, TargetPlan
from waystation.params.schema import Settings
from waystation.params.typed import build
from waystation.report.text import table
from waystation.text_files import read_json

SEED = 1000
SETTINGS = ("learning_rate", "train_examples", "epochs", "batch_size", "max_tokens")
COLUMNS = ("model", "target", *SETTINGS, "steps", "loss_nats", "english_score_percent", "train_sec")


@dataclass(frozen=True)
class Trial:
    """One training of the search."""

    model: str
    target: str
    plan: TargetPlan

    @property
    def origin(self) -> dict[str, str]:
        """What tells this training from others, as the file writes it."""
        own = {key: str(getattr(self.plan.settings, key)) for key in SETTINGS}
        return {"model": self.model, "target": self.target} | own


def add_options(parser: argparse.ArgumentParser) -> None:
    add = parser.add_argument
    add("--params", type=Path, required=True, help="a suite's params.yaml")
    add("--rates", type=float, nargs="+", required=True, help="peak learning rates to try")
    add("--targets", nargs="+", help="of the suite's (default: all)")
    add("--model", help="of the suite's (default: its first)")
    add("--workers", type=int, default=2, help="trainings at once (default: %(default)s)")


def main(options: argparse.Namespace) -> None:
    suite = read_suite(options.params)
    model = choose(options.model or next(iter(suite.models)), suite.models, "--model")
    file = options.params.with_name("search.csv")
    rows = read_rows(file)
    done = [{key: row[key] for key in ("model", "target", *SETTINGS)} for row in rows]
    trials = [t for t in planned(suite, model, options) if t.origin not in done]
    for row in trained(suite, trials, options.workers):
        rows.append(row)
        write_rows(file, rows)
    lines = [(row["target"], [row[key] for key in COLUMNS[2:]]) for row in read_rows(file)]
    print("\n".join(table("search", list(COLUMNS[2:]), {"": lines})))


def planned(suite: Settings, model: str, options: argparse.Namespace) -> list[Trial]:
    """Every target at every rate, long ones first."""
    folder = Path("data") / suite.suite / "recipes" / "target"
    if not folder.is_dir():
        raise UserError(f"{folder} is missing: run the suite's stage `recipes` first")
    targets: dict[str, TargetPlan] = {}
    for file in sorted(folder.glob("*.json")):
        targets |= build(TargetGroupPlan, read_json(file), str(file)).targets
    chosen = [choose(name, targets, "--targets") for name in options.targets or targets]
    return [
        Trial(model, name, at_rate(targets[name].for_model(model), rate))
        for name in chosen
        for rate in options.rates
    ]


def at_rate(plan: TargetPlan, rate: float) -> TargetPlan:
    """The plan with another peak rate, and so the target before it."""
    before = at_rate(plan.after, rate) if plan.after else None
    return replace(plan, settings=replace(plan.settings, learning_rate=rate), after=before)


def trained(suite: Settings, trials: list[Trial], workers: int) -> Iterable[dict]:
    """The lines of all trials, as they end."""
    context, ours = get_context("spawn"), (os.getpid(),)
    with ProcessPoolExecutor(workers, context, end_with_parent, ours) as pool:
        waiting = [pool.submit(train, suite, trial) for trial in trials]
        for ended in progress(as_completed(waiting), len(waiting), "search", "trainings"):
            yield ended.result()


def train(suite: Settings, trial: Trial) -> dict:
    """Train once, in a process of its own; its line."""
    from waystation.encoder import device
    from waystation.evaluation import selection
    from waystation.training.fine_tuning import Choice, fine_tune
    from waystation.training.workplace import Workplace

    device.use(suite)
    data = Path("data") / suite.suite
    encoder = data / "encoders" / trial.model / "none"
    name = "-".join(["search", suite.suite, *trial.origin.values()])
    out, scratch = scratch_root() / name, scratch_root() / f"{name}-training"
    workplace = Workplace(name, data / "tasks", encoder, scratch, suite, suite.evaluate)
    began = time.monotonic()
    fine_tune(workplace, trial.plan, Choice(1, None), encoder, SEED, out)
    made = selection.read(out)
    shutil.rmtree(out)
    return trial.origin | {
        "steps": made.steps,
        "loss_nats": round(made.curve[-1]["loss_nats"], 3),
        "english_score_percent": round(made.score, 1),
        "train_sec": round(time.monotonic() - began),
    }


def read_rows(file: Path) -> list[dict]:
    """The lines so far."""
    if not file.is_file():
        return []
    with file.open(newline="", encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def write_rows(file: Path, rows: list[dict]) -> None:
    """All lines, by target and settings."""
    with file.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.DictWriter(stream, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(sorted(rows, key=lambda row: [str(row[key]) for key in COLUMNS]))
