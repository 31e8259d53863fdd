"""What a frozen encoder makes of a task's English training rows: vectors with labels.

    classification        the mean over a row's tokens; its label
    multiple choice       the mean over the tokens of each choice with its context; right or wrong
    tagging               the first piece of the first words; their tags
    question answering    the first token of an answer, and tokens of its context; first or not
    retrieval             no labels

Beside them stands the mean over all sequences of their tokens' mean: what the texts are like.
"""

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor

from waystation import heads
from waystation.data import examples
from waystation.data.examples import Description
from waystation.encoder.encoder import Encoder
from waystation.encoder.features import Feature, Lengths, Packed, inference_batches, pack
from waystation.languages import ENGLISH

WORDS = 16  # of a sentence
OTHERS = 8  # tokens of a context beside the answer's first

Labelled = tuple[list[int], list[int]]  # rows of the hidden states, and their labels


@dataclass(frozen=True)
class Seen:
    """vectors (n, d), labels (n,), both empty for a task without labels; text (d,)."""

    vectors: np.ndarray
    labels: np.ndarray
    text: np.ndarray


def tags(packed: Packed, features: list[Feature]) -> Labelled:
    starts = packed.first.tolist()
    pairs = [
        (start + place, tag)
        for start, feature in zip(starts, features, strict=True)
        for place, tag in [*zip(feature.context[0], feature.target, strict=True)][:WORDS]
    ]
    return [row for row, _ in pairs], [tag for _, tag in pairs]


def answers(packed: Packed, features: list[Feature]) -> Labelled:
    """Of windows that hold their answer."""
    rows, labels = [], []
    for start, feature in zip(packed.first.tolist(), features, strict=True):
        head, offsets = feature.context
        answer = feature.target[0]
        if answer:
            others = np.linspace(head, head + len(offsets) - 1, OTHERS).astype(int).tolist()
            places = [answer, *(place for place in dict.fromkeys(others) if place != answer)]
            rows += [start + place for place in places]
            labels += [1] + [0] * (len(places) - 1)
    return rows, labels


BY_TOKEN: dict[str, Callable[[Packed, list[Feature]], Labelled]] = {
    "tagging": tags,
    "question_answering": answers,
}
BY_SEQUENCE: dict[str, Callable[[Feature], list[int]]] = {
    "classification": lambda feature: [feature.target],
    "multiple_choice": lambda feature: [
        int(place == feature.target) for place in range(len(feature.cuts) + 1)
    ],
}


def drawn(folder: Path, count: int, last: bool) -> list[dict]:
    """At most `count` English training rows of a task: the first of a random order or the `last`.

    The two share no row: a task that is both an intermediate task and a target's is not judged by
    what its own probe was fitted on.
    """
    rows = examples.read(examples.path(folder, "train", ENGLISH))
    random.Random("promise").shuffle(rows)
    half = max(1, min(count, len(rows) // 2))
    return rows[-half:] if last else rows[:half]


@torch.inference_mode()
def see(
    encoder: Encoder,
    tokenizer: Tokenizer,
    task: Description,
    rows: list[dict],
    lengths: Lengths,
    batch: int,
) -> Seen:
    """Rows of a task, `batch` tokens at once."""
    features = heads.load(task.type).make_features(rows, tokenizer, lengths)
    vectors: list[Tensor] = []
    labels: list[int] = []
    texts: list[Tensor] = []
    for _, some in inference_batches(features, batch):
        packed = pack(some)
        hidden = encoder(packed.to(encoder.device)).cpu()
        means = torch.stack([part.mean(0) for part in hidden.split(packed.lengths.tolist())])
        texts.append(means)
        if task.type in BY_TOKEN:
            places, own = BY_TOKEN[task.type](packed, some)
            vectors.append(hidden[places])
            labels += own
        elif task.type in BY_SEQUENCE:
            vectors.append(means)
            labels += [label for feature in some for label in BY_SEQUENCE[task.type](feature)]
    text = torch.cat(texts).double().mean(0)
    together = torch.cat(vectors) if vectors else torch.empty(0, len(text))
    return Seen(together.double().numpy(), np.array(labels, int), text.numpy())
