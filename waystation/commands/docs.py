"""Fill the generated blocks of README.md and docs/ from the files that they come from.

A block stands between <!-- NAME:begin --> and <!-- NAME:end -->. Its text comes from a suite's
tables in plots/, from docs/*.txt, from dvc.yaml, from the code or from the log.

  python -m waystation docs              write the blocks
  python -m waystation docs --check      write nothing; name the blocks that are not current

A run of a suite rewrites that suite's tables. So `--check` also accepts what the tables of the last
commit say: nobody has to fill the documents after a run.
"""

import argparse
import ast
import io
import itertools
import re
import subprocess
import tarfile
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

from waystation.base.errors import choose
from waystation.files import whole
from waystation.frame.code_digest import closure, path, tree
from waystation.frame.entry_points import entry_points
from waystation.params.load import load_settings
from waystation.params.schema import Settings
from waystation.params.yaml_files import read_yaml
from waystation.report import csv_files, text
from waystation.report.intervals import holm
from waystation.report.learned import dagger, has_learned, legend
from waystation.report.markdown import closest, legend_of_bold
from waystation.report.markdown_parts import counted, interval, named, signed
from waystation.report.records import NONE, RANDOM, by_cell, number, overs, p_values
from waystation.report.speed.engines import engine_table
from waystation.report.speed.speed_text import (
    cost_table,
    measurement_notes,
    server_table,
    speed_table,
)

BLOCK = re.compile(r"(?<=<!-- )([\w-]+)(:begin -->\n)(.*?)(?=<!-- \1:end -->)", re.DOTALL)
WRITTEN_BY_RUNS = ("plots", "suites", "params.yaml")  # also by experiments
SUITE, MODEL = "small", "e5-small"  # of the README's results
FULL = "pocket-full"  # has every kind of stage
MOST_NAMES = 5  # modules of a room in a line of the table of reruns


def add_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--check", action="store_true", help="write nothing, exit 1 if not current")


def main(options: argparse.Namespace) -> int:
    pages = [Path("README.md"), *sorted(Path("docs").rglob("*.md"))]
    if not options.check:
        for page in pages:
            fill(page)
        return 0
    with tempfile.TemporaryDirectory() as folder:
        roots = [*committed(Path(folder)), Path()]
        stale = [entry for page in pages for entry in not_current(page, roots)]
    for entry in stale:
        print(f"{entry} is not current; run `make docs`")
    return 1 if stale else 0


def fill(page: Path) -> None:
    """Write a page's blocks, if they change."""
    before = page.read_text(encoding="utf-8")
    after = BLOCK.sub(lambda m: m[1] + m[2] + block(m[1], Path()), before)
    if after != before:
        with whole(page) as beside:
            beside.write_text(after, encoding="utf-8")
        print(f"{page} filled")


def not_current(page: Path, roots: list[Path]) -> Iterator[str]:
    """`page: block` of those that say what the files of none of the roots say."""
    for name, _, body in BLOCK.findall(page.read_text(encoding="utf-8")):
        if all(body != block(name, root) for root in roots):
            yield f"{page}: {name}"


def committed(folder: Path) -> list[Path]:
    """The folder, with what runs write as it is in HEAD; nothing where there is no commit."""
    command = ["git", "archive", "HEAD", *WRITTEN_BY_RUNS]
    archive = subprocess.run(command, capture_output=True)
    if archive.returncode:
        return []
    with tarfile.open(fileobj=io.BytesIO(archive.stdout)) as files:
        files.extractall(folder, filter="data")
    return [folder]


def block(name: str, root: Path) -> str:
    """The lines of a block; `root` holds the files that runs write."""
    plots = root / "plots"
    known: dict[str, Callable[[], str]] = {
        "quickstart": partial(transcript, "quickstart"),
        "taste": partial(transcript, "taste"),
        "results": partial(headline, plots / SUITE),
        "verbs": verbs,
        "rooms": rooms,
        "reruns": partial(reruns, root / "suites" / FULL / "params.yaml"),
        "log": log,
    }
    for folder in sorted(plots.iterdir()):
        for page in ("results", "answers"):
            known[f"{page}-{folder.name}"] = (folder / f"{page}.md").read_text
        params = root if folder.name == "pocket" else root / "suites" / folder.name
        known[f"printed-{folder.name}"] = partial(printed, folder, params / "params.yaml")
        known[f"cost-{folder.name}"] = partial(cost, folder, params / "params.yaml")
    return known[choose(name, known, "generated block")]().rstrip() + "\n"


def transcript(name: str) -> str:
    """What a run of a suite prints, shortened by hand."""
    return fenced(Path(f"docs/{name}.txt").read_text(encoding="utf-8"))


def headline(folder: Path) -> str:
    """A line a task of one model: scores without pretraining, without and with the intermediate
    task of its kind, and the gain of that task."""
    tables = csv_files.read(folder)
    rows = [row for row in tables.gains if row.model == MODEL]
    cells, related = by_cell(rows), closest(rows)
    own_cells = {(MODEL, recipe, task) for (_, task), recipe in related.items()}
    tested = p_values(cells[cell] for cell in own_cells)
    bold, learned = holm(tested), has_learned(tables.intermediate)
    lines = [["task", "n", "chance", f"`{RANDOM}`", f"`{NONE}`", "task of its kind", "gain"]]
    for task in dict.fromkeys(row.task for row in rows):
        plain, control = (cells.get((MODEL, recipe, task)) for recipe in (NONE, RANDOM))
        recipe = related.get((MODEL, task))
        own = cells[MODEL, recipe, task] if recipe else None
        lines.append(
            [
                named(task, plain),
                counted(plain),
                number(plain.chance_percent if plain else None),
                interval(control.zero_shot if control else None),
                interval(plain.zero_shot if plain else None),
                f"`{recipe}`{dagger(learned, MODEL, recipe)} {interval(own.zero_shot)}"
                if recipe and own
                else "-",
                signed(own.gain, (MODEL, recipe, task) in bold) if own else "-",
            ]
        )
    legends = [
        f"95 % intervals over {overs(row.seeds for row in rows)}.",
        legend_of_bold(len(tested), "gains"),
        legend(tables.intermediate, {cell[:2] for cell in own_cells}),
    ]
    return piped(lines) + "\n\n" + "\n".join(filter(None, legends))


def printed(folder: Path, params: Path) -> str:
    """The scores, encoders and averages that a run of a suite prints at its end."""
    tables, suite = csv_files.read(folder), load_settings(params)
    return fenced(
        text.score_table(tables, suite) + "\n" + text.overall_tables(tables.overall, suite)
    )


def cost(folder: Path, params: Path) -> str:
    """What a run prints of the time that inference takes, and of what is faster or equal."""
    tables = csv_files.read(folder)
    parts = [cost_table(tables.cost, load_settings(params)), speed_table(tables.speeds)]
    parts += [engine_table(tables.speeds), server_table(tables.servers)]
    parts += [measurement_notes(tables.measurements)]
    return fenced("\n".join(filter(None, parts)))


def verbs() -> str:
    """The stages of dvc.yaml with their descriptions; a grid that stands twice, once."""
    stages = graph().items()
    lines = [[f"`{name}`", stage["desc"]] for name, stage in stages if "_extra" not in name]
    return piped([["verb", "makes"], *lines])


def rooms() -> str:
    """The packages and single files of waystation/ with the first line of their docstrings."""
    entries = [("stages/", Path("stages/__init__.py"))]
    for entry in sorted(Path("waystation").iterdir()):
        if (entry / "__init__.py").is_file():
            entries.append((f"{entry.name}/", entry / "__init__.py"))
        elif entry.suffix == ".py" and not entry.stem.startswith("__"):
            entries.append((entry.name, entry))
    return piped([["room", "holds"], *([f"`{name}`", first_line(file)] for name, file in entries)])


def first_line(file: Path) -> str:
    """The first line of a module's docstring, without its full stop."""
    docstring = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8"))) or ""
    return docstring.partition("\n")[0].rstrip(".")


def log() -> str:
    """The entries of the log, newest first: date, title, conclusion (the first paragraph)."""
    lines = []
    for file in sorted(Path("docs/log").glob("2*.md"), reverse=True):
        title, conclusion = file.read_text(encoding="utf-8").split("\n\n")[:2]
        link = f"[{title.removeprefix('# ')}]({file.name})"
        lines.append(f"- {file.name[:10]} {link}: {' '.join(conclusion.split())}")
    return "\n".join(lines)


def reruns(params: Path) -> str:
    """How many stages of a suite have each module in their digest."""
    suite = load_settings(params)
    counts, entries = stages_of_digests(suite), entry_points(suite)
    stages: Counter[str] = Counter()
    for digest, count in counts.items():
        stages.update({module: count for module in closure(entries[digest]) if has_code(module)})
    lines = [["stages", "share", "modules"]]
    for count in sorted(set(stages.values()), reverse=True):
        modules = sorted(module for module in stages if stages[module] == count)
        share = f"{100 * count / counts.total():.0f} %"
        lines.append([str(count), share, ", ".join(listed(modules))])
    return f"Stages with a digest: {counts.total()}.\n\n{piped(lines)}"


def stages_of_digests(suite: Settings) -> Counter[str]:
    """{digest file: how many stages of the suite depend on it}."""
    counts: Counter[str] = Counter()
    for name, stage in graph().items():
        digest = next((dep.partition("/code/")[2] for dep in stage["deps"] if "/code/" in dep), "")
        walked = {
            f"${{item.{key}}}": suite.at(values.strip("${}"))
            for key, values in stage.get("matrix", {}).items()
        }
        for items in itertools.product(*walked.values()) if name != "code" else ():
            cell = digest
            for key, item in zip(walked, items, strict=True):
                cell = cell.replace(key, item)
            counts[cell] += 1
    return counts


def has_code(module: str) -> bool:
    """Whether a module says more than its docstring."""
    return len(tree(module).body) > 1


def listed(modules: list[str]) -> Iterator[str]:
    """The files of modules below waystation/; of a room with many of them their number."""
    files = [str(path(module)).removeprefix("waystation/") for module in modules]
    for room, members in itertools.groupby(files, lambda name: name.partition("/")[0]):
        names = list(members)
        if len(names) > MOST_NAMES:
            yield f"`{room}` ({len(names)} modules)"
        else:
            yield from (f"`{name}`" for name in names)


def graph() -> dict[str, dict]:
    """The stages of dvc.yaml."""
    return read_yaml(Path("dvc.yaml"))["stages"]


def fenced(lines: str) -> str:
    return f"```\n{lines.strip()}\n```"


def piped(lines: list[list[str]]) -> str:
    """A Markdown table of a heading and rows."""
    head, *rows = lines
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [head, ["---"] * len(head), *rows])
