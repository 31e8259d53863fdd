"""What README, docs/ and CONTRIBUTING name exists, what is generated is current, and the lists of
what to touch say what the code says."""

import argparse
import ast
import re
from pathlib import Path

import pytest

from tests.conftest import ROOT
from tests.pipeline.test_layers import LAYERS
from waystation import tasks
from waystation.__main__ import names
from waystation.commands import docs
from waystation.frame import code_digest
from waystation.frame.entry_points import entry_points
from waystation.grid import recipe_names
from waystation.params.load import load_settings

PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(ROOT.glob("docs/**/*.md"))]
GUIDE = (ROOT / "CONTRIBUTING.md").read_text()
MOST_BYTES = 12_000  # of README.md: what a newcomer reads
MOST_FILES = 4  # that a kind of recipe, a second score or a stage touches

each_page = pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))


def anchors(page: Path) -> set[str]:
    """The names by which a page's headings are linked."""
    headings = re.findall(r"^#+ (.+)$", page.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading).lower().replace(" ", "-") for heading in headings}


@each_page
def test_links_lead_somewhere(page):
    for target, anchor in re.findall(r"\]\((?!https?:)([^)#]*)#?([^)]*)\)", page.read_text()):
        linked = page.parent / target if target else page
        assert linked.exists(), target
        assert not anchor or anchor in anchors(linked), f"{target}#{anchor}"
    for picture in re.findall(r'src="([^"]+)"', page.read_text()):
        assert (page.parent / picture).exists(), picture


@each_page
def test_named_files_exist(page):
    """Those in code of a page: no <...>, no pattern."""
    folders = "waystation|stages|tests|docs|suites|benchmarks"
    for name in re.findall(rf"`((?:{folders})/[\w./-]*)`", page.read_text()):
        assert (ROOT / name).exists(), name


@each_page
def test_named_commands_exist(page):
    text = page.read_text()
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:^|`|\$ )make ([a-z][a-z-]+)", text, re.MULTILINE)) <= targets
    assert set(re.findall(r"python -m waystation (\w+)", text)) <= {*names(), "COMMAND"}


def test_generated_blocks_are_current(monkeypatch, capsys):
    monkeypatch.chdir(ROOT)
    assert docs.main(argparse.Namespace(check=True)) == 0, capsys.readouterr().out


def test_every_block_ends():
    for page in PAGES:
        text = page.read_text()
        for end in ("begin", "end"):
            marks = re.findall(rf"^<!-- ([\w-]+):{end} -->$", text, re.MULTILINE)
            assert marks == [name for name, *_ in docs.BLOCK.findall(text)], page


def test_the_readme_is_read_in_one_sitting():
    assert len((ROOT / "README.md").read_bytes()) <= MOST_BYTES


def test_ci_calls_the_test_command_of_the_readme():
    assert "make test" in (ROOT / ".ci" / "run").read_text()


def test_the_picture_of_the_layers_is_that_of_the_test():
    assert f"```{LAYERS}```" in (ROOT / "docs" / "architecture.md").read_text()


def touched(name: str) -> list[str]:
    """The numbered items of one of the lists of what to touch."""
    section = GUIDE[GUIDE.index(f"### {name}\n") :].partition("\n\n### ")[0]
    return re.findall(r"^\d\. .+$", section, re.MULTILINE)


@pytest.mark.parametrize("name", ["A kind of recipe", "A second score of a table", "A stage"])
def test_what_is_added_most_touches_few_files(name):
    assert 1 <= len(touched(name)) <= MOST_FILES


def test_kinds_of_recipes_are_spelt_only_in_the_files_of_their_list():
    listed = {name for item in touched("A kind of recipe") for name in re.findall(r"`(\S+)`", item)}
    assert "waystation/grid/recipe_names.py" in listed
    for file in [*ROOT.glob("waystation/**/*.py"), *ROOT.glob("stages/*.py")]:
        spelt = [
            node.value
            for node in ast.walk(ast.parse(file.read_text()))
            if isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and (node.value in recipe_names.MIXED or node.value in ("multitask/", "sequential/"))
        ]
        assert not spelt or str(file.relative_to(ROOT)) in listed, (file, spelt)


def test_every_task_of_a_suite_and_every_metric_of_a_task_is_a_file():
    for params in [ROOT / "params.yaml", *ROOT.glob("suites/*/params.yaml")]:
        for name in load_settings(params).tasks:
            for metric in tasks.load(name).metrics:
                assert (ROOT / "waystation" / "metrics" / f"{metric}.py").is_file(), metric


@pytest.mark.parametrize("folder", [".", "suites/pocket-full", "suites/small", "suites/xtreme"])
def test_every_stage_starts_from_modules_that_exist(folder, monkeypatch):
    """Stages, tasks, kinds of task and metrics: keys that are names of files."""
    monkeypatch.chdir(ROOT)
    suite = load_settings(ROOT / folder / "params.yaml")
    entries = entry_points(suite)
    assert set(docs.stages_of_digests(suite)) <= set(entries)
    for module in {module for modules in entries.values() for module in modules}:
        assert code_digest.path(module), module


def test_every_figure_draws():
    for file in ROOT.glob("waystation/report/figures/[a-z]*.py"):
        drawn = [node.name for node in ast.parse(file.read_text()).body if hasattr(node, "name")]
        assert "draw" in drawn, file
