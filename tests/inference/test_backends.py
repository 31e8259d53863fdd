"""Every engine gives what our encoder gives, under every head."""

import importlib.util
from dataclasses import replace

import pytest
import torch

from tests.encoder.test_device import features_of
from waystation.base.errors import UserError
from waystation.data.examples import Description
from waystation.encoder.config import EncoderConfig
from waystation.encoder.encoder import Encoder, initialize
from waystation.inference import backends
from waystation.inference.backends import NEEDS, Workbench, with_backend
from waystation.params.benchmark import BACKENDS
from waystation.params.schema import Evaluate
from waystation.task_model import TaskModel

HEADS = ("classification", "question_answering", "tagging", "multiple_choice", "dual_encoder")
EVALUATE = Evaluate(batch_tokens=200, max_answer_tokens=5)
# Of eight bits only the outputs' direction is the same.
EXACT = ("transformers", "onnxruntime", "openvino")
ROUNDED = ("onnxruntime-int8", "openvino-int8")


def model_of(kind: str, family: str) -> TaskModel:
    types = 2 if family == "bert" else 1
    shape = EncoderConfig(
        60, 64, 2, 4, 96, 90, type_vocab_size=types, model_type=family, pad_token_id=1
    )
    task = Description("task", kind, ("accuracy",), ("a", "b", "c"), None, None)
    model = TaskModel(Encoder(shape), {"task": task})
    initialize(model, 0.2, torch.Generator().manual_seed(0))
    return model.eval()


def of_family(features, family):
    """Models that tell two texts apart get the place of the second one in each sequence."""
    if family != "bert":
        return features
    return [replace(f, seconds=tuple(3 for _ in f.sequences())) for f in features]


@pytest.fixture(scope="module")
def folders(tmp_path_factory):
    """An exported graph serves all heads: they share the encoder's weights."""
    return {name: tmp_path_factory.mktemp(name) for name in ("xlm-roberta", "bert")}


@pytest.mark.parametrize("family", ["xlm-roberta", "bert"])
@pytest.mark.parametrize("name", [*EXACT, *ROUNDED])
def test_outputs_are_those_of_our_encoder(folders, name, family):
    for need in NEEDS.get(name, ()):
        if not importlib.util.find_spec(need):
            pytest.skip(f"{need} is not installed")
    for kind in HEADS:
        model = model_of(kind, family)
        features = of_family(features_of(kind), family)
        bench = Workbench(folders[family], 1, [features[:4], features[4:8]])
        with torch.inference_mode():
            ours, _ = model.logits("task", features)
            theirs, _ = with_backend(model, "task", name, bench).logits("task", features)
        real = torch.isfinite(ours)
        assert torch.equal(real, torch.isfinite(theirs))
        if name in EXACT:
            torch.testing.assert_close(theirs[real], ours[real], rtol=1e-4, atol=1e-4)
        else:
            assert torch.cosine_similarity(theirs[real], ours[real], dim=0) > 0.9


def test_the_unpadded_backends_are_the_model_itself(tmp_path):
    model = model_of("tagging", "bert")
    assert with_backend(model, "task", "unpadded", Workbench(tmp_path, 1)) is model
    assert model.encoder.precision is torch.float32
    assert with_backend(model, "task", "unpadded-bf16", Workbench(tmp_path, 1)) is model
    assert model.encoder.precision is torch.bfloat16


def test_a_suite_may_name_every_engine_and_no_other():
    assert {*BACKENDS} == {*backends.OURS, *backends.ENGINES}


def test_an_engine_of_the_processor_is_refused_on_a_card(monkeypatch):
    monkeypatch.setattr(backends.importlib.util, "find_spec", lambda name: name)
    with pytest.raises(UserError, match="'openvino' runs on the processor; device is 'cuda'"):
        backends.check("openvino", "cuda")
    backends.check("transformers", "cuda")


def test_an_engine_that_is_not_installed_is_refused_with_the_line_that_installs_it(
    tmp_path, monkeypatch
):
    monkeypatch.setattr(backends.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UserError, match="backend 'openvino' needs: pip install openvino"):
        with_backend(model_of("tagging", "bert"), "task", "openvino", Workbench(tmp_path, 1))
    with pytest.raises(UserError, match="unknown backend 'tensorrt'"):
        with_backend(model_of("tagging", "bert"), "task", "tensorrt", Workbench(tmp_path, 1))
