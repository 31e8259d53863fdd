"""The card of an exported model: README.md, in the form that the Hub reads."""

import json
from dataclasses import dataclass
from pathlib import Path

from waystation.evaluation import selection
from waystation.params.load import load_settings
from waystation.params.models import FetchedModel
from waystation.params.schema import Settings
from waystation.text_files import read_json

PIPELINES = {  # of the class in config.json, what the Hub calls the task
    "ForSequenceClassification": "text-classification",
    "ForTokenClassification": "token-classification",
    "ForQuestionAnswering": "question-answering",
    "ForMultipleChoice": "multiple-choice",
}


@dataclass(frozen=True)
class Cell:
    """What a stored model is: data/<suite>/models/<group>/<model>/<recipe>/<target>/<seed>."""

    suite: str
    group: str
    model: str
    recipe: str
    target: str
    seed: str

    @property
    def scores(self) -> Path:
        return Path("metrics", self.suite, "scores", self.group, self.model, f"{self.recipe}.json")

    @property
    def params(self) -> Path:
        own = Path("suites", self.suite, "params.yaml")
        return own if own.is_file() else Path("params.yaml")


def cell_of(folder: Path) -> Cell | None:
    """The cell whose seed lies in a folder; None for a model from elsewhere."""
    parts = folder.parts
    if "models" not in parts[1:]:
        return None
    place = parts.index("models", 1)
    if len(parts) - place < 6:
        return None
    group, model, *recipe, target, seed = parts[place + 1 :]
    return Cell(parts[place - 1], group, model, "/".join(recipe), target, seed)


def card(folder: Path, config: Path, command: str) -> str:
    """The text of the card; `folder` is the seed's, or a model from elsewhere."""
    cell = cell_of(folder)
    settings = load_settings(cell.params) if cell and cell.params.is_file() else None
    ours = settings if cell and settings and settings.suite == cell.suite else None
    head = front_matter(cell, ours, config)
    if cell is None:
        body = [f"# {folder.name}", f"A model of `{folder}`, of which nothing more is noted."]
    else:
        body = [f"# {cell.model}, {cell.recipe}, fine-tuned on {cell.target}, seed {cell.seed}"]
        body += [origin(cell, ours), chosen(folder), scores(cell)]
    body += [f"Written by `{command}`.", LIMITS]
    return "\n\n".join([head, *(part for part in body if part)]) + "\n"


LIMITS = (
    "Made to measure cross-lingual transfer, not to be used: the scores above are all that is "
    "known. One fine-tuning by another seed can be several points away. Of other languages, other "
    "domains and harmful bias nothing was measured."
)


def front_matter(cell: Cell | None, settings: Settings | None, config: Path) -> str:
    lines = ["library_name: transformers"]
    architecture = (read_json(config, dict).get("architectures") or [""])[0]
    for ending, pipeline in PIPELINES.items():
        if architecture.endswith(ending):
            lines.append(f"pipeline_tag: {pipeline}")
    if cell and settings:
        base = settings.models.get(cell.model)
        if isinstance(base, FetchedModel):
            lines.append(f"base_model: {base.repository}")
            lines.append(f"license: {base.license.lower()}")
        target = settings.target.tasks.get(cell.target)
        languages = target.languages if target else ()
        lines.append(f"language: {json.dumps(list(languages or ('en',)))}")
    lines.append("tags: [cross-lingual-transfer, intermediate-task-training]")
    return "\n".join(["---", *lines, "---"])


def origin(cell: Cell, settings: Settings | None) -> str:
    """What the model was made from."""
    base = settings.models.get(cell.model) if settings else None
    start = f"`{cell.model}`"
    if isinstance(base, FetchedModel):
        start = f"[{base.repository}](https://huggingface.co/{base.repository})"
        if base.layers != (base.checkpoint_layers or base.layers):
            start += f" (its first {base.layers} layers)"
    elif base is not None:
        start += ", which was pretrained in this project,"
    return (
        f"{start} after the intermediate recipe `{cell.recipe}` of the suite `{cell.suite}`, then "
        f"fine-tuned on the English target `{cell.target}` with seed {cell.seed}."
    )


def chosen(folder: Path) -> str:
    if not (folder / selection.FILE).is_file():
        return ""
    note = selection.read(folder)
    return (
        f"English development data chose step {note.chosen} of {note.steps:,}, which trained on "
        f"{note.examples:,} examples: {note.score:.1f} there."
    )


def scores(cell: Cell) -> str:
    """The model's own test scores by language."""
    if not cell.scores.is_file():
        return f"No scores: `{cell.scores}` is not here; `dvc pull` or `make repro` gets the file."
    target = read_json(cell.scores, dict)["targets"].get(cell.target)
    lines = [
        "| task | language | in fine-tuning | score, percent | a guess | n |",
        "|---" * 6 + "|",
    ]
    for task, entry in target["tasks"].items() if target else ():
        name = f"{task}, {entry['main_score'].removesuffix('_percent')}"
        for code, language in entry["languages"].items():
            own, guess = language["seeds"].get(cell.seed), language["chance_percent"]
            if own:
                seen = "yes" if code in target["languages"] else "no"
                score = f"{own[entry['main_score']]:.1f}"
                known = "-" if guess is None else f"{guess:.1f}"
                lines.append(f"| {name} | {code} | {seen} | {score} | {known} | {language['n']} |")
    return "Test scores of this model:\n\n" + "\n".join(lines)
