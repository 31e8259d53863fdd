"""Measure, layer by layer, how well an encoder aligns translations; nothing is trained.

Retrieval tasks: per language and layer the accuracy of retrieval both ways by cosine, by ratio
margin and by cosine of centred vectors; by cosine and margin again where vectors are pooled without
the special tokens around a sentence (`no_special_`), and where they are pooled only over tokens
that do not occur on both sides (`unshared_`), so that names, numbers and cognates cannot decide;
the mean cosine of translations and of random pairs; CKA with the pretrained encoder and with
English. Mining tasks: F1 of the mined pairs, for the same ways of pooling. How well a sentence's
language can be read off its vector. And the layer that is best on the development languages, for
the others (waystation.alignment.layer_choice).

Writes, beside the measures, what is found at the original protocol's layer in XTREME's format.
"""

from pathlib import Path

from waystation.alignment.measures import KINDS, Alignment, codes, measures
from waystation.alignment.vectors import SentenceEncoder
from waystation.base.errors import choose
from waystation.data import examples
from waystation.data.examples import Description
from waystation.encoder import device
from waystation.files import write_json
from waystation.frame.plan_file import read_plan
from waystation.frame.stage import Run, stage
from waystation.grid.alignment_plan import AlignmentPlan
from waystation.xtreme import submission


def main() -> None:
    with stage(
        __doc__,
        options=["model", "recipe"],
        inputs=["code", "plan", "encoder", "pretrained"],
        planned=["tasks"],
        outputs=["scores", "predictions"],
        params=["threads", "device", "precision", "align"],
    ) as run:
        device.use(run.settings)
        plan = read_plan(run, AlignmentPlan)
        folder, settings = run.inputs["tasks"], run.settings.align
        tasks = [examples.read_description(folder / name) for name in plan.tasks]
        for task in tasks:
            choose(task.type, KINDS, f"type of the alignment task {task.name}")
        check_development(run, tasks)
        encoder, pretrained = (
            read_sentence_encoder(run, name) for name in ("encoder", "pretrained")
        )
        where = run.settings.device, run.scratch
        alignment = measures(tasks, folder, encoder, pretrained, settings, *where)
        write_predictions(run.outputs["predictions"], tasks, folder, alignment)
        cell = {"model": run.options.model, "recipe": run.options.recipe} | alignment.report
        made_from = run.made_from() | {"rows_sha256": plan.files}
        write_json(run.outputs["scores"], cell | {"made_from": made_from})
        run.made = summary(cell)


def read_sentence_encoder(run: Run, name: str) -> SentenceEncoder:
    """The encoder of an input, on the suite's device."""
    encoder = SentenceEncoder(run.inputs[name], run.settings.align.batch_tokens)
    device.place(encoder.encoder, run.settings)
    return encoder


def check_development(run: Run, tasks: list[Description]) -> None:
    """Every development language is one of some task's."""
    known = [code for task in tasks for code in codes(run.inputs["tasks"] / task.name)]
    for code in run.settings.align.development_languages if tasks else ():
        choose(code, sorted(set(known)), "language in align.development_languages")


def summary(cell: dict) -> str:
    """One line: each measure at the protocol's layer, retrieval and F1 as language means."""
    measured = [
        (task, "margin_to_english_percent", languages) for task, languages in cell["tasks"].items()
    ]
    measured += [(f"{t} F1", "f1_percent", languages) for t, languages in cell["mining"].items()]
    if cell["language_identity"]:
        measured.append(("language", "accuracy_percent", {"": cell["language_identity"]}))
    parts = []
    for name, measure, languages in measured:
        mean = at_layer(languages, measure, cell["protocol_layer"])
        parts.append(f"{name} {mean:.1f} %")
    return f"layer {cell['protocol_layer']}: " + ", ".join(parts)


def at_layer(languages: dict[str, dict], measure: str, layer: int) -> float:
    """Mean over languages of a measure at a layer."""
    values = [
        row[measure]
        for entry in languages.values()
        for row in entry["layers"]
        if row["layer"] == layer
    ]
    return sum(values) / len(values)


def write_predictions(
    out: Path, tasks: list[Description], folder: Path, alignment: Alignment
) -> None:
    """What is found at the protocol's layer, of those tasks that XTREME has."""
    out.mkdir()
    for task in tasks:
        if task.xtreme is None:
            continue
        for language, nearest in alignment.nearest.get(task.name, {}).items():
            pairs = examples.read(examples.path(folder / task.name, "test", language))
            submission.write(out, task, language, pairs, nearest)
        for language, mined in alignment.mined.get(task.name, {}).items():
            submission.write(out, task, language, [], mined)


if __name__ == "__main__":
    main()
