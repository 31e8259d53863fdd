"""Measure, layer by layer, how well an encoder aligns translations; nothing is trained.

Retrieval tasks: per language and layer the accuracy of retrieval both ways by cosine, by ratio
margin and by cosine of centred vectors; by cosine and margin again where vectors are pooled only
over tokens that do not occur on both sides, so that names, numbers and cognates cannot decide; the
mean cosine of translations and of random pairs; CKA with the pretrained encoder and with English.
Mining tasks: F1 of the mined pairs. And how well a sentence's language can be read off its vector.
"""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from stages import examples, mining, probe, retrieval
from stages.alignment import cka
from stages.command import Run, stage, write_json
from stages.errors import UserError, choose
from stages.model import set_threads
from stages.progress import progress
from stages.recipes import read_plan
from stages.sentences import EVERY_TOKEN, SentenceEncoder, emptied, shared_tokens

KINDS = ("retrieval", "mining")


def main() -> None:
    with stage(
        __doc__,
        options=["model", "recipe"],
        inputs=["code", "plan", "encoder", "pretrained"],
        planned=["tasks"],
        outputs=["scores"],
        params=["threads", "align"],
    ) as run:
        set_threads(run.settings.threads)
        plan = read_plan(run)
        tasks: dict[str, list[Path]] = {kind: [] for kind in KINDS}
        for task in plan["tasks"]:
            folder = run.inputs["tasks"] / task
            kind = examples.read_description(folder).type
            tasks[choose(kind, KINDS, f"type of the alignment task {task}")].append(folder)
        told = {"model": run.options.model, "recipe": run.options.recipe}
        told |= measures(run, tasks)
        told["made_from"] = run.made_from() | {"rows_sha256": plan["files"]}
        write_json(run.outputs["scores"], told)
        run.made = summary(told)


@dataclass(frozen=True)
class Retrieved:
    """A retrieval task's measures per language, and what the language probe is to see of it.

    `vectors` (L + 1, n, d) belong to the n sentences `seen`.
    """

    languages: dict[str, dict]
    seen: list[probe.Sentence]
    vectors: Tensor


def measures(run: Run, tasks: dict[str, list[Path]]) -> dict:
    """{"tasks", "mining", "language_identity"}; the probe sees the first retrieval task."""
    settings = run.settings.align
    encoder, pretrained = (
        SentenceEncoder(run.inputs[name], settings.batch_tokens)
        for name in ("encoder", "pretrained")
    )
    told: dict = {"tasks": {}, "mining": {}, "language_identity": None}
    for folder in tasks["retrieval"]:
        found = retrieve(folder, encoder, pretrained, settings.neighbours)
        told["tasks"][folder.name] = found.languages
        if told["language_identity"] is None:
            told["language_identity"] = identity(found)
    for folder in tasks["mining"]:
        told["mining"][folder.name] = mine(folder, encoder, settings.neighbours)
    return told


def summary(told: dict) -> str:
    """One line: each measure at the layer where it is best, retrieval and F1 as language means."""
    parts = [
        f"{task} {best(languages, 'margin_to_english_percent'):.1f} %"
        for task, languages in told["tasks"].items()
    ]
    parts += [
        f"{task} F1 {best(languages, 'f1_percent'):.1f} %"
        for task, languages in told["mining"].items()
    ]
    if told["language_identity"]:
        parts.append(f"language {best({'': told['language_identity']}, 'accuracy_percent'):.1f} %")
    return ", ".join(parts)


def best(languages: dict[str, dict], measure: str) -> float:
    """Mean over languages of a measure, at the layer where it is best."""
    values = [[layer[measure] for layer in found["layers"]] for found in languages.values()]
    return max(sum(layer) / len(layer) for layer in zip(*values, strict=True))


def retrieve(
    folder: Path, encoder: SentenceEncoder, pretrained: SentenceEncoder, neighbours: int
) -> Retrieved:
    """All measures of one retrieval task; each sentence passes through each encoder once."""
    pairs = {code: examples.read(examples.path(folder, "test", code)) for code in codes(folder)}
    chosen = probe.sentences(pairs)
    told, seen, vectors = {}, [], []
    for language in progress(pairs, len(pairs), f"align {folder.name}", "languages"):
        sides = {
            side: encoder.tokens([pair[side] for pair in pairs[language]])
            for side in ("foreign", "english")
        }
        shared = shared_tokens(*sides.values(), encoder.special.frame)
        found = {s: encoder.vectors(ids, [EVERY_TOKEN, shared]) for s, ids in sides.items()}
        texts = pretrained.tokens([pair["foreign"] for pair in pairs[language]])
        (before,) = pretrained.vectors(texts, [EVERY_TOKEN])
        empty = {side: emptied(ids, shared) for side, ids in sides.items()}
        told[language] = {
            "n": len(pairs[language]),
            "chance_percent": 100 / len(pairs[language]),
            "unshared_empty": sum(int(side.sum()) for side in empty.values()),
            "layers": layers(found, before, empty["foreign"] | empty["english"], neighbours),
        }
        for side, (every, _) in found.items():
            here = [s for s in chosen if (s.pairs, s.side) == (language, side)]
            seen += here
            vectors.append(every[:, [sentence.row for sentence in here]])
    return Retrieved(told, seen, torch.cat(vectors, dim=1))


def codes(folder: Path) -> list[str]:
    """Languages of a task's test split; at least one."""
    found = examples.languages(folder, "test")
    if not found:
        raise UserError(f"{folder} has no test rows in any language")
    return found


def layers(
    found: dict[str, list[Tensor]], before: Tensor, empty: Tensor, neighbours: int
) -> list[dict]:
    """All measures of every layer.

    found: {side: vectors (L + 1, n, d) over every token and over unshared ones}; before: the
    pretrained encoder's of the foreign side; empty (n,): pairs of which a side has no unshared one.
    """
    told = []
    sides = [torch.stack(found[side]).unbind(1) for side in ("foreign", "english")]
    for index, ((x, x_unshared), (y, y_unshared), old) in enumerate(
        zip(*sides, before, strict=True)
    ):
        layer = {"layer": index} | measure(x, y, neighbours)
        layer |= measure_unshared(x_unshared, y_unshared, empty, neighbours)
        layer["cka_to_pretrained"] = round(cka(x, old), 6)
        layer["cka_to_english"] = round(cka(x, y), 6)
        told.append(layer)
    return told


def measure(x: Tensor, y: Tensor, neighbours: int) -> dict[str, float]:
    """Retrieval and cosines of one layer; x, y (n, d), x foreign and y English."""
    similarity = retrieval.cosine(x, y)
    found = {
        "cosine": similarity,
        "margin": retrieval.ratio_margin(similarity, neighbours),
        "centred": retrieval.cosine(retrieval.centred(x), retrieval.centred(y)),
    }
    told = accuracies(found)
    told["translation_cosine"] = round(float(similarity.diagonal().mean()), 6)
    told["random_pair_cosine"] = round(retrieval.random_pair_cosine(similarity), 6)
    return told


def measure_unshared(x: Tensor, y: Tensor, empty: Tensor, neighbours: int) -> dict[str, float]:
    """Retrieval from vectors over unshared tokens; an empty pair (n,) is never found."""
    similarity = retrieval.cosine(x, y)
    found = {
        "unshared_cosine": similarity,
        "unshared_margin": retrieval.ratio_margin(similarity, neighbours),
    }
    return accuracies({k: retrieval.never_found(v, empty) for k, v in found.items()})


def accuracies(similarities: dict[str, Tensor]) -> dict[str, float]:
    told = {}
    for name, similarity in similarities.items():
        there, back = retrieval.accuracy(similarity)
        told[f"{name}_to_english_percent"] = round(there, 4)
        told[f"{name}_from_english_percent"] = round(back, 4)
    return told


def identity(found: Retrieved) -> dict:
    """Accuracy of the language probe on every layer; n sentences are scored."""
    accuracy = [
        {"layer": index, "accuracy_percent": round(probe.accuracy(vectors, found.seen), 4)}
        for index, vectors in enumerate(
            progress(found.vectors, len(found.vectors), "language identity", "layers")
        )
    ]
    scored = sum(sentence.half == 1 for sentence in found.seen)
    return {
        "n": scored,
        "chance_percent": round(probe.chance(found.seen), 4),
        "layers": accuracy,
    }


def mine(folder: Path, encoder: SentenceEncoder, neighbours: int) -> dict[str, dict]:
    """F1 of the mined pairs per language and layer, at the threshold of the validation split."""
    told = {}
    languages = codes(folder)
    for language in progress(languages, len(languages), f"mine {folder.name}", "languages"):
        splits = [
            mining.read_pools(examples.path(folder, split, language))
            for split in ("validation", "test")
        ]
        tuned, found = (proposals(pools, encoder, neighbours) for pools in splits)
        validation, test = (pools.gold for pools in splits)
        thresholds = [mining.best_threshold(layer, validation) for layer in tuned]
        scores = [
            mining.score(layer, test, threshold)
            for layer, threshold in zip(found, thresholds, strict=True)
        ]
        told[language] = {
            "n_gold": len(test),
            "foreign_sentences": splits[1].rows["foreign"],
            "english_sentences": splits[1].rows["english"],
            "layers": [
                {"layer": index}
                | {key: round(value, 4) for key, value in score.items()}
                | {"threshold": round(threshold, 6)}
                for index, (score, threshold) in enumerate(zip(scores, thresholds, strict=True))
            ],
        }
    return told


def proposals(
    pools: mining.Pools, encoder: SentenceEncoder, neighbours: int
) -> list[list[mining.Candidate]]:
    """One-to-one candidates by id for every layer."""
    sides = [
        encoder.vectors(encoder.tokens(list(pools.texts[side])), [EVERY_TOKEN])[0]
        for side in mining.SIDES
    ]
    return [pools.named(mining.candidates(x, y, neighbours)) for x, y in zip(*sides, strict=True)]


if __name__ == "__main__":
    main()
