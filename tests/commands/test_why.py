"""`python -m waystation why`, on the shrunk suite: what it says is what then runs."""

import re
import sys

import pytest

from tests.conftest import ROOT, run
from tests.shrunk import dvc, edit, status


def why(folder, *words: str) -> str:
    return run([sys.executable, "-m", "waystation", "why", *words], folder).stdout


def rewrite(file, old: str, new: str) -> None:
    text = file.read_text()
    assert text.count(old) == 1
    file.write_text(text.replace(old, new))


def test_nothing_is_out_of_date(clean):
    assert why(clean).strip() == "pocket: 0 of 54 stages are out of date"
    assert "report: up to date" in why(clean, "report")


def test_a_function_two_imports_away_is_named_and_what_is_named_runs(clean):
    rewrite(
        clean / "waystation/alignment/cka.py", "    x = x.double()", "    x = x.double().clone()"
    )
    told = why(clean)
    names = "align@pico-none align@pico-ccg align@pico-sequential/mnli_squad/2"
    assert set(names.split()) <= set(told.split())
    change = "code       waystation.alignment.cka: similarities() changed\n"
    chain = "stages.align > waystation.alignment.measures > waystation.alignment.cka\n"
    assert told.count(f"  {change}               {chain}") == 2  # `align` and `align_extra`
    assert "pocket: 5 of 54 stages are out of date" in told
    assert told.rstrip().endswith("1 more run if that gives them other bytes: 1 of report")
    assert "report: needs align@" in why(clean, "report")
    done = run([sys.executable, "-m", "waystation", "run", "--workers", "2"], clean)
    assert re.search("pocket: (5|6) of 54 stages ran", done.stdout)
    assert status(clean) == set()


def test_a_parameter_and_a_file_of_rows_are_named(clean):
    edit(clean, "align.neighbours", 5)
    rows = clean / "data/pocket/tasks/xnli/test/de.jsonl"
    file = rows if rows.exists() else next(rows.parent.glob("*.jsonl"))
    text = file.read_text()
    file.unlink()  # a link to DVC's cache
    file.write_text(text + text.splitlines()[0])
    told = why(clean, "align@*", "download@xnli", "pretrain")
    assert "parameter  align.neighbours: 4 -> 5" in told
    assert f"output     data/pocket/tasks/xnli/test/{file.name}: changed" in told
    assert "pretrain@pico: up to date" in told
    dvc(clean, "checkout", "-q", "--force", "download@xnli")


def test_a_comment_makes_no_stage_but_code_out_of_date(clean):
    rewrite(clean / "waystation/alignment/cka.py", "    x = x.double()", "    x = x.double()  # so")
    told = why(clean)
    assert "1 of 54 stages are out of date" in told
    assert "\ncode\n  input      waystation: changed" in told


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["algin"], "why: error: no stage is named 'algin'; groups of stages: code, generate"),
        (["--suite-file", "x/dvc.yaml"], "why: error: --suite-file: x/dvc.yaml does not exist"),
    ],
)
def test_what_is_not_there_is_named(words, message):
    done = run([sys.executable, "-m", "waystation", "why", *words], ROOT, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(message)
