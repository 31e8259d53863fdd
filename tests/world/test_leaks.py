"""Nothing of what is evaluated stands in what is trained: the whole of pocket-full's rows.

Rows of one family of tasks have one form, so that one could be learned by heart for another: what
they ask about stands in one split alone. Of what tests ask about sentence by sentence, no training
row of any family says a sentence; where a machine translates, a wrong word may make one. The two
steps that a multiple choice asks about follow each other in no script of a training row.
"""

from itertools import combinations

import pytest

from tests.conftest import ROOT
from waystation.params.load import load_settings
from waystation.world import corpus, grammar, pairs, spoken_rows, tagging
from waystation.world.meanings import NAMES, World

CODES = ["en", "qda", "qdb", "qdc", "qdd", "qde"]


@pytest.fixture(scope="module")
def knobs():
    return load_settings(ROOT / "suites/pocket-full/params.yaml").world


@pytest.fixture(scope="module")
def spoken(knobs):
    return grammar.build(knobs.languages, knobs.seed)


@pytest.fixture(scope="module")
def world(knobs):
    return World(knobs.seed, knobs.topics)


@pytest.fixture(scope="module")
def drawn(knobs, spoken, world):
    return spoken_rows.draw_meanings(world, spoken["en"], knobs.seed, knobs.rows)


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
        mention = f"{row['left']} {row['mention']} {row['right']}".strip()
        return {row["entity"], mention.partition(" . ")[0]}
    return {row["context"], *answered(row)}


def answered(row: dict) -> list[tuple[str, str]]:
    """The sentence that holds the answer, with the question."""
    if "question" not in row or not row.get("answers", {}).get("text"):
        return []
    before = row["context"][: row["answers"]["answer_start"][0]].count(" . ")
    return [(row["context"].split(" . ")[before].removesuffix(" ."), row["question"])]


def told_in(language, family, task: str, found: list) -> list[set]:
    if family is pairs:
        return [{row["sentence1"]} for row in pairs.translations(language, found, language)]
    return [inputs(task, row) for row in family.rows(task, language, found)]


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("family", spoken_rows.FAMILIES, ids=lambda family: family.__name__[14:])
def test_no_text_stands_in_two_splits(family, code, knobs, spoken, drawn):
    found = {}
    for task, split in family.SPLITS:
        told = told_in(spoken[code], family, task, drawn[task, split])
        assert len(told) == knobs.rows[task][split]
        found[task, split] = set().union(*told)
    for one, other in combinations(found, 2):
        assert found[one].isdisjoint(found[other]), (one, other)


@pytest.mark.parametrize("code", CODES)
def test_the_raw_text_says_no_sentence_of_a_test(code, knobs, spoken, world, drawn):
    """Those that a test has on their own; every language has its own."""
    held_out = spoken_rows.held_out(drawn, spoken[code])
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


COLUMNS = [
    *("premise", "hypothesis", "sentence1", "sentence2", "question1", "question2", "context"),
    *("question", "ctx", "choice1", "choice2", "answer0", "answer1", "answer2", "answer3"),
    *("description", "mentioned", "tagged"),
]


def sentences(task: str, speaker, found: list) -> set[str]:
    """Every sentence that the rows of a task say."""
    family, said = spoken_rows.FAMILY_OF[task], set()
    if family is pairs:
        return {row["sentence1"] for row in pairs.translations(speaker, found, speaker)}
    for row in family.rows(task, speaker, found):
        row |= {"tagged": " ".join(row.get("tokens", []))}
        row |= {"mentioned": " ".join(row.get(c, "") for c in ("left", "mention", "right")).strip()}
        told = [row[column] for column in COLUMNS if isinstance(row.get(column), str)]
        for text in [*told, *row.get("endings", [])]:
            said |= set(text.replace(" . ", " .\n").replace(" ? ", " ?\n").split("\n"))
    return said - {""}


def trained(knobs, spoken, drawn, code: str) -> dict[str, set[str]]:
    """Task -> the sentences of its training rows in a language."""
    found = {}
    for task, split in drawn:
        if split == "train" and (code == "en" or task in knobs.translated):
            speaker = spoken[code]
            if code != "en":
                seed = f"translation/{knobs.seed}/{task}/{code}"
                speaker = grammar.MachineTranslation(speaker, knobs.translation_noise, seed)
            found[task] = sentences(task, speaker, drawn[task, split])
    return found


@pytest.mark.parametrize("code", CODES)
def test_training_rows_say_no_sentence_of_a_test(knobs, spoken, drawn, code):
    """Those that a test asks about by itself; of machine-translated rows 1 in 50 at most, by the
    chance that a wrong word makes one."""
    training = trained(knobs, spoken, drawn, code)
    assert len(training) == (15 if code == "en" else 2)
    for test in ("udpos", "panx", "tatoeba", "bucc"):
        asked = sentences(test, spoken[code], drawn[test, "test"])
        for task, said in training.items():
            assert len(asked & said) <= (0 if code == "en" else 0.02 * len(asked)), (test, task)


@pytest.mark.parametrize("code", CODES)
def test_no_script_of_a_training_row_has_the_two_steps_of_a_test(spoken, drawn, code):
    """Whenever they were done, and whoever asks: what was first, and what next."""

    def said(event) -> str:
        return " ".join(word.form for word in spoken[code].statement(event.but(time=None)))

    def steps(task: str, split: str) -> set[tuple[str, str]]:
        found = set()
        for premise, asked, choices, label in drawn[task, split]:
            told = [said(event) for event in premise]
            right = said(choices[label])
            told = [*told, right] if asked == "effect" else [right, *told]
            found |= set(zip(told, told[1:], strict=False))
        return found

    training = steps("hellaswag", "train") | steps("copa", "train")
    assert len(training) > 1500
    for held_out in (("xcopa", "test"), ("xcopa", "validation"), ("hellaswag", "validation")):
        tested = steps(*held_out)
        assert len(tested) >= 0.8 * len(drawn[held_out])
        assert training.isdisjoint(tested), held_out


def test_half_of_the_names_are_in_no_training_row_of_panx(world, drawn):
    trained = set().union(*(tagging.names(meaning) for meaning in drawn["panx", "train"]))
    assert trained == set(NAMES) - world.unfamiliar
    for split in ("validation", "test"):
        found = [tagging.names(meaning) & world.unfamiliar for meaning in drawn["panx", split]]
        assert 0.3 < sum(map(bool, found)) / len(found) < 0.7, split
