"""A smaller vocabulary: a tokenizer and a model with those pieces alone that given texts use.

Most weights of a small multilingual encoder are word embeddings, and few languages use few of
them (Abdaoui et al. 2020, arXiv 2010.05609; Ushio et al. 2023, findings-emnlp.981). A text of
pieces that are all kept is cut as before, and so gives the same outputs. Unigram takes the
likeliest path of pieces, WordPiece the longest piece at each place, BPE the first merge of its
list: what a text did not take, the text does not miss. A path through unknown signs costs what the
least likely piece costs and a constant, so that piece stays; so do the parts from which BPE merges
a piece.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import torch
from torch import Tensor

from waystation.base.errors import MISSHAPEN, UserError, choose, misfit

KINDS = ("BPE", "Unigram", "WordLevel", "WordPiece")


@dataclass(frozen=True)
class Trimmed:
    """`tokenizer`: the text of the new tokenizer.json; `kept`: the old ids (V',), ascending. The
    new id of a piece is its place there."""

    tokenizer: str
    kept: tuple[int, ...]

    @cached_property
    def places(self) -> dict[int, int]:
        """{old id: new id}."""
        return {piece: place for place, piece in enumerate(self.kept)}

    def table(self, words: Tensor) -> Tensor:
        """The rows (V', d) of a table of word embeddings (V, d)."""
        return words[torch.tensor(self.kept)]

    def config(self, text: str | bytes) -> str:
        """The text of a config.json with the new size and the new ids of its tokens."""
        stored = json.loads(text)
        moved = {key: self.places[piece] for key, piece in tokens_of(stored).items()}
        return json.dumps(stored | moved | {"vocab_size": len(self.kept)}, indent=2) + "\n"

    def tokenizer_config(self, text: str | bytes) -> str:
        """The text of a tokenizer_config.json with the new ids of its tokens."""
        stored = json.loads(text)
        if named := stored.get("added_tokens_decoder"):
            stored["added_tokens_decoder"] = {str(self.places[int(k)]): v for k, v in named.items()}
        return json.dumps(stored, indent=2, ensure_ascii=False) + "\n"


def tokens_of(config: dict[str, Any]) -> dict[str, int]:
    """The keys of a config.json that hold a token's id."""
    return {k: v for k, v in config.items() if k.endswith("_token_id") and isinstance(v, int)}


def trim(tokenizer: str | bytes, used: Collection[int]) -> Trimmed:
    """Keep the pieces that are `used`, the special tokens, and what else a text's path needs.

    `tokenizer` is the text of a tokenizer.json.
    """
    try:
        stored = json.loads(tokenizer)
        model, added = stored["model"], stored["added_tokens"]
        choose(model["type"], KINDS, "model of the tokenizer to trim")
        pieces = pieces_of(model)
        known = {*pieces.values(), *(token["id"] for token in added)}
        if unknown := sorted({*used} - known):
            raise UserError(f"the tokenizer has no piece {unknown[0]}, but {len(known):,} pieces")
        special = {token["id"] for token in added}
        kept = sorted(special | with_parts(model, pieces, {*used, *needed(model, pieces)}))
        places = {piece: place for place, piece in enumerate(kept)}
        keep(model, pieces, places)
        for token in added:
            token["id"] = places[token["id"]]
        renumber(stored["post_processor"], places)
        if padding := stored.get("padding"):
            padding["pad_id"] = places[padding["pad_id"]]
    except MISSHAPEN as problem:
        raise UserError(f"the tokenizer to trim is no tokenizer.json: {misfit(problem)}") from None
    return Trimmed(json.dumps(stored, ensure_ascii=False), tuple(kept))


def pieces_of(model: dict) -> dict[str, int]:
    """{piece: id} of the model; special tokens may be among them."""
    if model["type"] != "Unigram":
        return dict(model["vocab"])
    return {piece: place for place, (piece, _) in enumerate(model["vocab"])}


def needed(model: dict, pieces: dict[str, int]) -> set[int]:
    """Pieces that stay although no text uses them."""
    if model["type"] != "Unigram":
        return {pieces[model["unk_token"]]} if model.get("unk_token") is not None else set()
    scores = [score for _, score in model["vocab"]]
    stay = {scores.index(min(scores))}
    if model["unk_id"] is not None:
        stay.add(model["unk_id"])
    if model.get("byte_fallback"):
        stay |= {place for piece, place in pieces.items() if piece.startswith("<0x")}
    return stay


def with_parts(model: dict, pieces: dict[str, int], used: set[int]) -> set[int]:
    """With the pieces from which BPE merges those that are used, whichever way."""
    if model["type"] != "BPE":
        return used
    parts: dict[int, set[int]] = {}
    for first, second in merges(model):
        whole = pieces[joined(model, first, second)]
        parts.setdefault(whole, set()).update((pieces[first], pieces[second]))
    reached, waiting = set(used), list(used)
    while waiting:
        more = parts.get(waiting.pop(), set()) - reached
        reached |= more
        waiting += more
    return reached


def merges(model: dict) -> list[tuple[str, str]]:
    """Of BPE, in their order; files of older libraries hold `a b` for `["a", "b"]`."""
    pairs = (m.split(" ") if isinstance(m, str) else m for m in model["merges"])
    return [(first, second) for first, second in pairs]


def joined(model: dict, first: str, second: str) -> str:
    """The piece that two pieces of BPE make."""
    prefix = model.get("continuing_subword_prefix") or ""
    return first + second.removeprefix(prefix)


def keep(model: dict, pieces: dict[str, int], places: dict[int, int]) -> None:
    """Drop from the model what has no place."""
    stay = {piece: places[old] for piece, old in pieces.items() if old in places}
    if model["type"] == "BPE":
        model["merges"] = [
            list(pair) for pair in merges(model) if {*pair, joined(model, *pair)} <= stay.keys()
        ]
    if model["type"] != "Unigram":
        model["vocab"] = stay
        return
    model["vocab"] = [entry for old, entry in enumerate(model["vocab"]) if old in places]
    if model["unk_id"] is not None:
        model["unk_id"] = places[model["unk_id"]]


def renumber(processor: dict | None, places: dict[int, int]) -> None:
    """Give the tokens that a post-processor puts around texts their new ids."""
    if processor is None:
        return
    for inner in processor.get("processors", ()):
        renumber(inner, places)
    for token in processor.get("special_tokens", {}).values():
        token["ids"] = [places[piece] for piece in token["ids"]]
    for name in ("sep", "cls"):  # RoBERTa's and BERT's own forms
        if name in processor:
            text, old = processor[name]
            processor[name] = [text, places[old]]
