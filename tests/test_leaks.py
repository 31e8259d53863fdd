"""Nothing of what is evaluated stands in what is trained: the whole of pocket-full's rows.

Rows of one family of tasks have one form, so that one could be learned by heart for another: those
share nothing. Families draw apart from each other. A sentence of a test may stand in another
family's training rows, where nothing says what the test asks: no tags, and no translation but in
machine-translated rows. How few do is tested below.
"""

from itertools import combinations

import pytest

from stages import settings
from stages.pocket import corpus, languages, pairs, rows
from stages.pocket.meanings import World
from tests.conftest import ROOT

CODES = ["en", "qda", "qdb", "qdc", "qdd", "qde"]


@pytest.fixture(scope="module")
def knobs():
    return settings.load(ROOT / "suites/pocket-full/params.yaml").world


@pytest.fixture(scope="module")
def spoken(knobs):
    return languages.build(knobs.languages, knobs.seed)


@pytest.fixture(scope="module")
def world(knobs):
    return World(knobs.seed, knobs.topics)


@pytest.fixture(scope="module")
def drawn(knobs, spoken, world):
    return rows.draw_meanings(world, spoken["en"], knobs.seed, knobs.rows)


def inputs(task: str, row: dict) -> set:
    """What a row asks about, and it with the right answer where that makes the question."""
    if task in ("mnli", "anli", "xnli"):
        return {row["premise"]}
    if task == "qqp":
        return {frozenset((row["question1"], row["question2"]))}
    if task == "pawsx":
        return {row["sentence1"], row["sentence2"]}
    if task in ("ccg", "udpos", "panx"):
        return {" ".join(row["tokens"])}
    if task in ("copa", "xcopa"):
        right = row["choice2" if row["label"] else "choice1"]
        return {row["premise"], frozenset((row["premise"], right))}
    if task == "hellaswag":
        return {row["ctx"]}
    if task == "commonsense_qa":
        choices = row["choices"]
        return {(row["question"], choices["text"][choices["label"].index(row["answerKey"])])}
    if task in ("mewslix_pairs", "mewslix"):
        return {row["entity"]}
    return {row["context"]}


def told_in(language, family, task: str, found: list) -> list[set]:
    if family is pairs:
        return [{row["sentence1"]} for row in pairs.translations(language, found, language)]
    return [inputs(task, row) for row in family.rows(task, language, found)]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("family", rows.FAMILIES, ids=lambda family: family.__name__[14:])
def test_no_text_stands_in_two_splits(family, code, knobs, spoken, drawn):
    found = {}
    for task, split in family.SPLITS:
        if task in rows.ENGLISH_ALONE and code != "en":
            continue
        told = told_in(spoken[code], family, task, drawn[task, split])
        assert len(told) == knobs.rows[task][split]
        found[task, split] = set().union(*told)
    for one, other in combinations(found, 2):
        assert found[one].isdisjoint(found[other]), (one, other)


@pytest.mark.parametrize("code", CODES)
def test_the_raw_text_says_no_sentence_of_a_test(code, knobs, spoken, world, drawn):
    """Those that a test has on their own; every language has its own."""
    held_out = rows.held_out(drawn, spoken[code])
    assert len(held_out) > 1600  # of 1700, few of which are said alike
    share = knobs.dialogues, knobs.code_mix
    told = corpus.documents(world, code, spoken, 1500, *share, knobs.seed, held_out)
    ends = {" .": " .\n", " ?": " ?\n"}
    said = set()
    for document in told:
        for mark, end in ends.items():
            document = document.replace(mark, end)
        said |= {sentence.strip() for sentence in document.split("\n")}
    assert len(said) > 3000
    assert said.isdisjoint(held_out)
    without = corpus.documents(world, code, spoken, 1500, *share, knobs.seed)
    assert any(sentence in document for sentence in held_out for document in without)


SENTENCES = ("udpos", "panx", "tatoeba", "bucc")  # tests that ask about single sentences


def sentences(task: str, language, found: list) -> set[str]:
    """What is said of a language by itself in the rows of a task."""
    family = rows.FAMILY_OF[task]
    if family is pairs:
        return {row["sentence1"] for row in pairs.translations(language, found, language)}
    said = set()
    for row in family.rows(task, language, found):
        for column in ("premise", "hypothesis", "sentence1", "sentence2", "question1", "question2"):
            said |= {row[column]} if isinstance(row.get(column), str) else set()
        if "tokens" in row:
            said.add(" ".join(row["tokens"]))
    return said


def test_few_sentences_of_a_test_stand_in_another_family_s_training(knobs, spoken, drawn):
    """Of English ones at most 1 in 20, of others, in machine-translated rows, 1 in 20 too."""
    trained: dict = {}
    for task, split in drawn:
        if split == "train":
            for code in CODES if task in knobs.translated else ["en"]:
                trained[task, code] = sentences(task, spoken[code], drawn[task, split])
    for test in SENTENCES:
        asked = drawn[test, "test"]
        english = sentences(test, spoken["en"], asked)
        for (task, code), said in trained.items():
            if rows.FAMILY_OF[task] is rows.FAMILY_OF[test]:
                continue
            if code == "en":
                assert len(english & said) <= 0.05 * len(english), (test, task)
            else:
                other = sentences(test, spoken[code], asked)
                assert len(other & said) <= 0.05 * len(other), (test, task, code)
