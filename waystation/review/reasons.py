"""What is other in the later of two revisions: parameters, code, rows, stages, machines."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from waystation.frame.code_changes import definition_changes
from waystation.frame.code_digest import PACKAGES, digest_of
from waystation.review.revisions import Revision, Suite, changed_files
from waystation.runner.changes import change, differences

TIMED = ("benchmark", "report")  # verbs whose outputs no two runs share
MACHINE = ("processor", "features", "cores", "device", "precision", "threads")


def parameters(base: Suite, head: Suite) -> list[str]:
    """`seeds: + 1, + 2` of every parameter that differs."""
    keys = dict.fromkeys([*base.params, *head.params])
    pairs = ((key, base.params.get(key, {}), head.params.get(key, {})) for key in keys)
    return [
        f"`{name}`: {change(old, new)}"
        for key, before, after in pairs
        for name, old, new in differences(key, before, after)
    ]


def code(base: Revision, head: Revision) -> list[str]:
    """Every module that says something else, with what it defines; comments do not count."""
    return [
        line for file in changed_files(base, head, *PACKAGES) for line in module(base, head, file)
    ]


def module(base: Revision, head: Revision, file: str) -> Iterator[str]:
    if not file.endswith(".py"):
        return
    before, after = base.text(file), head.text(file)
    if before is None or after is None:
        yield f"`{file}`: {'new' if before is None else 'gone'}"
    elif digest_of(before) != digest_of(after):
        yield f"`{file}`: {', '.join(definition_changes(before, after))}"


def rows(base: Suite, head: Suite) -> list[str]:
    """The tasks whose examples differ."""
    folder = f"data/{head.name}/tasks"
    before, after = base.below(folder), head.below(folder)
    return [
        f"`{path.removeprefix(f'{folder}/')}`: " + state(path, before, after)
        for path in dict.fromkeys([*before, *after])
        if before.get(path) != after.get(path)
    ]


def state(key: str, before: dict, after: dict) -> str:
    return "new" if key not in before else "gone" if key not in after else "changed"


@dataclass(frozen=True)
class Verb:
    """What became of the stages of one verb.

    `ran`: their command, parameters or inputs differ; `moved`: so do their outputs. `unexplained`:
    the outputs alone differ.
    """

    name: str
    stages: int
    new: int
    gone: int
    ran: int
    moved: int
    unexplained: tuple[str, ...]
    reasons: tuple[str, ...]


def verbs(base: Suite, head: Suite) -> list[Verb]:
    """In the order in which they stand in the lock."""
    names = dict.fromkeys([*base.stages, *head.stages])
    groups: dict[str, list[str]] = {}
    for name in names:
        groups.setdefault(name.partition("@")[0], []).append(name)
    return [verb(name, stages, base.stages, head.stages) for name, stages in groups.items()]


def verb(name: str, stages: list[str], before: dict[str, dict], after: dict[str, dict]) -> Verb:
    both = [stage for stage in stages if stage in before and stage in after]
    why = {stage: inputs(before[stage], after[stage]) for stage in both}
    moved = [stage for stage in both if made(before[stage]) != made(after[stage])]
    counts = Counter(reason for reasons in why.values() for reason in reasons)
    return Verb(
        name=name,
        stages=sum(stage in after for stage in stages),
        new=sum(stage not in before for stage in stages),
        gone=sum(stage not in after for stage in stages),
        ran=sum(bool(reasons) for reasons in why.values()),
        moved=len(moved),
        unexplained=() if name in TIMED else tuple(s for s in moved if not why[s]),
        reasons=tuple(reason for reason, _ in counts.most_common()),
    )


def made(entry: dict) -> dict[str, str]:
    """{path: MD5} of a stage's outputs: data, or metrics where a stage writes nothing else.

    Metrics name the checksums of their inputs, so that every rerun changes their bytes.
    """
    outs = {out["path"]: out["md5"] for out in entry.get("outs", [])}
    return {path: md5 for path, md5 in outs.items() if path.startswith("data/")} or outs


def inputs(before: dict, after: dict) -> list[str]:
    """What a stage ran again for: its command, code, parameters, kinds of inputs."""
    found = ["command"] if before["cmd"] != after["cmd"] else []
    if before.get("params") != after.get("params"):
        found.append("parameters")
    old, new = (
        {dep["path"]: dep["md5"] for dep in entry.get("deps", [])} for entry in (before, after)
    )
    changed = [path for path in dict.fromkeys([*old, *new]) if old.get(path) != new.get(path)]
    # data/<suite>/<kind>/..., metrics/<suite>/<kind>/...
    return found + list(dict.fromkeys(kind(path) for path in changed))


def kind(path: str) -> str:
    parts = path.split("/")
    return parts[2] if len(parts) > 2 and parts[0] in ("data", "metrics") else path


def places(suite: Suite) -> dict[str, set[str]]:
    """On what a suite ran: {what: its values in all outputs that say so}."""
    found: dict[str, set[str]] = {}

    def note(what: str, value: object) -> None:
        found.setdefault(what, set()).add(str(value))

    for path in [*suite.below(f"metrics/{suite.name}/scores")]:
        report = suite.json(path) or {"made_from": {}}
        for package, version in report["made_from"].get("versions", {}).items():
            note(package, version)
        if "threads" in report["made_from"]:
            note("threads", report["made_from"]["threads"])
    for path in suite.below(f"metrics/{suite.name}/benchmark"):
        machine = (suite.json(path) or {}).get("machine") or {}
        for what in MACHINE:
            if what in machine:
                note(what, machine[what])
    note("seeds", suite.params["seeds"])
    return found
