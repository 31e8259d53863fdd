"""A label for every word, read off the hidden state of the word's first piece.

Example: {"id", "tokens", "tags"}. Prediction: one index of a label per word. A sentence longer than
`max_tokens` gives several features, so that no word goes without a label.
"""

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional as F

from waystation.encoder import special_tokens
from waystation.encoder.encoder import EncoderConfig, Packed
from waystation.encoder.features import Feature, Lengths
from waystation.encoder.special_tokens import Special
from waystation.params.schema import Evaluate

TASK_CLASS = "ForTokenClassification"


def make_features(examples: list[dict], tokenizer: Tokenizer, lengths: Lengths) -> list[Feature]:
    """Features whose `target` holds the tags, `context` (first piece, word) places."""
    sentences = [example["tokens"] for example in examples]
    encodings = tokenizer.encode_batch(sentences, is_pretokenized=True, add_special_tokens=False)
    frame = special_tokens.read(tokenizer)
    features = []
    for index, (encoding, example) in enumerate(zip(encodings, examples, strict=True)):
        pieces: list[list[int]] = [[] for _ in example["tokens"]]
        for token, word in zip(encoding.ids, encoding.word_ids, strict=True):
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
        ids.clear(), words.clear(), places.clear()

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
    """Cross-entropy over first pieces."""
    tags = torch.tensor([t for f in features for t in f.target], device=logits.device)
    return F.cross_entropy(logits[_rows(packed, features)], tags)


def outputs(logits: Tensor, packed: Packed, features: list[Feature]) -> list[list[int]]:
    flat = iter(logits[_rows(packed, features)].argmax(-1).tolist())
    return [[next(flat) for _ in feature.target] for feature in features]


def predict(
    found: list, features: list[Feature], examples: list[dict], inference: Evaluate
) -> list:
    predicted = [[0] * len(example["tokens"]) for example in examples]
    for tags, feature in zip(found, features, strict=True):
        for tag, word in zip(tags, feature.context[1], strict=True):
            predicted[feature.example][word] = tag
    return predicted


def gold(example: dict) -> list[int]:
    return example["tags"]


def named(tags: list[int], labels: tuple[str, ...]) -> list[str]:
    return [labels[tag] for tag in tags]


def _rows(packed: Packed, features: list[Feature]) -> Tensor:
    starts = packed.first.tolist()
    rows = [start + p for start, f in zip(starts, features, strict=True) for p in f.context[0]]
    return torch.tensor(rows)
