"""The choice that best continues a context or answers a question about it.

Every choice is a sequence of its own, a pair of context and question with choice, and gets one
score.
"""

import itertools

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional as F

from waystation.encoder.config import EncoderConfig
from waystation.encoder.features import Feature, Lengths, Packed
from waystation.encoder.layers import Pooler
from waystation.encoder.tokenizer import read_special
from waystation.heads import Kind, as_they_are, labels


def make_features(examples: list[dict], tokenizer: Tokenizer, lengths: Lengths) -> list[Feature]:
    """One feature an example, a sequence a choice, each at most `max_tokens` long.

    The context is cut at its end; a choice that alone is too long loses its start.
    """
    frame = read_special(tokenizer)
    room = lengths.max_tokens - frame.overhead
    contexts = tokenizer.encode_batch([e["first"] for e in examples], add_special_tokens=False)
    texts = [choice_text(example, choice) for example in examples for choice in example["choices"]]
    choices = iter(tokenizer.encode_batch(texts, add_special_tokens=False))
    features = []
    for index, (example, context) in enumerate(zip(examples, contexts, strict=True)):
        sequences: list[list[int]] = []
        seconds: tuple[int, ...] = ()
        for _ in example["choices"]:
            choice = next(choices).ids[-room:]
            first = context.ids[: room - len(choice)]
            sequences.append(frame.pair(first, choice))
            seconds += frame.second(first)
        sizes = [len(sequence) for sequence in sequences]
        features.append(
            Feature(
                list(itertools.chain.from_iterable(sequences)),
                index,
                example["label"],
                cuts=tuple(itertools.accumulate(sizes[:-1])),
                seconds=seconds,
            )
        )
    return features


def choice_text(example: dict, choice: str) -> str:
    return f"{example['second']} {choice}" if example.get("second") else choice


class Head(nn.Module):
    """One score a sequence: pooler and projection."""

    def __init__(self, config: EncoderConfig, labels: int):
        super().__init__()
        self.pooler = Pooler(config)
        self.classifier = nn.Linear(config.hidden_size, 1)
        self.dropout = nn.Dropout(config.hidden_dropout_prob)

    def forward(self, hidden: Tensor, packed: Packed) -> Tensor:
        """hidden (N, d) -> scores (sequences,)."""
        return self.classifier(self.dropout(self.pooler(hidden, packed))).squeeze(1)


def loss(logits: Tensor, packed: Packed, features: list[Feature]) -> Tensor:
    """Cross-entropy over each example's choices."""
    labels = torch.tensor([feature.target for feature in features], device=logits.device)
    return F.cross_entropy(grid(logits, features), labels)


def outputs(logits: Tensor, packed: Packed, features: list[Feature]) -> list[int]:
    return grid(logits, features).argmax(-1).tolist()


def grid(logits: Tensor, features: list[Feature]) -> Tensor:
    """scores (sequences,) -> (B, most choices), minus infinity where an example has fewer."""
    scores = logits.split([len(feature.cuts) + 1 for feature in features])
    return nn.utils.rnn.pad_sequence(list(scores), batch_first=True, padding_value=float("-inf"))


KIND = Kind(
    make_features=make_features,
    network=Head,
    task_class="ForMultipleChoice",
    loss=loss,
    outputs=outputs,
    predict=as_they_are,
    gold=labels,
)
