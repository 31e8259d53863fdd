"""Classification of a text or a pair of texts, read off the first token's hidden state."""

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
    """One feature an example; what is longer than `max_tokens` is cut, the longer text first.

    An example with a second text is a pair, also where that text is empty (QQP has such rows).
    """
    texts = [(e["first"], e["second"]) if "second" in e else e["first"] for e in examples]
    sequences = framed(texts, tokenizer, lengths.max_tokens)
    return [
        Feature(ids, index, example["label"], seconds=seconds)
        for index, (example, (ids, seconds)) in enumerate(zip(examples, sequences, strict=True))
    ]


class Head(nn.Module):
    """XLM-R's classifier, or BERT's pooler and a projection to the labels."""

    def __init__(self, config: EncoderConfig, labels: int):
        super().__init__()
        pooled = config.architecture.pooled
        self.dropout = nn.Dropout(config.hidden_dropout_prob)
        self.pooler = Pooler(config) if pooled else None
        self.classifier = (nn.Linear if pooled else Classifier)(config.hidden_size, labels)

    def forward(self, hidden: Tensor, packed: Packed) -> Tensor:
        """hidden (N, d) -> logits (B, labels)."""
        if self.pooler is not None:
            return self.classifier(self.dropout(self.pooler(hidden, packed)))
        first = self.dropout(hidden[packed.first])
        return self.classifier(first, self.dropout)


class Classifier(nn.Module):
    """Dense, tanh, projection to the labels. Unlike BERT's, with dropout before the dense layer."""

    def __init__(self, width: int, labels: int):
        super().__init__()
        self.dense = nn.Linear(width, width)
        self.out_proj = nn.Linear(width, labels)

    def forward(self, first: Tensor, dropout: nn.Module) -> Tensor:
        """first (B, d) -> logits (B, labels)."""
        return self.out_proj(dropout(torch.tanh(self.dense(first))))


def loss(logits: Tensor, packed: Packed, features: list[Feature]) -> Tensor:
    labels = torch.tensor([feature.target for feature in features], device=logits.device)
    return F.cross_entropy(logits, labels)


def outputs(logits: Tensor, packed: Packed, features: list[Feature]) -> list[int]:
    return logits.argmax(-1).tolist()


KIND = Kind(
    make_features=make_features,
    network=Head,
    task_class="ForSequenceClassification",
    loss=loss,
    outputs=outputs,
    predict=as_they_are,
    gold=labels,
)
