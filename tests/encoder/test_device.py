"""A suite's device and precision: what a card and bfloat16 change, and what they must not.

The tests marked `gpu` hold the card to the processor; the others run everywhere.
"""

import random
from dataclasses import replace

import pytest
import torch

from tests.conftest import FULL, Processor
from waystation.alignment import nearest
from waystation.alignment.vectors import EVERY_TOKEN, SentenceEncoder
from waystation.base.errors import UserError
from waystation.data.examples import Description
from waystation.encoder import device
from waystation.encoder.checkpoint import write_encoder
from waystation.encoder.encoder import Encoder, EncoderConfig, initialize
from waystation.encoder.features import Feature, Packed
from waystation.encoder.tokenizer import Special
from waystation.grid.budget import Budget
from waystation.grid.cells import arithmetic
from waystation.heads.masked_language_modelling import Masking
from waystation.params.load import load_settings
from waystation.params.models import ScratchModel
from waystation.params.schema import Evaluate
from waystation.task_model import TaskModel
from waystation.training import loop, pretraining
from waystation.training.batches import Shuffled

VOCABULARY = 60
SPECIAL = Special(0, (2, 2), 2, False, 1, 3, mask=59, vocabulary=VOCABULARY)
KINDS = ("classification", "question_answering", "tagging", "multiple_choice", "dual_encoder",
         "masked_language_modelling")  # fmt: skip
CPU, HALF = Processor(), Processor(precision="bfloat16")
CARD, HALF_CARD = replace(CPU, device="cuda"), replace(HALF, device="cuda")


@pytest.fixture
def card():
    if not torch.cuda.is_available():
        pytest.skip("torch finds no CUDA card")
    device.use(HALF_CARD)
    yield
    torch.use_deterministic_algorithms(False)


def model_of(kind, chosen, dropout=0.0):
    """A small model with one head, whose weights are far from nothing."""
    shape = EncoderConfig(VOCABULARY, 64, 3, 4, 96, 80, dropout, dropout, initializer_range=0.2)
    task = Description("task", kind, ("accuracy",), ("a", "b", "c"), None, None)
    model = TaskModel(Encoder(shape), {"task": task}, seed=5)
    initialize(model, 0.2, torch.Generator().manual_seed(0))
    return device.place(model, chosen)


def features_of(kind, count=12, seed=0):
    draw = random.Random(f"{kind}/{seed}")

    def words(least=6):
        return [0, *(draw.randrange(4, 59) for _ in range(draw.randrange(least, 40))), 2]

    def one(index):
        ids = words()
        if kind == "classification":
            return Feature(ids, index, draw.randrange(3))
        if kind == "question_answering":
            return Feature(ids, index, (2, 4), (2, [(0, 1)] * (len(ids) - 3)))
        if kind == "tagging":
            return Feature(ids, index, [1, 0, 2], ([1, 2, 4], [0, 1, 2]))
        if kind == "multiple_choice":
            return Feature([*ids, *words()], index, draw.randrange(2), cuts=(len(ids),))
        if kind == "dual_encoder":
            return Feature([*ids, *words()], index, f"k{index % 9}", cuts=(len(ids),))
        return Feature(ids, index, context=SPECIAL)

    return [one(index) for index in range(count)]


def loss_and_gradient(kind, chosen):
    """The loss of a batch, and all gradients in one row."""
    model = model_of(kind, chosen)
    loss, _ = model.loss("task", features_of(kind), 3)
    loss.backward()
    gradients = [p.grad.flatten().cpu() for p in model.parameters() if p.grad is not None]
    return loss.item(), torch.cat(gradients)


def same_direction(a, b):
    return float(torch.cosine_similarity(a, b, dim=0))


@pytest.mark.parametrize("kind", KINDS)
def test_bfloat16_is_near_float32(kind):
    (plain, exact), (half, near) = (loss_and_gradient(kind, chosen) for chosen in (CPU, HALF))
    assert half != plain  # it has an effect
    assert half == pytest.approx(plain, rel=0.05)
    assert same_direction(exact, near) > 0.99


def test_what_leaves_the_encoder_is_float32():
    encoder = model_of("tagging", HALF).encoder
    packed = Packed([[0, 5, 2], [0, 7, 8, 2]])
    assert encoder(packed).dtype == torch.float32
    assert {state.dtype for state in encoder.layers(packed)} == {torch.float32}
    assert encoder.embeddings.word_embeddings.weight.dtype == torch.float32


def test_a_card_that_is_not_there_is_told(monkeypatch):
    monkeypatch.setattr(torch.cuda, "is_available", lambda: False)
    with pytest.raises(UserError, match=r"device: cuda, but .* no CUDA card; .*device: cpu"):
        device.use(CARD)


def test_the_processor_s_float32_goes_unsaid():
    pocket = load_settings(FULL)
    assert arithmetic(pocket) == {"threads": 1}
    told = arithmetic(replace(pocket, device="cuda", precision="bfloat16"))
    assert told == {"threads": 1, "device": "cuda", "precision": "bfloat16"}


@pytest.mark.gpu
@pytest.mark.parametrize("kind", KINDS)
def test_the_card_has_the_processor_s_losses_and_gradients(card, kind):
    (plain, exact), (found, near) = (loss_and_gradient(kind, chosen) for chosen in (CPU, CARD))
    assert found == pytest.approx(plain, rel=1e-4)
    torch.testing.assert_close(near, exact, rtol=1e-3, atol=1e-4 * float(exact.abs().max()))


@pytest.mark.gpu
@pytest.mark.parametrize("kind", KINDS)
def test_unpadded_attention_in_half_precision_is_near_float32(card, kind):
    (plain, exact), (half, near) = (loss_and_gradient(kind, chosen) for chosen in (CPU, HALF_CARD))
    assert half == pytest.approx(plain, rel=0.05)
    assert same_direction(exact, near) > 0.99


@pytest.mark.gpu
def test_unpadded_attention_is_padded_attention(card, monkeypatch):
    found = {}
    for way in (True, False):
        if not way:
            monkeypatch.setattr("waystation.encoder.layers.unpadded", lambda *_: False)
        encoder = model_of("tagging", HALF_CARD).encoder
        packed = Packed([f.ids for f in features_of("tagging")]).to(encoder.device)
        states = encoder(packed)
        states.square().sum().backward()
        weight = encoder.embeddings.word_embeddings.weight
        found[way] = states.detach(), weight.grad
    for ours, padded in zip(*found.values(), strict=True):
        assert same_direction(ours.flatten(), padded.flatten()) > 0.999


@pytest.mark.gpu
def test_predictions_on_the_card_are_the_processor_s(card):
    for kind in ("classification", "tagging", "multiple_choice"):
        features = features_of(kind, 40)
        told = [
            model_of(kind, chosen)
            .eval()
            .outputs("task", features, Evaluate(batch_tokens=99, max_answer_tokens=5))
            for chosen in (CPU, CARD)
        ]
        assert told[0] == told[1]


def trained(kind, folder, chosen, stop_at=None):
    """The weights after 30 steps with dropout; `stop_at`: interrupted there and gone on with."""
    features = features_of(kind, 64)
    batches = Shuffled(features, 16, "0")
    for ends in (stop_at, None):
        model = model_of(kind, chosen, dropout=0.1)

        def loss_of(task, batch, step, model=model, ends=ends):
            if ends is not None and step == ends:
                raise KeyboardInterrupt
            return model.loss(task, batch, step)

        try:
            loop.train(
                model,
                loss_of,
                lambda step: ("task", batches.batch(step)),
                Budget(30, 1e-3, 0.1, 0.01, 0.98, 1.0),
                "test",
                folder,
                seed=1,
            )
        except KeyboardInterrupt:
            continue
        return {name: tensor.cpu() for name, tensor in model.state_dict().items()}


@pytest.mark.parametrize("kind", KINDS)
def test_the_code_for_large_models_gives_the_same_bytes_after_an_interruption(
    tmp_path, monkeypatch, kind
):
    monkeypatch.setattr("waystation.training.checkpoints.SECONDS_BETWEEN", 0)
    monkeypatch.setattr("waystation.encoder.processor.attention.LEAST_WIDTH", 0)
    monkeypatch.setattr("waystation.encoder.layers.LARGE_TABLE", 0)
    first, resumed = (
        trained(kind, tmp_path / str(number), CPU, stop) for number, stop in enumerate((None, 17))
    )
    for name, tensor in first.items():
        assert torch.equal(tensor, resumed[name]), name


@pytest.mark.gpu
@pytest.mark.parametrize("chosen", [CARD, HALF_CARD], ids=["float32", "bfloat16"])
@pytest.mark.parametrize("kind", KINDS)
def test_the_card_gives_the_same_bytes_again_and_after_an_interruption(
    card, tmp_path, monkeypatch, kind, chosen
):
    monkeypatch.setattr("waystation.training.checkpoints.SECONDS_BETWEEN", 0)
    first, again, resumed = (
        trained(kind, tmp_path / str(number), chosen, stop)
        for number, stop in enumerate((None, None, 17))
    )
    for name, tensor in first.items():
        assert torch.equal(tensor, again[name]), name
        assert torch.equal(tensor, resumed[name]), name


@pytest.mark.gpu
def test_dropout_reaches_unpadded_attention(card):
    encoder = model_of("tagging", HALF_CARD, dropout=0.5).encoder.train()
    for module in encoder.modules():
        if isinstance(module, torch.nn.Dropout):
            module.p = 0.0
    packed = Packed([[0, *range(5, 30), 2]]).to(encoder.device)
    attention = encoder.encoder.layer[0].attention.self
    with torch.no_grad():
        plain, same = encoder(packed), encoder(packed)
        attention.dropout.p = 0.5
        dropped = encoder(packed)
    assert torch.equal(plain, same)
    assert (plain - dropped).abs().max() > 0.01


@pytest.mark.gpu
def test_pretraining_on_the_card_follows_the_processor(card, tmp_path):
    curves = []
    for chosen in (CPU, CARD):
        entry = ScratchModel(2, 64, 4, 96, 80, 0.1, 0.0, 0)
        model = pretraining.MaskedModel(entry, VOCABULARY, torch.Generator().manual_seed(0))
        device.place(model, chosen)
        batches = Shuffled(features_of("masked_language_modelling", 64), 16, "0")
        told = pretraining.train(
            model,
            Masking(0.15, SPECIAL, 0),
            lambda step, batches=batches: ("text", batches.batch(step)),
            Budget(20, 1e-3, 0.1, 0.01, 0.98, 1.0),
            "test",
            tmp_path / chosen.device,
            0,
        )
        curves.append([point["loss_nats"] for point in told.curve])
    assert curves[1] == pytest.approx(curves[0], rel=1e-3)
    assert curves[0][-1] < curves[0][0]


@pytest.mark.gpu
def test_sentence_vectors_and_searches_are_the_processor_s(card, tmp_path, word_tokenizer):
    model = model_of("tagging", CPU)
    write_encoder(tmp_path / "model", model.encoder, None)
    word_tokenizer.save(str(tmp_path / "model" / "tokenizer.json"))
    sequences = [feature.ids for feature in features_of("tagging", 80)]
    found = []
    for chosen in (CPU, CARD):
        sentences = SentenceEncoder(tmp_path / "model", 256)
        device.place(sentences.encoder, chosen)
        (vectors,) = sentences.vectors(sequences, [EVERY_TOKEN], tmp_path / chosen.device)
        x, y = (part.to(chosen.device) for part in (vectors[2][:50], vectors[2][50:]))
        near = nearest.nearest(x, y, 4)
        margin = nearest.nearest(x, y, 1, near.means()).cpu()
        found.append((vectors, near.cpu(), margin))
    torch.testing.assert_close(found[1][0], found[0][0], rtol=1e-4, atol=1e-4)
    assert torch.equal(found[0][1].there_places, found[1][1].there_places)
    assert torch.equal(found[0][2].back_places, found[1][2].back_places)
