"""Every family of encoders equals Transformers' own classes, in memory and through checkpoints."""

import pytest
import torch
import transformers

from waystation.data.examples import Description
from waystation.encoder import layers
from waystation.encoder.checkpoint import read_encoder, read_file, write_encoder
from waystation.encoder.config import read_config
from waystation.encoder.encoder import new_encoder
from waystation.encoder.features import Feature, Packed, pack
from waystation.encoder.processor import attention
from waystation.fetched import foreign
from waystation.task_model import TaskModel, read_model

SHAPE = dict(
    vocab_size=60,
    hidden_size=32,
    num_hidden_layers=3,
    num_attention_heads=4,
    intermediate_size=48,
    max_position_embeddings=40,
)
FAMILIES = {
    "xlm-roberta": ("XLMRoberta", {"type_vocab_size": 1, "layer_norm_eps": 1e-5}),
    "xlm-roberta-xl": ("XLMRobertaXL", {}),
    "bert": ("Bert", {"layer_norm_eps": 1e-12}),
}
# Pairs with the place where the second text begins; XLM-R's special ids, which BERT takes as well.
PAIRS = [([0, 5, 6, 7, 2, 9, 2], 5), ([0, 9, 2, 8, 2], 3), ([0, 8, 8, 30, 31, 2, 33, 59, 2], 6)]
SEQUENCES = [ids for ids, _ in PAIRS]


@pytest.fixture(params=FAMILIES)
def family(request):
    name, more = FAMILIES[request.param]
    config = getattr(transformers, f"{name}Config")(**SHAPE, **more)
    return request.param, name, config


@pytest.fixture(autouse=True)
def _one_thread():
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


def theirs(name: str, ending: str, config, folder, **more):
    """A model of Transformers' with every weight drawn, saved to a folder."""
    torch.manual_seed(1)
    model = getattr(transformers, name + ending)(config, **more).eval()
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, 0.0, 0.3)
    model.save_pretrained(folder)
    return model


def padded(kind: str, sequences=SEQUENCES):
    """Transformers' inputs; BERT gets token types."""
    longest = max(map(len, sequences))
    rows = [ids + [1] * (longest - len(ids)) for ids in sequences]
    told = {"input_ids": torch.tensor(rows)}
    real = [[int(i < len(ids)) for i in range(longest)] for ids in sequences]
    told["attention_mask"] = torch.tensor(real)
    if kind == "bert":
        types = [[int(place <= i) for i in range(longest)] for _, place in PAIRS]
        told["token_type_ids"] = torch.tensor(types)
    return told


def packed_pairs(kind: str) -> Packed:
    return Packed(SEQUENCES, [place for _, place in PAIRS] if kind == "bert" else ())


def adopted(folder):
    config = read_config(folder)
    return foreign.adopt(folder / "model.safetensors", config, read_file(folder))


def close(ours, expected) -> bool:
    return torch.allclose(ours, expected, atol=1e-5, rtol=1e-5)


def test_layers_and_masked_logits_equal_transformers(family, tmp_path):
    kind, name, config = family
    model = theirs(name, "ForMaskedLM", config, tmp_path / "theirs")
    encoder, head, left_out = adopted(tmp_path / "theirs")
    encoder.eval()
    packed, inputs = packed_pairs(kind), padded(kind)
    real = inputs["attention_mask"].bool()
    with torch.no_grad():
        states = encoder.layers(packed)
        expected = model(**inputs, output_hidden_states=True)
        logits = head(encoder(packed), encoder.embeddings.word_embeddings.weight)
        some = encoder(packed, torch.tensor([3, 11]))
    assert len(states) == len(expected.hidden_states) == 4
    for ours, other in zip(states, expected.hidden_states, strict=True):
        assert close(ours, other[real])
    assert close(logits, expected.logits[real])
    assert close(some, states[-1][[3, 11]])
    assert left_out == []


def test_what_we_write_loads_in_transformers(family, tmp_path):
    kind, name, config = family
    model = theirs(name, "ForMaskedLM", config, tmp_path / "theirs")
    encoder, head, _ = adopted(tmp_path / "theirs")
    write_encoder(tmp_path / "ours", encoder, head)
    back, told = transformers.AutoModelForMaskedLM.from_pretrained(
        tmp_path / "ours", output_loading_info=True
    )
    assert not told["missing_keys"]
    assert not told["unexpected_keys"]
    assert type(back) is type(model)
    with torch.no_grad():
        assert torch.equal(back.eval()(**padded(kind)).logits, model(**padded(kind)).logits)
    again, _ = read_encoder(tmp_path / "ours")
    assert again.config == encoder.config
    assert read_config(tmp_path / "theirs") == encoder.config


@pytest.mark.parametrize(
    ("type_", "ending", "labels"),
    [
        ("classification", "ForSequenceClassification", ("a", "b", "c")),
        ("tagging", "ForTokenClassification", ("x", "y")),
        ("question_answering", "ForQuestionAnswering", ()),
        ("multiple_choice", "ForMultipleChoice", ()),
    ],
)
def test_heads_equal_transformers(family, tmp_path, type_, ending, labels):
    kind, name, config = family
    torch.manual_seed(3)
    theirs(name, "ForMaskedLM", config, tmp_path / "theirs")
    encoder, _, _ = adopted(tmp_path / "theirs")
    task = Description("task", type_, ("accuracy",), labels, None, None)
    model = TaskModel(encoder, {"task": task}).eval()
    for parameter in model.heads.parameters():
        torch.nn.init.normal_(parameter, 0.0, 0.3)
    model.write(tmp_path / "ours", "task", labels)
    loader = getattr(transformers, f"AutoModel{ending}")
    other, told = loader.from_pretrained(tmp_path / "ours", output_loading_info=True)
    assert not told["missing_keys"]
    assert not told["unexpected_keys"]
    features = [
        Feature(ids, i, seconds=(place,) if kind == "bert" else ())
        for i, (ids, place) in enumerate(PAIRS)
    ]
    inputs = padded(kind)
    real = inputs["attention_mask"].bool()
    if type_ == "multiple_choice":
        inputs = {key: value[:, None] for key, value in inputs.items()}
    with torch.no_grad():
        ours, _ = model.logits("task", features)
        found = other.eval()(**inputs)
        back, _ = read_model(tmp_path / "ours", task).logits("task", features)
    assert torch.equal(ours, back)
    if type_ == "question_answering":
        ours, expected = ours[real], torch.stack([found.start_logits, found.end_logits], -1)[real]
    else:
        expected = found.logits[real] if type_ == "tagging" else found.logits
    assert close(ours.flatten(), expected.flatten())


@pytest.mark.parametrize("large", [False, True], ids=["small", "large"])
def test_gradients_equal_transformers(family, tmp_path, monkeypatch, large):
    """By way of the code for small models, and of that for large ones."""
    kind, name, config = family
    monkeypatch.setattr(attention, "LEAST_WIDTH", 0 if large else 2**20)
    monkeypatch.setattr(layers, "LARGE_TABLE", 0 if large else 2**30)
    model = theirs(name, "Model", config, tmp_path / "theirs", add_pooling_layer=False)
    model.embeddings.word_embeddings.padding_idx = None  # BERT's is a token of the pairs here
    encoder, _, _ = adopted(tmp_path / "theirs")
    inputs = padded(kind)
    real = inputs["attention_mask"].bool()
    hidden, expected = encoder.eval()(packed_pairs(kind)), model(**inputs)[0][real]
    assert close(hidden, expected)
    weights = torch.randn(hidden.shape, generator=torch.Generator().manual_seed(5))
    for states in (hidden, expected):
        (states * weights).sum().backward()
    others = dict(model.named_parameters())
    for key, parameter in encoder.named_parameters():
        ours, other = parameter.grad, others[key].grad
        assert ours.is_sparse == (large and key.endswith("word_embeddings.weight"))
        scale = 1 + float(other.abs().max())
        torch.testing.assert_close(ours.to_dense(), other, atol=1e-5 * scale, rtol=1e-5)


def test_token_types_follow_the_features(tmp_path):
    two = Feature([0, 5, 2, 6, 2, 0, 7, 8, 2, 2], 0, cuts=(5,), seconds=(3, 4))
    assert pack([two]).types.tolist() == [0, 0, 0, 1, 1, 0, 0, 0, 0, 1]
    assert pack([Feature([0, 5, 2], 0)]).types is None


def test_new_weights_leave_the_padding_rows_zero(family, tmp_path):
    kind, _, config = family
    config.save_pretrained(tmp_path)
    encoder = new_encoder(read_config(tmp_path), torch.Generator().manual_seed(0))
    tables = [encoder.embeddings.word_embeddings, encoder.embeddings.position_embeddings]
    empty = [table.weight.abs().sum(1).eq(0).nonzero().flatten().tolist() for table in tables]
    assert empty == ([[0], []] if kind == "bert" else [[1], [1]])


def saved(folder, name, config, tensors):
    """A checkpoint of exactly these tensors."""
    from safetensors.torch import save_file

    config.save_pretrained(folder)
    save_file({k: v.clone().contiguous() for k, v in tensors.items()}, folder / "model.safetensors")


@pytest.fixture
def bert(tmp_path):
    """(config, tensors) of a tiny BERT as it leaves pretraining, with pooler and both heads."""
    config = transformers.BertConfig(**SHAPE)
    model = theirs("Bert", "ForPreTraining", config, tmp_path / "theirs")
    return config, model.state_dict(), adopted(tmp_path / "theirs")


def same(one, other) -> bool:
    pairs = zip(one.state_dict().items(), other.state_dict().items(), strict=True)
    return all(a == b and torch.equal(x, y) for (a, x), (b, y) in pairs)


def test_known_differences_of_checkpoints_are_taken(bert, tmp_path):
    config, tensors, (encoder, head, left_out) = bert
    assert left_out == [
        *("bert.pooler.dense.bias", "bert.pooler.dense.weight"),
        *("cls.seq_relationship.bias", "cls.seq_relationship.weight"),
    ]
    assert "cls.predictions.decoder.bias" in tensors
    odd = {}
    for key, tensor in tensors.items():
        for old, new in (("gamma", "weight"), ("beta", "bias")):
            key = key.replace(f"LayerNorm.{new}", f"LayerNorm.{old}")
        odd[key] = tensor
    odd["bert.embeddings.position_ids"] = torch.arange(40)[None]
    del odd["cls.predictions.bias"], odd["bert.embeddings.word_embeddings.weight"]
    saved(tmp_path / "odd", "Bert", config, odd)
    found, found_head, _ = adopted(tmp_path / "odd")
    assert same(found, encoder)
    assert same(found_head, head)


def test_a_bare_encoder_has_no_head_and_is_written_without(bert, tmp_path):
    config, tensors, (encoder, _, _) = bert
    bare = {k.removeprefix("bert."): v for k, v in tensors.items() if k.startswith("bert.")}
    saved(tmp_path / "bare", "Bert", config, bare)
    found, head, _ = adopted(tmp_path / "bare")
    assert same(found, encoder)
    assert head is None
    write_encoder(tmp_path / "ours", found, None)
    assert same(read_encoder(tmp_path / "ours")[0], encoder)
    assert read_encoder(tmp_path / "ours")[1] is None
    model = transformers.AutoModel.from_pretrained(tmp_path / "ours", add_pooling_layer=False)
    assert torch.equal(model.embeddings.LayerNorm.bias, encoder.embeddings.LayerNorm.bias)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"bert.encoder.layer.0.adapter.weight": 1}, "bert has not: bert.encoder.layer.0.adapter"),
        ({"cls.predictions.decoder.weight": 1}, "decoder.weight is not bert.embeddings.word"),
        ({"cls.predictions.transform.dense.bias": None}, "lacks cls.predictions.transform.dense"),
        ({"bert.encoder.layer.2.output.dense.bias": None}, "lacks bert.encoder.layer.2.output"),
        ({"bert.encoder.layer.2.output.dense.bias": 1}, r"has shape \(60, 32\), the config asks"),
    ],
)
def test_tensors_that_do_not_fit_are_named(bert, tmp_path, change, message):
    from waystation.base.errors import UserError

    config, tensors, _ = bert
    tensors = tensors | {key: torch.ones(60, 32) for key in change}
    tensors = {k: v for k, v in tensors.items() if change.get(k, 1) is not None}
    saved(tmp_path / "odd", "Bert", config, tensors)
    with pytest.raises(UserError, match=message):
        adopted(tmp_path / "odd")
