"""Say why stages are out of date: what has moved since each of them last ran.

A parameter with both values, a file (also below a folder), an output, or code: the modules, what
of them changed, and the chain of imports that leads to each. Modules are read now, so that an edit
counts before the stage `code` has run again. Stages of one verb with the same reasons stand
together.

  python -m waystation why                               every stage that is out of date
  python -m waystation why 'target@tagging-*' align      these
"""

import argparse
from collections import Counter
from pathlib import Path

from waystation.base.errors import UserError
from waystation.frame.code_changes import module_changes
from waystation.frame.code_digest import written
from waystation.frame.entry_points import entry_points
from waystation.frame.suite_check import read_suite
from waystation.runner.changes import Change, read_changes
from waystation.runner.schedule import ancestors, group, resolve

# What `code` makes is computed here: who needs that is out of date only if it has moved.
BY_DIGESTS = "code"
MOST_NAMES = 4  # of stages with the same reasons
WIDTH = 10


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "targets",
        nargs="*",
        help="stages, groups of stages or patterns such as 'target@xnli-*' (default: all)",
    )
    parser.add_argument(
        "--suite-file",
        type=Path,
        default=Path("dvc.yaml"),
        help="the dvc.yaml of the suite (default: dvc.yaml, the pocket suite)",
    )


def main(options: argparse.Namespace) -> None:
    file = options.suite_file
    if not file.is_file():
        raise UserError(f"--suite-file: {file} does not exist")
    settings = read_suite(file.with_name("params.yaml"))
    home = f"data/{settings.suite}/code"
    entries = {f"{home}/{name}": modules for name, modules in entry_points(settings).items()}
    suite = read_changes(file, {path: written(modules) for path, modules in entries.items()})
    stages = resolve(options.targets, list(suite.upstream))
    changed = {name: suite.changes[name] for name in stages if name in suite.changes}
    print(f"{settings.suite}: {len(changed)} of {len(stages)} stages are out of date")
    for names, reasons in alike(changed, entries):
        more = f" and {len(names) - MOST_NAMES} more" if names[MOST_NAMES:] else ""
        print("\n" + " ".join(names[:MOST_NAMES]) + more)
        print("\n".join(f"  {line}" for line in reasons))
    upstream = {name: needed - {BY_DIGESTS} for name, needed in suite.upstream.items()}
    needs = {name: ancestors([name], upstream) & suite.changes.keys() for name in stages}
    print_unchanged({name: needs[name] for name in stages if name not in changed}, options.targets)


def alike(
    changed: dict[str, list[Change]], entries: dict[str, list[str]]
) -> list[tuple[list[str], tuple[str, ...]]]:
    """Stages of one verb that have the same reasons, with these."""
    text: dict[Change, list[str]] = {}
    stages: dict[tuple[str, tuple[str, ...]], list[str]] = {}
    for name, changes in changed.items():
        for change in changes:
            if change not in text:
                text[change] = lines(change, entries)
        reasons = tuple(line for change in changes for line in text[change])
        stages.setdefault((group(name), reasons), []).append(name)
    return [(names, reasons) for (_, reasons), names in stages.items()]


def lines(change: Change, entries: dict[str, list[str]]) -> list[str]:
    """What is printed of one change."""
    kind = f"{change.kind:{WIDTH}}"
    if change.kind != "code":
        return [f"{kind} {change.what}: {change.how}"]
    if change.before is None:
        return [f"{kind} {change.what}: changed; DVC's cache has no text of before"]
    text = []
    for module in module_changes(change.before, entries[change.what]):
        text.append(f"{kind} {module}")
        if len(module.chain) > 1:
            text.append(f"{'':{WIDTH}}   {' > '.join(module.chain)}")
    return text


def print_unchanged(needs: dict[str, set[str]], one_by_one: bool) -> None:
    """Name the stages of which nothing moved: {stage: what it needs that is out of date}."""
    print()
    if one_by_one:
        for name, changed in needs.items():
            reason = f"needs {' '.join(sorted(changed))}" if changed else "up to date"
            print(f"{name}: {reason}")
    elif later := Counter(group(name) for name, changed in needs.items() if changed):
        groups = ", ".join(f"{count} of {name}" for name, count in later.items())
        print(f"{later.total()} more run if that gives them other bytes: {groups}")
