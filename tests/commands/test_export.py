"""A model that is stored beside its encoder, and its export as one folder for Transformers."""

import dataclasses
import sys

import pytest
import torch

from tests.conftest import ROOT, run
from waystation.base.errors import UserError
from waystation.data.examples import Description
from waystation.encoder.checkpoint import write_encoder
from waystation.encoder.encoder import new_encoder
from waystation.encoder.features import Feature
from waystation.encoder.tokenizer_training import write_tokenizer
from waystation.evaluation import selection
from waystation.evaluation.selection import Selection
from waystation.task_model import TaskModel, read_model
from waystation.training.optimizer import AdamW

LABELS = ("no", "yes")
TASK = Description("task", "classification", ("accuracy",), LABELS, None, None, None)
FEATURES = [Feature([0, 5, 6, 2], 0, 1), Feature([0, 30, 7, 2], 1, 0)]


@pytest.fixture
def stored(tmp_path, config, word_tokenizer):
    """A model after three steps, in memory and in `models/3`; its encoder lies in `encoder`."""
    wide = dataclasses.replace(config, vocab_size=2000)
    model = TaskModel(new_encoder(wide, torch.Generator().manual_seed(0)), {"task": TASK})
    model.initialize_heads(torch.Generator().manual_seed(1))
    write_encoder(tmp_path / "encoder", model.encoder, None)
    write_tokenizer(word_tokenizer, tmp_path / "encoder")
    optimizer = AdamW(dict(model.named_parameters()), weight_decay=0.01)
    for step in range(3):
        model.loss("task", FEATURES, step)[0].backward()
        optimizer.step(1e-3)
    model.eval().write(tmp_path / "models/3", "task", LABELS, tmp_path / "encoder")
    selection.write(tmp_path / "models", Selection("3", 3, 2, {"3": 50.0}, ()))
    return model


def test_it_is_smaller_and_answers_alike(stored, tmp_path):
    file = "model.safetensors"
    sizes = [(tmp_path / name / file).stat().st_size for name in ("models/3", "encoder")]
    assert sizes[0] < sizes[1] / 2
    back = read_model(tmp_path / "models/3", TASK, tmp_path / "encoder")
    unseen = [Feature([0, 1999, 8, 2], 0, 1)]
    for features in (FEATURES, unseen):
        ours, theirs = (model.logits("task", features)[0] for model in (back, stored))
        assert torch.allclose(ours, theirs, atol=1e-6, rtol=0)


def test_without_its_encoder_it_is_refused(stored, tmp_path):
    with pytest.raises(UserError, match="export` joins the two"):
        read_model(tmp_path / "models/3", TASK)


def test_the_export_is_what_transformers_loads(stored, tmp_path):
    from transformers import AutoModelForSequenceClassification, AutoTokenizer

    words = ["--model", tmp_path / "models", "--encoder", tmp_path / "encoder"]
    command = [sys.executable, "-m", "waystation", "export", *words, "--out", tmp_path / "out"]
    told = run(command, ROOT).stdout
    assert str(tmp_path / "out") in told
    theirs, loading = AutoModelForSequenceClassification.from_pretrained(
        tmp_path / "out", output_loading_info=True
    )
    assert not loading["missing_keys"]
    assert not loading["unexpected_keys"]
    assert theirs.config.id2label == {0: "no", 1: "yes"}
    assert AutoTokenizer.from_pretrained(tmp_path / "out")("the barn")["input_ids"]
    with torch.no_grad():
        logits = theirs.eval()(input_ids=torch.tensor([f.ids for f in FEATURES])).logits
    assert torch.allclose(logits, stored.logits("task", FEATURES)[0], atol=1e-5, rtol=0)
    again = run(command, ROOT, check=False)
    assert again.returncode == 1
    assert "exists already" in again.stderr
