"""Weights that are means of others', and which snapshots are which."""

import json

import pytest
import torch

from waystation.data.examples import Description
from waystation.encoder.checkpoint import write_encoder
from waystation.encoder.encoder import new_encoder
from waystation.evaluation import averaged
from waystation.evaluation.averaged import MEAN, Fitted
from waystation.evaluation.cell import Places
from waystation.grid.plans import EvaluationPlan, InputLengths
from waystation.task_model import TaskModel, read_model

MNLI = Description("mnli", "classification", ("accuracy",), ("a", "b", "c"), 33.3, "mnli")


@pytest.fixture
def fitted(tmp_path, config, monkeypatch):
    """Two seeds with two snapshots each, and the encoder that they began with."""
    encoder = tmp_path / "encoder"
    write_encoder(encoder, new_encoder(config, torch.Generator().manual_seed(9)), None)
    for seed, chosen in ((0, "10"), (1, "20")):
        for step in (10, 20):
            generator = torch.Generator().manual_seed(100 * seed + step)
            model = TaskModel(new_encoder(config, generator), {"mnli": MNLI})
            model.initialize_heads(generator)
            model.write(tmp_path / f"models/{seed}/{step}", "mnli", MNLI.labels, encoder)
        noted = {"chosen": chosen, "steps": 20, "examples": 9, "curve": []}
        noted["checkpoints"] = {"10": 50.0, "20": 60.0}
        (tmp_path / f"models/{seed}/english.json").write_text(json.dumps(noted))
    monkeypatch.setattr(Fitted, "head", lambda self: MNLI)
    plan = EvaluationPlan("mnli", ("en",), ("xnli",), InputLengths(64, 32))
    return Fitted(plan, Places(tmp_path, encoder, tmp_path / "models", tmp_path / "out"))


def weights(folder, fitted):
    return read_model(folder, MNLI, fitted.places.encoder).state_dict()


def test_means_are_of_weights_with_their_heads(fitted):
    models = fitted.places.models
    (both,) = fitted.mean_of_seeds()
    for name, weight in weights(both / MEAN, fitted).items():
        chosen = [weights(models / at, fitted)[name] for at in ("0/10", "1/20")]
        torch.testing.assert_close(weight, (chosen[0] + chosen[1]) / 2)
    runs = fitted.snapshots()
    assert [folder.name for folder in runs] == ["0", "1"]
    for name, weight in weights(next(iter(runs)) / MEAN, fitted).items():
        own = [weights(models / "0" / step, fitted)[name] for step in ("10", "20")]
        torch.testing.assert_close(weight, (own[0] + own[1]) / 2)


def test_the_last_is_told_where_english_rows_chose_another(fitted):
    assert fitted.last() == {fitted.places.models / "0": "20"}


def test_variants_that_are_the_chosen_weights_are_left_out(fitted, monkeypatch):
    """One snapshot and one seed leave nothing to score."""
    noted = {"chosen": "10", "steps": 10, "examples": 9, "checkpoints": {"10": 1.0}, "curve": []}
    (fitted.places.models / "0/english.json").write_text(json.dumps(noted))
    alone = {fitted.places.models / "0": fitted.seeds()[fitted.places.models / "0"]}
    monkeypatch.setattr(Fitted, "seeds", lambda self: alone)
    monkeypatch.setattr(averaged, "load_rows", lambda target, places: ([], [], {}))
    assert [make(fitted) for make in averaged.VARIANTS.values()] == [{}, {}, {}]
    assert [*averaged.other_tests(fitted, None, None)] == []
