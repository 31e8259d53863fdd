"""Mewsli-X's release as the rows that the tasks `mewslix*` read; by hand, once.

    python -m waystation convert mewsli_x --dataset <folder> --out <source.prefix>/local/mewslix

The folder is what get-mewsli-x.sh of github.com/google-research/google-research leaves in
dense_representations_for_entity_retrieval/mel/mewsli_x/output/dataset: Wikinews' texts have to be
put into the released files first, which that script does. A line is one JSON object; its keys are
those of mel/mewsli-x.md there:

    candidate_set_entities.jsonl      entity_id, title, description, description_language
    wikinews_mentions-{dev,test}      context {language, text, sentence_spans}, mentions
    wikipedia_pairs-{train,dev}       contextual_mention {context, mention}, entity
    a mention                         example_id, entity_id, mention_span {start, end, text}

Of a context the sentence with the mention is kept, or the sentences that the mention touches: sixty
tokens have no room for more. dev becomes validation.
"""

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from waystation.base.errors import MISSHAPEN, UserError, misfit
from waystation.hub import layout
from waystation.tasks.mewslix import TASK
from waystation.text_files import read_json_lines

OPTION = ("dataset", "the release, with its texts")

DEV = {"dev": "validation"}  # the others keep their names


def convert(dataset: Path, out: Path) -> str:
    """Write a folder in the Hub's layout; return what is in it."""
    layout.write(out, tables(dataset), "Mewsli-X, as its release has it.")
    return f"pairs, mentions in {len(TASK.languages)} languages and entities"


def tables(dataset: Path) -> Iterator[tuple[str, str, Iterator[dict]]]:
    """(configuration, split, rows) of all files."""
    for part in ("train", "dev"):
        rows = pairs(dataset / f"wikipedia_pairs-{part}.jsonl")
        yield "wikipedia_pairs", DEV.get(part, part), rows
    for part in ("dev", "test"):
        for language in TASK.languages:
            file = dataset / f"wikinews_mentions-{part}.jsonl"
            yield language, DEV.get(part, part), mentions(file, language)
    entities = read(dataset / "candidate_set_entities.jsonl", lambda line, _: [described(line)])
    yield "candidate_entities", "test", entities


def pairs(file: Path) -> Iterator[dict]:
    return read(file, pair)


def pair(line: dict, where: str) -> Iterator[dict]:
    linked = line["contextual_mention"]
    yield mention(linked["context"], linked["mention"], where) | described(line["entity"])


def mentions(file: Path, language: str) -> Iterator[dict]:
    """The mentions in the articles of one language."""

    def of_article(article: dict, where: str) -> Iterator[dict]:
        if article["context"]["language"] == language:
            for linked in article["mentions"]:
                yield mention(article["context"], linked, where)

    return read(file, of_article)


def mention(context: dict, linked: dict, where: str) -> dict:
    """A mention with what stands around it in its sentence."""
    text, span = context["text"], linked["mention_span"]
    first, last = span["start"], span["end"]
    if text[first:last] != span["text"]:
        reason = "the texts are missing, see --help" if not text else f"got {text[first:last]!r}"
        raise UserError(
            f"{where}, mention {linked['example_id']!r}: {span['text']!r} is not at {first} of its "
            f"text; {reason}"
        )
    touched = [s for s in context["sentence_spans"] if s["start"] < last and first < s["end"]]
    left = min([first, *(s["start"] for s in touched)])
    right = max([last, *(s["end"] for s in touched)])
    return {
        "mention_id": linked["example_id"],
        "left": text[left:first],
        "mention": span["text"],
        "right": text[last:right],
        "entity": linked["entity_id"],
    }


def described(entity: dict) -> dict:
    return {
        "entity": entity["entity_id"],
        "language": entity["description_language"],
        "title": entity["title"],
        "description": entity["description"],
    }


def read(file: Path, rows: Callable[[dict, str], Iterable[dict]]) -> Iterator[dict]:
    """The rows that each line of a file makes: `rows(object, where)`."""
    if not file.is_file():
        raise UserError(f"no file {file}; --dataset is the folder that get-mewsli-x.sh leaves")
    for number, line in read_json_lines(file):
        where = f"{file}, line {number}"
        try:
            yield from rows(line, where)
        except MISSHAPEN as problem:
            raise UserError(f"{where}: {misfit(problem)}; --help shows the form") from None
