"""How scores are named, and which second scores they have."""

from waystation.report.scores import Score, distinct, labelled


def test_labels_of_two_targets_stay_apart(one_model):
    assert labelled("xnli", ("en",)) == "xnli"
    assert labelled("xnli", ("en", "de", "sw")) == "xnli+2"
    labels = {(r.target, r.task) for r in one_model.tables().cost}
    assert labels == {("mnli", "xnli"), ("mnli_more", "xnli+1")}
    first = Score("pico", "none", "a", "xnli", "xnli", "", "", ("en",), {})
    second = Score("pico", "none", "b", "xnli", "xnli", "", "", ("en",), {})
    labels = [score.label for score in distinct([first, second, first])]
    assert labels == ["xnli", "xnli@b", "xnli"]


def test_a_target_of_which_nothing_has_run_is_a_score_without_languages(one_model):
    scores = [score for score in one_model.scores() if score.target == "udpos"]
    assert [score.recipe for score in scores if not score.languages] == [
        *("random", "ccg", "sequential/two/2")
    ]
