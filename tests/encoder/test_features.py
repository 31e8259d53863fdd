"""Batches of features for inference."""

from waystation.encoder.features import Feature, inference_batches


def test_inference_batches_hold_every_feature_once_within_the_limit():
    features = [Feature([0] * n, i) for i, n in enumerate((3, 9, 4, 4, 20, 1))]
    batches = list(inference_batches(features, 10))
    assert sorted(i for indices, _ in batches for i in indices) == list(range(6))
    for indices, batch in batches:
        assert [features[i] for i in indices] == batch
        assert sum(len(f.ids) for f in batch) <= 10 or len(batch) == 1
