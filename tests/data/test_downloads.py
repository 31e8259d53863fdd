"""Rows to examples: real rows where the mirror is at hand, and every kind of broken source."""

import sys

import datasets
import pyarrow.parquet
import pytest
import yaml

from tests.conftest import FULL, ROOT, fetch, revise, run
from waystation import tasks
from waystation.base.errors import UserError
from waystation.data import conversion, examples
from waystation.data.candidates import read_candidates
from waystation.files import write_json

pytestmark = pytest.mark.usefixtures("scratch")


def nli(label=0, **more):
    return {"premise": "a", "hypothesis": "b", "label": label} | more


XNLI = ("facebook/xnli", "en", "test")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"premise": "a", "label": 0}], r"no column hypothesis; the source has premise, label"),
        ([nli(label="0")], r"column 'label' should be int, it is stored as string"),
        ([nli(), nli(label=7)], r"id '1': label 7; allowed: 0 to 2 \(entailment, neutral"),
        (
            datasets.Dataset.from_list([nli()]).select([]),
            r"facebook/xnli, configuration 'en': split 'test' is empty",
        ),
    ],
)
def test_broken_rows_are_named(source, tmp_path, rows, message):
    with pytest.raises(UserError, match=message):
        fetch(source({XNLI: rows}), "xnli", tmp_path / "out")


@pytest.mark.parametrize(
    ("row", "message"),
    [
        (nli(premise=3), r"split 'test', test\.parquet: column 'premise' should be str, .* int64"),
        ({"premise": "a", "label": 0}, r"test\.parquet: no column hypothesis; the source has prem"),
        (nli(label=True), r"test\.parquet: column 'label' should be int, it is stored as bool"),
        (nli(label="1"), r"test\.parquet: column 'label' should be int, it is stored as string"),
        (nli(label=0.5), r"test\.parquet: column 'label' should be int, it is stored as double"),
        (nli(label="no"), r"test\.parquet: column 'label' should be int, it is stored as string"),
    ],
)
def test_every_file_has_columns_of_its_own(source, tmp_path, row, message):
    """`datasets` would turn them into what the configuration's first file has."""
    prefix = source({("facebook/xnli", "en", "validation"): [nli()], XNLI: [row]})
    with pytest.raises(UserError, match=rf"facebook/xnli.*{message}"):
        fetch(prefix, "xnli", tmp_path / "out")


def test_a_file_that_holds_no_rows_is_named(source, tmp_path):
    """As other writers make it, with a row group."""
    prefix = source({XNLI: [nli()]})
    table = pyarrow.Table.from_pylist([nli()]).slice(0, 0)
    pyarrow.parquet.write_table(table, prefix / "facebook/xnli/en/test.parquet")
    with pytest.raises(UserError, match=r"configuration 'en': no rows in split 'test' \(test\.p"):
        fetch(prefix, "xnli", tmp_path / "out")


def test_a_corpus_has_whatever_languages_a_suite_lists_for_it(source, tmp_path):
    rows = [{"text": "Hej ."}]
    prefix = source({("local/multilingual-text", code, "train"): rows for code in ("en", "sv")})
    told = fetch(prefix, "text", tmp_path / "out", limits={"languages": ("en", "sv")})
    assert set(told["splits"]["train"]) == {"en", "sv"}
    with pytest.raises(UserError, match=r"multilingual-text.*'no'"):
        fetch(prefix, "text", tmp_path / "other", limits={"languages": ("en", "no")})


def parsed(**more):
    return {"id": "1", "tokens": ["a"], "supertags": ["N"]} | more


def tagged(tokens):
    return {"tokens": tokens, "ner_tags": [0] * len(tokens), "langs": ["en"] * len(tokens)}


@pytest.mark.parametrize(
    ("task", "config", "row", "message"),
    [
        ("panx", "PAN-X.en", tagged(["a", None]), "in tokens: expected str, got NoneType None"),
        ("hellaswag", "default", {"endings": [1, 2, 3, 4]}, r"can only concatenate str"),
        ("hellaswag", "default", {"endings": ["a", "b"]}, "2 choices, expected 4"),
        ("hellaswag", "default", {"endings": ["a"] * 5}, "5 choices, expected 4"),
        ("hellaswag", "default", {"label": "4"}, r"label 4; allowed: 0 to 3"),
        ("hellaswag", "default", {"label": " 2"}, r"label ' 2'; allowed: a whole number in digits"),
        ("hellaswag", "default", {"label": "02"}, r"label '02'; allowed: a whole number in digits"),
        ("hellaswag", "default", {"label": "\u0662"}, r"allowed: a whole number in digits"),
        ("hellaswag", "default", {"label": "2.0"}, r"allowed: a whole number in digits"),
        ("ccg", "default", parsed(supertags=["N\n"]), r"text without blanks, got 'N\\n'"),
        ("ccg", "default", parsed(supertags=[""]), "labels should be text without blanks, got ''"),
        ("ccg", "default", parsed(supertags=[None]), "text without blanks, got None"),
        ("ccg", "default", parsed(tokens=[], supertags=[]), "0 tokens; allowed: 1 and more"),
        ("ccg", "default", parsed(tokens=["a", "b"]), "2 tokens but 1 labels"),
        ("squad_v1", "plain_text", {"answers": {"text": [], "answer_start": []}}, "no answer"),
        (
            "squad_v1",
            "plain_text",
            {"answers": {"text": [""], "answer_start": [12]}},
            "an answer's text is empty",
        ),
        (
            "squad_v1",
            "plain_text",
            {"answers": {"text": ["Rome"], "answer_start": ["12"]}},
            "an answer's offset: expected int, got str '12'",
        ),
        (
            "squad_v1",
            "plain_text",
            {"answers": {"text": [None], "answer_start": [12]}},
            "an answer's text: expected str, got NoneType None",
        ),
    ],
)
def test_what_lists_hold_is_checked(source, tmp_path, task, config, row, message):
    whole = {"hellaswag": lambda: choices("0"), "squad_v1": lambda: question(12)}
    row = whole.get(task, dict)() | row
    repository = tasks.load(task).repository
    table = {(repository, config, split): [row] for split in ("train", "validation")}
    with pytest.raises(UserError, match=f"task {task!r}, train, en, (id|row) .*{message}"):
        fetch(source(table), task, tmp_path / "out")


def test_an_edit_under_way_fails_and_nothing_of_it_is_kept(source, tmp_path, monkeypatch):
    prefix = source({XNLI: [nli(premise="first")]})
    convert, edits = conversion.Converter.examples, [nli(premise="edited")]

    def meanwhile(self, limit):
        if edits:
            source({XNLI: [edits.pop()]})
        return convert(self, limit)

    monkeypatch.setattr(conversion.Converter, "examples", meanwhile)
    with pytest.raises(UserError, match=r"facebook/xnli: en/test\.parquet changed while"):
        fetch(prefix, "xnli", tmp_path / "out")
    source({XNLI: [nli(premise="first")]})
    fetch(prefix, "xnli", tmp_path / "out2")
    assert examples.read(tmp_path / "out2/test/en.jsonl")[0]["first"] == "first"


def test_a_missing_repository_and_configuration_are_named(source, tmp_path):
    prefix = source({XNLI: [nli()]})
    with pytest.raises(UserError, match=r"no folder .*google/xquad.*repository 'google/xquad'"):
        fetch(prefix, "xquad", tmp_path / "out")
    with pytest.raises(UserError, match=r"facebook/xnli, configuration 'de'"):
        fetch(prefix, "xnli", tmp_path / "out", languages=("de",))


def test_a_missing_test_split_is_an_error_but_a_missing_development_split_is_noted(
    source, tmp_path, monkeypatch
):
    counts = fetch(source({XNLI: [nli()]}), "xnli", tmp_path / "out")
    assert counts["absent"] == ["validation/en"]
    mention = dict.fromkeys(("mention_id", "left", "mention", "right", "entity"), "a")
    prefix = source({("local/mewslix", "de", "validation"): [mention]})
    revise(monkeypatch, "mewslix", rows={})
    with pytest.raises(UserError, match="local/mewslix has no test rows for 'de'"):
        fetch(prefix, "mewslix", tmp_path / "out2", languages=("de",), sampled=False)
    counts = fetch(prefix, "mewslix", tmp_path / "out3", languages=("de",))
    assert counts["absent"] == ["test/de"]  # of a sample it is told


def test_unknown_languages_are_named(source, tmp_path):
    own = {"languages": ("en", "ja")}
    with pytest.raises(UserError, match="task 'xnli' has no language ja; allowed: ar, bg"):
        fetch(source({XNLI: [nli()]}), "xnli", tmp_path / "out", limits=own)
    with pytest.raises(UserError, match="has none of the suite's languages ja"):
        fetch(source({XNLI: [nli()]}), "xnli", tmp_path / "out", languages=("ja",))


def test_an_unknown_task_names_the_allowed():
    with pytest.raises(UserError, match="unknown task 'xnly'; allowed: anli, anli_plus, bucc"):
        tasks.load("xnly")


def choices(label, **more):
    row = {"ctx_a": "a man sits .", "ctx_b": "then", "endings": ["he", "she", "it", "they"]}
    return row | {"label": label} | more


@pytest.mark.parametrize(
    ("task", "config", "row", "expected"),
    [
        ("hellaswag", "default", choices("3"), 3),  # the label is text
        (
            "commonsense_qa",
            "default",
            {
                "id": "q",
                "question": "where ?",
                "choices": {
                    "label": list("ABCDE"),
                    "text": ["bank", "mall", "barn", "park", "pub"],
                },
                "answerKey": "C",
            },
            2,
        ),
    ],
)
def test_answers_of_multiple_choice_become_indices(source, tmp_path, task, config, row, expected):
    repo = tasks.load(task).repository
    table = {(repo, config, split): [row] for split in ("train", "validation")}
    counts = fetch(source(table), task, tmp_path / "out")
    assert counts["splits"]["train"]["en"]["labels"] == {str(expected): 1}
    found = examples.read(tmp_path / "out/train/en.jsonl")[0]
    assert found["label"] == expected
    assert len(found["choices"]) == len(row.get("endings", "ABCDE"))


def test_an_answer_that_is_no_choice_is_named(source, tmp_path):
    table = {("Rowan/hellaswag", "default", "train"): [choices("4")]}
    with pytest.raises(UserError, match=r"id '0': label 4; allowed: 0 to 3 \(then he, then"):
        fetch(source(table), "hellaswag", tmp_path / "out")


def pawsx(index, first="a", label=0):
    return {"id": index, "sentence1": first, "sentence2": "b", "label": label}


def test_placeholders_are_dropped_from_training_alone_and_limits_count_what_is_kept(
    source, tmp_path
):
    rows = [pawsx(3, "NS"), pawsx(5, "x"), pawsx(6, "NS"), pawsx(8, "y"), pawsx(9, "z")]
    repo = tasks.load("pawsx").repository
    prefix = source({(repo, "de", split): rows for split in ("train", "validation", "test")})
    counts = fetch(prefix, "pawsx", tmp_path / "out", ("de",), limits={"train": 2})["splits"]
    assert [e["id"] for e in examples.read(tmp_path / "out/train/de.jsonl")] == ["5", "8"]
    assert counts["train"]["de"]["dropped"] == {"placeholder of an untranslated sentence": 2}
    assert (counts["test"]["de"]["rows"], counts["test"]["de"]["dropped"]) == (5, {})


def test_languages_in_one_configuration_are_told_apart(source, tmp_path):
    rows = [
        question(14) | {"id": f"{name}-{number}"}
        for number in range(30)
        for name in ("english", "korean", "qda")
    ]
    repo, config = tasks.load("tydiqa").repository, "secondary_task"
    prefix = source({(repo, config, split): rows for split in ("train", "validation")})
    counts = fetch(prefix, "tydiqa", tmp_path / "out", ("en", "ko", "qda"))["splits"]["test"]
    for code, name in (("en", "english"), ("ko", "korean"), ("qda", "qda")):
        read = lambda split, code=code: {
            e["id"] for e in examples.read(examples.path(tmp_path / "out", split, code))
        }
        every = {f"{name}-{number}" for number in range(30)}
        assert read("test") == every
        assert counts[code]["dropped"] == {"another language": 60}
        # Development rows are held out of the training rows.
        assert read("train") | read("validation") == every
        assert 0 < len(read("validation")) < len(read("train"))
        assert not read("train") & read("validation")
    with pytest.raises(UserError, match=r"tydiqa', train, sw: none of 90 rows is one of this"):
        fetch(prefix, "tydiqa", tmp_path / "out2", ("sw",))


def test_sentences_of_a_context_are_candidates(source, tmp_path):
    context = "Dr. Who left. Where to? To Rome in May!"
    row = question(context.index("Rome"), context=context)
    table = {("rajpurkar/squad", "plain_text", split): [row] for split in ("train", "validation")}
    fetch(source(table), "squad_retrieval", tmp_path / "out")
    found = examples.read(tmp_path / "out/train/en.jsonl")[0]
    texts = ["Dr.", "Who left.", "Where to?", "To Rome in May!"]
    assert [c["text"] for c in found["candidates"]] == texts
    assert found["candidate"] == texts[3]
    assert found["key"] == found["candidates"][3]["key"]
    assert len({c["key"] for c in found["candidates"]}) == 4


def test_lareqa_needs_the_bounds_of_sentences(source, tmp_path):
    repo = "google-research-datasets/xquad_r"
    context = "  She went to Rome in May. It rained."
    tables = {(repo, "en", "validation"): [question(12, context=context.strip())]}
    with pytest.raises(UserError, match=r"no folder .*local/lareqa.*clone github.com/goo"):
        fetch(source(tables), "lareqa", tmp_path / "out")
    paragraph = {"context": context, "id": ["a"], "sentence_breaks": [[0, 26], [27, 37]]}
    tables["local/lareqa", "en", "validation"] = [paragraph]
    fetch(source(tables), "lareqa", tmp_path / "out")
    found = examples.read(tmp_path / "out/test/en.jsonl")[0]
    assert found["candidate"] == "She went to Rome in May."
    assert [c["text"] for c in found["candidates"]][1] == "It rained."
    tables["local/lareqa", "en", "validation"] = [paragraph | {"id": ["b"]}]
    with pytest.raises(UserError, match="question 'a' is in none of the paragraphs"):
        fetch(source(tables), "lareqa", tmp_path / "out2")


def test_answers_of_retrieval_stand_where_they_should(source, tmp_path):
    repo = "rajpurkar/squad"
    context = "Dr. Who left. To Rome in May!"
    rows = lambda start: {(repo, "plain_text", "train"): [question(start, context=context)]}
    fetch(source(rows(5)), "squad_retrieval", tmp_path / "out")  # shifted: put right
    found = examples.read(tmp_path / "out/train/en.jsonl")[0]
    assert found["candidate"] == "To Rome in May!"
    rows = {(repo, "plain_text", "train"): [question(3, "Paris", context)]}
    with pytest.raises(UserError, match=r"row 0: .*answer 'Paris' is not at 3 in the context"):
        fetch(source(rows), "squad_retrieval", tmp_path / "out2")


def test_numbers_of_candidates_are_enforced(source, tmp_path, monkeypatch):
    revise(monkeypatch, "lareqa", rows={"test": 1})
    context = "She went to Rome in May. It rained."
    paragraph = {"context": context, "id": ["a"], "sentence_breaks": [[0, 24], [25, 35]]}
    rows = {
        (tasks.load("lareqa").repository, "en", "validation"): [question(12, context=context)],
        ("local/lareqa", "en", "validation"): [paragraph],
    }
    with pytest.raises(UserError, match="the source gives 2 candidates, expected 1,180"):
        fetch(source(rows), "lareqa", tmp_path / "out", sampled=False)
    revise(monkeypatch, "lareqa", candidates={"test": {"en": 2}})
    told = fetch(source(rows), "lareqa", tmp_path / "out", sampled=False)["splits"]["test"]["en"]
    assert (told["candidates"], told["expected_candidates"]) == (2, 2)


def test_mentions_and_entities(source, tmp_path):
    mention = {
        "mention_id": "m",
        "left": "in ",
        "mention": "Rom",
        "right": ", wo",
        "entity": "Q220",
    }
    described = {"entity": "Q220", "title": "Roma", "description": "Capitale  d'Italia."}
    entities = [described | {"language": code} for code in ("de", "it")]
    repo = "local/mewslix"
    prefix = source(
        {
            (repo, "de", "test"): [mention],
            (repo, "candidate_entities", "test"): entities,
            (repo, "wikipedia_pairs", "train"): [mention | described],
        }
    )
    fetch(prefix, "mewslix", tmp_path / "mewslix", ("de",))
    assert examples.read(tmp_path / "mewslix/test/de.jsonl") == [
        {"id": "m", "query": "Rom . in Rom , wo", "key": "Q220"}
    ]
    assert examples.read_description(tmp_path / "mewslix").pool == "mewslix_entities"
    counts = fetch(prefix, "mewslix_entities", tmp_path / "entities", ("de", "it"))
    assert counts["splits"]["test"]["it"]["dropped"] == {"another language": 1}
    text = "Roma . Capitale d'Italia."
    candidates = [{"key": "Q220", "text": text}]
    assert examples.read(tmp_path / "entities/test/it.jsonl") == [
        {"id": "Q220", "candidates": candidates}
    ]
    fetch(prefix, "mewslix_pairs", tmp_path / "pairs")
    pair = examples.read(tmp_path / "pairs/train/en.jsonl")[0]
    assert (pair["key"], pair["candidate"], pair["candidates"]) == ("Q220", text, candidates)
    assert examples.read_description(tmp_path / "pairs").pool is None


def test_tables_are_joined(source, tmp_path):
    def sentences(*ids):
        return [{"id": i, "text": f"text {i}"} for i in ids]

    repo = "local/bucc2018"
    tables = {
        (repo, "zh-en.zh", "test"): sentences("zh-1", "zh-2"),
        (repo, "zh-en.en", "test"): sentences("en-1", "en-2"),
        (repo, "zh-en.gold", "test"): [
            {"source_id": "zh-2", "target_id": "en-1"},
            {"source_id": "zh-2", "target_id": "en-2"},
        ],
    }
    counts = fetch(source(tables), "bucc", tmp_path / "out", ("zh",))
    assert counts["absent"] == ["validation/zh"]
    assert examples.read(tmp_path / "out/test/zh.jsonl") == [
        {"id": "zh-1", "side": "foreign", "text": "text zh-1", "pairs": []},
        {"id": "zh-2", "side": "foreign", "text": "text zh-2", "pairs": ["en-1", "en-2"]},
        {"id": "en-1", "side": "english", "text": "text en-1", "pairs": ["zh-2"]},
        {"id": "en-2", "side": "english", "text": "text en-2", "pairs": ["zh-2"]},
    ]


def test_a_broken_table_is_named(source, tmp_path):
    rows = [{"id": "zh-1", "text": "a"}]
    repo = "local/bucc2018"
    tables = {(repo, f"zh-en.{part}", "test"): rows for part in ("zh", "en", "gold")}
    with pytest.raises(UserError, match=r"table 'gold', split .*: no column source_id, target_id"):
        fetch(source(tables), "bucc", tmp_path / "out", ("zh",))


def question(start, text="Rome", context="  She went to Rome in May."):
    answers = {"text": [text], "answer_start": [start]}
    return {"id": "a", "context": context, "question": "Where?", "answers": answers}


def test_shifted_answers_are_repaired_and_counted(source, tmp_path):
    table = {("google/xquad", "xquad.en", "validation"): [question(12)]}
    counts = fetch(source(table), "xquad", tmp_path / "out")
    assert counts["splits"]["test"]["en"]["answers_repaired"] == 1
    example = examples.read(tmp_path / "out" / "test" / "en.jsonl")[0]
    assert example["answers"] == [{"text": "Rome", "start": 14}]


def test_an_answer_that_is_not_there_is_an_error(source, tmp_path):
    table = {("google/xquad", "xquad.en", "validation"): [question(12, text="Oslo")]}
    with pytest.raises(UserError, match="the answer 'Oslo' is not at 12"):
        fetch(source(table), "xquad", tmp_path / "out")


def test_limits_take_the_first_rows(source, tmp_path):
    table = {XNLI: [nli(label=i % 3, premise=str(i)) for i in range(9)]}
    counts = fetch(source(table), "xnli", tmp_path / "out", limits={"test": 4})
    told = counts["splits"]["test"]["en"]
    assert told["rows"] == 4
    assert told["labels"] == {"contradiction": 1, "entailment": 2, "neutral": 1}
    assert [e["first"] for e in examples.read(tmp_path / "out/test/en.jsonl")] == list("0123")


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([nli(label=7)], "task 'xnli', test, en, id '0': label 7"),
        (
            datasets.Dataset.from_list([nli()]).select([]),
            "{}/facebook/xnli, configuration 'en': spl",
        ),
        ([nli(hypothesis=1)], "{}/facebook/xnli, split 'test', test.parquet: column 'hypothesis'"),
    ],
)
def test_the_stage_ends_with_a_message_and_no_output(source, tmp_path, rows, message):
    """From the command line: exit 1, one line, nothing that looks whole."""
    prefix = source({XNLI: rows})
    params = yaml.safe_load(FULL.read_text())
    params["source"] |= {"prefix": str(prefix), "depends_on": str(prefix)}
    params["tasks"]["xnli"] = {"languages": ["en"]}
    (tmp_path / "params.yaml").write_text(yaml.safe_dump(params))
    origin = {"repositories": {"facebook/xnli": {"files": {}}}}
    write_json(tmp_path / "origin.json", origin)
    command = [sys.executable, "-m", "stages.download", "--params", str(tmp_path / "params.yaml")]
    command += ["--task", "xnli", "--code", str(tmp_path / "origin.json")]
    command += ["--origin", str(tmp_path / "origin.json"), "--out", str(tmp_path / "out")]
    done = run([*command, "--statistics", str(tmp_path / "counts.json")], ROOT, check=False)
    assert done.returncode == 1
    assert done.stderr.startswith(f"download: error: {message.format(prefix)}")
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "counts.json").exists()


def share_equal(first, *others):
    same = [all(other[i] == label for other in others) for i, label in enumerate(first)]
    return sum(same) / len(same)


@pytest.mark.shared_data
@pytest.mark.parametrize(
    ("task", "languages", "split", "rows"),
    [
        ("mnli", ("en",), "train", 8000),
        ("xnli", ("en", "sw", "zh"), "test", 990),
        ("squad_v1", ("en",), "validation", 556),
        ("xquad", ("en", "zh"), "test", 1190),
        ("udpos", ("en", "de"), "test", 1000),
        ("tatoeba", ("de",), "test", 1000),
        ("mlqa", ("de",), "validation", 256),
        ("anli", ("en",), "train", 188 + 190 + 190),
        ("qqp", ("en",), "train", 8000),
        ("squad_v2", ("en",), "train", 4214),
        ("hellaswag", ("en",), "validation", 1000),
        ("cosmos_qa", ("en",), "train", 2400),
        ("commonsense_qa", ("en",), "validation", 1221),
        ("pawsx", ("en", "de", "zh"), "test", 1000),
        ("panx", ("en", "de"), "test", 1000),
        ("tydiqa", ("en", "ko", "sw"), "test", 200),
        ("copa", ("en",), "train", 400),
        ("xcopa", ("et", "zh"), "test", 500),
        ("squad_retrieval", ("en",), "validation", 556),
    ],
)
def test_real_rows(mirror, tmp_path, task, languages, split, rows):
    counts = fetch(mirror, task, tmp_path / "out", languages=languages)
    for language in languages:
        assert counts["splits"][split][language]["rows"] == rows
    if task == "xquad":  # the conversion stripped contexts without moving the answers
        assert counts["splits"]["test"]["zh"]["answers_repaired"] == 100
    if task == "squad_v2":
        found = examples.read(examples.path(tmp_path / "out", split, "en"))
        assert {e["allows_none"] for e in found} == {True}
        assert 0 < sum(not e["answers"] for e in found) < rows
    if task in ("xnli", "pawsx", "xcopa"):  # parallel rows: the same labels
        labels = {
            code: [e["label"] for e in examples.read(examples.path(tmp_path / "out", split, code))]
            for code in languages
        }
        first, *others = labels.values()
        assert share_equal(first, *others) >= (0.99 if task == "pawsx" else 1)


@pytest.mark.shared_data
def test_real_rows_of_mining(mirror, tmp_path):
    counts = fetch(mirror, "bucc", tmp_path / "out", ("zh",))
    assert counts["absent"] == ["test/zh"]  # the mirror has the sample alone
    found = examples.read(tmp_path / "out/validation/zh.jsonl")
    sides = {side: [e for e in found if e["side"] == side] for side in ("foreign", "english")}
    assert {side: len(rows) for side, rows in sides.items()} == {"foreign": 8624, "english": 13589}
    paired = {side: [e for e in rows if e["pairs"]] for side, rows in sides.items()}
    assert len(paired["foreign"]) == len(paired["english"]) == 257
    by_id = {e["id"]: e for e in found}
    assert all(by_id[by_id[e["pairs"][0]]["pairs"][0]] is e for e in paired["foreign"])


@pytest.mark.shared_data
def test_real_rows_of_lareqa(mirror, tmp_path):
    """XQuAD-R's questions with the bounds of its sentences, which lie beside them in the mirror."""
    counts = fetch(mirror, "lareqa", tmp_path / "lareqa", ("en", "th"), sampled=False)
    thai = counts["splits"]["test"]["th"]
    assert thai["rows"] == 1190
    assert thai["candidates"] == thai["expected_candidates"] == 852
    task = examples.read_description(tmp_path / "lareqa")
    pool = read_candidates(tmp_path, task, "test", ["en", "th"])
    assert len(pool.keys) == 1180 + 852  # as the authors count them
    found = examples.read(tmp_path / "lareqa/test/th.jsonl")
    assert {len(pool.relevant(example)) for example in found} == {2}
    assert all(example["candidate"] for example in found)
