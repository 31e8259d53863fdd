"""Give a fine-tuned model a vocabulary of those pieces alone that some languages use.

The pieces are those of all rows that the suite has in these languages, whatever their task. The
model is written as one folder that Transformers loads. On the development and test rows of the
tasks that the target serves the tokenizer is held to give the pieces it gave before: the outputs
are then the same. Beside sizes the measures have `unseen_unchanged_percent`: of how many of the
target's test inputs all pieces would have been kept, had these not been read.
"""

import json
from dataclasses import replace

from waystation.base.errors import UserError
from waystation.encoder.tokenizer import read_tokenizer
from waystation.evaluation.rows import Reader
from waystation.evaluation.whole_model import WholeModel, read_whole, write_whole
from waystation.files import write_json
from waystation.frame.plan_file import read_plan
from waystation.frame.stage import stage
from waystation.grid.plans import EvaluationGroupPlan
from waystation.inference.kept_pieces import (
    Read,
    hold_same,
    pieces_of_texts,
    read_as_models_do,
    unchanged_percent,
)
from waystation.inference.vocabulary import Trimmed, tokens_of, trim

MIB = 2**20


def main() -> None:
    with stage(
        __doc__,
        options=["languages"],
        inputs=["code", "plan", "tasks", "encoder", "models"],
        outputs=["out", "sizes"],
        params=["trim.target", "trim.seed", "trim.languages.{languages}"],
    ) as run:
        settings, name = run.settings.trim, run.options.languages
        target = read_plan(run, EvaluationGroupPlan).targets[settings.target]
        folder = run.inputs["models"] / settings.target / str(settings.seed)
        model = read_whole(folder, run.inputs["encoder"])
        tokenizer = read_tokenizer(run.inputs["encoder"])
        reader = Reader(run.inputs["tasks"], tokenizer, target.settings)
        languages = settings.languages[name]
        texts = pieces_of_texts(reader.folder, tokenizer, languages, target.tasks)
        read = [*read_as_models_do(reader, target.tasks, languages)]
        hold_read(name, languages, target.tasks, read)
        smaller, trimmed = shrink(model, texts.union(*(one.pieces for one in read)))
        file = run.options.params.with_name("dvc.yaml")
        command = f"dvc repro {file}:trim@{name}` with the pieces of `{', '.join(languages)}"
        write_whole(run.outputs["out"], smaller, command)
        again = replace(reader, tokenizer=read_tokenizer(run.outputs["out"]))
        after = read_as_models_do(again, target.tasks, languages)
        compared = hold_same(read, after, trimmed.places)
        sizes = {
            **{key: getattr(settings, key) for key in ("group", "model", "recipe", "target")},
            "languages": list(languages),
            "before": size(model),
            "after": size(smaller),
            "compared_inputs": compared,
            "unseen_unchanged_percent": unseen(read, texts, model),
        }
        write_json(run.outputs["sizes"], sizes | {"made_from": run.made_from()})
        run.made = told(sizes)


def hold_read(
    name: str, languages: tuple[str, ...], tasks: tuple[str, ...], read: list[Read]
) -> None:
    """Refuse a language in which the target has no test rows: nothing would be compared."""
    known = {one.language for one in read if one.split == "test"}
    if missing := [code for code in languages if code not in known]:
        raise UserError(
            f"trim.languages.{name}: {', '.join(tasks)} has no {missing[0]!r} test rows"
        )


def unseen(read: list[Read], texts: set[int], model: WholeModel) -> dict[str, float]:
    """What a text does that the pieces were not taken from: as if the tests had not been read."""
    tests = [one for one in read if one.split == "test"]
    development = [one.pieces for one in read if one.split != "test"]
    _, trimmed = shrink(model, texts.union(*development))
    return unchanged_percent(tests, {*trimmed.kept})


def shrink(model: WholeModel, used: set[int]) -> tuple[WholeModel, Trimmed]:
    """The model with the pieces that are used, and those that its config names.

    All up to the padding's stay: positions of some families are counted from that id.
    """
    files = dict(model.files)
    named = tokens_of(json.loads(files["config.json"])).values()
    used = {*used, *named, *range(model.config.pad_token_id + 1)}
    trimmed = trim(files["tokenizer.json"], used)
    files["tokenizer.json"] = trimmed.tokenizer.encode()
    files["config.json"] = trimmed.config(files["config.json"]).encode()
    if text := files.get("tokenizer_config.json"):
        files["tokenizer_config.json"] = trimmed.tokenizer_config(text).encode()
    tensors = {**model.tensors, model.words: trimmed.table(model.tensors[model.words])}
    config = replace(model.config, vocab_size=len(trimmed.kept))
    return replace(model, config=config, tensors=tensors, files=files), trimmed


def size(model: WholeModel) -> dict[str, float]:
    """Rows of the table of word embeddings, and what weights and tokenizer take on disk."""
    weights = sum(tensor.nbytes for tensor in model.tensors.values())
    return {
        "pieces": len(model.tensors[model.words]),
        "weights_mib": round(weights / MIB, 2),
        "tokenizer_mib": round(len(model.files["tokenizer.json"]) / MIB, 2),
    }


def told(sizes: dict) -> str:
    """One line: how much smaller, and the language whose unseen inputs change most."""
    before, after = sizes["before"], sizes["after"]
    code, least = min(sizes["unseen_unchanged_percent"].items(), key=lambda entry: entry[1])
    return (
        f"{len(sizes['languages'])} languages: {before['pieces']:,} pieces to "
        f"{after['pieces']:,}, weights of {before['weights_mib']} MiB to {after['weights_mib']}; "
        f"of unseen inputs {least} % ({code}) or more are cut as before"
    )


if __name__ == "__main__":
    main()
