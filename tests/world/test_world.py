"""The generated world: parallel, free of leaks, the same from the same seed."""

import dataclasses
import random
from collections import Counter

import pytest

from tests.world.ccg_parser import sentences
from waystation import tasks
from waystation.base.errors import UserError
from waystation.world import choices, corpus, lexicon, paraphrases, questions, spoken_rows, tagging
from waystation.world import grammar as languages_module
from waystation.world.meanings import (
    NAMES,
    NUMBERS,
    PERSONS,
    TOPICS,
    Event,
    State,
    World,
    modifiers,
)

ROWS = {
    task: {split: 40 for other, split in family.SPLITS if other == task}
    for family in spoken_rows.FAMILIES
    for task, _ in family.SPLITS
}
EVENT = Event("farmer", "feed", "horse", quality="old", number="3", place="barn", time="yesterday")


@pytest.fixture(scope="module")
def world():
    return World(3, 4)


@pytest.fixture(scope="module")
def drawn(world, languages):
    return spoken_rows.draw_meanings(world, languages["en"], 3, ROWS)


@pytest.fixture(scope="module")
def tables(languages, drawn):
    made = spoken_rows.tables(languages, drawn, 3, ("mnli", "squad_v1"), 0.1)
    return {(table.task, table.config, table.split): table.rows for table in made}


def say(words) -> str:
    return " ".join(word.form for word in words)


def test_english_says_what_it_should(languages):
    en = languages["en"]
    assert say(en.statement(EVENT)) == "the farmer feed-ed 3 old horse-s in the barn yesterday ."
    later = EVENT.but(tense="future", time="tomorrow", negated=True, number=None, plural=True)
    told = "tomorrow farmer-s will not feed the old horse in the barn ."
    assert say(en.statement(later, fronted="time")) == told
    bare = EVENT.but(quality=None, number=None, time=None)
    assert say(en.question(bare, "thing")) == "what did the farmer feed in the barn ?"
    assert say(en.question(bare, "place")) == "where did the farmer feed the horse ?"
    assert say(en.question(Event("Anna", "read", "book"), "agent")) == "who read-ed the book ?"
    assert say(en.question(Event("Anna", "help", "Boris"), "thing")) == "whom did Anna help ?"
    assert say(en.question(Event("Anna", "wash", "cow"), "reason")) == "why did Anna wash the cow ?"
    later = Event("Anna", "wash", "cow", "future", time="tomorrow")
    assert say(en.question(later, "thing")) == "what will Anna wash tomorrow ?"
    assert say(en.question(later, "agent")) == "who will wash the cow tomorrow ?"
    how_many = en.question(Event("Anna", "read", "book", number="3"), "number")
    assert say(how_many) == "howmany book-s did Anna read ?"
    why = en.explained(Event("Anna company", "wash", "cow"), State("cow", "old"))
    assert say(why) == "the Anna company wash-ed the cow because the cow be old ."
    assert say(en.title("Anna", "baker")) == "Anna be the baker ."


def test_word_order_is_the_language_s_own(languages):
    parts = {
        code: [w.part for w in language.statement(EVENT) if w.part in ("agent", "verb", "thing")]
        for code, language in languages.items()
    }
    compact = {code: "".join(dict.fromkeys(p[0] for p in found)) for code, found in parts.items()}
    svo = dict.fromkeys(("en", "qda", "qdb", "qdc"), "avt")
    assert compact == svo | {"qdd": "atv", "qde": "vat"}
    poses = [w.pos for w in languages["qdb"].statement(EVENT)]
    assert poses.index("NOUN", 2) < poses.index("ADJ")  # noun before adjective
    last = [w.pos for w in languages["qdc"].statement(EVENT)]
    assert last.index("ADP") == last.index("ADV") - 1  # postposition: barn in, then the time


def test_every_knob_changes_what_is_said(world_knobs):
    """One knob at a time on English: what it does, and to what."""
    english_knobs = world_knobs.languages["en"]
    plain = Event("farmer", "feed", "horse", plural=True, place="barn", quality="old")
    ask = lambda language: say(language.question(plain.but(quality=None, place=None), "thing"))
    tell = lambda language: say(language.statement(plain))
    told = lambda **knobs: languages_module.Language(
        "en", 0, dataclasses.replace(english_knobs, **knobs), 1
    )
    assert tell(told()) == "farmer-s feed-ed the old horse in the barn ."
    assert tell(told(order="sov")) == "farmer-s in the barn the old horse feed-ed ."
    assert tell(told(order="vso")) == "feed-ed farmer-s the old horse in the barn ."
    assert tell(told(adjective="after")) == "farmer-s feed-ed the horse old in the barn ."
    assert tell(told(adposition="after")) == "farmer-s feed-ed the old horse the barn in ."
    assert tell(told(articles=False)) == "farmer-s feed-ed old horse in barn ."
    assert tell(told(plural=False)) == "farmer feed-ed the old horse in the barn ."
    assert tell(told(case=True)) == "farmer-s feed-ed the old horse-ka in the barn ."
    assert tell(told(agreement=True)) == "farmer-s feed-ed-en the old horse in the barn ."
    particle = tell(told(tense="particle"))
    assert particle == "farmer-s beforenow feed the old horse in the barn ."
    assert tell(told(tense="none")) == "farmer-s feed the old horse in the barn ."
    assert ask(told()) == "what did farmer-s feed ?"
    assert ask(told(question="in_situ")) == "farmer-s feed-ed what ?"
    assert ask(told(auxiliary=False)) == "what farmer-s feed-ed ?"
    assert tell(told(script="greek")).isascii() is False
    assert tell(told(script="cyrillic")).isascii() is False
    assert tell(told(script="cyrillic")) != tell(told(script="greek"))
    words = {
        "content_cognates": [c for group in lexicon.CONTENT.values() for c in group],
        "function_cognates": lexicon.FUNCTION,
        "shared_names": NAMES,
        "shared_numbers": NUMBERS,
    }
    for knob, concepts in words.items():
        for share in (0.0, 0.5, 1.0):
            forms = told(**{knob: share}).forms
            kept = sum(forms[concept] == told().forms[concept] for concept in concepts)
            assert kept == pytest.approx(share * len(concepts), abs=3), knob
    tested = {"order", "adjective", "adposition", "articles", "plural", "case", "agreement"}
    tested |= {"tense", "question", "auxiliary", "script", *words}
    assert {field.name for field in dataclasses.fields(english_knobs)} == tested


@pytest.mark.parametrize("seed", range(20))
def test_no_two_endings_of_a_language_are_alike(world_knobs, seed):
    for language in languages_module.build(world_knobs.languages, seed).values():
        endings = [form for concept, form in language.forms.items() if concept[0] == "-"]
        assert len(set(endings)) == len(endings) == len(lexicon.ENDINGS)


@pytest.mark.parametrize("seed", range(40))
def test_no_two_words_of_a_language_are_written_alike(world_knobs, seed):
    """In its own script, which has one letter for several Latin ones."""
    for language in languages_module.build(world_knobs.languages, seed).values():
        words = [form for concept, form in language.forms.items() if concept[0] != "-"]
        assert len(set(words)) == len(words), language.code


def test_distance_grows(languages):
    """Fewer and fewer word forms are English ones."""
    english = set(languages["en"].forms.values())
    shared = [len(english & set(lang.forms.values())) for lang in languages.values()]
    assert shared == sorted(shared, reverse=True)
    assert len(set(shared)) == len(shared)


def test_a_name_is_a_person_a_town_or_a_company(languages):
    en = languages["en"]
    event = Event("Anna company", "help", "Boris", place="Chen", time="monday")
    tags = dict(zip([w.form for w in en.statement(event)], tagging.spans(en.statement(event))))
    assert tags["Anna"] == "B-ORG"
    assert tags["company"] == "I-ORG"
    assert tags["Boris"] == "B-PER"
    assert tags["Chen"] == "B-LOC"
    assert tags["monday"] == "O"
    neighbours = languages["qdd"].statement(Event("Anna", "help", "Boris"))  # verb comes last
    tags = [t for t in tagging.spans(neighbours) if t != "O"]
    assert tags == ["B-PER", "B-PER"]


def test_all_languages_are_parallel(tables, languages):
    from waystation.tasks import panx, udpos

    for task, name, split in (("xnli", "{}", "test"), ("xquad", "xquad.{}", "validation")):
        sizes = {len(tables[task, name.format(code), split]) for code in languages}
        assert sizes == {40}
    labels = {tuple(tables["xnli", code, "test"]["label"]) for code in languages}
    assert len(labels) == 1
    ids = {tuple(tables["mlqa", f"mlqa.{code}.{code}", "test"]["id"]) for code in languages}
    assert len(ids) == 1
    for code in languages:
        english = tables["panx", panx.TASK.config("en"), "test"]["ner_tags"]
        theirs = tables["panx", panx.TASK.config(code), "test"]["ner_tags"]
        for ours, tags in zip(english, theirs, strict=True):  # the same entities, in another order
            assert sorted(t for t in ours if t) == sorted(t for t in tags if t)
        counts = [
            sorted(t for t in row if udpos.LABELS[t] not in ("DET", "AUX"))
            for config in ("en", code)
            for row in tables["udpos", udpos.TASK.config(config), "test"]["pos_tags"]
        ]
        assert counts[:40] == counts[40:]


def test_answers_stand_where_they_should(tables):
    seen = 0
    for (task, _, _), table in tables.items():
        for row in table if "answers" in table.column_names else ():
            for start, text in zip(row["answers"]["answer_start"], row["answers"]["text"]):
                assert row["context"][start : start + len(text)] == text != "", task
                seen += 1
    assert seen > 1000


def test_half_of_squad_v2_has_no_answer(tables):
    found = [len(row["text"]) for row in tables["squad_v2", "squad_v2", "train"]["answers"]]
    assert found == [1, 0] * 20


def test_what_has_no_answer_is_not_said(drawn):
    """Events of a passage share no agent, verb nor thing: an event of whom the question is about
    would have all of those that it says, and the part that is asked for."""
    for context, event, asked, told in drawn["squad_v2", "train"]:
        if told is None:
            said = [part for part in ("agent", "verb", "thing") if part != asked]
            same = [e for e in context if all(getattr(e, p) == getattr(event, p) for p in said)]
            assert all(getattr(e, asked) is None for e in same)
            assert event.agent in PERSONS or not event.plural


def test_a_question_s_form_does_not_tell_whether_it_has_an_answer(world):
    """What it asks for and how much it repeats: alike in both halves, up to chance."""
    rng = random.Random(2)
    forms: dict[bool, Counter] = {True: Counter(), False: Counter()}
    for index in range(2000):
        _, event, asked, told = questions.draw(world, rng, "squad_v2", index)
        repeated = {*modifiers(questions.short("squad_v2", event, asked))} - {asked}
        forms[told is None][asked, len(repeated)] += 1
    best = sum(max(forms[True][form], forms[False][form]) for form in {*forms[True], *forms[False]})
    assert best / 2000 < 0.56


def test_sentences_of_lareqa_end_where_the_rows_say(tables):
    for row in tables["paragraphs", "en", "validation"]:
        for start, end in row["sentence_breaks"]:
            assert row["context"][end - 2 : end] == " ."
            assert not row["context"][start:end].startswith(" ")


def test_labels_balance(tables):
    labels = tables["xnli", "en", "test"]["label"]
    assert {labels.count(label) for label in range(3)} == {13, 14}
    assert tables["pawsx", "en", "test"]["label"].count(1) == 20
    assert tables["qqp", "qqp", "train"]["label"].count(1) == 20


def test_the_hypothesis_follows_its_label(drawn):
    """Entailed: nothing that the premise does not say. Neutral: one thing more. Else: a clash."""
    for task in ("mnli", "anli"):
        for premise, hypothesis, label in drawn[task, "train"]:
            told = next(e for e in premise if e.agent == hypothesis.agent)
            said = hypothesis._asdict()
            new = [k for k, v in said.items() if v is not None and v != getattr(told, k)]
            if label == 0:
                assert new == []
            elif label == 1:
                assert len(new) == 1
                assert getattr(told, new[0]) is None
            else:
                assert hypothesis.negated or (len(new) == 1 and getattr(told, new[0]) is not None)
                if "quality" in new:  # a red horse may be old
                    assert {told.quality, hypothesis.quality} in ({"old", "new"}, {"red", "green"})
                if "place" in new:  # a barn may be in a town
                    assert (told.place in NAMES) == (hypothesis.place in NAMES)
                assert "time" not in new  # yesterday may be in winter
            if hypothesis.number is None:  # `3 horse-s` do not entail `the horse`
                assert told.number is None
            elif hypothesis.number != told.number:  # 5 sailcloths beside 7 small ones
                assert hypothesis.quality == told.quality


def test_paraphrases_of_a_question_are_other_words_for_it(tables):
    table = tables["qqp", "qqp", "train"]
    for first, second in zip(table["question1"], table["question2"], strict=True):
        assert first != second


def test_of_two_questions_that_ask_the_same_one_repeats_what_the_other_does(world):
    """Else each could be asked of fewer events than the other."""
    rng = random.Random(1)
    for index in range(1, 400, 2):
        first, asked, second, also_asked, label = paraphrases.draw(world, rng, "qqp", index)
        one, other = ({*modifiers(event)} - {asked} for event in (first, second))
        assert label == 1
        assert asked == also_asked
        assert one < other or other < one
        assert first.number == second.number  # `3 horse-s` are not `the horse`


def test_what_is_put_in_another_s_place_fits(world):
    """A person does not become several when a name takes their place; places keep to the topic."""
    rng = random.Random(1)
    for index in range(0, 400, 2):
        _, _, other, _, _ = paraphrases.draw(world, rng, "qqp", index)
        assert other.agent in PERSONS or not other.plural
    social = Event("Anna", "help", "Boris", place="barn")
    found = {world.another(social, "place", "farm", rng) for _ in range(50)}
    assert found == {"field", "stable"}
    found = {world.another(social.but(place=None), "place", "school", rng) for _ in range(200)}
    assert set(TOPICS["school"]["place"]) < found
    assert found - set(TOPICS["school"]["place"]) <= set(world.towns)


def test_swaps_keep_the_words(languages, world):
    """A bag of words cannot tell a paraphrase of pawsx from what is none: in English, and where
    neither case nor place in the sentence marks who did it to whom, in any language."""
    rng = random.Random(1)
    drawn = [paraphrases.draw(world, rng, "pawsx", index) for index in range(600)]
    for code in ("en", "qda"):
        for row in paraphrases.rows("pawsx", languages[code], drawn):
            assert row["sentence1"] != row["sentence2"]
            assert sorted(row["sentence1"].split()) == sorted(row["sentence2"].split())


def test_supertags_derive_sentences_and_questions(languages, world):
    rng = random.Random(1)
    for index in range(300):
        event, asked = tagging.draw(world, rng, "ccg", index)
        words = tagging.said(languages["en"], event, asked)
        told = say(words)
        assert sentences([word.category for word in words]) == {"S[wq]" if asked else "S[dcl]"}, (
            told
        )
    assert sentences(["NP", "(S[dcl]\\NP)/NP", "."]) == set()


def test_supertags_of_what_is_said_first(languages):
    english = languages["en"]
    for words in (
        english.statement(EVENT, fronted="place"),
        english.statement(EVENT, fronted="time", after="then"),
        english.state(State("horse", "old")),
        english.title("Anna", "baker"),
        english.explained(EVENT, State("horse", "old")),
        english.statement(EVENT.but(negated=True, tense="future", time="tomorrow")),
    ):
        assert sentences([word.category for word in words]) == {"S[dcl]"}, say(words)
    why = english.question(EVENT, "reason")
    assert sentences([word.category for word in why]) == {"S[wq]"}
    assert [w.pos for w in (why[0], english.question(EVENT, "place")[0])] == ["ADV", "ADV"]
    assert english.question(EVENT, "agent")[0].pos == "PRON"


def test_a_question_of_lareqa_is_answered_by_its_own_context_alone(drawn):
    """In the words of the question: whatever it does not say may be anything."""
    found = drawn["lareqa", "test"]
    for place, (_, event, asked, _) in enumerate(found):
        short = questions.short("lareqa", event, asked)
        said = {k: v for k, v in short._asdict().items() if k in questions.ASKED and v}
        if asked in ("thing", "number"):
            said.pop("number", None)
        said.pop(asked, None)
        said |= {"verb": short.verb}
        if short.quality and asked not in ("thing", "number"):
            said["quality"] = short.quality
        answering = [
            index
            for index, (context, *_) in enumerate(found)
            if any(
                getattr(told, asked) and all(getattr(told, k) == v for k, v in said.items())
                for told in context
            )
        ]
        assert answering == [place]


def test_what_is_done_next_is_of_the_same_topic(drawn):
    topic = lambda event: next(t for t, parts in TOPICS.items() if event.verb in parts["verb"])
    for premise, asked, endings, label in drawn["hellaswag", "train"] + drawn["xcopa", "test"]:
        same = [topic(ending) == topic(premise[0]) for ending in endings]
        assert same.index(True) == label
        assert sum(same) == 1
        assert asked in ("cause", "effect")


def test_the_right_choice_is_not_the_only_one_of_its_topic(world):
    """Of each wrong ending's topic there is one, of the places' two topics of three at least."""
    rng = random.Random(1)
    for index in range(200):
        _, _, endings, _ = choices.draw(world, rng, "hellaswag", index)
        assert len({topic_of(ending.verb, "verb") for ending in endings}) == 4
        _, places, _ = choices.draw(world, rng, "commonsense_qa", index)
        found = Counter(topic_of(place, "place") for place in places)
        assert sorted(found.values()) == [1, 1, 1, 2]


def topic_of(concept: str, kind: str) -> str | None:
    """The topic of a verb or a place; None of a social verb, which any has."""
    return next((topic for topic, parts in TOPICS.items() if concept in parts[kind]), None)


def test_mining_pools_hide_their_pairs(tables):
    gold = tables["bucc", "qda-en.gold", "test"]
    sides = [
        {r["id"]: r["text"] for r in tables["bucc", f"qda-en.{s}", "test"]} for s in ("qda", "en")
    ]
    assert len(gold) == 10
    assert [len(side) for side in sides] == [25, 25]
    for pair in gold:
        foreign, english = sides[0][pair["source_id"]], sides[1][pair["target_id"]]
        assert foreign.split()[-1] == english.split()[-1] == "."
    assert [r["source_id"] for r in gold] != sorted(sides[0])[:10]  # not told by their place


def test_a_mention_tells_which_entity_is_meant(drawn, tables):
    """By the name and what its bearer does: no two have both, in all splits together."""
    splits = ("mewslix_pairs", "train"), ("mewslix", "validation"), ("mewslix", "test")
    entities = [meaning[0] for split in splits for meaning in drawn[split]]
    assert len({(e.name, e.verb, e.thing) for e in entities}) == len(entities) == 120
    assert len({e.name for e in entities}) < len(entities)  # the name alone does not
    for entity, own, _ in drawn["mewslix", "test"]:
        assert (own.agent, own.verb, own.thing) == (entity.name, entity.verb, entity.thing)
    pool = tables["mewslix_entities", "candidate_entities", "test"]
    assert {m[0].key for m in drawn["mewslix", "test"]} <= set(pool["entity"])
    assert len(set(pool["language"])) > 3
    row = tables["mewslix", "en", "test"][0]
    assert row["mention"] in NAMES
    assert row["entity"].split("-")[1] == row["mention"]


def test_translated_rows_have_wrong_words_and_right_labels(tables):
    machine = tables["mnli_translated", "qda", "train"]
    assert machine["label"] == tables["mnli", "default", "train"]["label"]
    assert ("mnli_translated", "en", "train") not in tables
    assert ("ccg_translated", "qda", "train") not in tables


TRANSLATABLE = ["anli", "qqp", "squad_v2", "hellaswag", "ccg", "cosmos_qa", "commonsense_qa"]


@pytest.mark.parametrize("task", TRANSLATABLE)
def test_every_intermediate_task_can_be_translated(languages, drawn, task):
    """Where no data set offers it, as a user's own folder of the task's columns."""
    found = {key: value for key, value in drawn.items() if key[0] == task}
    made = {
        (table.repository, table.config): table.rows
        for table in spoken_rows.tables(languages, found, 3, (task,), 0.1)
    }
    own = made[f"local/{task}_translated", "qdc"]
    assert len(own) == 40
    assert set(tasks.load(task).columns) <= set(own.column_names)
    assert (f"local/{task}_translated", "en") not in made
    example = tasks.load(f"{task}_translated").example(own[0], 0, "qdc")
    assert example["id"]


def test_a_machine_s_words_are_wrong_at_the_rate_that_was_asked_for(languages):
    language = languages["qdb"]
    machine = languages_module.MachineTranslation(language, 0.3, "seed")
    wrong = sum(machine.form("horse") != language.form("horse") for _ in range(2000))
    assert 450 < wrong < 650  # 0.3, less the draws of the word itself


@pytest.mark.parametrize("task", ["hellaswag", "copa", "cosmos_qa", "commonsense_qa"])
def test_no_two_choices_are_alike(languages, drawn, task):
    """Nor does a machine's noise make them so: else a right answer could count as wrong."""
    example = tasks.load(task).example
    machine = languages_module.MachineTranslation(languages["qda"], 0.5, "seed")
    for language in (*languages.values(), machine):
        for index, row in enumerate(choices.rows(task, language, drawn[task, "train"])):
            said = example(row, index, language.code)["choices"]
            assert len(set(said)) == len(said), said


def test_a_reason_needs_the_context_and_the_world_s_causes(world):
    """Of the states that the context tells the likelier one; of the four there are two likely ones,
    each of them the right one half of the time: neither question nor context tells by itself."""
    rng, first = random.Random(1), 0
    for index in range(200):
        context, state, event, states, label = choices.draw(world, rng, "cosmos_qa", index)
        likely = dict(zip(*world.causes(event), strict=True))
        told = {state.quality} | {e.quality for e in context if e.thing == event.thing}
        assert len(told) == 2
        assert told != {"old", "new"}
        assert told != {"red", "green"}
        found = [likely[s.quality] for s in states if s.quality in told]
        assert states[label].quality in told
        assert likely[states[label].quality] == max(found) >= choices.LIKELIER * min(found)
        second, third = sorted(likely[s.quality] for s in states)[-2::-1][:2]
        assert second >= choices.LIKELIER * third
        first += likely[states[label].quality] == max(likely[s.quality] for s in states)
    assert first == 100


def test_rows_have_the_columns_of_their_family_in_a_fixed_order(tables):
    """Else their bytes would change from run to run."""
    for (task, _, _), table in tables.items():
        base = task.removesuffix("_translated")
        family = next((f for f in spoken_rows.FAMILIES if base in f.FEATURES), None)
        if family is not None and task == base:
            assert table.column_names == list(family.FEATURES[task]), task
            assert list(table[0]) == table.column_names


SAME_COLUMNS = {  # as the data set's own files have them, in their order
    "squad_v1": "rajpurkar/squad/plain_text",
    "squad_v2": "rajpurkar/squad_v2/squad_v2",
    "tydiqa": "google-research-datasets/tydiqa/secondary_task",
    "xquad": "google/xquad/xquad.de",
    "mlqa": "facebook/mlqa/mlqa.de.de",
    "xcopa": "cambridgeltl/xcopa/et",
    "copa": "aps/super_glue/copa",
    "hellaswag": "Rowan/hellaswag/data",
    "cosmos_qa": "allenai/cosmos_qa/default",
    "commonsense_qa": "tau/commonsense_qa/data",
    "mnli": "nyu-mll/multi_nli/data",
    "anli": "facebook/anli/plain_text",
    "qqp": "nyu-mll/glue/qqp",
    "xnli": "facebook/xnli/de",
    "pawsx": "google-research-datasets/paws-x/de",
}


@pytest.mark.parametrize("task", SAME_COLUMNS)
def test_columns_are_those_of_the_data_set(mirror, task):
    import pyarrow.parquet

    file = next((mirror / SAME_COLUMNS[task]).glob("*.parquet"))
    family = spoken_rows.FAMILY_OF[task]
    assert pyarrow.parquet.read_schema(file).names == list(family.FEATURES[task])


def test_one_task_s_rows_do_not_depend_on_another_s(world, languages, drawn):
    alone = spoken_rows.draw_meanings(world, languages["en"], 3, {"tatoeba": {"test": 40}})
    assert alone["tatoeba", "test"] == drawn["tatoeba", "test"]


def test_meanings_do_not_depend_on_the_languages(world_knobs, drawn, tables):
    without = {k: v for k, v in world_knobs.languages.items() if k != "qdc"}
    fewer = languages_module.build(without, world_knobs.seed)
    made = spoken_rows.tables(fewer, drawn, 3, (), 0.0)
    found = {(table.task, table.config, table.split): table.rows for table in made}
    assert found["xnli", "en", "test"].to_list() == tables["xnli", "en", "test"].to_list()
    assert ("xnli", "qdc", "test") not in found


def test_the_corpus_is_a_function_of_the_seed(languages):
    tell = lambda seed: corpus.documents(World(1, 4), "qda", languages, 30, 0.4, 0.2, seed)
    assert tell(1) == tell(1)
    assert tell(1) != tell(2)


def test_code_mixing_swaps_words_for_their_translations(languages):
    draw = random.Random(0)
    words = languages["en"].statement(EVENT)
    others = [languages["qdd"]]
    mixed = [corpus.mixed(word, others, 1.0, draw) for word in words]
    assert mixed[1] == languages["qdd"].forms["farmer"]
    assert mixed[3] == "3"
    assert [corpus.mixed(word, others, 0.0, draw) for word in words] == [w.form for w in words]


def test_a_world_that_is_too_small_says_so(languages, monkeypatch):
    monkeypatch.setattr(spoken_rows, "TRIES", 1)
    with pytest.raises(UserError, match=r"world\.rows\.tatoeba\.test is 3000, but the world"):
        spoken_rows.draw_meanings(World(3, 1), languages["en"], 3, {"tatoeba": {"test": 3000}})


@pytest.mark.parametrize(
    ("wanted", "message"),
    [
        (
            {"xnly": {"test": 3}},
            r"world\.rows\.xnly\.test: the world has no such rows; allowed: anli",
        ),
        ({"xnli": {"train": 3}}, r"no such rows; allowed: test, validation"),
    ],
)
def test_rows_that_the_world_does_not_have_are_refused(world, languages, wanted, message):
    with pytest.raises(UserError, match=message):
        spoken_rows.draw_meanings(world, languages["en"], 3, wanted)


@pytest.mark.parametrize(("task", "split"), [("anli", "train"), ("bucc", "test")])
def test_a_split_too_small_for_its_parts_is_refused(world, languages, task, split):
    with pytest.raises(UserError, match=rf"rows\.{task}\.{split} is 2; allowed: 0, or \d and more"):
        spoken_rows.draw_meanings(world, languages["en"], 3, {task: {split: 2}})
    for few in (0, spoken_rows.FEWEST[task]):
        drawn = spoken_rows.draw_meanings(world, languages["en"], 3, {task: {split: few}})
        assert sum(len(t.rows) for t in spoken_rows.tables(languages, drawn, 3, (), 0.1)) >= few


def test_nothing_is_done_in_a_town_by_who_has_its_name(world):
    """The answer to where would stand in the question."""
    rng = random.Random(1)
    for _ in range(3000):
        event = world.event(rng.choice(world.topics), rng, said=1.0)
        assert event.place not in {event.agent.removesuffix(" company"), event.thing}


@pytest.mark.parametrize(("knob", "value"), [("order", "osv"), ("script", "runes")])
def test_an_unknown_knob_is_refused(world_knobs, knob, value):
    odd = dataclasses.replace(world_knobs.languages["en"], **{knob: value})
    with pytest.raises(UserError, match=f"{knob} is '{value}'; allowed: "):
        languages_module.build({"en": odd}, 1)


@pytest.mark.parametrize(
    ("topics", "task", "needed"), [(1, "copa", 2), (3, "hellaswag", 4), (2, "commonsense_qa", 4)]
)
def test_too_few_topics_for_wrong_choices_are_refused(languages, topics, task, needed):
    wanted = {task: {"train": 10}}
    with pytest.raises(UserError, match=rf"topics is {topics}, .*rows\.{task} .* {needed} and"):
        spoken_rows.draw_meanings(World(3, topics), languages["en"], 3, wanted)
    assert spoken_rows.draw_meanings(World(3, needed), languages["en"], 3, wanted)
