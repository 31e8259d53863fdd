"""What is odd about the real data sets, each oddity on a few rows in the Hub's layout."""

import datasets
import pytest
from datasets import ClassLabel, Features, List, Value

from tests.conftest import fetch, revise
from tests.data.test_downloads import XNLI, nli, pawsx, question
from waystation import tasks
from waystation.base.errors import UserError
from waystation.data import examples, origins
from waystation.hub import client

pytestmark = pytest.mark.usefixtures("scratch")
XTREME = "google/xtreme"
TEXT = Value("string")


def test_numbers_of_rows_are_enforced_unless_the_source_is_a_sample(source, tmp_path, monkeypatch):
    prefix = source({XNLI: [nli(), nli(label=1)]})
    counts = fetch(prefix, "xnli", tmp_path / "out", limits={"test": 1})["splits"]["test"]["en"]
    assert (counts["source_rows"], counts["expected_rows"], counts["rows"]) == (2, 5010, 1)
    revise(monkeypatch, "xnli", rows={"test": {"en": 5010}})
    with pytest.raises(
        UserError, match=r"xnli', test, en: the source gives 2 rows, expected 5,010"
    ):
        fetch(prefix, "xnli", tmp_path / "out2", limits={"test": 1}, sampled=False)
    revise(monkeypatch, "xnli", rows={"test": {"en": 2}})
    assert fetch(prefix, "xnli", tmp_path / "out3", sampled=False)["absent"] == ["validation/en"]


def test_a_split_whose_size_is_known_must_be_there(source, tmp_path, monkeypatch):
    prefix = source({("facebook/xnli", "en", "test"): [nli()]})
    revise(monkeypatch, "xnli", rows={"test": {"en": 1}, "validation": {"en": 1}})
    with pytest.raises(UserError, match="facebook/xnli has no validation rows for 'en'"):
        fetch(prefix, "xnli", tmp_path / "out", sampled=False)
    assert fetch(prefix, "xnli", tmp_path / "out2")["absent"] == ["validation/en"]


def test_translated_rows_are_those_of_english_ids_in_any_language(source, tmp_path):
    """Training rows that a user had translated: ids tell English, and the training part."""
    rows = [
        {
            "id": f"english-{i}",
            "title": "",
            "context": "na Roma",
            "question": "kedu",
            "answers": {"text": ["Roma"], "answer_start": [3]},
        }
        for i in range(60)
    ]
    prefix = source({("local/tydiqa_translated", "yo", "train"): rows})
    counts = fetch(prefix, "tydiqa_translated", tmp_path / "out", ("yo",))["splits"]["train"]["yo"]
    assert counts["rows"] + counts["dropped"]["another split"] == 60
    assert counts["rows"] > 40
    assert "en" not in tasks.load("panx_translated").languages


def test_numbers_of_examples_are_enforced_too(source, tmp_path, monkeypatch):
    table = {("stanfordnlp/snli", "plain_text", "train"): [nli(), nli(label=-1), nli(label=2)]}
    prefix = source(table)
    revise(monkeypatch, "snli", rows={"train": 3})
    with pytest.raises(UserError, match="the source gives 2 examples, expected 549,367"):
        fetch(prefix, "snli", tmp_path / "out", sampled=False)
    revise(monkeypatch, "snli", kept_rows={"train": 2})
    counts = fetch(prefix, "snli", tmp_path / "out", sampled=False)["splits"]["train"]["en"]
    assert (counts["rows"], counts["dropped"]) == (2, {"no gold label": 1})
    assert counts["labels"] == {"contradiction": 1, "entailment": 1}


def anli_plus(sizes):
    """SNLI with a row without a label, MultiNLI, and ANLI's rounds."""
    snli, mnli, anli = (
        [nli(label=i % 3, premise=f"{name} {i}") for i in range(size)]
        for name, size in zip(("snli", "mnli", "anli"), sizes, strict=True)
    )
    tables = {("stanfordnlp/snli", "plain_text", "train"): [nli(label=-1), *snli]}
    tables["nyu-mll/multi_nli", "default", "train"] = mnli
    rounds = {f"train_r{r}": anli[r - 1 :: 3] for r in (1, 2, 3)}
    return tables | {("facebook/anli", "plain_text", split): rows for split, rows in rounds.items()}


def test_anli_plus_joins_three_repositories(source, tmp_path):
    prefix = source(anli_plus((4, 3, 6)))
    counts = fetch(prefix, "anli_plus", tmp_path / "out")
    assert list(counts["made_from"]) == ["stanfordnlp/snli", "nyu-mll/multi_nli", "facebook/anli"]
    told = counts["splits"]["train"]["en"]
    assert (told["rows"], told["source_rows"], told["dropped"]) == (13, 14, {"no gold label": 1})
    assert told["expected_rows"] == 550_152 + 392_702 + 162_865
    assert told["expected_examples"] == told["expected_rows"] - 785 == 1_104_934
    ids = [e["id"] for e in examples.read(tmp_path / "out/train/en.jsonl")]
    assert ids[:5] == ["snli-1", "snli-2", "snli-3", "snli-4", "mnli-0"]
    assert len(set(ids)) == 13


def test_a_limit_of_a_union_is_shared_in_proportion(source, tmp_path):
    prefix = source(anli_plus((79, 60, 20)))
    fetch(prefix, "anli_plus", tmp_path / "out", limits={"train": 16})
    ids = [e["id"] for e in examples.read(tmp_path / "out/train/en.jsonl")]
    parts = [sum(i.startswith(name) for i in ids) for name in ("snli", "mnli", "anli")]
    assert parts == [8, 6, 2]


def test_a_permuted_label_set_is_an_error(source, tmp_path):
    features = Features(
        {"premise": TEXT, "hypothesis": TEXT, "label": ClassLabel(names=["neutral", "b", "c"])}
    )
    rows = datasets.Dataset.from_list([nli()], features=features)
    with pytest.raises(UserError, match="'label' numbers the classes neutral, b, c; expected enta"):
        fetch(source({XNLI: rows}), "xnli", tmp_path / "out")
    features["label"] = ClassLabel(names=["entailment", "neutral", "contradiction"])
    rows = datasets.Dataset.from_list([nli()], features=features)
    fetch(source({XNLI: rows}), "xnli", tmp_path / "out")


def tagged(column, names, *rows):
    features = Features({"tokens": List(TEXT), column: List(ClassLabel(names=list(names)))})
    told = [{"tokens": tokens, column: tags} for tokens, tags in rows]
    return datasets.Dataset.from_list(told, features=features)


def test_universal_dependencies_own_order_of_tags_is_mapped_by_name(source, tmp_path):
    own = tasks.load("udpos_27").source_labels
    row = (["vámonos", "vamos", "nos", "."], ["_", "VERB", "PRON", "PUNCT"])
    repo = "universal-dependencies/universal_dependencies"
    tables = {
        (repo, treebank, "test"): tagged("upos", own, row)
        for treebank in ("pl_lfg", "pl_pdb", "pl_pud", "lt_alksnis", "lt_hse")
    }
    tables[repo, "pl_lfg", "train"] = tagged("upos", own, row)
    modern = tasks.load("udpos").labels
    tables[XTREME, "udpos.German", "test"] = tagged("pos_tags", modern, (["Ja"], ["INTJ"]))
    prefix = source(tables)
    counts = fetch(prefix, "udpos_r", tmp_path / "out", ("de", "lt", "pl"))
    labels = examples.read_description(tmp_path / "out").labels
    found = examples.read(tmp_path / "out/test/pl.jsonl")
    assert [labels[tag] for tag in found[0]["tags"]] == ["VERB", "PRON", "PUNCT"]
    assert found[0]["tokens"] == ["vamos", "nos", "."]
    rows = {code: told["rows"] for code, told in counts["splits"]["test"].items()}
    assert rows == {"de": 1, "lt": 2, "pl": 3}  # a row a treebank
    assert counts["splits"]["train"]["pl"]["rows"] == 1  # not every treebank has every split
    wrong = {(XTREME, "udpos.German", "test"): tagged("pos_tags", own, (["Ja"], ["INTJ"]))}
    with pytest.raises(UserError, match="'pos_tags' numbers the classes NOUN, PUNCT, ADP"):
        fetch(source(wrong), "udpos", tmp_path / "out2", ("de",))


def test_rows_of_ancient_languages_are_told(source, tmp_path, monkeypatch):
    rows = tagged("pos_tags", tasks.load("udpos").labels, (["ναι"], ["INTJ"]), (["οὐ"], ["ADV"]))
    prefix = source({(XTREME, "udpos.Greek", "test"): rows})
    counts = fetch(prefix, "udpos", tmp_path / "out", ("el",))["splits"]["test"]["el"]
    assert "mixed_with" not in counts  # these are not the Hub's 2,809 rows
    monkeypatch.setitem(tasks.load("udpos").rows["test"], "el", 2)
    own = {"test": 2}  # another part of the scratch folder
    counts = fetch(prefix, "udpos", tmp_path / "out2", ("el",), limits=own)["splits"]["test"]["el"]
    assert counts["mixed_with"] == "Ancient Greek"


def test_fifteen_languages_in_one_configuration_with_labels_as_text(source, tmp_path):
    def row(language, label):
        return {"language": language, "sentence1": language, "sentence2": "b", "gold_label": label}

    rows = [row("ar", "contradiction"), row("de", "neutral"), row("ar", "entailment")]
    counts = fetch(
        source({(XTREME, "XNLI", "test"): rows}), "xnli_xtreme", tmp_path / "out", ("ar", "de")
    )["splits"]["test"]
    assert counts["ar"]["labels"] == {"contradiction": 1, "entailment": 1}
    assert counts["de"]["dropped"] == {"another language": 2}
    assert counts["ar"]["expected_rows"] == 75_150
    assert counts["ar"]["expected_examples"] == 5010
    assert [e["label"] for e in examples.read(tmp_path / "out/test/ar.jsonl")] == [2, 0]
    rows = [row("de", "-")]
    with pytest.raises(UserError, match="id '0': label '-'; allowed: 0 to 2"):
        fetch(source({(XTREME, "XNLI", "test"): rows}), "xnli_xtreme", tmp_path / "o", ("de",))


def test_xtreme_s_pawsx_has_text_labels_and_placeholders(source, tmp_path):
    rows = [pawsx(0, "NS") | {"label": "0"}, pawsx(0, "x") | {"label": "1"}]
    tables = {(XTREME, "PAWS-X.de", split): rows for split in ("train", "test")}
    counts = fetch(source(tables), "pawsx_xtreme", tmp_path / "out", ("de",))["splits"]
    assert counts["train"]["de"]["labels"] == {"paraphrase": 1}
    assert counts["test"]["de"]["labels"] == {"different": 1, "paraphrase": 1}
    assert counts["train"]["de"]["expected_rows"] == 49_380


def sentences(source_sentence, target_sentence):
    told = {"source_sentence": source_sentence, "target_sentence": target_sentence}
    return told | {"source_lang": "zh-000000057", "target_lang": "en-000008530"}


def test_newlines_are_taken_off_xtreme_s_tatoeba(source, tmp_path):
    rows = [sentences("Ja.\n", "Yes.\n"), sentences("Nein.\n", "No.\n")]
    prefix = source({(XTREME, "tatoeba.deu", "validation"): rows})
    fetch(prefix, "tatoeba_xtreme", tmp_path / "out", ("de",))
    found = examples.read(tmp_path / "out/test/de.jsonl")
    assert found[0] == {"id": "0", "foreign": "Ja.", "english": "Yes."}


def test_gold_pairs_alone_are_retrieval_and_not_mining(source, tmp_path):
    rows = [sentences("a", "b"), sentences("a", "c")]
    tables = {(XTREME, "bucc18.zh", split): rows for split in ("validation", "test")}
    prefix = source(tables)
    counts = fetch(prefix, "bucc_gold", tmp_path / "out", ("zh",))["splits"]
    assert counts["test"]["zh"]["rows"] == 2
    assert examples.read_description(tmp_path / "out").type == "retrieval"
    with pytest.raises(UserError, match=r"no folder .*bucc2018.*only the accuracy of .* bucc_gold"):
        fetch(prefix, "bucc", tmp_path / "out2", ("zh",))


def test_revisions_are_told_and_whether_anybody_named_them(tmp_path, monkeypatch, capsys):
    rows = datasets.Dataset.from_list([{"sentence1": "Ja.", "sentence2": "Yes."}])
    found = {"unpinned": "c" * 40}
    monkeypatch.setattr(
        client, "resolve", lambda repository, revision, kind: found.get(revision, revision)
    )
    monkeypatch.setattr(client, "rows_revision", lambda repository, commit: commit)
    asked = []
    monkeypatch.setattr(client, "load_rows", lambda *call: asked.append(call) or rows)
    tatoeba = tasks.load("tatoeba")
    repository, pinned = tatoeba.repository, tatoeba.revision
    told = fetch("hub", "tatoeba", tmp_path / "out", ("de",))
    assert told["made_from"] == {repository: {"revision": pinned, "pinned": True}}
    assert f"revision {pinned}\n" in capsys.readouterr().out
    assert asked[0][:4] == (repository, "deu-eng", "test", pinned)
    revise(monkeypatch, "tatoeba", revision="unpinned")
    told = fetch("hub", "tatoeba", tmp_path / "out2", ("de",))
    assert told["made_from"]["mteb/tatoeba-bitext-mining"] == {
        "revision": "c" * 40,
        "pinned": False,
    }
    assert "(unpinned: where its main branch was)" in capsys.readouterr().out


def test_what_the_hub_may_move_is_noted_and_read_again(monkeypatch):
    """The conversion of a pinned data set with a script moves; a pinned one with rows does not."""
    commits, conversions = {}, iter(["c1", "c2"])
    monkeypatch.setattr(client, "resolve", lambda repository, revision, kind: revision)
    moved = lambda repository, commit: commit if repository == "a/rows" else next(conversions)
    monkeypatch.setattr(client, "rows_revision", moved)
    assert origins.commit_of("a/rows", "f" * 40, commits) == "f" * 40
    assert commits == {}
    for _ in range(2):
        assert origins.commit_of("a/script", "e" * 40, commits) == "c1"
    assert commits == {f"a/script@{'e' * 40}": "c1"}


def test_an_error_in_tables_that_are_joined_names_the_rows(source, tmp_path):
    repo, empty = "google-research-datasets/xquad_r", {"text": [], "answer_start": []}
    asked = {"id": "a", "question": "", "context": "x", "answers": empty, "title": ""}
    paragraph = {"context": "x", "id": ["a"], "sentence_breaks": [[0, 1]]}
    rows = {(repo, "de", "validation"): [asked], ("local/lareqa", "de", "validation"): [paragraph]}
    with pytest.raises(UserError, match="task 'lareqa', test, de: a list is too short"):
        fetch(source(rows), "lareqa", tmp_path / "out", ("de",))


def test_local_data_may_lie_beside_the_hub(source, tmp_path):
    row = {"id": "a", "tokens": ["a"], "supertags": ["N"]}
    prefix = source(
        {("local/ccgbank", "default", split): [row] for split in ("train", "validation")}
    )
    counts = fetch("hub", "ccg", tmp_path / "out", local=str(prefix / "local"))
    assert counts["splits"]["train"]["en"]["labels"] == {"N": 1}


def test_rows_of_each_language_are_counted_where_one_configuration_holds_all(
    source, tmp_path, monkeypatch
):
    task = tasks.load("tydiqa")
    row = {"title": "", "context": "In Rome.", "question": "where ?"}
    row |= {"answers": {"text": ["Rome"], "answer_start": [3]}}
    ids = ("korean-1", "korean-2", "swahili-1")
    config = (task.repository, "secondary_task", "validation")
    prefix = source({config: [row | {"id": i} for i in ids]})
    revise(monkeypatch, "tydiqa", rows={"test": 3})
    with pytest.raises(UserError, match="gives 2 rows of this language, expected 276"):
        fetch(prefix, "tydiqa", tmp_path / "out", ("ko",), sampled=False)
    revise(monkeypatch, "tydiqa", language_rows={"test": {"ko": 2}})
    counts = fetch(prefix, "tydiqa", tmp_path / "out", ("ko",), sampled=False)["splits"]
    assert counts["test"]["ko"]["rows"] == 2


def test_tydiqa_s_rows_by_language_add_up():
    task = tasks.load("tydiqa")
    assert set(task.language_rows["test"]) == set(task.languages)
    assert sum(task.language_rows["test"].values()) == task.rows["test"]
    train = task.language_rows["train"]
    assert sum(train.values()) < task.rows["train"]  # six languages are not known


def test_tydiqa_s_shifted_answers_are_repaired(source, tmp_path):
    rows = [question(12) | {"id": f"korean-{i}"} for i in range(30)]
    repo, config = tasks.load("tydiqa").repository, "secondary_task"
    prefix = source({(repo, config, split): rows for split in ("train", "validation")})
    counts = fetch(prefix, "tydiqa", tmp_path / "out", ("ko",))["splits"]
    assert counts["test"]["ko"]["answers_repaired"] == 30
    assert sum(counts[s]["ko"]["answers_repaired"] for s in ("train", "validation")) == 30


def test_a_question_in_another_language_than_its_text(source, tmp_path):
    tables = {("facebook/mlqa", "mlqa.de.en", "test"): [question(14)]}
    counts = fetch(
        source(tables), "mlqa_cross", tmp_path / "out", (), limits={"languages": ("de-en",)}
    )
    assert counts["splits"]["test"]["de-en"]["expected_rows"] == 4517
    from waystation.metrics import mlqa

    assert mlqa.normalized_tokens("das Haus", "de-en") == ["haus"]  # the text's articles


def test_a_row_that_cannot_be_read_is_named(source, tmp_path):
    row = dict.fromkeys(("context", "question", "answerA", "answerB", "answerC"), "a")
    table = {("allenai/social_i_qa", "default", "train"): [row | {"label": ""}]}
    with pytest.raises(UserError, match=r"train, en, row 0: label "):
        fetch(source(table), "social_i_qa", tmp_path / "out")
    table = {("allenai/social_i_qa", "default", "train"): [row | {"label": "0"}]}
    with pytest.raises(UserError, match="label -1; allowed: 0 to 2"):
        fetch(source(table), "social_i_qa", tmp_path / "out")


def test_a_download_cut_short_goes_on_where_it_stopped(source, tmp_path, monkeypatch):
    prefix = source({(XTREME, f"XQuAD.{c}", "validation"): [question(14)] for c in ("de", "el")})
    real, read = client.load_rows, []

    def load_rows(repository, config, *more):
        if read == ["XQuAD.de"] and config == "XQuAD.el":
            read.append("cut")
            raise KeyboardInterrupt
        read.append(config)
        return real(repository, config, *more)

    monkeypatch.setattr(client, "load_rows", load_rows)
    with pytest.raises(KeyboardInterrupt):
        fetch(prefix, "xquad_xtreme", tmp_path / "out", ("de", "el"))
    assert not (tmp_path / "out").exists()
    counts = fetch(prefix, "xquad_xtreme", tmp_path / "out", ("de", "el"))
    assert read == ["XQuAD.de", "cut", "XQuAD.el"]
    assert list(counts["splits"]["test"]) == ["de", "el"]
    source({(XTREME, f"XQuAD.{c}", "validation"): [question(12)] for c in ("de", "el")})
    counts = fetch(prefix, "xquad_xtreme", tmp_path / "out2", ("de", "el"))
    assert counts["splits"]["test"]["de"]["answers_repaired"] == 1  # other rows are read again


def test_a_part_that_was_cut_is_made_anew(source, tmp_path, monkeypatch):
    prefix = source({XNLI: [nli(premise=str(i)) for i in range(5)]})
    real = tasks.load("xnli").example

    def example(row, index, language):
        if index == 3:
            raise KeyboardInterrupt
        return real(row, index, language)

    revise(monkeypatch, "xnli", example=example)
    with pytest.raises(KeyboardInterrupt):
        fetch(prefix, "xnli", tmp_path / "out")
    revise(monkeypatch, "xnli", example=real)
    assert fetch(prefix, "xnli", tmp_path / "out")["splits"]["test"]["en"]["rows"] == 5


def test_lengths_in_characters_and_words():
    from waystation.data.tally import WORD, Tally

    assert WORD.findall("Don't stop, 3.5 km!") == ["Don", "t", "stop", "3", "5", "km"]
    assert WORD.findall("हिन्दी भाषा।") == ["हिन्दी", "भाषा"]
    assert WORD.findall("我爱 NLP。カタ") == ["我", "爱", "NLP", "カ", "タ"]
    assert len(WORD.findall("ที่นี่")) == 6
    assert WORD.findall("한국어 문장") == ["한국어", "문장"]
    tally = Tally()
    for length in range(1, 41):
        tally.add({"text": "a " * length}, ["x"])
    told = tally.statistics()
    assert (told["words_median"], told["words_max"]) == (20, 40)
    assert (told["characters_p95"], told["characters_max"]) == (76, 80)
    assert told["labels"] == {"x": 40}
