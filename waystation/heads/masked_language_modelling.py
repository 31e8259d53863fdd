"""Masked language modelling: restore hidden tokens of a text. Trained, never scored.

Of the chosen tokens 80 % become <mask>, 10 % a random token, 10 % stay
(BERT's rule). Logits are computed for the chosen rows only; the decoder is the embedding table. The
head has the names of the pretrained one: `load_state_dict` goes on from it.
"""

from typing import NamedTuple

import numpy as np
import torch
from tokenizers import Tokenizer
from torch import Tensor
from torch.nn import functional as F

from waystation.encoder.config import EncoderConfig
from waystation.encoder.encoder import Encoder, MaskedLanguageHead
from waystation.encoder.features import Feature, Lengths, Packed
from waystation.encoder.tokenizer import Special, read_special
from waystation.heads import Kind

MASK_RATE = 0.15


def make_features(examples: list[dict], tokenizer: Tokenizer, lengths: Lengths) -> list[Feature]:
    """Features of texts; `context` tells the special tokens. Empty texts are left out."""
    frame = read_special(tokenizer)
    tokenizer.enable_truncation(lengths.max_tokens)
    encodings = tokenizer.encode_batch([example["text"] for example in examples])
    tokenizer.no_truncation()
    return [Feature(e.ids, i, context=frame) for i, e in enumerate(encodings) if len(e.ids) > 2]


class Masking:
    """BERT's masking, a function of (seed, step)."""

    def __init__(self, rate: float, tokens: Special, seed: int):
        self.rate, self.seed, self.mask = rate, seed, tokens.mask
        self.generator = torch.Generator()
        self.eligible = np.ones(tokens.vocabulary, bool)  # by id
        self.eligible[list(tokens.frame)] = False
        excluded = sorted({*tokens.frame, tokens.mask})
        self.others = tokens.vocabulary - len(excluded)
        # For each excluded id, how many others are below it.
        self.below = np.array(excluded) - np.arange(len(excluded))

    def apply(self, packed: Packed, step: int) -> tuple[Tensor, Tensor]:
        """Replace tokens in `packed.ids`; return (chosen rows (M,), their gold ids (M,))."""
        self.generator.manual_seed(self.seed * 2**32 + step)
        # In numpy, as `Packed` is made.
        draw = torch.rand(3, packed.tokens, generator=self.generator).numpy()
        ids = packed.ids.numpy()
        eligible = self.eligible[ids]
        chosen = (draw[0] < self.rate) & eligible
        if not chosen.any():  # a batch of very short documents still has a loss
            chosen = eligible & (draw[0] == np.where(eligible, draw[0], 2.0).min())
        rows = chosen.nonzero()[0]
        gold, (_, kind, which) = ids[rows], draw[:, rows]
        # Any token of the tokenizer but the special ones, wherever those stand.
        other = (which * self.others).astype(np.int64)
        other += np.searchsorted(self.below, other, side="right")
        replaced = np.where(kind < 0.8, self.mask, gold)
        ids[rows] = np.where(kind >= 0.9, other, replaced)
        return torch.from_numpy(rows), torch.from_numpy(gold)


class Masked(NamedTuple):
    """What masking leaves in a batch, as `packed.masked`: rows (M,), gold (M,), table (V, d)."""

    rows: Tensor
    gold: Tensor
    table: Tensor


def corrupt(
    packed: Packed, features: list[Feature], encoder: Encoder, seed: int, step: int
) -> None:
    """Mask the batch; head and loss read `packed.masked`."""
    rows, gold = Masking(MASK_RATE, features[0].context, seed).apply(packed, step)
    packed.masked = Masked(rows, gold, encoder.embeddings.word_embeddings.weight)


class Head(MaskedLanguageHead):
    """Vocabulary logits for the masked rows."""

    def __init__(self, config: EncoderConfig, labels: int):
        super().__init__(config)

    def forward(self, hidden: Tensor, packed: Packed) -> Tensor:  # type: ignore[override]
        """hidden (N, d) -> logits (M, V)."""
        return super().forward(hidden[packed.masked.rows], packed.masked.table)


def loss(logits: Tensor, packed: Packed, features: list[Feature]) -> Tensor:
    """Mean cross-entropy over the masked tokens."""
    return restored(logits, packed.masked.gold.to(logits.device))


def restored(logits: Tensor, gold: Tensor) -> Tensor:
    """Mean cross-entropy of logits (M, V) in nats; 0 of a batch that has no token to mask."""
    return F.cross_entropy(logits, gold) if len(gold) else logits.sum() * 0.0


KIND = Kind(
    make_features=make_features, network=Head, task_class="ForMaskedLM", loss=loss, corrupt=corrupt
)
