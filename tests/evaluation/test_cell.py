"""The oracle: the checkpoint that the other languages' development rows would have chosen."""

from pathlib import Path

import pytest

from waystation import heads
from waystation.data.examples import Description
from waystation.evaluation import cell
from waystation.evaluation.rows import Rows

XNLI = Description("xnli", "classification", ("accuracy",), ("a", "b"), 50.0, "mnli")


class Scorer:
    """Scores are made up: {checkpoint: {language: score}}."""

    def __init__(self, scores: dict[str, dict[str, float]]):
        self.scores, self.sets, self.read_models = scores, 0, []

    def expect(self, sets: int) -> None:
        self.sets += sets

    def read(self, folder: Path) -> str:
        self.read_models.append(folder.name)
        return folder.name

    def score_again(self, model: str):
        return {}

    def score(self, rows, model: str):
        return [0], [{"accuracy": (self.scores[model][rows.language] / 100, 1.0)}]


def rows(language: str) -> Rows:
    """One example."""
    return Rows(XNLI, heads.load(XNLI.type), language, [{"id": "0"}], [], [0], None)


SCORES = {
    "100": {"qda": 60.0, "qdb": 40.0, "en": 90.0},
    "200": {"qda": 50.0, "qdb": 56.0, "en": 80.0},
    "300": {"qda": 53.0, "qdb": 53.0, "en": 70.0},
}


def test_the_mean_of_the_other_languages_decides_and_the_earlier_of_equals():
    scorer = Scorer(SCORES)
    development = [rows("qda"), rows("qdb")]
    step = cell.choose_by_oracle(Path("0"), list(SCORES), "100", development, scorer)
    assert step == "200"  # 53, as at 300
    assert scorer.sets == 6
    assert cell.choose_by_oracle(Path("0"), ["100"], "100", development, scorer) == "100"
    assert cell.choose_by_oracle(Path("0"), list(SCORES), "100", [], scorer) is None


@pytest.mark.parametrize(("oracle", "expected"), [("200", 50.0), ("100", 60.0), (None, None)])
def test_its_score_stands_beside_that_of_the_chosen_one(tmp_path, oracle, expected):
    tasks = {"xnli": {"languages": {}}}
    scorer = Scorer(SCORES)
    cell.score_test(tmp_path, Path("0"), "100", oracle, [rows("qda")], tasks, scorer)
    assert tasks["xnli"]["languages"]["qda"]["seeds"]["0"] == {
        "accuracy_percent": 60.0,
        "oracle_percent": expected,
    }
    assert scorer.read_models == (["100", "200"] if oracle == "200" else ["100"])
