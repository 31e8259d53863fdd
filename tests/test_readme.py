"""What the README and the guide name exists."""

import re

from tests.conftest import ROOT

README = (ROOT / "README.md").read_text()


def test_make_targets_exist():
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    guide = (ROOT / "CONTRIBUTING.md").read_text()
    named = set(re.findall(r"(?:^|`)make ([a-z][a-z-]+)", README + guide, re.MULTILINE))
    assert {"repro", "test"} <= named <= targets


def test_the_tree_names_every_stage_and_only_files_that_exist():
    tree = README[README.index("## The tree") : README.index("## Good to know")]
    listed = set(re.findall(r"^  ([a-z]+\.py)", tree, re.MULTILINE))
    assert all((ROOT / "stages" / name).is_file() for name in listed)
    verbs = re.findall(r"python -m stages\.(\w+)", (ROOT / "dvc.yaml").read_text())
    assert {f"{verb}.py" for verb in verbs} <= listed


def test_links_lead_somewhere():
    for target in re.findall(r"\]\((?!https?:)([^)#]+)\)", README):
        assert (ROOT / target).exists(), target


def test_the_result_tables_are_those_of_the_full_suite():
    """`report` writes them: paste plots/pocket-full/results.md when it has changed."""
    results = (ROOT / "plots" / "pocket-full" / "results.md").read_text()
    assert results.count("\n| --- |") >= 3  # scores, gains, encoders; by language
    assert results in README


def test_ci_calls_the_test_command_of_the_readme():
    assert "make test" in (ROOT / ".ci" / "run").read_text()
