"""Vectors of sentences, pooled in several ways from one pass of an encoder.

A vector is the mean over a sentence's tokens: over all of them, special tokens included (as in
XTREME's code), or over those that are left when some token ids are left out.
"""

from collections.abc import Collection
from pathlib import Path

import torch
from torch import Tensor

from stages import special
from stages.batching import Feature, inference_batches
from stages.encoder import Packed, read_encoder
from stages.model import read_tokenizer

EVERY_TOKEN: frozenset[int] = frozenset()  # nothing is left out


class SentenceEncoder:
    """An encoder with its tokenizer, read from a folder in the Transformers layout."""

    def __init__(self, folder: Path, batch_tokens: int):
        self.encoder = read_encoder(folder)[0].eval()
        self.tokenizer = read_tokenizer(folder)
        self.special = special.read(self.tokenizer)
        self.tokenizer.enable_truncation(self.encoder.config.max_tokens)
        self.batch_tokens = batch_tokens

    def tokens(self, sentences: list[str]) -> list[list[int]]:
        """Token ids of each sentence with special tokens, cut at the encoder's longest input."""
        encodings = self.tokenizer.encode_batch([sentence.strip() for sentence in sentences])
        return [encoding.ids for encoding in encodings]

    @torch.inference_mode()
    def vectors(self, sequences: list[list[int]], left_out: list[Collection[int]]) -> list[Tensor]:
        """One tensor (L + 1, n, d) per set of token ids to leave out, all from one pass.

        Layer 0 is the embeddings' output. A sentence of which nothing is left is a zero vector.
        """
        config = self.encoder.config
        size = (config.num_hidden_layers + 1, len(sequences), config.hidden_size)
        found = [torch.zeros(size) for _ in left_out]
        unwanted = [torch.tensor(sorted(ids), dtype=torch.int64) for ids in left_out]
        features = [Feature(ids, index) for index, ids in enumerate(sequences)]
        for indices, batch in inference_batches(features, self.batch_tokens):
            packed = Packed([feature.ids for feature in batch])
            rows = torch.arange(len(batch)).repeat_interleave(packed.lengths)
            kept = [(~torch.isin(packed.ids, ids)).nonzero().squeeze(1) for ids in unwanted]
            for layer, states in enumerate(self.encoder.layers(packed)):
                for vectors, tokens in zip(found, kept, strict=True):
                    vectors[layer, indices] = means(states[tokens], rows[tokens], len(batch))
        return found


def means(states: Tensor, rows: Tensor, count: int) -> Tensor:
    """Means (count, d) of the states (N, d) of each row; rows (N,); zero where a row has none."""
    sums = torch.zeros(count, states.shape[1]).index_add_(0, rows, states)
    return sums / torch.bincount(rows, minlength=count).clamp(min=1)[:, None]


def shared_tokens(
    foreign: list[list[int]], english: list[list[int]], frame: Collection[int]
) -> set[int]:
    """Token ids that occur on both sides (names, numbers, cognates), and those in `frame`."""
    used = [{token for ids in side for token in ids} for side in (foreign, english)]
    return (used[0] & used[1]) | set(frame)


def emptied(sequences: list[list[int]], left_out: Collection[int]) -> Tensor:
    """Which sentences (n,) have no token left."""
    return torch.tensor([all(token in left_out for token in ids) for ids in sequences])
