"""Examples to features and back, for each type of task."""

from dataclasses import replace

import pytest
import torch

from waystation.base.errors import UserError
from waystation.data.examples import Description, path, read, write
from waystation.encoder.encoder import MaskedLanguageHead, initialize
from waystation.encoder.features import Feature, Packed, pack
from waystation.encoder.tokenizer import Special
from waystation.encoder.tokenizer_training import BOS, EOS, PAD, UNK
from waystation.evaluation.rows import (
    Predictor,
    Reader,
    chance_percent,
    read_pool,
    read_rows,
    score_rows,
    vectors_of,
)
from waystation.grid.plans import InputLengths
from waystation.heads import (
    classification,
    dual_encoder,
    masked_language_modelling,
    multiple_choice,
    question_answering,
    tagging,
)
from waystation.metrics import map_at_20
from waystation.params.models import ScratchModel
from waystation.params.schema import Evaluate
from waystation.task_model import TaskModel, read_model

SPECIAL = Special(BOS, (EOS, EOS), EOS, False, PAD, UNK, mask=49, vocabulary=50)
CONTEXT = "the farmer feed 3 old horse-s in the barn today ."


INFERENCE = Evaluate(batch_tokens=64, max_answer_tokens=5)


def lengths(max_tokens=40, stride=2):
    return InputLengths(max_tokens, stride)


def question(text="3 old horse-s", context=CONTEXT):
    answers = [{"text": text, "start": context.index(text)}] if text else []
    return {"id": "q", "question": "what did Anna read ?", "context": context, "answers": answers}


def span_scores(feature, start, end):
    """Scores with which the decoder should choose the tokens start to end of a feature."""
    head, offsets = feature.context
    scores = torch.zeros(2, 1 + len(offsets))
    scores[0, 1 + start - head] = scores[1, 1 + end - head] = 9.0
    return scores


@pytest.mark.parametrize("answer", ["3 old horse-s", "the farmer", "today", "."])
def test_the_target_of_a_question_decodes_to_its_answer(word_tokenizer, answer):
    example = question(answer)
    features = question_answering.make_features([example], word_tokenizer, lengths())
    assert len(features) == 1
    scores = [span_scores(features[0], *features[0].target)]
    predicted = question_answering.predict(scores, features, [example], INFERENCE)
    assert predicted == [answer]


@pytest.mark.parametrize("stride", [1, 3, 5, 100])
def test_a_long_context_gives_features_a_stride_apart_that_cover_it(word_tokenizer, stride):
    example = question("barn")
    features = question_answering.make_features([example], word_tokenizer, lengths(18, stride))
    assert len(features) > 1
    assert all(len(f.ids) <= 18 for f in features)
    covered = {offset for f in features for offset in f.context[1]}
    whole = question_answering.make_features([example], word_tokenizer, lengths())[0]
    assert covered == set(whole.context[1])
    every = whole.context[1]
    room = len(features[0].context[1])
    step = min(stride, room)  # as in the scripts of SQuAD and XTREME, doc_stride
    assert [every.index(f.context[1][0]) for f in features] == [
        number * step for number in range(len(features))
    ]
    assert all(len(f.context[1]) == room for f in features[:-1])
    assert features[-2].context[1][-1] != every[-1]  # none stands wholly in the one before
    holding = [f for f in features if f.target != (0, 0)]
    assert holding
    for feature in holding:
        start, end = feature.target
        head, offsets = feature.context
        first, last = offsets[start - head], offsets[end - head]
        assert example["context"][first[0] : last[1]] == "barn"


def test_the_best_span_over_all_features_wins(word_tokenizer):
    example = question("barn")
    features = question_answering.make_features([example], word_tokenizer, lengths(18, 3))
    scores = [torch.zeros(2, 1 + len(f.context[1])) for f in features]
    scores[-1][:, -1] = 1.0
    assert question_answering.predict(scores, features, [example], INFERENCE) == ["."]


@pytest.mark.parametrize(
    ("start", "end"),
    [
        (9, 2),
        (1, 7),
    ],  # the best end lies before the best start; seven tokens where five are allowed
)
def test_an_answer_may_not_end_before_it_starts_nor_be_too_long(word_tokenizer, start, end):
    example = question()
    feature = question_answering.make_features([example], word_tokenizer, lengths())[0]
    scores = torch.zeros(2, 1 + len(feature.context[1]))
    scores[0, 1 + start], scores[1, 1 + end] = 5.0, 5.0
    scores[0, 9], scores[1, 9] = 4.0, 4.5
    predicted = question_answering.predict([scores], [feature], [example], INFERENCE)[0]
    assert predicted == example["context"][slice(*feature.context[1][8])]


def test_no_room_for_the_context_is_an_error(word_tokenizer):
    with pytest.raises(UserError, match="max_tokens 10 leaves"):
        question_answering.make_features([question()], word_tokenizer, lengths(10))


def test_a_question_without_an_answer_points_at_the_first_token(word_tokenizer):
    feature = question_answering.make_features([question(None)], word_tokenizer, lengths())[0]
    assert feature.target == (0, 0)


def test_tags_stand_on_first_pieces(word_tokenizer):
    example = {"id": "0", "tokens": ["3", "horse-s", "today", "."], "tags": [4, 5, 6, 7]}
    feature = tagging.make_features([example], word_tokenizer, lengths())[0]
    # <s> 3 horse -s today . </s>
    assert feature.context == ([1, 2, 4, 5], [0, 1, 2, 3])
    assert feature.target == [4, 5, 6, 7]


def test_a_long_sentence_is_split_between_words_and_put_together_again(word_tokenizer):
    tokens = ["the", "horse-s", "in", "the", "barn", "read", "the", "book"]
    example = {"id": "0", "tokens": tokens, "tags": list(range(8))}
    features = tagging.make_features([example], word_tokenizer, lengths(6))
    assert len(features) > 1
    assert all(len(f.ids) <= 6 for f in features)
    predicted = tagging.predict([f.target for f in features], features, [example], INFERENCE)
    assert predicted == [list(range(8))]


def test_outputs_of_tagging_follow_the_features(word_tokenizer):
    examples = [
        {"id": "0", "tokens": ["the", "horse-s"], "tags": [0, 1]},
        {"id": "1", "tokens": ["."], "tags": [2]},
    ]
    features = tagging.make_features(examples, word_tokenizer, lengths())
    packed = Packed([f.ids for f in features])
    logits = torch.zeros(packed.tokens, 3)
    logits[1, 0] = logits[2, 1] = 1  # the, horse (-s is row 3)
    logits[6, 2] = 1  # after </s> and <s>: `.`
    assert tagging.outputs(logits, packed, features) == [[0, 1], [2]]


def test_pairs_are_cut_to_the_longest_length(word_tokenizer):
    example = {"id": "0", "first": CONTEXT, "second": "Anna read the book .", "label": 1}
    feature = classification.make_features([example], word_tokenizer, lengths(12))[0]
    assert len(feature.ids) == 12
    assert feature.ids.count(2) == 3  # </s> </s> between the texts, </s> at the end
    assert feature.target == 1


def test_the_first_tokens_scores_come_with_the_context(word_tokenizer):
    feature = question_answering.make_features([question()], word_tokenizer, lengths())[0]
    logits = torch.arange(2.0 * len(feature.ids)).view(1, -1, 2)
    scores = question_answering.outputs(logits, Packed([feature.ids]), [feature])[0]
    head, offsets = feature.context
    assert scores[:, 0].tolist() == [0.0, 1.0]
    assert scores[0, 1:].tolist() == [2.0 * (head + i) for i in range(len(offsets))]


@pytest.mark.parametrize(
    ("none", "allows", "expected"),
    [
        ([9, 9], True, ""),
        ([9, 9], False, "."),
        ([9, 3], True, "."),  # the lowest counts: a part without the answer says nothing
        ([5, 5], True, "."),  # 5 against 4 + 1: a tie is answered
        ([5.1, 5.1], True, ""),
    ],
)
def test_no_answer_has_to_beat_the_best_span(word_tokenizer, none, allows, expected):
    example = question("barn") | {"allows_none": allows}
    features = question_answering.make_features([example], word_tokenizer, lengths(20, 3))
    assert len(features) == 2
    scores = [torch.zeros(2, 1 + len(f.context[1])) for f in features]
    scores[1][0, -1], scores[1][1, -1] = 4.0, 1.0
    for tensor, score in zip(scores, none, strict=True):
        tensor[0, 0] = score
    assert question_answering.predict(scores, features, [example], INFERENCE) == [expected]


def task_model(encoder, kind, pool=None):
    task = Description("task", kind, ("map_at_20",), (), None, None, pool)
    model = TaskModel(encoder, {"task": task}, seed=5)
    model.initialize_heads(torch.Generator().manual_seed(2))
    return model.eval(), task


def choice(*choices, first=CONTEXT, label=0):
    return {"id": "0", "first": first, "choices": choices, "label": label}


def test_each_choice_is_a_sequence_of_which_the_longer_text_is_cut_at_its_end(word_tokenizer):
    rows = [choice("the barn .", "Anna"), choice("a", "the book", "onion")]
    first, second = multiple_choice.make_features(rows, word_tokenizer, lengths(12))
    assert [len(f.sequences()) for f in (first, second)] == [2, 3]

    def ids(text):
        return word_tokenizer.encode(text, add_special_tokens=False).ids

    context, answers = ids(CONTEXT), [ids("the barn ."), ids("Anna")]
    for sequence, answer in zip(first.sequences(), answers, strict=True):
        room = 12 - 4 - len(answer)
        assert sequence == [BOS, *context[:room], EOS, EOS, *answer, EOS]
    both = multiple_choice.make_features([choice(CONTEXT, "Anna")], word_tokenizer, lengths(8))[0]
    assert both.sequences()[0] == [BOS, *context[:2], EOS, EOS, *context[:2], EOS]


def test_multiple_choice_equals_transformers(encoder, tmp_path):
    from transformers import AutoModelForMultipleChoice

    model, task = task_model(encoder, "multiple_choice")
    torch.nn.init.normal_(model.heads["task"].pooler.dense.bias)
    model.write(tmp_path, "task", ())
    theirs, loading = AutoModelForMultipleChoice.from_pretrained(tmp_path, output_loading_info=True)
    assert not loading["missing_keys"]
    assert not loading["unexpected_keys"]
    pairs = [[0, 5, 6, 2, 2, 7, 8, 2], [0, 5, 6, 2, 2, 9, 2], [0, 30, 2, 2, 7, 2], [0, 8, 2, 2, 2]]
    features = [
        Feature([*pairs[i], *pairs[i + 1]], i // 2, 1, cuts=(len(pairs[i]),)) for i in (0, 2)
    ]
    ids = torch.tensor([pair + [1] * (8 - len(pair)) for pair in pairs]).view(2, 2, 8)
    with torch.no_grad():
        ours, packed = model.logits("task", features)
        expected = theirs.eval()(input_ids=ids, attention_mask=(ids != 1).long())
        loss = multiple_choice.loss(ours, packed, features)
        back, _ = read_model(tmp_path, task).logits("task", features)
    assert torch.allclose(ours.view(2, 2), expected.logits, atol=1e-5, rtol=0)
    assert torch.equal(ours, back)
    labels = torch.tensor([1, 1])
    assert torch.allclose(loss, torch.nn.functional.cross_entropy(expected.logits, labels))
    assert multiple_choice.outputs(ours, packed, features) == expected.logits.argmax(1).tolist()


def test_examples_may_have_different_numbers_of_choices():
    features = [Feature([0] * 4, 0, 1, cuts=(2,)), Feature([0] * 6, 1, 2, cuts=(2, 4))]
    scores = torch.tensor([-1.0, -3.0, 2.0, 2.0, 4.0], requires_grad=True)
    assert multiple_choice.outputs(scores, None, features) == [0, 2]
    loss = multiple_choice.loss(scores, None, features)
    first, second = torch.tensor([-1.0, -3.0]), torch.tensor([2.0, 2.0, 4.0])
    by_hand = -(first.log_softmax(0)[1] + second.log_softmax(0)[2]) / 2
    assert torch.allclose(loss, by_hand)
    loss.backward()
    assert scores.grad.isfinite().all()


def test_a_vector_is_the_mean_of_its_own_tokens(encoder):
    model, _ = task_model(encoder, "dual_encoder")
    alone = [Feature([0, 5, 2], 0), Feature([0, 7, 8, 9, 2], 1)]
    both = Feature([0, 5, 2, 0, 7, 8, 9, 2], 0, "k", cuts=(3,))
    with torch.no_grad():
        vectors, _ = model.logits("task", [both])
        for vector, feature in zip(vectors, alone, strict=True):
            mean = encoder(Packed([feature.ids])).mean(0)
            expected = model.heads["task"].projection(mean)
            assert torch.allclose(vector, expected / expected.norm(), atol=1e-6)
    separate = model.outputs("task", alone, Evaluate(batch_tokens=4, max_answer_tokens=5))
    assert torch.allclose(torch.stack(separate), vectors, atol=1e-6)


def test_loss_of_retrieval_by_hand():
    """Two examples with one key are no negatives of each other."""
    vectors = torch.nn.functional.normalize(torch.randn(6, 4, generator=torch.manual_seed(0)))
    features = [Feature([0, 2, 0, 2], i, key, cuts=(2,)) for i, key in enumerate("aba")]
    cosines = 100 * vectors[0::2] @ vectors[1::2].T
    rows = [cosines[0, :2], cosines[1], cosines[2, 1:]]
    golds = [0, 1, 1]
    by_hand = -sum(row.log_softmax(0)[g] for row, g in zip(rows, golds, strict=True)) / 3
    assert torch.allclose(dual_encoder.loss(vectors, None, features), by_hand)


def test_ranking_by_hand():
    pool = torch.tensor([[1.0, 0.0], [0.0, 1.0], [0.6, 0.8]])
    queries = [torch.tensor([0.8, 0.6]), torch.tensor([0.0, -1.0])]
    assert dual_encoder.rank(queries, pool, ["x", "y", "x"]) == [["x", "x", "y"], ["x", "x", "y"]]
    assert dual_encoder.rank(queries, pool, ["a", "b", "c"], top=2) == [["c", "a"], ["a", "c"]]


@pytest.fixture
def questions(tmp_path):
    """Two parallel questions; in German the answers stand in one sentence."""

    def row(index, language, key, sentences):
        candidates = [{"key": f"{language}/{k}", "text": text} for k, text in enumerate(sentences)]
        key = f"{language}/{key}"
        return {"id": index, "query": "what did Anna read ?", "key": key, "candidates": candidates}

    english = ["the farmer feed 3 old horse-s", "Anna read the book", "in the barn"]
    german = ["the baker did not cut", "the red onion in the kitchen"]
    rows = {
        "en": [row("0", "en", 0, english), row("1", "en", 1, english)],
        "de": [row("0", "de", 0, german), row("1", "de", 0, german)],
    }
    for language, own in rows.items():
        write(path(tmp_path / "task", "test", language), own)
    return tmp_path


def test_a_pool_holds_each_candidate_once_and_knows_all_versions(
    encoder, word_tokenizer, questions
):
    model, task = task_model(encoder, "dual_encoder")
    reader = Reader(questions, word_tokenizer, lengths(30))
    pool = read_pool(reader, task, "test", ["en", "de"])
    assert pool.candidates.keys == ["en/0", "en/1", "en/2", "de/0", "de/1"]
    german = read_rows(reader, task, "test", "de", pool)
    assert german.gold[1] == ["de/0", "en/1"]
    chance = map_at_20.chance(["de/0", "en/1"], 5)
    assert chance_percent(german) == pytest.approx(100 * chance)
    predicted, points = score_rows(german, Predictor(model, "task", INFERENCE))
    assert sorted(predicted[0]) == sorted(pool.candidates.keys)
    assert predicted[0] == predicted[1]
    assert points[0]["map_at_20"] != points[1]["map_at_20"]
    own = read_rows(reader, task, "test", "en")
    assert own.gold == [["en/0"], ["en/1"]]


def test_vectors_of_a_pool_are_made_once_a_model_and_again_after_training(
    encoder, word_tokenizer, questions
):
    model, task = task_model(encoder, "dual_encoder")
    reader = Reader(questions, word_tokenizer, lengths(30))
    pool = read_pool(reader, task, "test", ["en", "de"])
    predictor = Predictor(model, "task", INFERENCE)
    first = vectors_of(pool, predictor)
    assert vectors_of(pool, predictor) is first
    model.train()
    torch.nn.init.normal_(model.heads["task"].projection.weight)
    model.eval()
    assert not torch.allclose(vectors_of(pool, predictor), first)


def test_a_key_without_a_candidate_is_an_error(encoder, word_tokenizer, questions):
    _, task = task_model(encoder, "dual_encoder")
    file = path(questions / "task", "test", "en")
    write(file, [read(file)[0] | {"key": "en/9"}])
    with pytest.raises(UserError, match="example '0': no candidate has the key 'en/9' in a pool"):
        read_rows(Reader(questions, word_tokenizer, lengths(30)), task, "test", "en")


def test_candidates_may_come_from_another_task(encoder, word_tokenizer, tmp_path):
    _, task = task_model(encoder, "dual_encoder", pool="entities")
    query = {"id": "m", "query": "Anna", "key": "Q1"}
    write(path(tmp_path / "task", "validation", "en"), [query])
    for language in ("de", "en"):
        entities = [{"id": k, "candidates": [{"key": k, "text": "the book"}]} for k in ("Q1", "Q2")]
        write(path(tmp_path / "entities", "test", language), entities)
    reader = Reader(tmp_path, word_tokenizer, lengths(30))
    rows = read_rows(reader, task, "validation", "en")
    assert rows.pool.candidates.keys == ["Q1", "Q2", "Q1", "Q2"]
    assert rows.gold == [["Q1"]]  # an entity, however often it is described


def masked_model(encoder):
    model, _ = task_model(encoder, "masked_language_modelling")
    pretrained = MaskedLanguageHead(encoder.config)
    initialize(pretrained, 0.1, torch.Generator().manual_seed(3))
    torch.nn.init.normal_(pretrained.bias)
    model.heads["task"].load_state_dict(pretrained.state_dict())
    return model, pretrained


def test_mixed_in_masked_language_modelling_is_that_of_pretraining(encoder):
    from waystation.training.pretraining import MaskedModel

    model, pretrained = masked_model(encoder)
    documents = [
        Feature([0, *range(5, 25), 2], 0, context=SPECIAL),
        Feature([0, 9, 2], 1, context=SPECIAL),
    ]
    masking = masked_language_modelling.Masking(0.15, SPECIAL, 5)
    both = MaskedModel(ScratchModel(2, 32, 4, 48, 40, 0.1, 0.0, 0), 50, torch.Generator())
    both.encoder, both.head = encoder, pretrained
    expected, tokens = both.loss(documents, masking, 7)
    loss, count = model.loss("task", documents, 7)
    # Not to the bit: pretraining leaves out of the last layer what only other tokens need.
    torch.testing.assert_close(loss, expected)
    assert count == tokens
    assert abs(model.loss("task", documents, 8)[0] - expected) > 1e-3
    model.loss("task", documents, 7)[0].backward()
    assert encoder.embeddings.word_embeddings.weight.grad.abs().sum() > 0


def test_a_batch_of_which_nothing_can_be_masked_has_a_loss_of_zero(encoder):
    """A document of nothing but unknown words, alone in its batch."""
    from waystation.training.pretraining import MaskedModel

    model, pretrained = masked_model(encoder)
    documents = [Feature([0, SPECIAL.unknown, SPECIAL.unknown, 2], 0, context=SPECIAL)]
    both = MaskedModel(ScratchModel(2, 32, 4, 48, 40, 0.1, 0.0, 0), 50, torch.Generator())
    both.encoder, both.head = encoder, pretrained
    masking = masked_language_modelling.Masking(0.15, SPECIAL, 5)
    for loss in (both.loss(documents, masking, 7)[0], model.loss("task", documents, 7)[0]):
        assert loss == 0
        loss.backward()


def test_masking_changes_the_batch_and_not_the_features(encoder):
    document = Feature([0, *range(5, 45), 2], 0, context=SPECIAL)
    before = replace(document, ids=list(document.ids))
    packed = pack([document])
    masked_language_modelling.corrupt(packed, [document], encoder, 5, 0)
    rows, gold, _ = packed.masked
    assert document == before
    assert 0 < len(rows) < 40
    assert torch.equal(torch.tensor(document.ids)[rows], gold)
    kept = torch.ones(len(packed.ids), dtype=torch.bool)
    kept[rows] = False
    assert torch.equal(packed.ids[kept], torch.tensor(document.ids)[kept])


def test_texts_without_a_token_are_left_out(word_tokenizer):
    texts = [{"id": "0", "text": " "}, {"id": "1", "text": CONTEXT}]
    features = masked_language_modelling.make_features(texts, word_tokenizer, lengths(6))
    assert [(f.example, len(f.ids)) for f in features] == [(1, 6)]
    assert word_tokenizer.id_to_token(features[0].context.mask) == "<mask>"
