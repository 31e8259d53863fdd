"""Mine the pools of a mining task with an encoder, layer by layer, in bounded memory.

Of a language its split's texts and a few numbers a sentence are in memory, and what a search needs
(waystation.alignment.nearest). The vectors are not: they are memory-mapped files in the scratch
folder, float32, 4 d (n + m) bytes for every layer that is searched and each of two or three ways of
pooling, for d dimensions and n and m sentences. They are removed when their language is done.

An interrupted run goes on: with the block of sentences that was being encoded, with the layer that
was being searched. Finished languages are not mined again.
"""

import itertools
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from waystation.alignment import layer_choice, mining
from waystation.alignment.mining import SIDES, Candidate, Pools
from waystation.alignment.nearest import Neighbours, nearest
from waystation.alignment.vectors import EVERY_TOKEN, SentenceEncoder, mapped, shared_tokens
from waystation.base.memory import release
from waystation.base.progress import progress
from waystation.data import examples
from waystation.files import checksum, remove, whole, write_json
from waystation.text_files import read_json

BLOCK = 1024  # sentences that are encoded before it is noted that they are

Key = tuple[int, str]  # layer and pooling


@dataclass(frozen=True)
class Miner:
    """An encoder with the layers to search, the k of the margin and a folder that survives.

    Vectors are pooled over all tokens; without those around the sentence (`no_special_`); and, if
    `unshared`, without those that occur on both sides of the split.
    """

    encoder: SentenceEncoder
    layers: list[int]
    neighbours: int
    scratch: Path
    unshared: bool = False

    def mine(self, task: Path, language: str) -> dict:
        """{"scores": of every layer searched, "pairs": mined at the protocol's layer}."""
        done = self.scratch / task.name / f"{language}.json"
        if not done.is_file():
            folder = done.with_suffix("")
            with whole(done) as beside:
                write_json(beside, self.scored(task, language, folder))
            remove(folder)
        return read_json(done)

    def scored(self, task: Path, language: str, folder: Path) -> dict:
        """What `mine` gives, with the thresholds that are best on the validation split."""
        tuned_on, tested_on = (examples.path(task, s, language) for s in ("validation", "test"))
        pools = mining.read_pools(tuned_on)
        thresholds, candidates_of = {}, {}
        same = checksum(tuned_on) == checksum(tested_on)  # mined once
        for key, candidates in self.candidates(pools, folder / "validation"):
            thresholds[key] = mining.best_threshold(candidates, pools.gold)
            if same:
                candidates_of[key] = candidates
        pools = mining.read_pools(tested_on)
        layers: dict[int, dict] = {layer: {"layer": layer} for layer in self.layers}
        pairs: list[tuple] = []
        again = candidates_of.items() if same else self.candidates(pools, folder / "test")
        for key, candidates in again:
            (layer, pooling), threshold = key, thresholds[key]
            score = mining.score(candidates, pools.gold, threshold)
            layers[layer] |= {pooling + name: round(value, 4) for name, value in score.items()}
            layers[layer][f"{pooling}threshold"] = round(threshold, 6)
            if key == (layer_choice.protocol(self.encoder.depth), ""):
                pairs = mining.mined(candidates, threshold)
        scores = {
            "n_gold": len(pools.gold),
            "chance_percent": round(mining.chance(len(pools.gold), *pools.rows.values()), 4),
            "foreign_sentences": pools.rows["foreign"],
            "english_sentences": pools.rows["english"],
            "layers": list(layers.values()),
        }
        return {"scores": scores, "pairs": pairs}

    def candidates(self, pools: Pools, folder: Path) -> Iterator[tuple[Key, list[Candidate]]]:
        """One-to-one candidates by id for every layer and pooling."""
        name, left_out = "/".join(folder.parts[-3:]), self.left_out(pools)
        x, y = (
            self.vectors(list(pools.texts[side]), left_out, folder / side, f"encode {name} {side}")
            for side in SIDES
        )
        for key in x:
            layer, pooling = key
            what = f"mine {name} {pooling}layer {layer}"
            file = folder / f"{pooling}{layer}.npz"
            near = kept(file, partial(self.search, x[key], y[key], what))
            yield key, pools.named(mining.candidates(near))

    def search(self, x: Tensor, y: Tensor, what: str) -> Neighbours:
        """The nearest both ways, found where the encoder is."""
        device = self.encoder.encoder.device
        return nearest(x.to(device), y.to(device), self.neighbours, what=what).cpu()

    def left_out(self, pools: Pools) -> dict[str, Collection[int]]:
        """The token ids that each way of pooling leaves out."""
        ids: dict[str, Collection[int]] = {"": EVERY_TOKEN, "no_special_": self.encoder.around}
        if self.unshared:
            foreign, english = (self.tokens(list(pools.texts[side])) for side in SIDES)
            ids["unshared_"] = shared_tokens(foreign, english, self.encoder.special.frame)
        return ids

    def tokens(self, texts: list[str]) -> Iterator[list[int]]:
        """Token ids of each sentence, made a block at a time."""
        for start in range(0, len(texts), BLOCK):
            yield from self.encoder.tokens(texts[start:][:BLOCK])

    def vectors(
        self, texts: list[str], left_out: dict[str, Collection[int]], folder: Path, what: str
    ) -> dict[Key, Tensor]:
        """Vectors (n, d) of every layer and pooling, in files that lie in `folder`."""
        folder.mkdir(parents=True, exist_ok=True)
        note, starts = folder / "blocks_done", range(0, len(texts), BLOCK)
        done = int(note.read_text()) if note.is_file() else 0
        files = {
            (layer, pooling): mapped(
                folder / f"{pooling}{layer}.bin", (len(texts), self.encoder.width), new=not done
            )
            for layer, pooling in itertools.product(self.layers, left_out)
        }
        numbers = range(done, len(starts))
        for number in progress(numbers, len(starts), what, f"x {BLOCK:,} sentences", done):
            self.encode(texts[starts[number] :][:BLOCK], starts[number], left_out, files)
            with whole(note) as beside:
                beside.write_text(str(number + 1))
        return files

    def encode(
        self,
        texts: list[str],
        start: int,
        left_out: dict[str, Collection[int]],
        files: dict[Key, Tensor],
    ) -> None:
        """Put the vectors of some sentences into the files, the first at `start`."""
        tokens = self.encoder.tokens(texts)
        for indices, pooled in self.encoder.batches(tokens, list(left_out.values()), self.layers):
            places = start + torch.tensor(indices)
            for pooling, layers in zip(left_out, pooled, strict=True):
                for layer, vectors in zip(self.layers, layers, strict=True):
                    files[layer, pooling][places] = vectors
        release()


def kept(file: Path, search: Callable[[], Neighbours]) -> Neighbours:
    """The result of a search, read from a file where an earlier run has made it."""
    if not file.is_file():
        near = search()
        with whole(file) as beside, beside.open("wb") as stream:
            np.savez(stream, **{name: tensor.numpy() for name, tensor in vars(near).items()})
    with np.load(file) as stored:
        return Neighbours(**{name: torch.from_numpy(stored[name]) for name in stored})
