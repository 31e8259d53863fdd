"""The align stage: pooling, debiased CKA, mining, the language probe, and the whole output."""

import itertools
import json
import re
import sys

import pytest
import torch

from stages import align
from tests.conftest import ROOT
from waystation.alignment import language_probe, measures, mining, retrieval
from waystation.alignment.cka import ROWS, cka
from waystation.alignment.miner import Miner
from waystation.alignment.mining import Candidate
from waystation.alignment.nearest import nearest
from waystation.alignment.vectors import EVERY_TOKEN, SentenceEncoder, emptied, shared_tokens
from waystation.base.errors import UserError
from waystation.data import examples
from waystation.encoder.checkpoint import write_encoder
from waystation.encoder.encoder import MaskedLanguageHead
from waystation.encoder.tokenizer import BOS, EOS, UNK
from waystation.files import checksum, write_json


def gaussian(seed: int, *size: int) -> torch.Tensor:
    return torch.randn(*size, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(autouse=True)
def _one_thread():
    """Small products wait for one another on more."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture
def folder(tmp_path, encoder, word_tokenizer, config):
    """A tiny random encoder with its tokenizer on disk."""
    write_encoder(tmp_path / "encoder", encoder, MaskedLanguageHead(config))
    word_tokenizer.save(str(tmp_path / "encoder" / "tokenizer.json"))
    return tmp_path / "encoder"


# Pooling


def test_every_pooling_of_every_layer_equals_a_sentence_alone(folder):
    """Batched with others and in one pass, or alone: the mean of the kept tokens' states."""
    from waystation.encoder.encoder import Packed

    reader = SentenceEncoder(folder, batch_tokens=20)
    ids = reader.tokens(["the old horse .", "Anna read the book .", "who did feed the horse ?"])
    left_out = {BOS, EOS, ids[0][1]}
    every, some = reader.vectors(ids, [EVERY_TOKEN, left_out], folder)
    assert every.shape == some.shape == (3, 3, 32)
    assert not list(folder.glob("*.bin"))  # the files go with the tensors
    for row, sequence in enumerate(ids):
        kept = [token not in left_out for token in sequence]
        for layer, states in enumerate(reader.encoder.layers(Packed([sequence]))):
            assert torch.allclose(every[layer, row], states.mean(0), atol=1e-5)
            assert torch.allclose(some[layer, row], states[kept].mean(0), atol=1e-5)


def test_shared_tokens_are_those_of_both_sides_and_special_ones():
    foreign, english = [[BOS, 10, 11, EOS], [BOS, 12, EOS]], [[BOS, 20, EOS], [BOS, 11, EOS]]
    shared = shared_tokens(foreign, english, [BOS, EOS, UNK])
    assert shared & {10, 11, 12, 20} == {11}  # 11 stands in different pairs: shared all the same
    assert {BOS, EOS, UNK} <= shared


def test_a_pair_that_shares_nothing_but_a_name_is_not_found_without_it(folder):
    """Both sides of pair 0 are the name alone: nothing is left, and nothing can find it."""
    reader = SentenceEncoder(folder, batch_tokens=4096)
    foreign = reader.tokens(["Anna", "barn", "horse", "old"])
    english = reader.tokens(["Anna", "kitchen", "book", "red"])
    shared = shared_tokens(foreign, english, reader.special.frame)
    found = [reader.vectors(ids, [EVERY_TOKEN, shared], folder) for ids in (foreign, english)]
    lost = emptied(foreign, shared) | emptied(english, shared)
    assert lost.tolist() == [True, False, False, False]
    (x, x_unshared), (y, _) = found
    assert torch.equal(x_unshared[:, 0], torch.zeros(3, 32))
    last = measures.measure(x[2], y[2], 2)
    assert last["cosine_to_english_percent"] >= 25
    # Without the name pair 0 fails in every direction; made to translate, the others are found.
    told = retrieval.accuracies(x_unshared[2], x_unshared[2], 2, "unshared_", lost)
    assert set(told.values()) == {75.0}
    assert set(told) >= {"unshared_cosine_from_english_percent"}


# Debiased CKA


def test_cka_is_one_for_the_same_vectors_and_sees_no_rotation_scale_or_shift():
    x = gaussian(0, 60, 8)
    rotation = torch.linalg.qr(gaussian(1, 8, 8)).Q
    assert cka(x, x) == pytest.approx(1, abs=1e-12)
    assert cka(x, 3 * x @ rotation + 5) == pytest.approx(1, abs=1e-5)
    assert cka(x, x[:, :4]) < 0.95


def test_cka_by_the_published_formula():
    """Song et al. 2012, equation 5, term by term."""

    def hsic(k, L):
        n, ones = len(k), torch.ones(len(k), dtype=torch.float64)
        terms = (k @ L).trace() + (ones @ k @ ones) * (ones @ L @ ones) / ((n - 1) * (n - 2))
        return (terms - 2 / (n - 2) * (ones @ k @ L @ ones)) / (n * (n - 3))

    x, y = gaussian(0, 12, 5), gaussian(1, 12, 7) + gaussian(0, 12, 5).sum(1, keepdim=True)
    k, L = ((v.double() @ v.double().T).fill_diagonal_(0) for v in (x, y))
    assert cka(x, y) == pytest.approx(float(hsic(k, L) / (hsic(k, k) * hsic(L, L)).sqrt()))


def test_cka_of_independent_vectors_is_near_zero_where_the_biased_one_is_not():
    x, y = gaussian(0, 50, 200), gaussian(1, 50, 200)
    a, b = x - x.mean(0), y - y.mean(0)
    biased = (a.T @ b).norm() ** 2 / ((a.T @ a).norm() * (b.T @ b).norm())
    assert biased > 0.7
    draws = [cka(gaussian(s, 50, 200), gaussian(s + 100, 50, 200)) for s in range(20)]
    assert abs(sum(draws) / 20) < 0.02


def test_cka_of_many_rows_compares_evenly_spaced_ones():
    x, y = gaussian(0, 3 * ROWS, 4), gaussian(1, 3 * ROWS, 4)
    y[: ROWS // 2] = x[: ROWS // 2]
    y[-ROWS // 2 :] = x[-ROWS // 2 :]
    # A third of the rows is alike, and HSIC sees pairs of them; of the first ROWS it is a half.
    assert cka(x, y) == pytest.approx(1 / 9, abs=0.03)


def test_cka_needs_four_sentences_and_knows_constant_vectors():
    with pytest.raises(UserError, match="got 3 sentences"):
        cka(torch.eye(3), torch.eye(3))
    assert cka(torch.ones(5, 2), gaussian(0, 5, 2)) == 0


# Mining


def brute_force(x, y, k):
    """The whole matrix: best margin among the k nearest, both ways, then greedily."""
    similarity = torch.nn.functional.normalize(x) @ torch.nn.functional.normalize(y).T
    rows, columns = similarity.topk(k, 1), similarity.topk(k, 0)
    margin = similarity / ((rows.values.mean(1)[:, None] + columns.values.mean(0)[None]) / 2)
    proposed = []
    for i in range(len(x)):
        proposed.append(max((float(margin[i, j]), i, int(j)) for j in rows.indices[i]))
    for j in range(len(y)):
        proposed.append(max((float(margin[i, j]), int(i), j) for i in columns.indices[:, j]))
    found = []
    for score, i, j in sorted(proposed, reverse=True):
        if all(i != a and j != b for (a, b), _ in found):
            found.append(((i, j), score))
    return found


@pytest.mark.parametrize("cells", [1, 7**2, 40 * 53, 2**24])
def test_mining_in_tiles_equals_the_whole_matrix(cells):
    x = gaussian(0, 40, 6)
    y = torch.cat([x[:25] + 0.3 * gaussian(1, 25, 6), gaussian(2, 28, 6)])
    expected = brute_force(x, y, 4)
    found = mining.candidates(nearest(x, y, 4, cells=cells))
    assert [c.pair for c in found] == [pair for pair, _ in expected]
    assert [c.score for c in found] == pytest.approx([score for _, score in expected], rel=1e-5)


def test_pools_smaller_than_the_neighbourhood():
    x = gaussian(0, 2, 6)
    assert {c.pair for c in mining.candidates(nearest(x, x.flip(0), 4))} == {(0, 1), (1, 0)}
    assert [c.pair for c in mining.candidates(nearest(x[:1], x, 4))] == [(0, 0)]


def test_margins_worked_by_hand():
    """k = 1; cosines [[1, .6], [.8, 0]]. Row means 1, .8; column means 1, .6.

    Proposals: (0, 0) 1/1, (1, 0) .8/.9; from the columns (0, 0) again and (0, 1) .6/.8.
    """
    x = torch.tensor([[1.0, 0.0], [0.8, -0.6]])
    y = torch.tensor([[1.0, 0.0], [0.6, 0.8]])
    found = mining.candidates(nearest(x, y, 1))
    assert [c.pair for c in found] == [(0, 0)]  # 0 and 0 are taken: the others lose a side
    assert found[0].score == pytest.approx(1)
    proposed = mining.one_to_one(
        torch.tensor([0, 1, 1]), torch.tensor([0, 0, 1]), torch.tensor([0.9, 1.2, 0.7])
    )
    assert [(c.pair, round(c.score, 3)) for c in proposed] == [((1, 0), 1.2)]


def found(*scores):
    """Candidates (0, 0), (1, 1), ... with these scores."""
    return [Candidate((i, i), score) for i, score in enumerate(scores)]


def test_the_threshold_of_the_development_split_is_applied_to_the_test_split():
    """Development: right, right, wrong, right, wrong; 4 gold pairs. F1 after 2 is 4/6, after 4
    6/8: best; halfway between 1.1 and 1.0. Test: three reach 1.05, two of them right, of 5."""
    gold = {(0, 0), (1, 1), (3, 3), (9, 9)}
    threshold = mining.best_threshold(found(1.5, 1.4, 1.2, 1.1, 1.0), gold)
    assert threshold == pytest.approx(1.05)
    gold = {(0, 0), (2, 2), (3, 3), (4, 4), (5, 5)}
    told = mining.score(found(2.0, 1.3, 1.06, 1.04, 0.9), gold, threshold)
    assert told["precision_percent"] == pytest.approx(200 / 3)
    assert told["recall_percent"] == pytest.approx(40)
    assert told["f1_percent"] == pytest.approx(50)


def test_thresholds_at_the_edges():
    assert mining.best_threshold(found(1.3, 1.2), {(0, 0), (1, 1)}) == 1.2  # all are taken
    assert mining.best_threshold(found(1.3, 1.2), {(5, 6)}) == 0  # none is right
    assert mining.score(found(1.3, 1.2), {(0, 0), (1, 1)}, 1.2)["f1_percent"] == 100
    # No threshold parts equal scores: parting them would promise 2/3 and give 2/5.
    assert mining.best_threshold(found(1.3, 1.3, 1.3, 1.2), {(0, 0), (3, 3)}) == 1.2
    nothing = mining.score(found(1.0), {(0, 0)}, 2.0)
    assert set(nothing.values()) == {0}


def test_chance_of_mining_is_the_mean_over_all_one_to_one_pairs():
    gold = {(0, 0), (2, 3)}
    scores = [
        mining.score([Candidate(pair, 1.0) for pair in enumerate(order)], gold, 0.0)["f1_percent"]
        for order in itertools.permutations(range(4), 3)
    ]
    assert mining.chance(2, 3, 4) == pytest.approx(sum(scores) / len(scores))
    assert mining.chance(2, 4, 3) == mining.chance(2, 3, 4)


def mining_rows(pairs: dict[str, str], foreign: list[str], english: list[str]) -> list[dict]:
    """Rows of gold pairs {foreign: English} and of sentences without a translation."""
    rows = []
    for number, (there, here) in enumerate(pairs.items()):
        names = f"x-{number}", f"en-{number}"
        rows.append({"id": names[0], "side": "foreign", "text": there, "pairs": [names[1]]})
        rows.append({"id": names[1], "side": "english", "text": here, "pairs": [names[0]]})
    for side, texts in (("foreign", foreign), ("english", english)):
        rows += [
            {"id": f"{side}-{i}", "side": side, "text": text, "pairs": []}
            for i, text in enumerate(texts)
        ]
    return rows


def test_a_repeated_text_is_one_of_its_pool_and_never_proposed(tmp_path):
    file = tmp_path / "x.jsonl"
    examples.write(file, mining_rows({"a": "A", "b": "B"}, ["a", "c"], ["D"]))
    pools = mining.read_pools(file)
    assert pools.rows == {"foreign": 4, "english": 3}
    assert list(pools.texts["foreign"]) == ["a", "b", "c"]
    assert pools.gold == {("x-0", "en-0"), ("x-1", "en-1")}
    named = pools.named([Candidate((0, 0), 1.2), Candidate((1, 1), 1.1)])
    assert named == [Candidate(("x-1", "en-1"), 1.1)]


def test_a_gold_pair_without_its_row_is_named(tmp_path):
    rows = mining_rows({"a": "A", "b": "B"}, [], [])
    examples.write(tmp_path / "x.jsonl", rows[:-1])
    with pytest.raises(UserError, match="no english row 'en-1'"):
        mining.read_pools(tmp_path / "x.jsonl")


# The language probe


def parallel(languages: str, count: int) -> dict[str, list[dict]]:
    return {
        code: [{"foreign": f"{code}{i}", "english": f"en{i}"} for i in range(count)]
        for code in languages
    }


def test_translations_of_a_sentence_are_in_one_half():
    """The same English sentence may stand in other rows of other languages, as in Tatoeba."""
    pairs = parallel("ab", 30)
    pairs["b"] = [*pairs["b"][7:], {"foreign": "b", "english": "alone"}]
    seen = language_probe.sentences(pairs)
    halves: dict[str, set[int]] = {}
    for sentence in seen:
        text = pairs[sentence.pairs][sentence.row]["english"]
        halves.setdefault(text, set()).add(sentence.half)
    assert all(len(found) == 1 for found in halves.values())
    assert {half for found in halves.values() for half in found} == {0, 1}


def test_the_probe_sees_each_english_text_once_and_no_more_of_it_than_of_others():
    pairs = parallel("ab", 10)
    pairs["c"] = [{"foreign": f"c{i}", "english": f"other{i}"} for i in range(20)]
    seen = language_probe.sentences(pairs, rows=12)
    counts = {code: sum(s.language == code for s in seen) for code in ("a", "b", "c", "en")}
    assert counts == {"a": 10, "b": 10, "c": 12, "en": 12}
    texts = [pairs[s.pairs][s.row]["english"] for s in seen if s.language == "en"]
    assert len(set(texts)) == 12
    assert {"en0", "other0"} <= set(texts)  # English of all pairs, not of the first language's


def test_the_probe_reads_what_is_there_and_not_what_is_not():
    seen = language_probe.sentences(parallel("abcd", 100))
    number = torch.tensor([["a", "b", "c", "d", "en"].index(s.language) for s in seen])
    noise = gaussian(0, len(seen), 16)
    assert language_probe.chance(seen) == 20
    assert language_probe.accuracy(noise + 8 * gaussian(1, 5, 16)[number], seen) == 100
    shuffled = number[torch.randperm(len(seen), generator=torch.Generator().manual_seed(2))]
    assert language_probe.accuracy(noise + 8 * gaussian(1, 5, 16)[shuffled], seen) < 32


def test_what_a_translation_means_does_not_help_the_probe():
    """Vectors hold the sentence and no language: straddling halves could not exceed chance."""
    seen = language_probe.sentences(parallel("abcd", 100))
    vectors = gaussian(0, 100, 16)[[sentence.row for sentence in seen]]
    assert language_probe.accuracy(vectors, seen) == pytest.approx(20, abs=1)


# The whole


WORDS = "the farmer feed old horse barn Anna read book baker cut red onion kitchen"


def sentences(seed: int, count: int) -> list[str]:
    words = WORDS.split()
    draw = torch.randint(14, (count, 5), generator=torch.Generator().manual_seed(seed))
    return [" ".join(words[i] for i in row) for row in draw.tolist()]


@pytest.fixture
def tasks(tmp_path):
    """A retrieval and a mining task of one language that is English said backwards."""
    folder = tmp_path / "tasks"
    for name, kind in (("tatoeba", "retrieval"), ("bucc", "mining"), ("xnli", "classification")):
        told = {"name": name, "type": kind, "metrics": [], "labels": [], "chance_percent": None}
        told |= {"trained_on": None, "xtreme": {"bucc": "bucc2018"}.get(name, name)}
        write_json(folder / name / "task.json", told)
    pairs = [
        {"id": str(i), "foreign": " ".join(text.split()[::-1]), "english": text}
        for i, text in enumerate(sentences(0, 20))
    ]
    examples.write(folder / "tatoeba" / "test" / "qda.jsonl", pairs)
    for seed, split in enumerate(("validation", "test"), 1):
        found = sentences(seed, 40)
        gold = {" ".join(text.split()[::-1]): text for text in found[:20]}
        rows = mining_rows(gold, found[20:30], found[30:])
        examples.write(folder / "bucc" / split / "qda.jsonl", rows)
    return folder


def run_stage(
    monkeypatch, tmp_path, folder, tasks, names: list[str], pretrained=None, development="[]"
) -> str:
    """`python -m stages.align` in this process; the written JSON's text."""
    files = [file for name in names for file in sorted((tasks / name).rglob("*.json*"))]
    rows = {str(file.relative_to(tasks)): checksum(file) for file in files}
    write_json(tmp_path / "plan.json", {"tasks": names, "files": rows})
    (tmp_path / "code").write_text("code\n")
    params = (ROOT / "params.yaml").read_text()
    params = re.sub(r"(development_languages:) .*", rf"\1 {development}", params)
    (tmp_path / "params.yaml").write_text(params)
    told = {"params": tmp_path / "params.yaml", "model": "pico", "recipe": "none"}
    told |= {"code": tmp_path / "code", "plan": tmp_path / "plan.json", "tasks": tasks}
    told |= {
        "encoder": folder,
        "pretrained": pretrained or folder,
        "scores": tmp_path / "scores.json",
        "predictions": tmp_path / "predictions",
    }
    monkeypatch.chdir(tmp_path)
    arguments = [part for key, value in told.items() for part in (f"--{key}", str(value))]
    monkeypatch.setattr(sys, "argv", ["align.py", *arguments])
    align.main()
    return (tmp_path / "scores.json").read_text()


def test_the_stage_writes_every_measure_and_the_same_bytes_again(
    monkeypatch, tmp_path, folder, tasks, capsys
):
    runs = [run_stage(monkeypatch, tmp_path, folder, tasks, ["tatoeba", "bucc"]) for _ in range(2)]
    assert runs[0] == runs[1]
    told = json.loads(runs[0])
    assert set(told) == {
        *("model", "recipe", "tasks", "mining", "language_identity", "made_from"),
        *("protocol_layer", "relative_layer", "development"),
    }
    assert (told["protocol_layer"], told["relative_layer"]) == (1, 1)
    assert told["development"] == {"tatoeba": None, "bucc": None}  # there are no such languages
    retrieved = told["tasks"]["tatoeba"]["qda"]
    assert retrieved["n"] == 20
    assert retrieved["unshared_empty"] == 40  # all words are shared with English
    assert [layer["layer"] for layer in retrieved["layers"]] == [0, 1, 2]
    for layer in retrieved["layers"]:
        assert layer["unshared_cosine_to_english_percent"] == 0
        assert layer["cka_to_pretrained"] == 1  # the encoder is the pretrained one
        assert 0 < layer["cka_to_english"] < 1
        assert layer["margin_to_english_percent"] > 50  # the same words in another order
        assert layer["no_special_cosine_from_english_percent"] > 50
    mined = told["mining"]["bucc"]["qda"]
    assert [mined[k] for k in ("n_gold", "foreign_sentences", "english_sentences")] == [20, 30, 30]
    assert mined["chance_percent"] == 2.6667  # 20 / 30 right of 30 mined and 20 gold pairs
    assert [layer["layer"] for layer in mined["layers"]] == [0, 1, 2]
    assert all(layer["f1_percent"] > 50 for layer in mined["layers"])
    assert all(layer["no_special_f1_percent"] > 50 for layer in mined["layers"])
    assert told["language_identity"]["n"] == 20
    assert told["language_identity"]["chance_percent"] == 50
    assert "tatoeba" in capsys.readouterr().out


def test_the_pretrained_encoder_is_what_it_is_compared_with(
    monkeypatch, tmp_path, folder, tasks, config
):
    from shutil import copy

    from waystation.encoder.encoder import new_encoder

    other = new_encoder(config, torch.Generator().manual_seed(1))
    write_encoder(tmp_path / "other", other, MaskedLanguageHead(config))
    copy(folder / "tokenizer.json", tmp_path / "other")
    same, changed = (
        json.loads(run_stage(monkeypatch, tmp_path, folder, tasks, ["tatoeba"], before))
        for before in (folder, tmp_path / "other")
    )
    for a, b in zip(*(run["tasks"]["tatoeba"]["qda"]["layers"] for run in (same, changed))):
        assert b["cka_to_pretrained"] < 0.999
        assert b | {"cka_to_pretrained": 1.0} == a  # nothing else depends on it


def test_the_threshold_never_sees_the_test_split(folder, tasks, tmp_path):
    miner = Miner(SentenceEncoder(folder, batch_tokens=4096), [0, 1, 2], 4, tmp_path)
    tuned, peeked = ({}, {})
    for split, thresholds in (("validation", tuned), ("test", peeked)):
        pools = mining.read_pools(tasks / "bucc" / split / "qda.jsonl")
        for (layer, pooling), found in miner.candidates(pools, tmp_path / split):
            thresholds[layer, pooling] = round(mining.best_threshold(found, pools.gold), 6)
    told = miner.mine(tasks / "bucc", "qda")["scores"]["layers"]
    assert [layer["threshold"] for layer in told] == [tuned[i, ""] for i in range(3)]
    wanted = [tuned[i, "no_special_"] for i in range(3)]
    assert [layer["no_special_threshold"] for layer in told] == wanted
    assert tuned != peeked


def test_another_type_of_task_is_refused(monkeypatch, tmp_path, folder, tasks, capsys):
    with pytest.raises(SystemExit):
        run_stage(monkeypatch, tmp_path, folder, tasks, ["xnli"])
    assert "'classification'; allowed: retrieval, mining" in capsys.readouterr().err


def test_mining_needs_the_development_split(monkeypatch, tmp_path, folder, tasks, capsys):
    (tasks / "bucc" / "validation" / "qda.jsonl").unlink()
    with pytest.raises(SystemExit):
        run_stage(monkeypatch, tmp_path, folder, tasks, ["bucc"])
    assert "validation/qda.jsonl is missing" in capsys.readouterr().err


def test_what_is_found_is_written_in_the_form_of_xtreme(monkeypatch, tmp_path, folder, tasks):
    told = json.loads(run_stage(monkeypatch, tmp_path, folder, tasks, ["tatoeba", "bucc"]))
    home, layer = tmp_path / "predictions", told["protocol_layer"]
    pairs = examples.read(tasks / "tatoeba" / "test" / "qda.jsonl")
    # The English sentences sorted, each with the place of the foreign one in the data set.
    gold = sorted(range(20), key=lambda place: pairs[place]["english"])
    found = (home / "tatoeba" / "test-qda.tsv").read_text().split("\n")
    assert found.pop() == ""
    right = sum(int(a) == b for a, b in zip(found, gold, strict=True))
    scores = told["tasks"]["tatoeba"]["qda"]["layers"][layer]
    assert 100 * right / 20 == scores["cosine_from_english_percent"]
    assert found != [str(place) for place in sorted(gold)]
    # The mined pairs above the threshold of the development split: their F1 is that of the scores.
    mined = [tuple(line.split("\t")) for line in (home / "bucc2018/test-qda.tsv").open()]
    mined = {(foreign, english.rstrip("\n")) for foreign, english in mined}
    gold = mining.read_pools(tasks / "bucc" / "test" / "qda.jsonl").gold
    f1 = 200 * len(mined & gold) / (len(mined) + len(gold))
    scores = told["mining"]["bucc"]["qda"]["layers"][layer]
    assert f1 == pytest.approx(scores["f1_percent"], abs=1e-3)


def test_gold_pairs_alone_are_not_mined(monkeypatch, tmp_path, folder, tasks, capsys):
    for split in ("validation", "test"):
        file = tasks / "bucc" / split / "qda.jsonl"
        rows = [row for row in examples.read(file) if row["pairs"]]
        examples.write(file, rows)
    with pytest.raises(SystemExit):
        run_stage(monkeypatch, tmp_path, folder, tasks, ["bucc"])
    assert "name bucc_gold instead of bucc" in capsys.readouterr().err
    assert not (tmp_path / "scores.json").exists()


def test_development_languages_are_told_with_what_they_choose(monkeypatch, tmp_path, folder, tasks):
    from shutil import copy

    file = tasks / "tatoeba" / "test" / "qda.jsonl"
    copy(file, file.with_stem("qdb"))
    told = json.loads(
        run_stage(monkeypatch, tmp_path, folder, tasks, ["tatoeba", "bucc"], None, "[qdb]")
    )
    chosen = told["development"]["tatoeba"]
    assert (chosen["chosen_on"], chosen["scored_on"]) == (["qdb"], ["qda"])
    layers = told["tasks"]["tatoeba"]["qdb"]["layers"]
    for measure, layer in chosen["layers"].items():
        assert measure.endswith("english_percent")
        assert layers[layer][measure] == max(found[measure] for found in layers)
    assert len(chosen["layers"]) == 14  # seven ways of comparing, two directions
    assert told["development"]["bucc"] is None  # it has only the other one


def test_a_development_language_of_no_task_is_named(monkeypatch, tmp_path, folder, tasks, capsys):
    with pytest.raises(SystemExit):
        run_stage(monkeypatch, tmp_path, folder, tasks, ["tatoeba"], None, "[qdb]")
    assert "align.development_languages 'qdb'; allowed: qda" in capsys.readouterr().err
