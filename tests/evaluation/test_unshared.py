"""Retrieval from a pool over tokens that no two languages share."""

import json
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from torch import nn
from tqdm import tqdm

from tests.conftest import Processor
from waystation.data import examples
from waystation.data.examples import Description
from waystation.encoder.features import Packed
from waystation.encoder.tokenizer import read_special
from waystation.evaluation import unshared
from waystation.evaluation.cell import Scorer, score_test
from waystation.evaluation.rows import Predictor, Reader, Rows, read_pool, read_rows, score_rows
from waystation.grid.plans import InputLengths
from waystation.params.schema import Evaluate
from waystation.task_model import TaskModel

SETTINGS = Evaluate(batch_tokens=12, max_answer_tokens=5)
LENGTHS = InputLengths(max_tokens=30, stride=2)
TASK = Description("task", "dual_encoder", ("map_at_20",), (), None, None)

# (query, its key, a candidate's key, text): `Anna` and `3` alone stand in both languages' texts.
ENGLISH = [("feed Anna", "Q1", "Q2", "feed barn today"), ("Anna", "Q1", "Q3", "book 3")]
GERMAN = [("red onion Anna", "Q1", "Q1", "Anna onion"), ("kitchen", "Q4", "Q4", "3 3")]


class OneHot(nn.Module):
    """An encoder without context: a token's state has a one at its id, so that cosines of vectors
    are those of bags of words."""

    def __init__(self, size: int):
        super().__init__()
        self.config, self.device = SimpleNamespace(hidden_size=size), torch.device("cpu")

    def forward(self, packed: Packed, rows: torch.Tensor | None = None) -> torch.Tensor:
        ids = packed.ids if rows is None else packed.ids[rows]
        return nn.functional.one_hot(ids, self.config.hidden_size).float()


def bags(tokenizer) -> Predictor:
    """A model whose vectors are bags of words of length 1."""
    model = TaskModel(OneHot(tokenizer.get_vocab_size()), {"task": TASK})
    nn.init.eye_(model.heads["task"].projection.weight)
    nn.init.zeros_(model.heads["task"].projection.bias)
    return Predictor(model.eval(), "task", SETTINGS)


def drawn(encoder) -> Predictor:
    """A model with a head of random weights."""
    model = TaskModel(encoder, {"task": TASK}).eval()
    model.initialize_heads(torch.Generator().manual_seed(2))
    return Predictor(model, "task", SETTINGS)


def written(folder: Path, task: Description = TASK) -> None:
    for language, described in (("en", ENGLISH), ("de", GERMAN)):
        rows = [
            {"id": f"{language}{i}", "query": query, "key": key}
            | {"candidates": [{"key": candidate, "text": text}]}
            for i, (query, key, candidate, text) in enumerate(described)
        ]
        examples.write(examples.path(folder / task.name, "test", language), rows)


def read_both(folder: Path, tokenizer) -> list[Rows]:
    codes = ["en", "de"]
    reader = Reader(folder, tokenizer, LENGTHS)
    pool = read_pool(reader, TASK, "test", codes)
    return [read_rows(reader, TASK, "test", code, pool) for code in codes]


@pytest.fixture
def rows(tmp_path, word_tokenizer):
    written(tmp_path)
    return read_both(tmp_path, word_tokenizer)


@pytest.fixture
def again(tmp_path, rows, word_tokenizer):
    return unshared.make(Reader(tmp_path, word_tokenizer, LENGTHS), rows)


def test_a_shared_name_decides_the_ordinary_ranking_and_not_this_one(rows, again, word_tokenizer):
    """`feed Anna` looks for `Anna onion`; cosines .75 and .67 with special tokens, then 0 and .58.

    `red onion Anna` finds it by a word of its own language.
    """
    predictor, english = bags(word_tokenizer), rows[0]
    predicted, points = score_rows(english, predictor)
    assert predicted[0][:2] == ["Q1", "Q2"]
    pool = again.vectors(predictor, again.features)
    ranked = again.predict(english, pool, predictor)
    assert ranked[0][0] == "Q2"
    scored = again.score(predictor)
    assert points[0] == {"map_at_20": (1.0, 1.0)}
    assert scored["en"][0]["map_at_20"][0] <= 0.5
    assert scored["de"][0] == {"map_at_20": (1.0, 1.0)}


def test_only_ids_in_texts_of_several_languages_and_special_ones_are_left_out(
    again, word_tokenizer
):
    names = word_tokenizer.encode("Anna 3", add_special_tokens=False).ids
    assert again.left_out == set(names) | read_special(word_tokenizer).frame
    assert unshared.shared([{1, 2}, {2, 3}, {3}, {4}]) == {2, 3}


def test_candidates_of_another_task_count_as_texts_of_their_language(tmp_path, word_tokenizer):
    """`horse` stands in English queries and in a German description."""
    task = Description("task", "dual_encoder", ("map_at_20",), (), None, None, "entities")
    query = {"id": "m", "query": "old horse", "key": "Q1"}
    examples.write(examples.path(tmp_path / "task", "test", "en"), [query])
    entity = {"id": "Q1", "candidates": [{"key": "Q1", "text": "horse book"}]}
    examples.write(examples.path(tmp_path / "entities", "test", "de"), [entity])
    reader = Reader(tmp_path, word_tokenizer, LENGTHS)
    again = unshared.make(reader, [read_rows(reader, task, "test", "en")])
    horse = word_tokenizer.encode("horse", add_special_tokens=False).ids
    assert again.left_out == set(horse) | read_special(word_tokenizer).frame


def test_what_has_nothing_left_is_counted_and_never_right(again, word_tokenizer):
    assert again.empty() == {
        "unshared_empty_candidates": 1,  # `3 3`
        "unshared_empty_queries": {"en": 1, "de": 0},  # `Anna`
    }
    scored = again.score(bags(word_tokenizer))
    assert scored["en"][1] == {"map_at_20": (0.0, 1.0)}
    assert scored["de"][1] == {"map_at_20": (0.0, 1.0)}  # its candidate is the empty one
    assert "Q4" not in again.keys


def test_where_everything_is_shared_nothing_is_right(rows, word_tokenizer):
    again = unshared.Unshared(rows, range(word_tokenizer.get_vocab_size()))
    scored = again.score(bags(word_tokenizer))
    assert {p["map_at_20"] for points in scored.values() for p in points} == {(0.0, 1.0)}


def test_where_no_candidate_has_anything_left_nothing_is_found(rows, again, word_tokenizer):
    pooled = {token for feature in rows[0].pool.features for token in feature.ids}
    again = unshared.Unshared(rows, pooled)
    assert not again.features
    scored = again.score(bags(word_tokenizer))
    assert scored["de"][0] == {"map_at_20": (0.0, 1.0)}


def test_the_encoder_sees_whole_texts_and_the_mean_is_over_some_tokens(encoder, again):
    predictor = drawn(encoder)
    vectors = again.vectors(predictor, again.features)
    with torch.no_grad():
        for vector, feature in zip(vectors, again.features, strict=True):
            states = encoder(Packed([feature.ids]))
            counted = [row for row, token in enumerate(feature.ids) if token not in again.left_out]
            assert 0 < len(counted) < len(feature.ids) - 1
            expected = predictor.model.heads["task"].projection(states[counted].mean(0))
            torch.testing.assert_close(vector, expected / expected.norm(), atol=1e-5, rtol=0)


def scored(folder: Path, rows: list[Rows], predictor: Predictor, again: dict, monkeypatch):
    """What `evaluate` tells of a language and writes of its examples."""
    monkeypatch.setattr(Scorer, "read", lambda *_: predictor)
    scorer = Scorer(TASK, None, Processor(), SETTINGS, tqdm(disable=True), again)
    tasks = {"task": {"main_score": "map_at_20_percent", "languages": {}}}
    score_test(folder, Path("0"), "100", "100", rows, tasks, scorer)
    lines = [json.loads(x) for x in (folder / "task/en.jsonl").read_text().splitlines()]
    return tasks["task"]["languages"]["en"]["seeds"]["0"], lines


def test_the_score_stands_beside_the_ordinary_one_and_changes_nothing_of_it(
    tmp_path, encoder, rows, again, monkeypatch
):
    predictor = drawn(encoder)
    alone, before = scored(tmp_path / "alone", rows, predictor, {}, monkeypatch)
    both, after = scored(tmp_path / "both", rows, predictor, {"task": again}, monkeypatch)
    percent = both.pop("unshared_map_at_20_percent")
    assert both == alone
    assert all(isinstance(line["points"].pop("unshared_map_at_20"), list) for line in after)
    assert after == before
    points = again.score(predictor)["en"]
    assert percent == pytest.approx(100 * sum(p["map_at_20"][0] for p in points) / len(points))
