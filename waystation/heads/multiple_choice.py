"""The choice that best continues a context or answers a question about it.

Every choice is a sequence of its own, a pair of context and choice, and gets one score. A pair is
cut as in the authors' code (`templates/multiple_choice.py` of nyu-mll/jiant, `run_xcopa.py` of
google-research/xtreme): at the end of its longer text.
"""

import itertools

import torch
from tokenizers import Tokenizer
from torch import Tensor, nn
from torch.nn import functional as F

from waystation.encoder.config import EncoderConfig
from waystation.encoder.features import Feature, Lengths, Packed
from waystation.encoder.layers import Pooler
from waystation.encoder.tokenizer import framed
from waystation.heads import Kind, as_they_are, labels


def make_features(examples: list[dict], tokenizer: Tokenizer, lengths: Lengths) -> list[Feature]:
    """One feature an example, a sequence a choice, each at most `max_tokens` long."""
    pairs = [(example["first"], choice) for example in examples for choice in example["choices"]]
    sequences = iter(framed(pairs, tokenizer, lengths.max_tokens))
    features = []
    for index, example in enumerate(examples):
        own = list(itertools.islice(sequences, len(example["choices"])))
        ends = tuple(itertools.accumulate(len(ids) for ids, _ in own))
        features.append(
            Feature(
                [token for ids, _ in own for token in ids],
                index,
                example["label"],
                cuts=ends[:-1],
                seconds=tuple(start for _, seconds in own for start in seconds),
            )
        )
    return features


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
