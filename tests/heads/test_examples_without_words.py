"""Examples without words, tokens or choices to tell apart: features, losses and predictions."""

import pytest
import torch

from waystation import heads
from waystation.encoder.features import inference_batches, pack
from waystation.encoder.tokenizer import read_special
from waystation.grid.plans import InputLengths
from waystation.params.schema import Evaluate

LENGTHS, INFERENCE = InputLengths(32, 8), Evaluate(batch_tokens=40, max_answer_tokens=5)
NO_WORDS = ("", " ", "\u200b", "\x07", "\u0301")  # nothing, a blank, marks that stand for nothing


def pair(text):
    return {"id": "0", "first": text, "second": text, "label": 0}


def question(text, **more):
    return {"id": "0", "question": text, "context": text, "answers": []} | more


EXAMPLES = {
    "classification": [pair, lambda text: {"id": "0", "first": text, "label": 1}],
    "multiple_choice": [
        lambda text: {"id": "0", "first": text, "choices": [text, "x"], "label": 0}
    ],
    "question_answering": [question, lambda text: question(text, allows_none=True)],
    "tagging": [
        lambda text: {"id": "0", "tokens": [], "tags": []},
        lambda text: {"id": "0", "tokens": [text], "tags": [1]},
    ],
}


@pytest.mark.parametrize("text", NO_WORDS)
@pytest.mark.parametrize(
    ("kind", "make"), [(kind, make) for kind, makes in EXAMPLES.items() for make in makes]
)
def test_an_example_without_words_has_a_loss_and_a_prediction(
    encoder, word_tokenizer, kind, make, text
):
    head = heads.load(kind)
    examples = [make(text)]
    features = head.make_features(examples, word_tokenizer, LENGTHS)
    network, outputs = head.network(encoder.config, 3), [None] * len(features)
    for places, batch in inference_batches(features, INFERENCE.batch_tokens):
        packed = pack(batch)
        packed.ids %= encoder.config.vocab_size
        logits = network(encoder(packed), packed)
        assert torch.isfinite(head.loss(logits, packed, batch))
        for place, output in zip(places, head.outputs(logits.detach(), packed, batch), strict=True):
            outputs[place] = output
    (predicted,) = head.predict(outputs, features, examples, INFERENCE)
    (gold,) = head.gold(examples)
    if kind == "tagging":
        assert len(predicted) == len(gold)
    if kind == "question_answering":
        assert predicted.strip() in text


@pytest.mark.parametrize("kind", [*EXAMPLES, "masked_language_modelling", "retrieval"])
def test_no_examples_give_no_features_and_no_predictions(word_tokenizer, kind):
    head = heads.load(kind)
    assert head.make_features([], word_tokenizer, LENGTHS) == []
    assert list(inference_batches([], 8)) == []
    if kind in EXAMPLES:
        assert head.predict([], [], [], INFERENCE) == head.gold([]) == []


@pytest.mark.parametrize("text", ["", " ", "\u200b", "qwx zzz"])
def test_a_text_of_nothing_but_special_tokens_trains_nothing(word_tokenizer, text):
    """Empty texts are left out; unknown words stay, and are never masked."""
    head = heads.load("masked_language_modelling")
    special = read_special(word_tokenizer)
    features = head.make_features([{"id": "0", "text": text}], word_tokenizer, LENGTHS)
    assert all(set(feature.ids) <= special.frame for feature in features)
    assert len(features) == (1 if text.strip() else 0)
