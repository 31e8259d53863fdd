"""A label for every word, read off the hidden state of the word's first piece.

A sentence longer than `max_tokens` gives several features, so that no word goes without a label.
"""

from typing import cast

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional as F

from waystation.encoder.config import EncoderConfig
from waystation.encoder.features import Feature, Lengths, Packed
from waystation.encoder.tokenizer import Special, read_special
from waystation.heads import Kind
from waystation.params.schema import Evaluate


def make_features(examples: list[dict], tokenizer: Tokenizer, lengths: Lengths) -> list[Feature]:
    """Features whose `target` holds the tags, `context` (first piece, word) places."""
    sentences = [example["tokens"] for example in examples]
    encodings = tokenizer.encode_batch(sentences, is_pretokenized=True, add_special_tokens=False)
    frame = read_special(tokenizer)
    features = []
    for index, (encoding, example) in enumerate(zip(encodings, examples, strict=True)):
        pieces: list[list[int]] = [[] for _ in example["tokens"]]
        words = cast(list[int], encoding.word_ids)  # without special tokens each is in a word
        for token, word in zip(encoding.ids, words, strict=True):
            pieces[word].append(token)
        # A word of which the tokenizer leaves nothing (a control character) still gets a label.
        pieces = [piece or [frame.unknown] for piece in pieces]
        features += _split(pieces, example["tags"], index, lengths.max_tokens - 2, frame)
    return features


def _split(
    pieces: list[list[int]], tags: list[int], index: int, room: int, frame: Special
) -> list[Feature]:
    """Cut a sentence between words wherever the next word would not fit."""
    features: list[Feature] = []
    ids: list[int] = []
    words: list[int] = []
    places: list[int] = []

    def close() -> None:
        target = [tags[word] for word in words]
        context = (list(places), list(words))
        features.append(Feature([frame.first, *ids, frame.last], index, target, context))
        for filled in (ids, words, places):
            filled.clear()

    for word, piece in enumerate(pieces):
        piece = piece[:room]
        if ids and len(ids) + len(piece) > room:
            close()
        places.append(len(ids) + 1)
        words.append(word)
        ids.extend(piece)
    close()
    return features


class Head(nn.Module):
    """A projection to the labels (`classifier`)."""

    def __init__(self, config: EncoderConfig, labels: int):
        super().__init__()
        self.classifier = nn.Linear(config.hidden_size, labels)
        self.dropout = nn.Dropout(config.hidden_dropout_prob)

    def forward(self, hidden: Tensor, packed: Packed) -> Tensor:
        """hidden (N, d) -> logits (N, labels)."""
        return self.classifier(self.dropout(hidden))


def loss(logits: Tensor, packed: Packed, features: list[Feature]) -> Tensor:
    """Cross-entropy over first pieces; 0 of a batch without words."""
    tags = torch.tensor([t for f in features for t in f.target], device=logits.device)
    if not len(tags):
        return logits.sum() * 0.0
    return F.cross_entropy(logits[_rows(packed, features)], tags)


def outputs(logits: Tensor, packed: Packed, features: list[Feature]) -> list[list[int]]:
    flat = iter(logits[_rows(packed, features)].argmax(-1).tolist())
    return [[next(flat) for _ in feature.target] for feature in features]


def predict(
    outputs: list[list[int]], features: list[Feature], examples: list[dict], inference: Evaluate
) -> list[list[int]]:
    predicted = [[0] * len(example["tokens"]) for example in examples]
    for tags, feature in zip(outputs, features, strict=True):
        for tag, word in zip(tags, feature.context[1], strict=True):
            predicted[feature.example][word] = tag
    return predicted


def _rows(packed: Packed, features: list[Feature]) -> Tensor:
    starts = packed.first.tolist()
    rows = [start + p for start, f in zip(starts, features, strict=True) for p in f.context[0]]
    return torch.tensor(rows, dtype=torch.int64)


def gold(examples: list[dict]) -> list[list[int]]:
    return [example["tags"] for example in examples]


def named(tags: list[int], labels: tuple[str, ...]) -> list[str]:
    return [labels[tag] for tag in tags]


KIND = Kind(
    make_features=make_features,
    network=Head,
    task_class="ForTokenClassification",
    loss=loss,
    outputs=outputs,
    predict=predict,
    gold=gold,
    named=named,
)
