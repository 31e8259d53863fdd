"""Measure, layer by layer, how well an encoder aligns translations; nothing is trained.

Retrieval tasks: per language and layer the accuracy of retrieval both ways by cosine, by ratio
margin and by cosine of centred vectors; by cosine and margin again where vectors are pooled without
the special tokens around a sentence (`no_special_`), and where they are pooled only over tokens
that do not occur on both sides (`unshared_`), so that names, numbers and cognates cannot decide;
the mean cosine of translations and of random pairs; CKA with the pretrained encoder and with
English. Mining tasks: F1 of the mined pairs, for the same ways of pooling. How well a sentence's
language can be read off its vector. And the layer that is best on the development languages, for
the others (stages.depth).

Writes, beside the measures, what is found at the original protocol's layer in XTREME's format.
"""

from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor

from stages import compute, depth, examples, probe, retrieval, submission
from stages.alignment import cka
from stages.bitext import Miner
from stages.cell import read_plan
from stages.command import Run, stage, write_json
from stages.errors import UserError, choose
from stages.examples import Description
from stages.nearest import nearest
from stages.progress import progress
from stages.sentences import EVERY_TOKEN, SentenceEncoder, emptied, shared_tokens
from stages.settings import Settings

KINDS = ("retrieval", "mining")
SIDES = ("foreign", "english")


def main() -> None:
    with stage(
        __doc__,
        options=["model", "recipe"],
        inputs=["code", "plan", "encoder", "pretrained"],
        planned=["tasks"],
        outputs=["scores", "predictions"],
        params=["threads", "device", "precision", "align"],
    ) as run:
        compute.use(run.settings)
        plan = read_plan(run)
        tasks = [examples.read_description(run.inputs["tasks"] / name) for name in plan["tasks"]]
        for task in tasks:
            choose(task.type, KINDS, f"type of the alignment task {task.name}")
        check_development(run, tasks)
        run.outputs["predictions"].mkdir()
        told = {"model": run.options.model, "recipe": run.options.recipe}
        told |= measures(run, tasks)
        told["made_from"] = run.made_from() | {"rows_sha256": plan["files"]}
        write_json(run.outputs["scores"], told)
        run.made = summary(told)


def check_development(run: Run, tasks: list[Description]) -> None:
    """Every development language is one of some task's."""
    known = [code for task in tasks for code in codes(run.inputs["tasks"] / task.name)]
    for code in run.settings.align.development_languages if tasks else ():
        choose(code, sorted(set(known)), "language in align.development_languages")


@dataclass(frozen=True)
class Retrieved:
    """A retrieval task's measures per language, and what the language probe is to see of it.

    `vectors` (L + 1, n, d) belong to the n sentences `seen`.
    """

    languages: dict[str, dict]
    seen: list[probe.Sentence]
    vectors: Tensor


def measures(run: Run, tasks: list[Description]) -> dict:
    """All that is told but what it was made from; the probe sees the first retrieval task."""
    encoder, pretrained = (
        SentenceEncoder(run.inputs[name], run.settings.align.batch_tokens)
        for name in ("encoder", "pretrained")
    )
    for one in (encoder, pretrained):
        compute.place(one.encoder, run.settings)
    told: dict = {"protocol_layer": depth.protocol(encoder.depth)}
    told |= {"relative_layer": depth.relative(encoder.depth)}
    told |= {"tasks": {}, "mining": {}, "language_identity": None, "development": {}}
    for task in tasks:
        if task.type == "mining":
            found = told["mining"][task.name] = mine(run, task, encoder)
        else:
            retrieved = retrieve(run, task, encoder, pretrained)
            found = told["tasks"][task.name] = retrieved.languages
            if told["language_identity"] is None:
                told["language_identity"] = identity(retrieved)
        suffix = "f1_percent" if task.type == "mining" else "english_percent"
        chosen = depth.developed(found, run.settings.align.development_languages, suffix)
        told["development"][task.name] = chosen
    return told


def summary(told: dict) -> str:
    """One line: each measure at the protocol's layer, retrieval and F1 as language means."""
    measured = [(task, "margin_to_english_percent", found) for task, found in told["tasks"].items()]
    measured += [(f"{t} F1", "f1_percent", found) for t, found in told["mining"].items()]
    if told["language_identity"]:
        measured.append(("language", "accuracy_percent", {"": told["language_identity"]}))
    parts = []
    for name, measure, found in measured:
        mean = at_layer(found, measure, told["protocol_layer"])
        parts.append(f"{name} {mean:.1f} %")
    return f"layer {told['protocol_layer']}: " + ", ".join(parts)


def at_layer(languages: dict[str, dict], measure: str, layer: int) -> float:
    """Mean over languages of a measure at a layer."""
    values = [
        place[measure]
        for found in languages.values()
        for place in found["layers"]
        if place["layer"] == layer
    ]
    return sum(values) / len(values)


def retrieve(
    run: Run, task: Description, encoder: SentenceEncoder, pretrained: SentenceEncoder
) -> Retrieved:
    """All measures of one retrieval task; each sentence passes through each encoder once.

    Of a language the vectors of both sides, of all layers and three ways of pooling, lie in files.
    """
    folder, scratch = run.inputs["tasks"] / task.name, run.scratch / "vectors"
    pairs = {code: examples.read(examples.path(folder, "test", code)) for code in codes(folder)}
    chosen = probe.sentences(pairs)
    told, seen, vectors = {}, [], []
    for language in progress(pairs, len(pairs), f"align {task.name}", "languages"):
        sides = {side: encoder.tokens([pair[side] for pair in pairs[language]]) for side in SIDES}
        shared = shared_tokens(*sides.values(), encoder.special.frame)
        left_out = [EVERY_TOKEN, encoder.around, shared]
        found = {side: encoder.vectors(ids, left_out, scratch) for side, ids in sides.items()}
        texts = pretrained.tokens([pair["foreign"] for pair in pairs[language]])
        (before,) = pretrained.vectors(texts, [EVERY_TOKEN], scratch)
        empty = {side: emptied(ids, shared) for side, ids in sides.items()}
        lost = empty["foreign"] | empty["english"]
        told[language] = {
            "n": len(pairs[language]),
            "chance_percent": 100 / len(pairs[language]),
            "unshared_empty": sum(int(side.sum()) for side in empty.values()),
            "layers": layers(found, before, lost, run.settings),
        }
        write_found(run, task, language, pairs[language], [side[0] for side in found.values()])
        for side, (every, *_) in found.items():
            here = [s for s in chosen if (s.pairs, s.side) == (language, side)]
            seen += here
            vectors.append(every[:, [sentence.row for sentence in here]])
    return Retrieved(told, seen, torch.cat(vectors, dim=1))


def write_found(
    run: Run, task: Description, language: str, pairs: list[dict], sides: list[Tensor]
) -> None:
    """What each English sentence finds at the protocol's layer; sides (L + 1, n, d), English last.

    Nothing where XTREME has no such task.
    """
    if task.xtreme is not None:
        x, y = (side[depth.protocol(len(side) - 1)] for side in sides)
        file = submission.path(run.outputs["predictions"], task, language)
        found = retrieval.foreign_places(x, y)
        submission.write_lines(file, submission.retrieved(pairs, found))


def codes(folder: Path) -> list[str]:
    """Languages of a task's test split; at least one."""
    found = examples.languages(folder, "test")
    if not found:
        raise UserError(f"{folder} has no test rows in any language")
    return found


def layers(
    found: dict[str, list[Tensor]], before: Tensor, lost: Tensor, settings: Settings
) -> list[dict]:
    """All measures of every layer, on the suite's device.

    found: {side: vectors (L + 1, n, d) over every token, without special ones, over unshared ones};
    before: the pretrained encoder's of the foreign side; lost (n,): pairs of which a side has no
    unshared token.
    """
    told, device, neighbours = [], settings.device, settings.align.neighbours
    for index, old in enumerate(before):
        poolings = [[found[side][p][index].to(device) for side in SIDES] for p in range(3)]
        x, y = poolings[0]
        layer = {"layer": index} | measure(x, y, neighbours)
        layer |= retrieval.accuracies(*poolings[1], neighbours, "no_special_")
        layer |= retrieval.accuracies(*poolings[2], neighbours, "unshared_", lost.to(device))
        layer["cka_to_pretrained"] = round(cka(x, old.to(device)), 6)
        layer["cka_to_english"] = round(cka(x, y), 6)
        told.append(layer)
    return told


def measure(x: Tensor, y: Tensor, neighbours: int) -> dict[str, float]:
    """Retrieval and cosines of one layer; x, y (n, d), x foreign and y English."""
    shifted = nearest(retrieval.centred(x), retrieval.centred(y), 1)
    return {
        **retrieval.accuracies(x, y, neighbours),
        **retrieval.both_ways(shifted, "centred"),
        **retrieval.cosines(x, y),
    }


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


def mine(run: Run, task: Description, encoder: SentenceEncoder) -> dict[str, dict]:
    """F1 of the mined pairs per language and layer, at the threshold of the validation split."""
    settings, folder, told = run.settings.align, run.inputs["tasks"] / task.name, {}
    layers = depth.searched(settings.mining_layers, encoder.depth)
    scratch = run.scratch / "mining"
    miner = Miner(encoder, layers, settings.neighbours, scratch, settings.mining_unshared)
    languages = codes(folder)
    for language in progress(languages, len(languages), f"mine {task.name}", "languages"):
        found = miner.mine(folder, language)
        told[language] = found["scores"]
        if task.xtreme is not None:
            file = submission.path(run.outputs["predictions"], task, language)
            submission.write_lines(file, submission.mined(found["pairs"]))
    return told


if __name__ == "__main__":
    main()
