"""The pocket suite at its smallest, run through DVC, and what tests do to it."""

import json
import sys
from pathlib import Path

import yaml

from tests.conftest import copy_project, run


def make(folder: Path) -> Path:
    """Run it, two stages at a time, and commit what it made; returns the project's folder."""
    project = copy_project(folder)
    shrink(project)
    run([sys.executable, "-m", "waystation", "run", "--workers", "2"], project)
    run(["git", "add", "-A"], project)
    run(["git", "commit", "-q", "-m", "Run the shrunk suite"], project)
    return project


def shrink(folder: Path) -> None:
    """The smallest grid that still has every kind of stage."""
    file = folder / "params.yaml"
    params = yaml.safe_load(file.read_text())
    params["threads"] = 1
    params["world"]["documents"] = 200
    small = {"train": 64, "validation": 24, "test": 24}
    for task, splits in params["world"]["rows"].items():
        params["world"]["rows"][task] = {split: small[split] for split in splits}
    params["models"] = {"pico": params["models"]["pico"] | {"hidden": 32}}
    params["origins"] = {"scratch": ["pico"], "hub": []}
    params["pretrain"] |= {"steps": 60, "batch_size": 4}
    params["recipes"] = ["none", "ccg", "sequential/mnli_squad/2"]
    params["extra"] = {"models": ["pico"], "recipes": ["mnli+mlm"]}
    params["target"] |= {"checkpoints": 2, "epochs": 1}
    params["target"]["tasks"] = {
        "mnli": {"train_examples": 48},
        "mnli_more": {"task": "mnli", "languages": ["en", "qda", "qdc"], "train_examples": 16},
        "commonsense_qa": {"train_examples": 32},
        "copa": {"after": "commonsense_qa", "train_examples": 32},
        "squad_retrieval": {"train_examples": 32},
        "udpos": {"train_examples": 32, "epochs": 2},
    }
    several = ["mnli", "mnli_more", "copa", "squad_retrieval"]
    params["target"]["groups"] = {"several": several, "udpos": ["udpos"]}
    for task in ("commonsense_qa", "copa", "xcopa", "squad_retrieval", "lareqa", "bucc"):
        params["tasks"][task] = {}
    rows = {task: {"train": 64, "validation": 24} for task in ("copa", "commonsense_qa")}
    rows |= {"xcopa": {"validation": 24, "test": 24}}
    params["world"]["rows"] |= rows | {"lareqa": {"test": 24}, "bucc": dict(validation=32, test=32)}
    params["align"]["tasks"] = ["tatoeba", "bucc"]
    params["intermediate"] |= {"epochs": 1, "stopping": {"every": 2, "patience": 1, "examples": 16}}
    params["benchmark"] |= {"examples": 4, "rounds": 2, "batch_size": 4}
    params["report"]["resamples"] = 50
    file.write_text(yaml.safe_dump(params, sort_keys=False))


def dvc(folder, *words, **more):
    return run(["dvc", *words], folder, **more)


def params_of(folder: Path) -> dict:
    return yaml.safe_load((folder / "params.yaml").read_text())


def edit(folder: Path, key: str, value) -> None:
    """Set a dotted key of the shrunk params.yaml."""
    file, params = folder / "params.yaml", params_of(folder)
    *path, last = key.split(".")
    place = params
    for part in path:
        place = place[part]
    place[last] = value
    file.write_text(yaml.safe_dump(params, sort_keys=False))


def append(folder: Path, file: str, text: str) -> None:
    path = folder / file
    path.write_text(path.read_text() + text)


def restore(folder: Path) -> None:
    """Have git write all committed files again.

    Without its index: git tells an edit within a second of its own writing, of the same size, by
    the index's age, and DVC, which stages dvc.lock, makes the index younger.
    """
    (folder / ".git/index").unlink()
    run(["git", "reset", "-q", "--hard"], folder)


def status(folder: Path) -> set[str]:
    """Stages of the pocket suite that `dvc status` finds changed."""
    found = json.loads(dvc(folder, "status", "--json").stdout)
    return {stage for stage in found if not stage.startswith("suites/")}
