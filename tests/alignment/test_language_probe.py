"""The language probe: which sentences it sees, and what it can read."""

import pytest
import torch

from tests.alignment.sentences import gaussian
from waystation.alignment import language_probe


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
