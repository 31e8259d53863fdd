"""The readers that are tried: good files, and what reads them.

A reader is given a folder with its files, of which one has been changed. The reader takes the
files, or refuses them with a UserError of one line; anything else is a fault.
"""

import io
import json
import pickle
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import torch
import yaml

from tests.conftest import ROOT
from tests.fetched.test_sentencepiece import model as sentencepiece_model
from waystation import metrics, tasks
from waystation.base.errors import UserError
from waystation.data import conversion, examples, origins, predictions
from waystation.data import downloads as downloaded
from waystation.data.releases import bucc2018, ccgbank, lareqa, mewsli_x, xtreme_translations
from waystation.data.source_rows import Loaded
from waystation.encoder import tokenizer, tokenizer_training
from waystation.encoder.checkpoint import read_encoder, write_encoder
from waystation.encoder.config import EncoderConfig, read_config
from waystation.encoder.encoder import new_encoder
from waystation.evaluation import selection
from waystation.fetched import pretrained, sentencepiece, unpickle
from waystation.frame.suite_check import read_suite
from waystation.grid.plans import EvaluationGroupPlan, RecipePlan, TargetGroupPlan
from waystation.hub.builders import hold_card
from waystation.params.typed import build
from waystation.params.yaml_files import read_yaml
from waystation.runner import lock_file
from waystation.text_files import read_json
from waystation.xtreme import label_files
from waystation.xtreme.benchmarks import XTREME_R


@dataclass(frozen=True)
class Reader:
    """`files` {name: bytes}, all of which are good; `read(folder)`; `weight`: its share of a run.

    `fixed` are files that stay as they are.
    """

    name: str
    files: dict[str, bytes]
    read: Callable[[Path], object]
    weight: float = 1.0
    fixed: tuple[str, ...] = ()


def text(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, indent=1).encode()


def readers() -> Iterator[Reader]:
    yield from submissions()
    yield from releases()
    yield from models()
    yield from records()
    yield from rows()
    yield Reader("card", {"README.md": CARD}, lambda folder: hold_card(folder / "README.md"))
    yield Reader("card by value", {"card.json": text(yaml.safe_load(CARD.split(b"---")[1]))},
                 read_card)  # fmt: skip
    params = (ROOT / "params.yaml").read_bytes()
    for name, content in (("", params), (" by value", text(yaml.safe_load(params)))):
        yield Reader(f"parameters{name}", {"params.yaml": content},
                     lambda folder: read_suite(folder / "params.yaml"), 0.3)  # fmt: skip
    small = yaml.safe_dump({"a": {"b": [1, 2.5, "x"]}, "c": None}).encode()
    yield Reader("yaml", {"params.yaml": small}, lambda folder: read_yaml(folder / "params.yaml"))
    lock = {"code": {"cmd": "x", "deps": [{"path": "a", "md5": "0" * 32}], "outs": []}}
    lock |= {"second": {"cmd": "y", "outs": [{"path": "b", "md5": "1" * 32, "size": 3}]}}
    whole = yaml.safe_dump({"schema": "2.0", "stages": lock}, sort_keys=False).encode()
    yield Reader("lock", {"dvc.lock": whole}, read_lock, 0.3)


CARD = (
    b"---\nconfigs:\n- config_name: en\n  data_files:\n  - split: test\n    path: en/test.parquet\n"
    b"- config_name: de\n  data_files:\n  - split: test\n    path: de/test.parquet\n---\n# A set\n"
)


def read_card(folder: Path) -> None:
    """A card whose head is JSON, which is YAML too, and the files that it names."""
    head = (folder / "card.json").read_bytes()
    card = folder.parent / "out" / "README.md"
    card.parent.mkdir(exist_ok=True)
    card.write_bytes(b"---\n" + head.replace(b"\n", b" ") + b"\n---\n")
    hold_card(card)


def read_lock(folder: Path) -> None:
    file = folder / "dvc.lock"
    if not lock_file.mend(file) and file.is_file():
        lock_file.is_whole(file.read_text(encoding="utf-8", errors="replace"))


def submissions() -> Iterator[Reader]:
    """Gold and predictions in every form of XTREME."""
    squad = {"a": "Fox", "b": "barn"}
    qas = [{"id": i, "question": "?", "answers": [{"text": t, "answer_start": 0}]} for i, t in
           squad.items()]  # fmt: skip
    gold = {"data": [{"paragraphs": [{"context": "Fox barn", "qas": qas}]}]}
    ranked = {"a": ["x", "y"], "b": ["z"]}
    files = {
        "labels": (b"0\n1\n1\n0\n", b"0\n1\n0\n0\n"),
        "tags": (b"B-PER\nI-PER\nO\n\nB-LOC\n", b"NOUN\nX\nSYM\n\nB-LOC\n\n"),
        "pairs": (b"x-1\ten-1\nx-2\ten-2\n", b"x-2\ten-2\n"),
        "places": (b"3\n0\n2\n", b"3\n1\n2\n"),
        "choices": (b'{"label": 1}\n{"label": 0}\n', b'{"label": 1}\n{"label": 1}\n'),
        "answers": (text(gold), text(squad)),
        "rankings": (text(ranked), text({"a": ["x"], "b": ["y", "z"]})),
        "entities": (text(ranked), text({"a": ["x"], "b": ["y", "z"]})),
    }
    metric = {task.form: task.metric for task in XTREME_R.tasks.values()} | {"pairs": "pair_f1"}
    for form, (wanted, given) in files.items():

        def read(folder: Path, form: str = form) -> None:
            pair = getattr(label_files, form)(folder / "gold", folder / "mine")
            points = metrics.points(metric[form], pair.gold, pair.predicted, "de")
            metrics.load(metric[form]).scores(points)

        yield Reader(f"submission: {form}", {"gold": wanted, "mine": given}, read)


def releases() -> Iterator[Reader]:
    """The archives that `convert` turns into rows; nothing may stay of what is refused."""

    def converts(convert: Callable[[Path, Path], str]) -> Callable[[Path], object]:
        def read(folder: Path) -> None:
            out = folder.parent / "out" / "rows"
            try:
                convert(folder, out)
            except UserError:
                if out.parent.is_dir() and any(out.parent.iterdir()):
                    raise AssertionError("something of what was refused is left") from None
                raise

        return read

    sides = {"zh": "zh-1\t一\nzh-2\t二\n", "en": "en-1\tone\nen-2\ttwo\n", "gold": "zh-1\ten-2\n"}
    bucc = {f"zh-en.{part}.{side}": lines.encode() for part in ("sample", "training") for side,
            lines in sides.items()}  # fmt: skip
    yield Reader("release: bucc2018", bucc, converts(bucc2018.convert), 0.6)
    parse = r"(<T S 0 2> (<L NP NNP NNP Anna NP>) (<L S[dcl]\NP VBZ VBZ sleeps S[dcl]\NP>) )"
    ccg = {
        f"{section}/wsj_{section}01.auto": f"ID=wsj_{section}01.1 PARSER=GOLD\n{parse}\n".encode()
        for sections in ccgbank.SECTIONS.values()
        for section in sections
    }
    yield Reader("release: ccgbank", ccg, converts(ccgbank.convert), 0.3)
    paragraph = {
        "context": "She left. It rained.",
        "sentence_breaks": [[0, 9], [10, 20]],
        "qas": [{"id": "a", "question": "?", "answers": [{"text": "left", "answer_start": 4}]}],
    }
    squad = text({"data": [{"paragraphs": [paragraph]}]})
    bounds = {f"{code}.json": squad for code in lareqa.TASK.languages}
    yield Reader("release: lareqa", bounds, converts(lareqa.convert), 0.3)
    name = xtreme_translations.NAME.format("el")
    yield Reader("release: translations", {name: squad}, converts(xtreme_translations.convert), 0.6)
    yield Reader("release: mewsli_x", mewsli(), converts(mewsli_x.convert), 0.3)


def mewsli() -> dict[str, bytes]:
    entity = {"entity_id": "Q1", "title": "Rom", "description": "x", "description_language": "de"}
    spans = [{"start": 0, "end": 9}]
    mention = {"example_id": "m", "entity_id": "Q1"}
    mention |= {"mention_span": {"start": 5, "end": 8, "text": "Rom"}}
    context = {"text": "Nach Rom.", "sentence_spans": spans, "language": "de"}
    articles = [
        json.dumps({"context": context | {"language": code}, "mentions": [mention]})
        for code in mewsli_x.TASK.languages
    ]
    pair = {"contextual_mention": {"context": context, "mention": mention}, "entity": entity}
    files = {"candidate_set_entities.jsonl": json.dumps(entity).encode() + b"\n"}
    for part in ("dev", "test"):
        files[f"wikinews_mentions-{part}.jsonl"] = "\n".join(articles).encode() + b"\n"
    for part in ("train", "dev"):
        files[f"wikipedia_pairs-{part}.jsonl"] = json.dumps(pair).encode() + b"\n"
    return files


CONFIG = EncoderConfig(40, 8, 1, 2, 12, 20)


def models() -> Iterator[Reader]:
    """Configs, tokenizers and weights of an encoder."""
    room = Path(".scratch/fuzz/model")
    write_encoder(room, new_encoder(CONFIG, torch.Generator().manual_seed(0)), None)
    config = (room / "config.json").read_bytes()
    weights = (room / "model.safetensors").read_bytes()
    trained = tokenizer_training.train("word", 40, lambda: ["the fox did feed the horse ."] * 3)

    def read_words(folder: Path) -> None:
        special = tokenizer.read_special(tokenizer.read_tokenizer(folder))
        assert special.vocabulary > special.mask

    stored = io.BytesIO()
    torch.save({"a": torch.ones(2), "b": torch.zeros(2, 3)}, stored)
    yield Reader("config", {"config.json": config}, read_config, 2)
    yield Reader(
        "weights", {"config.json": config, "model.safetensors": weights}, read_encoder,
        fixed=("config.json",),
    )  # fmt: skip
    yield Reader("weights of a config", {"config.json": config, "model.safetensors": weights},
                 read_encoder, fixed=("model.safetensors",))  # fmt: skip
    yield Reader("tokenizer", {"tokenizer.json": trained.to_str(pretty=True).encode()}, read_words)
    spm = {"sentencepiece.bpe.model": sentencepiece_model()}
    yield Reader("sentencepiece", spm, lambda f: sentencepiece.read(f / "sentencepiece.bpe.model"))
    pickled = {"pytorch_model.bin": stored.getvalue(), "old.bin": pickle.dumps({"a": [1, 2]})}
    yield Reader("pickled weights", pickled, read_pickles)


def read_pickles(folder: Path) -> None:
    for name in ("pytorch_model.bin", "old.bin"):
        try:
            unpickle.convert(folder / name, folder.parent / "out.safetensors")
        except SystemExit as refused:
            if "\n" in str(refused):
                raise AssertionError(f"more than a line: {refused}") from None


def records() -> Iterator[Reader]:
    """What stages write for later ones, and what is kept in git."""

    def typed(kind: type) -> Callable[[Path], object]:
        return lambda folder: build(kind, read_json(folder / "a.json", dict), str(folder))

    settings = {"learning_rate": 0.1, "epochs": 2.0, "batch_size": 4, "max_tokens": 64,
                "warmup": 0.1, "weight_decay": 0.0, "beta2": 0.9, "clip_norm": 1.0,
                "stride": 8, "train_examples": None}  # fmt: skip
    phase = {"tasks": ["ccg"], "steps": None, "cap": None, "mixed": None,
             "rows": {"ccg": [["ccg", "en"]]}, "settings": {"ccg": settings}}  # fmt: skip
    recipe = {"recipe": "ccg", "phases": [phase], "seed": 0, "stopping": None, "files": {"a": "b"}}
    yield Reader("plan: recipe", {"a.json": text(recipe)}, typed(RecipePlan))
    more = {"task": None, "serves": None, "languages": ["en"], "after": None}
    target = {"task": "a", "rows": [["a", "en"]], "settings": settings | more, "after": None}
    group = {"targets": {"a": target}, "checkpoints": 1, "stopping": None, "files": {}}
    yield Reader("plan: target", {"a.json": text(group)}, typed(TargetGroupPlan))
    one = {"task": "a", "languages": ["en"], "tasks": ["a"],
           "settings": {"max_tokens": 8, "stride": 4}}  # fmt: skip
    scored = {"targets": {"a": one}, "files": {"x": "y"}}
    yield Reader("plan: evaluation", {"a.json": text(scored)}, typed(EvaluationGroupPlan))
    noted = {"chosen": "4", "steps": 8, "examples": 3, "checkpoints": {"4": 50.0, "8": 40.0},
             "curve": [{"step": 4, "loss_nats": 1.0}]}  # fmt: skip
    yield Reader("selection", {"english.json": text(noted)}, selection.read)
    task = {"name": "ccg", "type": "tagging", "metrics": ["accuracy"], "labels": ["N"],
            "chance_percent": None, "trained_on": None, "pool": None}  # fmt: skip
    yield Reader("task", {"task.json": text(task)}, examples.read_description)
    lines = b'{"id": "0", "first": "a", "label": 1}\n{"id": "1", "first": "b", "label": 0}\n'
    yield Reader("examples", {"en.jsonl": lines}, lambda f: examples.read(f / "en.jsonl"))
    points = b'{"id": "0", "prediction": 1, "points": {"f1": [1.0, 2.0]}}\n'
    yield Reader("predictions", {"a.jsonl": points},
                 lambda folder: predictions.read_points(folder / "a.jsonl", "f1"))  # fmt: skip
    commits = text({"a/b": "0" * 40, "c/d": "1" * 40})
    yield Reader("record: sources", {"revisions.json": commits},
                 lambda folder: origins.read_record(folder / "revisions.json"))  # fmt: skip
    fetched = text({"repository": "a/b", "revision": "0" * 40, "files": {"config.json": "1" * 64}})
    yield Reader("record: model", {"a.json": fetched}, lambda f: pretrained.Record(f / "a.json"))
    origin = text({"repositories": {"a/b": {"revision": "0" * 40, "pinned": True}}})
    yield Reader(
        "origin", {"a.json": origin}, lambda folder: downloaded.read_origin(folder / "a.json")
    )


class Table:
    """Rows as `datasets` gives them, of any types."""

    def __init__(self, columns: tuple[str, ...], rows: list):
        self.column_names, self.rows = columns, rows
        self.features = dict.fromkeys(columns)

    def __len__(self) -> int:
        return len(self.rows)

    def select_columns(self, columns: list[str]) -> "Table":
        return Table(tuple(columns), self.rows)

    def iter(self, size: int) -> Iterator[dict[str, list]]:
        for start in range(0, len(self.rows), size):
            rows = self.rows[start : start + size]
            yield {name: [row.get(name) for row in rows] for name in self.column_names}


ROWS = {
    "mnli": {"premise": "a b", "hypothesis": "c", "label": 1},
    "qqp": {"question1": "a", "question2": "b", "label": 0, "idx": 3},
    "squad_v1": {"id": "q", "context": "a b c", "question": "d", "answers":
                 {"text": ["b"], "answer_start": [2]}},
    "squad_v2": {"id": "q", "context": "a b c", "question": "d", "answers":
                 {"text": [], "answer_start": []}},
    "hellaswag": {"ind": 4, "ctx": "a b", "ctx_a": "a", "ctx_b": "b", "endings":
                  ["c", "d", "e", "f"], "label": "2"},
    "cosmos_qa": {"id": "i", "context": "a", "question": "b", "answer0": "c", "answer1": "d",
                  "answer2": "e", "answer3": "f", "label": 1},
    "commonsense_qa": {"id": "i", "question": "a", "choices": {"label": list("ABCDE"), "text":
                       list("vwxyz")}, "answerKey": "B"},
    "social_i_qa": {"context": "a", "question": "b", "answerA": "c", "answerB": "d", "answerC":
                    "e", "label": "1"},
    "copa": {"idx": 1, "premise": "a", "choice1": "b", "choice2": "c", "question": "cause", "label":
             0},
    "ccg": {"id": "i", "tokens": ["a", "b"], "supertags": ["N", "NP"]},
    "udpos": {"tokens": ["a", "b"], "pos_tags": [0, 3]},
    "panx": {"tokens": ["a", "b"], "ner_tags": [0, 1], "langs": ["de", "de"]},
    "tatoeba": {"sentence1": "a", "sentence2": "b"},
    "text": {"text": "a b c"},
}  # fmt: skip


def rows() -> Iterator[Reader]:
    """A row of each kind of task through its parser, all checks, and the features of its kind."""
    for name, row in ROWS.items():
        second = row | {"id": "second"} if "id" in row else row
        yield Reader(f"rows: {name}", {"rows.json": text([row, second])}, reads_rows(name), 0.7)


def reads_rows(name: str) -> Callable[[Path], object]:
    from waystation import heads
    from waystation.grid.plans import InputLengths

    task = replace(tasks.load(name), rows={}, kept_rows={}, language_rows={})
    columns = task.columns
    words = tokenizer_training.train("word", 40, lambda: ["a b c d e f"] * 3)

    def read(folder: Path) -> None:
        stored = read_json(folder / "rows.json", list)
        listed = [row if isinstance(row, dict) else {} for row in stored]
        loaded = Loaded(task, {"rows": Table(tuple(columns), listed)})
        split = next(iter(task.splits))
        converter = conversion.Converter(task, [loaded], split, "en", name, True)
        made = list(converter.examples(None))
        converter.statistics(None)
        kind = heads.load(task.type)
        if task.type != "retrieval" and task.labels is not None:
            kind.make_features(made, words, InputLengths(64, 16))

    return read
