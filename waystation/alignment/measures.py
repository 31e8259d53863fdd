"""All measures of the alignment of one encoder, layer by layer."""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from waystation.alignment import language_probe, layer_choice, retrieval
from waystation.alignment.cka import cka
from waystation.alignment.miner import Miner
from waystation.alignment.vectors import EVERY_TOKEN, SentenceEncoder, emptied, shared_tokens
from waystation.base.errors import UserError
from waystation.base.progress import progress
from waystation.data import examples
from waystation.data.examples import Description
from waystation.params.schema import Align

KINDS = ("retrieval", "mining")
# Measures of which every sentence's result is kept, by layer, a text of 1 (right) and 0: two
# encoders are compared on the same sentences.
SENTENCES = (
    "cosine_from_english",
    "margin_to_english",
    "centred_to_english",
    "unshared_margin_to_english",
)
SIDES = ("foreign", "english")


@dataclass(frozen=True)
class Retrieved:
    """A retrieval task's measures per language, and what the language probe is to see of it.

    `vectors` (L + 1, n, d) belong to the n sentences `seen`. `nearest`: by language, for each
    English sentence the place of the foreign one that it finds at the protocol's layer.
    """

    languages: dict[str, dict]
    seen: list[language_probe.Sentence]
    vectors: Tensor
    nearest: dict[str, list[int]]


@dataclass(frozen=True)
class Alignment:
    """`report` goes into the metrics; by task and language `nearest`, as in Retrieved, and `mined`:
    pairs of ids, foreign and English, mined at the protocol's layer."""

    report: dict
    nearest: dict[str, dict[str, list[int]]]
    mined: dict[str, dict[str, list[tuple[str, str]]]]


def measures(
    tasks: list[Description],
    folder: Path,
    encoder: SentenceEncoder,
    pretrained: SentenceEncoder,
    settings: Align,
    device: str,
    scratch: Path,
) -> Alignment:
    """All measures of an encoder on tasks whose rows lie in `folder`; the probe sees the first
    retrieval task."""
    report: dict = {"protocol_layer": layer_choice.protocol(encoder.depth)}
    report |= {"relative_layer": layer_choice.relative(encoder.depth)}
    report |= {"tasks": {}, "mining": {}, "language_identity": None, "development": {}}
    nearest, mined = {}, {}
    for task in tasks:
        home = folder / task.name
        if task.type == "mining":
            languages, mined[task.name] = mine(home, encoder, settings, scratch / "mining")
            report["mining"][task.name] = languages
        else:
            retrieved = retrieve(
                home, encoder, pretrained, settings.neighbours, device, scratch / "vectors"
            )
            languages, nearest[task.name] = retrieved.languages, retrieved.nearest
            report["tasks"][task.name] = languages
            if report["language_identity"] is None:
                report["language_identity"] = identity(retrieved)
        suffix = "f1_percent" if task.type == "mining" else "english_percent"
        chosen = layer_choice.developed(languages, settings.development_languages, suffix)
        report["development"][task.name] = chosen
    return Alignment(report, nearest, mined)


def retrieve(
    home: Path,
    encoder: SentenceEncoder,
    pretrained: SentenceEncoder,
    neighbours: int,
    device: str,
    scratch: Path,
) -> Retrieved:
    """All measures of one retrieval task; each sentence passes through each encoder once.

    Of a language the vectors of both sides, of all layers and three ways of pooling, lie in files.
    """
    pairs = {code: examples.read(examples.path(home, "test", code)) for code in codes(home)}
    chosen = language_probe.sentences(pairs)
    languages, seen, vectors, nearest_foreign = {}, [], [], {}
    for language in progress(pairs, len(pairs), f"align {home.name}", "languages"):
        sides = {side: encoder.tokens([pair[side] for pair in pairs[language]]) for side in SIDES}
        shared = shared_tokens(sides["foreign"], sides["english"], encoder.special.frame)
        left_out = [EVERY_TOKEN, encoder.around, shared]
        pooled = {side: encoder.vectors(ids, left_out, scratch) for side, ids in sides.items()}
        texts = pretrained.tokens([pair["foreign"] for pair in pairs[language]])
        (before,) = pretrained.vectors(texts, [EVERY_TOKEN], scratch)
        empty = {side: emptied(ids, shared) for side, ids in sides.items()}
        lost = empty["foreign"] | empty["english"]
        languages[language] = {
            "n": len(pairs[language]),
            "chance_percent": 100 / len(pairs[language]),
            "unshared_empty": sum(int(side.sum()) for side in empty.values()),
            **layers(pooled, before, lost, neighbours, device),
        }
        foreign, english = (
            every[layer_choice.protocol(encoder.depth)] for every, *_ in pooled.values()
        )
        nearest_foreign[language] = retrieval.foreign_places(foreign, english)
        for side, (every, *_) in pooled.items():
            here = [s for s in chosen if (s.pairs, s.side) == (language, side)]
            seen += here
            vectors.append(every[:, [sentence.row for sentence in here]])
    return Retrieved(languages, seen, torch.cat(vectors, dim=1), nearest_foreign)


def codes(folder: Path) -> list[str]:
    """Languages of a task's test split; at least one."""
    languages = examples.languages(folder, "test")
    if not languages:
        raise UserError(f"{folder} has no test rows in any language")
    return languages


def layers(
    pooled: dict[str, list[Tensor]], before: Tensor, lost: Tensor, neighbours: int, device: str
) -> dict[str, list | dict]:
    """`layers`: all measures of every layer, computed on a device; `right`: see SENTENCES.

    pooled: {side: vectors (L + 1, n, d) over every token, without special ones, over unshared
    ones}; before: the pretrained encoder's of the foreign side; lost (n,): pairs of which a side
    has no unshared token.
    """
    measured, sentences = [], {name: list[str]() for name in SENTENCES}
    for index, old in enumerate(before):
        poolings = [[pooled[side][p][index].to(device) for side in SIDES] for p in range(3)]
        (x, y), (plain_x, plain_y), (own_x, own_y) = poolings
        right = retrieval.right(x, y, neighbours) | retrieval.right_centred(x, y)
        right |= retrieval.right(plain_x, plain_y, neighbours, "no_special_")
        right |= retrieval.right(own_x, own_y, neighbours, "unshared_", lost.to(device))
        layer = {"layer": index} | retrieval.accuracies(right) | retrieval.cosines(x, y)
        layer["cka_to_pretrained"] = round(cka(x, old.to(device)), 6)
        layer["cka_to_english"] = round(cka(x, y), 6)
        measured.append(layer)
        for name, kept in sentences.items():
            kept.append("".join(map(str, right[name].int().tolist())))
    return {"layers": measured, "right": sentences}


def identity(retrieved: Retrieved) -> dict:
    """Accuracy of the language probe on every layer; n sentences are scored."""
    accuracy = [
        {
            "layer": index,
            "accuracy_percent": round(language_probe.accuracy(vectors, retrieved.seen), 4),
        }
        for index, vectors in enumerate(
            progress(retrieved.vectors, len(retrieved.vectors), "language identity", "layers")
        )
    ]
    scored = sum(sentence.half == 1 for sentence in retrieved.seen)
    return {
        "n": scored,
        "chance_percent": round(language_probe.chance(retrieved.seen), 4),
        "layers": accuracy,
    }


def mine(
    home: Path, encoder: SentenceEncoder, settings: Align, scratch: Path
) -> tuple[dict[str, dict], dict[str, list[tuple[str, str]]]]:
    """F1 of the mined pairs per language and layer, at the threshold of the validation split, and
    the pairs at the protocol's layer."""
    layers = layer_choice.searched(settings.mining_layers, encoder.depth)
    miner = Miner(encoder, layers, settings.neighbours, scratch, settings.mining_unshared)
    scores, pairs, languages = {}, {}, codes(home)
    for language in progress(languages, len(languages), f"mine {home.name}", "languages"):
        mined = miner.mine(home, language)
        scores[language], pairs[language] = mined["scores"], mined["pairs"]
    return scores, pairs
