"""What the room of tasks offers beside its records."""

from dataclasses import replace

import pytest

from waystation import tasks
from waystation.base.errors import UserError
from waystation.language_codes import EVERY_LANGUAGE

SPLITS = {  # ours, with the repository's name where another
    "train validation test": "panx panx_r pawsx pawsx_xtreme sib200 udpos udpos_27 udpos_r",
    "train validation=train test=validation": "tydiqa tydiqa_xtreme",
    "train validation": (
        "anli_plus ccg commonsense_qa copa cosmos_qa hellaswag mewslix_pairs qqp snli social_i_qa "
        "squad_retrieval squad_v1 squad_v1_xtreme squad_v2"
    ),
    "train=train_r1+train_r2+train_r3 validation=dev_r1+dev_r2+dev_r3": "anli",
    "train validation=validation_matched": "mnli mnli_glue",
    "train": "mnli_translated squad_v1_translated text",
    "validation test": (
        "bucc bucc_gold mewslix mlqa mlqa_cross mlqa_cross_xtreme mlqa_xtreme xcopa "
        "xcopa_translate_test xnli xnli_xtreme"
    ),
    "train=validation": "xnli_dev",
    "validation test=validation": "bucc_sample",
    "test=validation": "lareqa lareqa_pairs tatoeba_xtreme xquad xquad_r xquad_xtreme",
    "test": (
        "mewslix_entities mlqa_translate_test pud_pairs sib200_pairs tatoeba tatoeba_r udpos_pud"
    ),
}


def test_splits_are_those_of_the_repositories():
    known = {name: splits for splits, names in SPLITS.items() for name in names.split()}
    assert known.keys() == set(tasks.names())
    for name, splits in known.items():
        pairs = tasks.load(name).splits.items()
        assert " ".join(own if own == its else f"{own}={its}" for own, its in pairs) == splits


def test_a_record_without_more_reads_and_scores_nothing():
    task = tasks.Task(
        "waystation.tasks.new", type="tagging", license="", citation="", splits={}, languages=(),
        characters=1,
    )  # fmt: skip
    assert (task.name, task.repository, task.revision, task.obtain) == ("new", "", "unpinned", "")
    assert (task.held_out, task.any_language, task.join, task.members) == (0, False, None, ())
    assert (task.columns, task.tables, task.rows, task.kept_rows) == ({}, {}, {}, {})
    assert (task.language_rows, task.candidates, task.mixed_with) == ({}, {}, {})
    assert (task.metrics, task.labels, task.source_labels, task.xtreme_labels) == ((),) * 4
    assert (task.chance_percent, task.trained_on, task.pool, task.xtreme) == (None,) * 4
    assert (task.config("de"), task.drop({}, "train", "de")) == ("de", None)
    assert task.sources == {"rows": tasks.Table({}, tasks.by_language)}
    assert tasks.Table({}).repository is None
    with pytest.raises(TypeError):
        task.example({}, 0, "de")


def test_a_task_is_found_by_its_module_or_as_a_translation_of_one():
    assert tasks.load("hellaswag").repository == "Rowan/hellaswag"
    assert tasks.load("hellaswag_translated").repository == "local/hellaswag_translated"
    assert tasks.load("mnli_translated").repository == "facebook/xnli"  # a module of its own
    for name in ("hellaswg", "hellaswg_translated"):
        with pytest.raises(UserError, match=f"unknown task '{name}'; allowed: anli, "):
            tasks.load(name)


def test_a_translation_has_the_record_of_the_english_rows():
    own, task = tasks.load("tydiqa_translated"), tasks.load("tydiqa")
    english, korean = {"id": "english-2-0"}, {"id": "korean-1-0"}
    assert own.drop(english, "train", "yo") is None
    assert own.drop(korean, "train", "yo") == "another language"
    assert (own.splits, own.revision) == ({"train": "train"}, "unpinned")
    assert set(own.languages) == set(EVERY_LANGUAGE) - {"en"}
    assert own.columns == task.columns
    assert own.kept_rows == own.rows == own.language_rows == {}
    assert own.obtain.endswith("columns id, context, question, answers")
    assert own.config("yo") == "yo"
    assert tasks.load("lareqa_translated").obtain.endswith("columns questions, paragraphs")
    assert tasks.load("udpos_27_translated").source_labels == tasks.load("udpos_27").source_labels
    union = tasks.load("anli_plus_translated")
    assert (union.source_labels, union.kept_rows) == ((), {})
    assert union.drop({"label": -1}, "train", "de") == "no gold label"


def test_members_are_those_with_the_language_or_the_first():
    union = tasks.load("udpos_r")

    def names(language):
        return [member.name for member in tasks.members_with(union, language)]

    assert (names("de"), names("pl"), names("qaa")) == (["udpos"], ["udpos_27"], ["udpos"])
    assert [one.name for one in tasks.members_with(tasks.load("xnli"), "de")] == ["xnli"]


def test_repositories_of_members_and_of_joined_tables():
    union = tasks.repositories(tasks.load("udpos_r"), ("de", "pl"))
    assert union == {
        "google/xtreme": tasks.XTREME_COMMIT,
        "universal-dependencies/universal_dependencies": "unpinned",
    }
    assert tasks.repositories(tasks.load("lareqa"), ("de",)) == {
        "google-research-datasets/xquad_r": "unpinned",
        "local/lareqa": "unpinned",
    }
    assert list(tasks.repositories(tasks.load("bucc"), ("de",))) == ["local/bucc2018"]


def test_languages_that_a_task_has():
    assert tasks.covered(tasks.load("xnli"), ("de", "xx", "qaa")) == ("de", "qaa")
    assert tasks.covered(tasks.load("mnli"), ("en", "de", "qaa")) == ("en",)
    two = replace(tasks.load("mnli"), languages=("en", "de"))
    assert tasks.covered(two, ("qaa",)) == ("qaa",)
    tasks.check_languages(tasks.load("xnli"), ("de", "qaa"))
    tasks.check_languages(tasks.load("text"), ("xx",))  # rows of a user's own
    with pytest.raises(UserError, match="task 'mnli' has no language de, qaa; allowed: en, or"):
        tasks.check_languages(tasks.load("mnli"), ("en", "de", "qaa"))


def test_tasks_that_a_target_serves_are_in_the_given_order():
    assert tasks.served({"mnli"}, ["pawsx", "xnli_xtreme", "mnli", "xnli"]) == [
        "xnli_xtreme", "xnli",
    ]  # fmt: skip


def test_what_is_known_of_a_split():
    counts = {"train": 5, "test": {"de": 3}}
    asked = [("train", "de"), ("test", "de"), ("test", "fr"), ("validation", "de")]
    assert [tasks.expected(counts, *one) for one in asked] == [5, 3, None, None]


@pytest.mark.parametrize(
    ("start", "expected"),
    [(100, 100), (101, 100), (99, 100), (164, 100), (37, 100), (36, None), (165, None)],
)
def test_an_answer_stands_where_it_is_said_or_near(start, expected):
    context = " " * 100 + "Rome" + " " * 200
    if expected is None:
        with pytest.raises(ValueError, match=f"the answer 'Rome' is not at {start} in the context"):
            tasks.answer_start(context, "Rome", start)
    else:
        assert tasks.answer_start(context, "Rome", start) == expected


def test_of_several_places_the_nearest_is_an_answer_s():
    assert tasks.answer_start("Rome, Rome", "Rome", 4) == 6
    assert tasks.answer_start("Rome, Rome", "Rome", 2) == 0
    assert tasks.answer_start("Rome", "e", -1) == 3
    assert tasks.answer_start("Rome", "Rome", 0) == 0


@pytest.mark.parametrize(
    ("name", "codes", "configs"),
    [
        ("udpos", ("el", "zh", "qda"), ("udpos.Greek", "udpos.Chinese", "udpos.Qda")),
        ("tatoeba", ("zh", "qda"), ("cmn-eng", "qda-eng")),
        ("tatoeba_r", ("uk", "sw", "qda"), ("ukr-eng", "swh-eng", "qda-eng")),
        ("tatoeba_xtreme", ("fa", "qda"), ("tatoeba.pes", "tatoeba.qda")),
        ("mlqa_cross", ("zh-en",), ("mlqa.zh.en",)),
    ],
)
def test_configurations_of_languages(name, codes, configs):
    assert tuple(tasks.load(name).config(code) for code in codes) == configs


def test_a_language_s_codes_and_names_are_its_own():
    """No two languages share a configuration, and each has a name of its own."""
    for name in ("udpos", "panx", "panx_r", "tatoeba", "tatoeba_r", "tatoeba_xtreme", "xquad_r"):
        task = tasks.load(name)
        assert len({task.config(code) for code in task.languages}) == len(task.languages)


def test_rows_of_another_language_of_tydi_qa_are_told_by_the_id():
    task = tasks.load("tydiqa")
    assert task.held_out == 10
    kept = [f"swahili-{number}-0" for number in range(2000)]
    shares = {
        split: sum(task.drop({"id": name}, split, "sw") is None for name in kept)
        for split in ("train", "validation", "test")
    }
    assert shares["train"] + shares["validation"] == shares["test"] == 2000
    assert 150 < shares["validation"] < 250
    assert task.drop({"id": "qda-1"}, "test", "qda") is None


def test_lareqa_s_question_in_no_paragraph_is_named():
    tables = {
        "questions": iter([{"id": "q", "question": "", "answers": {}}]),
        "paragraphs": iter([{"id": ["p"], "context": "", "sentence_breaks": []}]),
    }
    with pytest.raises(UserError, match="lareqa, de: question 'q' is in none of the paragraphs"):
        list(tasks.load("lareqa").join(tables, "de"))


@pytest.mark.parametrize(
    ("start", "number"), [(0, 0), (9, 0), (10, 0), (11, 1), (20, 1), (22, 2), (40, 2)]
)
def test_an_answer_belongs_to_the_sentence_in_which_it_begins(start, number):
    context = "Rome fell . Who knew ? The city stood on hills ."
    breaks = [(0, 10), (11, 21), (22, 48)]
    row = {"id": "q", "context": context, "question": "w"}
    row |= {"answers": {"text": [context[start : start + 3]], "answer_start": [start]}}
    from waystation.tasks.squad_retrieval import retrieval_example, sentence_breaks

    example = retrieval_example(row, breaks, "en")
    assert example["key"] == example["candidates"][number]["key"]
    assert example["key"].endswith(f"/{number}")
    assert sentence_breaks(context) == [(0, 12), (12, 23), (23, 48)]
    assert sentence_breaks("") == []
    assert sentence_breaks("No end") == [(0, 6)]
    # Before the first sentence, with the blank there.
    early = retrieval_example(row, [(60, 70), (70, 80)], "en")
    assert early["key"].endswith("/0")


def test_lists_of_a_row_that_do_not_fit_together_are_no_example():
    answers = {"text": ["a", "b"], "answer_start": [0]}
    with pytest.raises(ValueError, match="shorter"):
        tasks.load("squad_v1").example(
            {"id": "q", "question": "q", "context": "c", "answers": answers}, 0, "en"
        )
    with pytest.raises(ValueError, match="shorter"):
        tasks.load("udpos_27").example({"tokens": ["a", "b"], "upos": [0]}, 0, "pl")
