"""What a made-up row in the Hub's form becomes, for every task: example, features, submission."""

import re

import pytest
import torch
from tokenizers import Tokenizer, models, pre_tokenizers, processors

from tests.tasks.rows.stored import CASES, as_stored
from waystation import heads, task_types, tasks
from waystation.data.candidates import Candidates
from waystation.data.conversion import Converter
from waystation.data.examples import Description
from waystation.data.source_rows import Loaded
from waystation.encoder.features import Feature
from waystation.grid.plans import InputLengths
from waystation.params.schema import Evaluate

LENGTHS = InputLengths(64, 32)
ROBERTA = ["<s>", "<pad>", "</s>", "<unk>", "<mask>"]
BERT = ["[CLS]", "[PAD]", "[SEP]", "[UNK]", "[MASK]"]
every_case = pytest.mark.parametrize("key", CASES)


def task_of(key: str) -> tasks.Task:
    return tasks.load(key.partition("/")[0])


def convert(key: str) -> tuple[list[dict], dict[str, int]]:
    """(examples, {reason: rows that are dropped}) of a case, as `download` makes them."""
    task, case = task_of(key), CASES[key]
    members = tasks.members_with(task, case.language)
    given = as_stored(key)
    loaded = [
        Loaded(m, {name: given[m.name if task.members else name] for name in m.sources})
        for m in members
    ]
    converter = Converter(task, loaded, case.split, case.language, key, sampled=True)
    return list(converter.examples(None)), dict(converter.tally.dropped)


def described(task: tasks.Task) -> Description:
    return Description(
        task.name, task.type, task.metrics, task.labels or (), None, None,
        xtreme=task.xtreme, xtreme_labels=task.xtreme_labels,
    )  # fmt: skip


def test_every_task_has_a_case():
    assert {key.partition("/")[0] for key in CASES} == set(tasks.names())


@every_case
def test_a_row_becomes_its_example(key):
    examples, dropped = convert(key)
    assert examples == CASES[key].examples
    assert dropped == CASES[key].dropped


@every_case
def test_rows_are_looked_for_where_they_lie(key):
    task, case = task_of(key), CASES[key]
    where = []
    for member in tasks.members_with(task, case.language):
        split = member.splits[case.split]
        for repository, configs in tasks.configurations(member, case.language).values():
            where.append(f"{repository} {'+'.join(configs)} {split}")
    assert ", ".join(where) == case.where


@every_case
def test_examples_are_scored_as_they_should_be(key):
    task = task_of(key)
    level = task.chance_percent
    facts = [
        " ".join(task.metrics) or "nothing",
        f"{level:.2f} by chance" if level is not None else "",
        f"after {task.trained_on}" if task.trained_on else "",
        f"among {task.pool}" if task.pool else "",
        f"as {task.xtreme}" if task.xtreme else "",
    ]
    assert ", ".join(filter(None, facts)) == CASES[key].scored


def test_ids_number_the_rows_of_the_source():
    """Where the source has no id of its own."""
    for key, case in CASES.items():
        task = task_of(key)
        if case.examples[0]["id"].isdigit() and task.example is not tasks.missing:
            row = case.rows[-1]
            if not {"id", "index_id"} & task.columns.keys():
                assert task.example(row, 17, case.language)["id"] == "17", key


@pytest.mark.parametrize("key", [key for key, case in CASES.items() if case.sequences])
@pytest.mark.parametrize("special", [ROBERTA, BERT], ids=["roberta", "bert"])
def test_an_example_becomes_its_features(key, special):
    task, case = task_of(key), CASES[key]
    example = numbered(task, convert(key)[0][0])
    tokenizer = made_of(words(example), special)
    feature = features_of(task, example, tokenizer)
    whole = [[tokenizer.id_to_token(i) for i in ids] for ids in feature.sequences()]
    between = "</s> </s>" in case.sequences[0]
    if special is BERT:
        expected = [in_bert_s(sequence) for sequence in case.sequences]
        seconds = tuple(tokens.index("[SEP]") + 1 for tokens in whole) if between else ()
        alone = (len(feature.ids),) if task.type == "classification" else ()
        assert feature.seconds == (seconds or alone)
    else:
        expected = case.sequences
        assert feature.seconds == ()
    assert " ".join(token for tokens in whole for token in tokens) == " ".join(expected)
    assert len(whole) == len(re.findall("<s>", " ".join(case.sequences)))
    if case.target is not None:
        assert in_words(task, feature, example) == case.target


def numbered(task: tasks.Task, example: dict) -> dict:
    """Of a task whose labels are those that occur: with indices for them."""
    if task.labels is not None:
        return example
    return example | {"tags": list(range(len(example["tags"])))}


def words(value) -> set[str]:
    """All words in an example."""
    if isinstance(value, str):
        return set(value.split())
    parts = value.values() if isinstance(value, dict) else value
    return set().union(*(words(one) for one in parts if not isinstance(one, int)))


def made_of(vocabulary: set[str], special: list[str]) -> Tokenizer:
    """A tokenizer of whole words with RoBERTa's special tokens or BERT's and their types."""
    ids = {token: index for index, token in enumerate([*special, *sorted(vocabulary)])}
    tokenizer = Tokenizer(models.WordLevel(ids, special[3]))
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    first, last = special[0], special[2]
    between, kind = (f"{last} {last}", 0) if special is ROBERTA else (last, 1)
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{first} $A {last}",
        pair=f"{first} $A {between} $B:{kind} {last}:{kind}",
        special_tokens=[(token, ids[token]) for token in (first, last)],
    )
    return tokenizer


def in_bert_s(sequence: str) -> str:
    joined = sequence.replace("</s> </s>", "[SEP]").replace("</s>", "[SEP]")
    return joined.replace("<s>", "[CLS]")


def features_of(task: tasks.Task, example: dict, tokenizer: Tokenizer) -> Feature:
    kind = heads.load(task.type)
    if task.type != "dual_encoder" or "candidate" in example:
        (feature,) = kind.make_features([example], tokenizer, LENGTHS)
    elif "query" in example:
        (feature,) = kind.ranking.make_queries([example], tokenizer, LENGTHS)
    else:
        texts = [candidate["text"] for candidate in example["candidates"]]
        (feature,) = kind.ranking.make_candidates(texts, tokenizer, LENGTHS)
    return feature


def in_words(task: tasks.Task, feature: Feature, example: dict):
    """What the loss asks for: a label's name, a choice, tags, the answer, a key."""
    if task.type == "classification":
        return task.labels[feature.target]
    if task.type == "multiple_choice":
        return example["choices"][feature.target]
    if task.type == "question_answering":
        return decoded(feature, example)
    if task.type == "tagging":
        names = task.labels or ("NP/N", "N")
        return heads.load("tagging").named(feature.target, names)
    if task.type == "retrieval":
        return heads.load("retrieval").gold([example])[0]
    return feature.target


def decoded(feature: Feature, example: dict) -> str:
    """The answer that scores for the target's tokens decode to."""
    head, offsets = feature.context
    scores = torch.zeros(2, 1 + len(offsets))
    for row, place in enumerate(feature.target):
        scores[row, 1 + place - head if place else 0] = 9.0
    inference = Evaluate(batch_tokens=64, max_answer_tokens=10)
    predict = heads.load("question_answering").predict
    return predict([scores], [feature], [example], inference)[0]


@pytest.mark.parametrize("key", [key for key, case in CASES.items() if case.lines])
def test_what_is_all_right_is_submitted_as_these_lines(key):
    task, (examples, _) = task_of(key), convert(key)
    record, kind = task_types.load(task.type), described(task)
    pool = Candidates({CASES[key].language: examples}) if task.pool is None else None
    relevant = pool.relevant if pool and task.type == "dual_encoder" else own_key
    if task.type == "question_answering":
        values = [example["answers"][0]["text"] for example in examples]
        assert record.submission_lines(kind, examples, values) == CASES[key].lines
    else:
        assert record.gold_lines(kind, examples, relevant) == CASES[key].lines


def own_key(example: dict) -> list[str]:
    return [example["key"]]
