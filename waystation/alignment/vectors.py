"""Vectors of sentences, pooled in several ways from one pass of an encoder.

A vector is the mean over a sentence's tokens: over all of them, special tokens included (as in
XTREME's code), or over those that are left when some token ids are left out. Vectors of many
sentences lie in memory-mapped files: n * d * 4 bytes for every layer and way of pooling on disk,
and in memory what a batch needs.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from waystation.encoder.checkpoint import read_encoder
from waystation.encoder.features import Feature, Packed, inference_batches
from waystation.encoder.tokenizer import read_special, read_tokenizer

EVERY_TOKEN: frozenset[int] = frozenset()  # nothing is left out


class SentenceEncoder:
    """An encoder with its tokenizer, read from a folder in the Transformers layout."""

    def __init__(self, folder: Path, batch_tokens: int):
        self.encoder = read_encoder(folder)[0].eval()
        self.tokenizer = read_tokenizer(folder)
        self.special = read_special(self.tokenizer)
        self.tokenizer.enable_truncation(self.encoder.config.max_tokens)
        self.batch_tokens = batch_tokens

    @property
    def around(self) -> frozenset[int]:
        """The ids of the tokens that stand before and behind a sentence."""
        return frozenset((self.special.first, self.special.last))

    @property
    def depth(self) -> int:
        return self.encoder.config.num_hidden_layers

    @property
    def width(self) -> int:
        return self.encoder.config.hidden_size

    def tokens(self, sentences: list[str]) -> list[list[int]]:
        """Token ids of each sentence with special tokens, cut at the encoder's longest input."""
        encodings = self.tokenizer.encode_batch([sentence.strip() for sentence in sentences])
        return [encoding.ids for encoding in encodings]

    def vectors(
        self, sequences: list[list[int]], left_out: Sequence[Collection[int]], folder: Path
    ) -> list[Tensor]:
        """One tensor (L + 1, n, d) per set of token ids to leave out, all from one pass.

        Layer 0 is the embeddings' output. A sentence of which nothing is left is a zero vector. The
        tensors are files in `folder` that have no name any more: they last as long as the tensors.
        """
        folder.mkdir(parents=True, exist_ok=True)
        size = (self.depth + 1, len(sequences), self.width)
        files = []
        for _ in left_out:
            files.append(mapped(folder / "vectors.bin", size, new=True))
            (folder / "vectors.bin").unlink()
        for indices, batch in self.batches(sequences, left_out, range(self.depth + 1)):
            for vectors, pooled in zip(files, batch, strict=True):
                vectors[:, indices] = pooled
        return files

    @torch.inference_mode()
    def batches(
        self,
        sequences: list[list[int]],
        left_out: Sequence[Collection[int]],
        layers: Sequence[int],
    ) -> Iterator[tuple[list[int], list[Tensor]]]:
        """Batches: places of their sentences, and one tensor (layers, b, d) per set left out."""
        unwanted = [torch.tensor(sorted(ids), dtype=torch.int64) for ids in left_out]
        features = [Feature(ids, index) for index, ids in enumerate(sequences)]
        for indices, batch in inference_batches(features, self.batch_tokens):
            packed = Packed([feature.ids for feature in batch])
            rows = torch.arange(len(batch)).repeat_interleave(packed.lengths)
            states = self.encoder.layers(packed.to(self.encoder.device), max(layers))
            pooled = []
            for ids in unwanted:
                kept = (~torch.isin(packed.ids, ids)).nonzero().squeeze(1)
                parts = [means(states[layer][kept], rows[kept], len(batch)) for layer in layers]
                pooled.append(torch.stack(parts).cpu())
            yield indices, pooled


def mapped(file: Path, size: tuple[int, ...], new: bool = False) -> Tensor:
    """A memory-mapped file of float32, zero where it is new."""
    return torch.from_numpy(np.memmap(file, np.float32, "w+" if new else "r+", shape=size))


def means(states: Tensor, rows: Tensor, count: int) -> Tensor:
    """Means (count, d) of the states (N, d) of each row; rows (N,); zero where a row has none."""
    rows = rows.to(states.device)
    sums = states.new_zeros(count, states.shape[1]).index_add_(0, rows, states)
    return sums / torch.bincount(rows, minlength=count).clamp(min=1)[:, None]


def shared_tokens(
    foreign: Iterable[list[int]], english: Iterable[list[int]], frame: Collection[int]
) -> set[int]:
    """Token ids that occur on both sides (names, numbers, cognates), and those in `frame`."""
    used = [{token for ids in side for token in ids} for side in (foreign, english)]
    return (used[0] & used[1]) | set(frame)


def emptied(sequences: list[list[int]], left_out: Collection[int]) -> Tensor:
    """Which sentences (n,) have no token left."""
    return torch.tensor([all(token in left_out for token in ids) for ids in sequences])
