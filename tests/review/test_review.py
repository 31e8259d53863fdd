"""Reviews of small repositories whose locks and caches are written by hand."""

import json
import shutil
from pathlib import Path

import pandas
import pytest

from tests.conftest import ROOT
from tests.review.recorded import git, one, place, predicted, record, start
from waystation.__main__ import run
from waystation.result_archives import FOLDER, pack, unpack
from waystation.review import comment


@pytest.fixture
def project(tmp_path, monkeypatch):
    """An empty repository with DVC in it, as the working directory."""
    monkeypatch.chdir(tmp_path)
    start()
    return tmp_path


def reviewed(capsys, *words):
    """The exit status, the comment and the errors of a review."""
    status = run("review", [*words])
    printed = capsys.readouterr()
    return status, printed.out, printed.err


def test_a_fall_comes_first_with_its_paired_interval(project, capsys):
    base = record({"none": one(en=90, de=50), "mnli": one(en=90, de=50)})
    record({"none": one(en=90, de=30), "mnli": one(en=90, de=51)}, code="b")
    status, text, _ = reviewed(capsys, base, "--out", "review")
    first = text.splitlines()[0]
    assert status == 0
    assert first.startswith("- **tiny: 1 of 2 moved scores worse, 0 better**")
    assert "chance alone would make about 0.1" in first
    row = next(line for line in text.splitlines() if line.startswith("| nano | `none`"))
    _, _, _, task, metric, before, after, difference, n, _ = (p.strip() for p in row.split("|"))
    assert (task, metric, n) == ("`xnli`", "accuracy", "100 x 1")
    assert before.startswith("50.0 [")
    assert after.startswith("30.0 [")
    # Twenty of a hundred examples fell: their variance is 0.2 * 0.8 / 100.
    value, low, high = (float(p) for p in difference.strip("]").replace("[", ",").split(","))
    assert value == -20
    assert (low, high) == (pytest.approx(-27.8, abs=0.6), pytest.approx(-12.2, abs=0.6))
    assert text.index("| nano | `none`") < text.index("Within their intervals: 1 scores")
    assert "because of" in text
    assert "| `evaluate` | 2 | 0 | 0 | 2 | 2 | code |" in text
    assert "one seed" in text
    assert {file.name for file in project.glob("review/*")} == {
        "comment.md",
        "all.md",
        "tiny-differences.png",
    }


def test_tables_that_moved_are_drawn_before_and_after(project, capsys):
    """On the tables that the suite `small` has in git; one that says the same is not drawn."""
    shutil.copytree(ROOT / "plots" / "small", "plots/tiny", ignore=shutil.ignore_patterns("*.png"))
    base = record({"none": one(de=50)})
    for name, column in (("gains", "gain"), ("retention", "retained_percent"), ("speeds", "ratio")):
        file = Path("plots/tiny", f"{name}.csv")
        table = pandas.read_csv(file, dtype=str)
        table[column] = (table[column].astype(float) * 1.01).astype(str)
        table.to_csv(file, index=False)
    record({"none": one(de=50)}, code="b")
    Path("review").mkdir()
    Path("review/tiny-full-gains.png").touch()  # of a suite whose name begins alike
    _, text, _ = reviewed(capsys, base, "--out", "review")
    assert Path("review/tiny-full-gains.png").is_file()
    Path("review/tiny-full-gains.png").unlink()
    drawn = {file.name for file in Path("review").glob("*.png")}
    assert drawn == {"tiny-gains.png", "tiny-retention.png", "tiny-speeds.png"}
    assert all(name in text for name in drawn)


def test_equal_predictions_are_no_difference(project, capsys):
    base = record({"none": one(de=50)})
    record({"none": one(de=50)}, code="b", versions="2.14")
    _, text, _ = reviewed(capsys, base, "HEAD")
    assert text.startswith("- **tiny: no score moved**; all 1 have the same predictions")
    assert "other torch**, 2.13 before and 2.14 after" in text
    assert "| `evaluate` | 1 | 0 | 0 | 1 | 0 | code |" in text


def test_what_is_gone_new_or_on_other_rows_is_named_and_not_compared(project, capsys):
    base = record({"none": one(de=50, sw=40), "mnli": one(de=50)})
    record({"none": {"de": {"0": 50, "1": 52}}, "squad_v1": one(de=9)})
    _, text, _ = reviewed(capsys, base)
    gone, new = (
        next(line for line in text.splitlines() if line.startswith(f"- {what}: "))
        for what in ("Gone: before had them, after has not", "New: without a score before")
    )
    assert "reading/nano/none, mnli/xnli, sw" in gone
    assert "reading/nano/mnli, mnli/xnli" in gone
    assert "reading/nano/none, mnli/xnli, seed 1" in new
    assert "reading/nano/squad_v1" in new
    other = record({"none": one(de=10)}, rows="2")
    _, text, _ = reviewed(capsys, base, other)
    said = "Scored on other rows or by another metric, so not compared: 1: "
    assert f"{said}reading/nano/none, mnli/xnli, de" in text
    assert "nothing to compare" in text.splitlines()[0]
    third = record({"none": one(de=90)}, rows="2", metric="f1")
    _, text, _ = reviewed(capsys, other, third)
    assert f"{said}reading/nano/none, mnli/xnli, accuracy and f1" in text


def test_predictions_that_the_cache_has_lost_are_named(project, capsys):
    base = record({"none": one(de=50)})
    record({"none": one(de=30)}, code="b")
    place(predicted(50)).unlink()
    _, text, _ = reviewed(capsys, base)
    assert "Not in this clone's cache, so not compared" in text
    assert "reading/nano/none, mnli/xnli" in text


def test_what_the_cache_lacks_comes_from_the_remote(project, capsys, tmp_path_factory):
    base = record({"none": one(de=50)})
    record({"none": one(de=30)}, code="b")
    status, _, error = reviewed(capsys, base, "--fetch")
    assert (status, len(error.splitlines())) == (1, 1)
    assert "no remote" in error
    remote = tmp_path_factory.mktemp("remote")
    shutil.copytree(project / ".dvc" / "cache", remote, dirs_exist_ok=True)
    shutil.rmtree(project / ".dvc" / "cache")
    (project / ".dvc" / "config.local").write_text(
        f"[core]\n    remote = shared\n['remote \"shared\"']\n    url = {remote}\n"
    )
    assert "nothing to compare" in reviewed(capsys, base)[1]
    assert "1 of 1 moved scores worse" in reviewed(capsys, base, "--fetch")[1]


def test_results_in_git_need_no_cache(project, capsys):
    base = record({"none": one(de=50), "mnli": one(de=50)}, stored=True)
    record({"none": one(de=30), "mnli": one(de=50)}, code="b", stored=True)
    told = reviewed(capsys, base)[1]
    shutil.rmtree(project / ".dvc" / "cache")
    assert reviewed(capsys, base)[1] == told
    assert "1 of 1 moved scores worse" in told


def test_results_in_git_that_are_not_what_they_say_are_not_compared(project, capsys):
    base = record({"none": one(de=50)}, stored=True)
    record({"none": one(de=30)}, code="b", stored=True)
    file = next((project / FOLDER).iterdir())
    stored = unpack(file.read_bytes())
    for path, data in stored.files.items():
        (project / path).parent.mkdir(parents=True)
        (project / path).write_bytes(data.replace(b"1.0", b"0.0"))
    file.write_bytes(pack(project, stored.md5s))
    git("commit", "-q", "-a", "-m", "Change the archive")
    shutil.rmtree(project / ".dvc" / "cache")
    assert "Not in this clone's cache, so not compared" in reviewed(capsys, base)[1]


@pytest.mark.parametrize(("margin", "status"), [(5, 1), (19.5, 1), (20.5, 0)])
def test_the_gate_refuses_a_fall_beyond_its_margin(project, capsys, margin, status):
    base = record({"none": one(de=50)})
    record({"none": one(de=30)}, params={"review_margins": {"xnli": margin}})
    got, text, _ = reviewed(capsys, base)
    assert got == status
    assert ("the gate is shut" in text) == bool(status)


def test_the_gate_lets_a_fall_within_its_interval_pass(project, capsys):
    base = record({"none": one(de=50)})
    record({"none": one(de=49)}, params={"review_margins": {"xnli": 0.1}})
    assert reviewed(capsys, base)[0] == 0


def test_parameters_code_and_outputs_without_a_reason_are_named(project, capsys):
    (project / "waystation").mkdir()
    module = project / "waystation" / "loop.py"
    module.write_text("RATE = 1\n\n\ndef train():\n    return RATE\n")
    base = record({"none": one(de=50)})
    module.write_text("# A comment.\nRATE = 2\n\n\ndef train():\n    return RATE\n")
    record({"none": one(de=30)}, params={"seeds": [0, 1]})
    _, text, _ = reviewed(capsys, base)
    assert "- `seeds`: + 1" in text
    assert "- `waystation/loop.py`: RATE changed" in text
    assert "other outputs of the same inputs**: evaluate@reading-nano-none" in text


def test_several_seeds_are_paired_and_corrected(project, capsys):
    seeds = {"0": 50, "1": 52, "2": 51}
    base = record({"none": {"de": seeds}})
    record({"none": {"de": {seed: right - 20 for seed, right in seeds.items()}}})
    _, text, _ = reviewed(capsys, base)
    assert "1 after Holm's correction" in text.splitlines()[0]
    assert "100 x 3" in text
    assert "one seed" not in text


def test_speeds_of_two_machines_are_not_compared(project, capsys):
    cost = project / "metrics" / "tiny" / "cost.json"
    cost.parent.mkdir(parents=True)
    shas = []
    for rate, processor in ((1000, "A"), (1100, "A"), (1200, "B")):
        speed = {"nano": {"none": {"xnli": {"tokens_per_sec": rate}}}}
        cost.write_text(json.dumps({"cost": speed}))
        machine = {"processor": processor, "cores": 2, "at": rate}
        shas.append(record({"none": one(de=50)}, machine=machine))
    _, text, _ = reviewed(capsys, shas[0], shas[1])
    assert "| nano | none | xnli | 1,000 | 1,100 | 1.10 |" in text
    _, text, _ = reviewed(capsys, shas[1], shas[2])
    assert "Not compared: two machines" in text
    assert "1,200" not in text
    assert "other processor**, A before and B after" in text


def test_nothing_is_checked_out_and_a_branch_is_a_revision(project, capsys):
    record({"none": one(de=50)})
    git("checkout", "-q", "-b", "theirs")
    record({"none": one(de=30)}, code="b")
    git("checkout", "-q", "main")
    (project / "params.yaml").write_text("an edit that nobody committed\n")
    before = git("status", "--short")
    assert reviewed(capsys, "main", "theirs", "--out", "/".join((str(project.parent), "r")))[0] == 0
    assert git("status", "--short") == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["nowhere"], "revision 'nowhere': "),
        (["HEAD", "HEAD"], "no suite that both revisions have run has another dvc.lock"),
        (["HEAD", "HEAD", "--suite", "huge"], "unknown suite 'huge'; allowed: tiny"),
    ],
)
def test_what_cannot_be_reviewed_is_said_in_one_line(project, capsys, words, said):
    record({"none": one(de=50)})
    status, _, error = reviewed(capsys, *words)
    assert status == 1
    assert len(error.splitlines()) == 1
    assert said in error


def test_a_margin_of_an_unknown_task_is_refused(project, capsys):
    base = record({"none": one(de=50)})
    record({"none": one(de=30)}, params={"review_margins": {"xnil": 1}})
    status, _, error = reviewed(capsys, base)
    assert status == 1
    assert "unknown task in review_margins 'xnil'; allowed: xnli" in error


def test_a_long_comment_is_cut_at_a_line_and_closes_what_is_open():
    rows = "\n".join(f"| row {n} |" for n in range(20_000))
    text = f"verdict\n\n<details><summary>x</summary>\n\n{rows}\n\n</details>\n"
    got = comment.cut(text, "review a b")
    assert len(got) <= comment.LONGEST
    assert got.startswith("verdict")
    assert got.count("<details>") == got.count("</details>") == 1
    assert got.rstrip().endswith("`review a b` writes it to `all.md`.")
    assert comment.cut("short\n", "review a b") == "short\n"
