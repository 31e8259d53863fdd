"""The encoder equals Transformers' XLM-R, in memory and through checkpoints."""

import json

import pytest
import torch

from waystation.base.errors import UserError
from waystation.data.examples import Description
from waystation.encoder.checkpoint import read_encoder, write_encoder
from waystation.encoder.config import read_config
from waystation.encoder.encoder import (
    Encoder,
    EncoderConfig,
    MaskedLanguageHead,
    Packed,
    initialize,
    new_encoder,
)
from waystation.task_model import TaskModel, read_model

SEQUENCES = [[0, 5, 6, 7, 2], [0, 9, 2], [0, 8, 8, 30, 31, 32, 33, 2], [0, 49, 2]]


def padded(sequences):
    longest = max(map(len, sequences))
    ids = torch.tensor([s + [1] * (longest - len(s)) for s in sequences])
    return {"input_ids": ids, "attention_mask": (ids != 1).long()}


@pytest.fixture
def checkpoint(encoder, tmp_path):
    head = MaskedLanguageHead(encoder.config)
    initialize(head, 0.1, torch.Generator().manual_seed(1))
    torch.nn.init.normal_(head.bias)
    write_encoder(tmp_path, encoder, head)
    return tmp_path, encoder, head


def test_masked_language_model_equals_transformers(checkpoint):
    from transformers import AutoModelForMaskedLM

    folder, encoder, head = checkpoint
    theirs = AutoModelForMaskedLM.from_pretrained(folder).eval()
    packed = Packed(SEQUENCES)
    with torch.no_grad():
        logits = head(encoder(packed), encoder.embeddings.word_embeddings.weight)
        expected = theirs(**padded(SEQUENCES)).logits
    for row, part in enumerate(logits.split([len(s) for s in SEQUENCES])):
        assert torch.allclose(part, expected[row, : len(part)], atol=1e-5, rtol=0)


def test_every_layer_equals_transformers(checkpoint):
    from transformers import AutoModel

    folder, encoder, _ = checkpoint
    theirs = AutoModel.from_pretrained(folder, add_pooling_layer=False).eval()
    with torch.no_grad():
        ours = encoder.layers(Packed(SEQUENCES))
        expected = theirs(**padded(SEQUENCES), output_hidden_states=True).hidden_states
    assert len(ours) == len(expected) == 3
    real = padded(SEQUENCES)["attention_mask"].bool()
    for mine, other in zip(ours, expected, strict=True):
        assert torch.allclose(mine, other[real], atol=1e-5, rtol=0)


@pytest.mark.parametrize(
    ("kind", "labels"),
    [("classification", ("a", "b", "c")), ("tagging", ("x", "y")), ("question_answering", ())],
)
def test_task_models_load_in_transformers(encoder, tmp_path, kind, labels):
    import transformers

    task = Description("task", kind, ("accuracy",), labels, None, None)
    model = TaskModel(encoder, {"task": task})
    model.initialize_heads(torch.Generator().manual_seed(2))
    model.eval().write(tmp_path, "task", labels)
    architecture = json.loads((tmp_path / "config.json").read_text())["architectures"][0]
    theirs = getattr(transformers, architecture).from_pretrained(tmp_path).eval()
    packed = Packed(SEQUENCES)
    with torch.no_grad():
        ours = model.heads["task"](encoder(packed), packed)
        expected = theirs(**padded(SEQUENCES))
        back = read_model(tmp_path, task).heads["task"](encoder(packed), packed)
    assert torch.equal(ours, back)
    real = padded(SEQUENCES)["attention_mask"].bool()
    if kind == "classification":
        assert torch.allclose(ours, expected.logits, atol=1e-5)
    elif kind == "tagging":
        assert torch.allclose(ours, expected.logits[real], atol=1e-5)
    else:
        both = torch.stack([expected.start_logits, expected.end_logits], -1)
        assert torch.allclose(ours[real], both[real], atol=1e-5)
        assert (ours[~real] == float("-inf")).all()


def test_sequences_of_a_batch_do_not_see_each_other(encoder):
    with torch.no_grad():
        together = encoder(Packed(SEQUENCES)).split([len(s) for s in SEQUENCES])
        for sequence, part in zip(SEQUENCES, together, strict=True):
            assert torch.allclose(encoder(Packed([sequence])), part, atol=1e-6)


@pytest.mark.parametrize("sequences", [SEQUENCES, [s[:3] for s in SEQUENCES]])
def test_chosen_rows_equal_those_of_the_whole(encoder, sequences):
    packed, rows = Packed(sequences), torch.tensor([10, 0, 4])
    gradients = []
    for chosen in (encoder(packed)[rows], encoder(packed, rows)):
        encoder.zero_grad()
        chosen.pow(3).sum().backward()
        gradients.append([chosen] + [p.grad.clone() for p in encoder.parameters()])
    for whole, part in zip(*gradients, strict=True):
        assert torch.allclose(whole, part, atol=1e-4, rtol=1e-4)


def test_gradients_equal_those_of_single_sequences(encoder):
    encoder(Packed(SEQUENCES)).square().sum().backward()
    together = {n: p.grad.clone() for n, p in encoder.named_parameters()}
    encoder.zero_grad()
    for sequence in SEQUENCES:
        encoder(Packed([sequence])).square().sum().backward()
    for name, parameter in encoder.named_parameters():
        assert torch.allclose(parameter.grad, together[name], atol=1e-3, rtol=1e-4), name


def test_same_seed_same_weights(config):
    first, second = (new_encoder(config, torch.Generator().manual_seed(7)) for _ in range(2))
    for a, b in zip(first.parameters(), second.parameters(), strict=True):
        assert torch.equal(a, b)


def test_checkpoint_round_trip(checkpoint):
    folder, encoder, head = checkpoint
    read, read_head = read_encoder(folder)
    for module, other in ((encoder, read), (head, read_head)):
        for name, tensor in module.state_dict().items():
            assert torch.equal(tensor, other.state_dict()[name])


def test_a_cut_checkpoint_is_named(checkpoint):
    folder = checkpoint[0]
    file = folder / "model.safetensors"
    file.write_bytes(file.read_bytes()[:-100])
    with pytest.raises(UserError, match=r"model\.safetensors is not a whole"):
        read_encoder(folder)


def test_a_foreign_config_is_refused(tmp_path):
    (tmp_path / "config.json").write_text('{"model_type": "gpt2"}')
    with pytest.raises(UserError, match="'gpt2'; allowed: xlm-roberta, xlm-roberta-xl, bert"):
        read_config(tmp_path)


def test_a_shape_that_does_not_fit_is_named(checkpoint):
    folder = checkpoint[0]
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | {"intermediate_size": 7}))
    with pytest.raises(UserError, match="has shape"):
        read_encoder(folder)


def test_parameter_count_of_the_base_shape():
    base = EncoderConfig(250002, 768, 12, 12, 3072, 514)
    with torch.device("meta"):
        count = sum(p.numel() for p in Encoder(base).parameters())
    assert count == 277_453_056  # FacebookAI/xlm-roberta-base without pooler
