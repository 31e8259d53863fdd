"""Mining pools whose vectors lie in files: the same as in memory, and after an interruption."""

import json
from pathlib import Path

import pytest
import torch

from tests.alignment.sentences import mining_rows, sentences
from waystation.alignment import miner, mining
from waystation.alignment.miner import Miner
from waystation.alignment.mining import SIDES
from waystation.alignment.nearest import nearest
from waystation.alignment.vectors import EVERY_TOKEN, SentenceEncoder, shared_tokens
from waystation.data import examples
from waystation.encoder.features import Packed
from waystation.files import write_json


@pytest.fixture
def reader(folder) -> SentenceEncoder:
    return SentenceEncoder(folder, batch_tokens=64)


@pytest.fixture
def task(tmp_path) -> Path:
    """Two pools of 25 sentences each and split, 15 of them backwards on the other side."""
    folder = tmp_path / "bucc"
    for seed, split in enumerate(("validation", "test")):
        found = list(dict.fromkeys(sentences(seed, 60)))[:35]
        gold = {" ".join(text.split()[::-1]): text for text in found[:15]}
        rows = mining_rows(gold, found[15:25], found[25:35])
        examples.write(examples.path(folder, split, "qda"), rows)
    write_json(folder / "task.json", {})
    return folder


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch):
    monkeypatch.setattr(miner, "BLOCK", 4)


def test_vectors_in_files_are_those_in_memory(reader, task, tmp_path):
    pools = mining.read_pools(task / "test" / "qda.jsonl")
    miner = Miner(reader, [0, 2], 4, tmp_path / "scratch", unshared=True)
    found = dict(miner.candidates(pools, tmp_path / "scratch" / "test"))
    poolings = ("", "no_special_", "unshared_")
    assert list(found) == [(layer, pooling) for layer in (0, 2) for pooling in poolings]
    tokens = [reader.tokens(list(pools.texts[side])) for side in SIDES]
    left_out = [EVERY_TOKEN, reader.around, shared_tokens(*tokens, reader.special.frame)]
    sides = [reader.vectors(ids, left_out, tmp_path) for ids in tokens]
    for place, pooling in enumerate(poolings):
        for layer in (0, 2):
            x, y = (side[place][layer] for side in sides)
            expected = pools.named(mining.candidates(nearest(x, y, 4)))
            got = found[layer, pooling]
            assert [c.pair for c in got] == [c.pair for c in expected]
            assert [c.score for c in got] == pytest.approx([c.score for c in expected], rel=1e-4)


class Killed(Exception):
    pass


@pytest.mark.parametrize("place", [0, 5, 13, 14, 15, 29, 31, 33])
def test_an_interrupted_run_goes_on_to_the_same_result(reader, task, tmp_path, monkeypatch, place):
    """Killed while a block is encoded (7 a side, side and split: 28) or a layer is searched."""
    whole = Miner(reader, [1], 4, tmp_path / "whole").mine(task, "qda")
    done, steps = [], {"encode": Miner.encode, "nearest": miner.nearest}

    def counted(name: str):
        def step(*args, **options):
            if len(done) == place and "killed" not in done:
                done.append("killed")
                raise Killed
            result = steps[name](*args, **options)
            done.append(name)
            return result

        return step

    monkeypatch.setattr(Miner, "encode", counted("encode"))
    monkeypatch.setattr(miner, "nearest", counted("nearest"))
    resumed = Miner(reader, [1], 4, tmp_path / "scratch")
    if place < 32:
        with pytest.raises(Killed):
            resumed.mine(task, "qda")
    assert resumed.mine(task, "qda") == json.loads(json.dumps(whole))
    assert [done.count(name) for name in ("encode", "nearest")] == [28, 4]  # nothing twice
    assert [file.name for file in (tmp_path / "scratch" / "bucc").iterdir()] == ["qda.json"]
    assert resumed.mine(task, "qda") == json.loads(json.dumps(whole))  # a finished language stays
    assert len(done) == 32 + done.count("killed")


def test_vectors_are_of_the_pooling_that_is_named(reader, tmp_path):
    miner = Miner(reader, [2], 4, tmp_path)
    left_out = {"": EVERY_TOKEN, "no_special_": reader.around}
    files = miner.vectors(["the old horse", "Anna"], left_out, tmp_path / "side", "encode")
    tokens = reader.tokens(["the old horse", "Anna"])
    ((_, (every, inner)),) = reader.batches(tokens, [EVERY_TOKEN, reader.around], [2])
    assert torch.equal(files[2, ""], every[0])
    assert torch.equal(files[2, "no_special_"], inner[0])
    states = reader.encoder.layers(Packed([tokens[1]]))[2]
    assert torch.allclose(inner[0, 1], states[1:-1].mean(0), atol=1e-5)


def test_names_on_both_sides_do_not_decide_where_only_unshared_tokens_count(reader, tmp_path):
    """Of a pair whose foreign side has nothing but a shared name, no vector is left."""
    texts = {"foreign": ["Anna", "horse the"], "english": ["Anna old", "the book"]}
    pools = mining.Pools({s: {t: [t] for t in found} for s, found in texts.items()}, {}, set())
    miner = Miner(reader, [1], 1, tmp_path, unshared=True)
    left_out = miner.left_out(pools)
    shared = {reader.tokens([word])[0][1] for word in ("Anna", "the")}
    assert set(left_out["unshared_"]) == shared | set(reader.special.frame)
    files = miner.vectors(texts["foreign"], left_out, tmp_path / "side", "encode")
    assert not files[1, "unshared_"][0].any()
    assert files[1, "unshared_"][1].any()


def test_the_threshold_never_sees_the_test_split(reader, task, tmp_path):
    miner = Miner(reader, [0, 1, 2], 4, tmp_path)
    tuned, peeked = ({}, {})
    for split, thresholds in (("validation", tuned), ("test", peeked)):
        pools = mining.read_pools(task / split / "qda.jsonl")
        for (layer, pooling), found in miner.candidates(pools, tmp_path / split):
            thresholds[layer, pooling] = round(mining.best_threshold(found, pools.gold), 6)
    told = miner.mine(task, "qda")["scores"]["layers"]
    assert [layer["threshold"] for layer in told] == [tuned[i, ""] for i in range(3)]
    wanted = [tuned[i, "no_special_"] for i in range(3)]
    assert [layer["no_special_threshold"] for layer in told] == wanted
    assert tuned != peeked
