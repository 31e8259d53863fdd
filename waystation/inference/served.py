"""A fine-tuned model that is asked texts and gives predictions; the time of its three parts."""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field

import torch

from waystation.encoder.features import Feature
from waystation.evaluation.rows import Predictor, Reader, Rows, vectors_of

PARTS = ("tokenise", "model", "decode")


@dataclass
class Served:
    """One model on the rows of one task and language; `seconds` of each call, by part.

    The vectors of a pool of candidates are made before the first call: a service has them.
    """

    rows: Rows
    reader: Reader
    predictor: Predictor
    seconds: list[dict[str, float]] = field(default_factory=list)
    tokens: int = 0  # of all calls, real ones

    def ready(self) -> None:
        """Make what lasts longer than a call."""
        if self.rows.kind.ranking and self.rows.pool:
            vectors_of(self.rows.pool, self.predictor)

    def answer(self, places: Sequence[int]) -> list:
        """The predictions on the examples at these places of the rows."""
        examples = [self.rows.examples[place] for place in places]
        marks = [time.perf_counter()]
        features = self.features(examples)
        marks.append(time.perf_counter())
        outputs = self.outputs(features)
        marks.append(time.perf_counter())
        predictions = self.decoded(outputs, features, examples)
        marks.append(time.perf_counter())
        spans = zip(marks, marks[1:], strict=False)
        self.seconds.append({part: b - a for part, (a, b) in zip(PARTS, spans, strict=True)})
        self.tokens += sum(len(feature.ids) for feature in features)
        return predictions

    def features(self, examples: list[dict]) -> list[Feature]:
        """Texts as token ids."""
        kind = self.rows.kind
        make = kind.ranking.make_queries if kind.ranking else kind.make_features
        return make(examples, self.reader.tokenizer, self.reader.lengths)

    def outputs(self, features: list[Feature]) -> list:
        """What the model makes of them: vectors, or scores of labels or places."""
        model, head, inference = (
            self.predictor.model,
            self.predictor.head,
            self.predictor.inference,
        )
        if self.rows.kind.retrieve:
            return self.rows.kind.retrieve(model.encoder, features, inference)
        return model.outputs(head, features, inference)

    def decoded(self, outputs: list, features: list[Feature], examples: list[dict]) -> list:
        """Outputs as predictions: labels, tags, spans of text, ranked keys."""
        kind, inference = self.rows.kind, self.predictor.inference
        if kind.ranking and self.rows.pool:
            vectors = vectors_of(self.rows.pool, self.predictor)
            return kind.ranking.rank(outputs, vectors, self.rows.pool.candidates.keys)
        if kind.retrieve:
            return outputs
        with torch.inference_mode():
            return kind.predict(outputs, features, examples, inference)
