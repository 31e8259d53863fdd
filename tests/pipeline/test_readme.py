"""What the README and the guide name exists."""

import csv
import json
import re
import subprocess

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
    verbs = re.findall(r"python -m stages\.(\w+)", (ROOT / "dvc.yaml").read_text())
    assert {f"{verb}.py" for verb in verbs} <= listed
    modules = {file.name for file in (ROOT / "stages").glob("[a-z]*.py")}
    assert modules == set(re.findall(r"\w+\.py", tree))
    tracked = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True)
    top = {name.split("/")[0] for name in tracked.stdout.split()} - {"README.md", ".gitignore"}
    assert top, "not a clone of git"
    assert {name for name in top if name not in tree} <= {".dvcignore", ".gitattributes"}


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


def rounded_scores(suite: str) -> dict[tuple[str, str], list[str]]:
    """{(model, recipe): its zero-shot means, as the printed table rounds them}."""
    found: dict[tuple[str, str], list[str]] = {}
    with (ROOT / "plots" / suite / "gains.csv").open() as stream:
        for row in csv.DictReader(stream):
            score = f"{float(row['zero_shot_percent']):.1f}"
            found.setdefault((row["model"], row["recipe"]), []).append(score)
    return found


def test_the_default_suite_s_printed_scores_are_the_committed_ones():
    scores = rounded_scores("pocket")
    tables = re.findall(r"```\n(?:\.\.\.\n)?(pocket: zero-shot.*?)\n```", README, re.DOTALL)
    assert len(tables) == 2  # what one sees, and the whole
    for table in tables:
        seen, model = 0, None
        for line in table.partition("\nencoders, ")[0].partition("\ninference")[0].splitlines():
            model = line if line in ("pico", "nano") else model
            told = re.match(r"  (\S+)  +(\d+\.\d)", line)
            if told and (model, told[1]) in scores:
                assert told[2] in scores[model, told[1]], line
                seen += 1
        assert seen >= 14


def test_what_experiments_are_compared_with_are_the_committed_scores():
    """The HEAD column of the metric diffs."""
    summary = json.loads((ROOT / "metrics/pocket/summary.json").read_text())
    lines = re.findall(r"^metrics/pocket/summary\.json +(\S+) +([\d.]+) +[\d.]+ ", README, re.M)
    assert len(lines) >= 4
    for path, value in lines:
        held = summary
        for part in path.split("."):
            held = held[part]
        assert abs(held - float(value)) < 0.002, path
