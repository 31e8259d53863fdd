"""Second scores, in the tables and wherever they are shown."""

from dataclasses import replace

import pytest

from tests.report import small_grid
from tests.report.small_grid import LANGUAGES, Grid, row
from waystation.report import csv_files, markdown, published, scores, summary, text
from waystation.report.second_scores import EXACT_MATCH, SECOND_SCORES, UNSHARED, SecondScore
from waystation.report.text import score_table

POINTS = {"en": [[1, 0.5]] * 8, "qda": [[1, 0.0], [0, 0.5]] * 4, "qdb": [[1, 0.5]] * 8}
PRECISION = SecondScore("precision", "precision", "precision", short="P", note="P: precision")


def grid(folder, target, task):
    """Second score 50 in English, 25 and 50 in the others; XNLI has none."""
    made = Grid(folder, ["pico"], ["random", "none"], LANGUAGES, {"a": (target,), "b": ("mnli",)})
    for recipe in ("random", "none"):
        made.score("a", "pico", recipe, {target: (["en"], {task: POINTS})})
        plain = {code: [1.0, 0.0] * 4 for code in LANGUAGES}
        made.score("b", "pico", recipe, {"mnli": (["en"], {"xnli": plain})})
    return made


@pytest.fixture
def lookup(tmp_path):
    return grid(tmp_path, "squad_retrieval", "lareqa")


def result_rows(made, folder) -> list[list[str]]:
    """The rows of the first table of results.md, its head first."""
    csv_files.write(folder, made)
    lines = markdown.markdown(csv_files.read(folder)).splitlines()
    start = next(i for i, line in enumerate(lines) if line.startswith("| task"))
    rows = lines[start : lines.index("", start)]
    return [[cell.strip() for cell in line.strip("|").split("|")] for line in rows]


def test_means_have_intervals_and_stand_beside_the_main_score(lookup):
    made = lookup.tables()
    lareqa = row(made.gains, recipe="none", task="lareqa")
    unshared = lareqa.second["unshared"]
    assert unshared.value == pytest.approx(37.5)  # (25 + 50) / 2, without English
    assert unshared.low < 37.5 < unshared.high
    assert lareqa.zero_shot.value == pytest.approx(75)
    english = row(made.scores, recipe="none", task="lareqa", language="en")
    assert english.second["unshared"].value == pytest.approx(50)
    assert row(made.gains, recipe="none", task="xnli").second == {}


def test_the_exact_match_stands_beside_f1(two_models):
    made = two_models.tables()
    mlqa = row(made.scores, model="pico", recipe="none", task="mlqa", language="qda")
    assert (mlqa.metric, mlqa.score.value) == ("f1", 50)
    exact = mlqa.second["exact_match"]
    assert exact.low < exact.value == 25 < exact.high
    means = row(made.gains, model="pico", recipe="none", task="mlqa").second
    assert means["exact_match"].value == 25
    assert row(made.gains, model="pico", recipe="none", task="xnli").second == {}


def test_columns_are_named_after_the_score(lookup, two_models, tmp_path):
    for made, names in ((lookup, UNSHARED.columns), (two_models, EXACT_MATCH.columns)):
        csv_files.write(tmp_path, made.tables())
        for table in ("scores", "gains"):
            head = (tmp_path / f"{table}.csv").read_text().splitlines()[0]
            assert head.endswith(",".join(names))
    assert UNSHARED.columns[0] == "unshared_percent"
    assert EXACT_MATCH.columns[1:] == ("exact_match_low_percent", "exact_match_high_percent")


def test_the_summary_names_the_metric(lookup):
    cells = summary.summary(lookup.scores(), lookup.tables())["scores"]["pico"]["none"]
    assert cells["lareqa"]["unshared_map_at_20_zero_shot_percent"] == 37.5
    assert cells["lareqa"]["unshared_map_at_20_english_percent"] == 50
    assert not any("unshared" in key for key in cells["xnli"])


def test_it_is_printed_in_a_column_and_written_in_a_row_of_its_own(lookup, tmp_path):
    lines = score_table(lookup.tables(), lookup.suite).splitlines()
    start = next(i for i, line in enumerate(lines) if line.endswith("lareqa  lareqa unshared"))
    below = [line.split() for line in lines[start + 1 :]]
    assert ["none,", "in", "English", "100.0", "50.0"] in below
    assert ["none", "75.0", "37.5"] in below
    assert lines.count(UNSHARED.note) == 1
    head, *rows = result_rows(lookup.tables(), tmp_path)
    (cells,) = [line for line in rows if line[0] == "`lareqa`, map at 20, unshared tokens"]
    assert cells[3:6] == ["25.0", *[cells[4], "50.0 [50.0, 50.0]"]]
    assert cells[4] == cells[6]
    assert cells[6].startswith("37.5 [")
    assert len(cells) == len(head)


@pytest.mark.parametrize("is_column", [True, False])
def test_another_second_score_is_one_entry(is_column, tmp_path, monkeypatch):
    """A score that a metric computes is in tables, summary and texts as soon as it is listed."""
    precision = replace(PRECISION, is_column=is_column)
    for module in (scores, csv_files, markdown, summary, text, published):
        monkeypatch.setattr(module, "SECOND_SCORES", (*SECOND_SCORES, precision))
    monkeypatch.setitem(small_grid.SCORES, "panx", ("f1", "precision"))
    made = grid(tmp_path, "panx", "panx")
    tables = made.tables()
    assert row(tables.gains, recipe="none", task="panx").second["precision"].value == 37.5
    cells = summary.summary(made.scores(), tables)["scores"]["pico"]["none"]
    assert cells["panx"]["precision_zero_shot_percent"] == 37.5
    assert ("precision_english_percent" in cells["panx"]) is not is_column
    head, *rows = result_rows(tables, tmp_path)
    assert ("`none`, precision" in head) is is_column
    assert any(line[0] == "`panx`, f1, precision" for line in rows) is not is_column
    assert ("panx P" in score_table(tables, made.suite)) is not is_column


def test_a_task_s_main_score_is_not_its_second_one_too(one_model, monkeypatch):
    accuracy = SecondScore("accuracy", "accuracy", "accuracy")
    monkeypatch.setattr(scores, "SECOND_SCORES", (accuracy,))
    languages = [language for s in one_model.scores() for language in s.languages.values()]
    assert languages
    assert not any(language.second for language in languages)
