"""Parameters: typed, frozen; what is wrong is named with what is allowed."""

import copy
import dataclasses

import pytest
import yaml

from tests.conftest import ROOT
from waystation.base.errors import UserError
from waystation.grid.cells import all_cells
from waystation.params.load import load_settings


def load(tmp_path, params):
    file = tmp_path / "params.yaml"
    file.write_text(yaml.safe_dump(params, sort_keys=False))
    return load_settings(file)


def changed(params, key, value):
    """A copy of the parameters with a dotted key set, or removed if the value is ..."""
    params = copy.deepcopy(params)
    *path, last = key.split(".")
    place = params
    for part in path:
        place = place[part]
    if value is ...:
        del place[last]
    else:
        place[last] = value
    return params


@pytest.mark.parametrize(
    ("key", "value", "message"),
    [
        ("pretrain.step", 5, r"pretrain: unknown key 'step'; allowed: steps, batch_size"),
        ("pretrain.steps", ..., r"pretrain: missing key 'steps'; needed: steps"),
        ("pretrain.steps", "many", r"pretrain\.steps: expected int, got str 'many'"),
        ("pretrain.steps", 1.5, r"pretrain\.steps: expected int, got float 1\.5"),
        ("pretrain.steps", True, r"pretrain\.steps: expected int, got bool True"),
        ("seeds", 3, r"seeds: expected a list, got int 3"),
        ("seeds", [1, 1], r"seeds: a value stands twice"),
        ("recipes", ["none", 3], r"recipes\[1\]: expected str, got int 3"),
        ("models.nano.layers", None, r"models\.nano\.layers: expected int, got NoneType"),
        ("world.languages.qda.case", "no", r"case: expected bool, got str 'no'"),
        ("target.tasks.mnli", {"epoch": 3}, r"target\.tasks\.mnli: unknown key 'epoch'; allowed"),
        ("tasks.xnli", {"dev": 3}, r"tasks\.xnli: unknown key 'dev'; allowed: languages, train"),
        ("nonsense", 1, r"unknown key 'nonsense'; allowed: root, file, suite"),
        ("pretrain.steps", 0, r"pretrain\.steps: allowed: 1 or more, got 0"),
        ("target.epochs", -1, r"target\.epochs: allowed: above 0, got -1"),
        ("pretrain.mask_rate", 1.5, r"mask_rate: allowed: 0 to 1, got 1\.5"),
        ("tasks.xnli", {"test": 0}, r"tasks\.xnli\.test: allowed: 1 or more, got 0"),
        ("target.tasks.mnli", {"train_examples": 0}, r"train_examples: allowed: 1 or more"),
        ("seeds", [], r"seeds: allowed: at least one, got \[\]"),
        ("models", {}, r"models: allowed: at least one, got \{\}"),
        ("models.pico.heads", 3, r"hidden 64 is not a multiple of heads 3"),
        ("target.max_tokens", 256, r"positions 130 are room for 128 tokens, target\.tasks\.mnli"),
        ("report.baseline", "nonee", r"report\.baseline: unknown name 'nonee'; allowed: random"),
        ("world.translated", ["foo"], r"world\.translated: unknown name 'foo'; allowed: mnli, sq"),
        ("world.translated", ["ccg"], r"world\.translated: unknown name 'ccg'; allowed: mnli, sq"),
        (
            "generators",
            ["wrld"],
            r"params\.yaml, line 18: generators: unknown name 'wrld'; allowed: world",
        ),
        ("target.tasks.mnli.serves", "foo", r"mnli\.serves: unknown task 'foo'; allowed: text"),
        ("target.tasks.mnli.learning_rate_by_model", {"foo": 1.0}, r"model: unknown name .foo"),
        ("target.tasks.mnli.learning_rate_by_model", {"nano": 0}, r"model\.nano: allowed: above 0"),
        ("world.rows.mnli", {"trian": 5}, r"world\.rows\.mnli: unknown split 'trian'; allowed: tr"),
        ("languages", ["en", "qdz"], r"languages: unknown name 'qdz'; allowed: en, qda"),
        ("intermediate.tasks.foo", {}, r"\.tasks: unknown name 'foo'; allowed: text, anli"),
        ("orders.other", ["foo"], r"orders\.other: unknown name 'foo'; allowed: text, anli"),
        ("align.development_languages", ["de"], r"languages: unknown name 'de'; allowed: en, qda"),
        ("align.tasks", ["foo"], r"align\.tasks: unknown name 'foo'; allowed: text, anli"),
        ("models.pico", ..., r"origins\.scratch: unknown model 'pico'; allowed: nano"),
        ("source", {"prefix": "x"}, r"missing key 'depends_on'; needed: prefix, depends_on, sam"),
    ],
)
def test_what_is_wrong_is_named(tmp_path, params, key, value, message):
    with pytest.raises(UserError, match=message):
        load(tmp_path, changed(params, key, value))


def test_a_world_that_nothing_generates_speaks_no_part(tmp_path, params):
    params = changed(params, "align.development_languages", [])
    loaded = load(tmp_path, changed(changed(params, "generators", []), "languages", ["en", "de"]))
    assert loaded.languages == ("en", "de")


def test_settings_are_frozen(tmp_path, params):
    loaded = load(tmp_path, params)
    with pytest.raises(dataclasses.FrozenInstanceError):
        loaded.threads = 4


def test_whole_numbers_may_stand_for_floats(tmp_path, params):
    assert load(tmp_path, changed(params, "target.epochs", 4)).target.epochs == 4.0


def test_a_task_overrides_single_values(tmp_path, params):
    params = changed(params, "target.tasks.udpos", {"epochs": 7})
    loaded = load(tmp_path, params)
    assert loaded.target.tasks["udpos"].epochs == 7
    assert loaded.target.tasks["udpos"].batch_size == loaded.target.batch_size
    assert loaded.target.tasks["mnli"].epochs == loaded.target.epochs


def test_every_target_stands_in_one_group(tmp_path, params):
    alone = changed(params, "target.groups", {"mnli": ["mnli"]})
    with pytest.raises(UserError, match=r"target 'mnli_more' stands in 0 of target\.groups"):
        load(tmp_path, alone)
    odd = changed(params, "target.groups.mnli", ["mnly"])
    with pytest.raises(UserError, match=r"target\.groups: unknown target 'mnly'; allowed: mnli"):
        load(tmp_path, odd)


def test_the_grid_has_extra_recipes_for_some_models(tmp_path, params):
    params = changed(params, "recipes", ["none", "ccg"])
    loaded = load(tmp_path, changed(params, "extra", {"models": ["nano"], "recipes": ["mnli"]}))
    assert all_cells(loaded) == (
        *(("pico", "none"), ("pico", "ccg")),
        *(("nano", "none"), ("nano", "ccg"), ("nano", "mnli")),
    )
    with pytest.raises(UserError, match=r"extra\.recipes: ccg is in recipes too"):
        load(tmp_path, changed(params, "extra", {"models": ["nano"], "recipes": ["ccg"]}))


ENTRIES = yaml.safe_load((ROOT / "docs/models.yaml").read_text())
HUB = {"mbert": ENTRIES["bert-base-multilingual-cased"]}
NO_EXTRA = {"models": [], "recipes": []}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"origins.scratch": ["nano"]}, "model 'pico' stands in 0 of origins.scratch and origins"),
        ({"origins.hub": ["nano"]}, "models.nano does not fit origins.hub: a model of the hub has"),
        ({"origins.scratch": ["pico", "nana"]}, "origins.scratch: unknown model 'nana'; allowed"),
        ({"origins.hbu": []}, "origins: unknown key 'hbu'; allowed: scratch, hub"),
        ({"models.nano.repository": "a/b"}, r"models\.nano: unknown key 'repository'"),
        ({"models.nano": {"layers": 2}}, r"models\.nano: missing key 'hidden'; needed: layers"),
        ({"models.nano": None}, r"models\.nano: missing key 'layers'; needed: layers"),
        ({"models.nano": 3}, r"models\.nano: expected a mapping, got int 3"),
        ({"tokenizer.kinds": []}, r"models from scratch need one of tokenizer\.kinds, got \[\]"),
        (
            {"tokenizer.kinds": ["word", "bpe"]},
            r"need one of tokenizer\.kinds, got \['word', 'bpe'\]",
        ),
        ({"pretrain": ...}, r"need one of tokenizer\.kinds, .* and pretrain"),
        ({"tokenizer.vocab_size": ...}, r"tokenizer\.vocab_size and pretrain"),
        (
            {"models": HUB, "extra": NO_EXTRA, "origins": {"scratch": [], "hub": ["mbert"]}},
            r"tokenizer\.kinds is \['word'\] and no model is from scratch; allowed: \[\]",
        ),
        (
            {"models": HUB, "extra": NO_EXTRA, "origins": dict(scratch=["mbert"], hub=["mbert"])},
            r"models\.mbert does not fit origins\.scratch",
        ),
    ],
)
def test_every_model_has_one_origin_that_fits(tmp_path, params, changes, message):
    for key, value in changes.items():
        params = changed(params, key, value)
    with pytest.raises(UserError, match=message):
        load(tmp_path, params)


def test_a_suite_of_fetched_models_alone_needs_no_pretraining(tmp_path, params):
    changes = {"models": ENTRIES, "origins": {"scratch": [], "hub": list(ENTRIES)}}
    changes |= {"tokenizer": {"kinds": []}, "pretrain": ..., "recipes": ["none"]}
    changes |= {"extra": NO_EXTRA}
    for key, value in changes.items():
        params = changed(params, key, value)
    loaded = load(tmp_path, params)
    assert {model for model, _ in all_cells(loaded)} == set(ENTRIES)
    assert loaded.models["xlm-roberta-xl"].vocabulary == 250880


def test_a_file_that_is_missing_or_no_yaml(tmp_path):
    with pytest.raises(UserError, match="no parameters file"):
        load_settings(tmp_path / "params.yaml")
    (tmp_path / "params.yaml").write_text("a: [1,")
    with pytest.raises(UserError, match=r"params\.yaml, line 2: .*expected YAML"):
        load_settings(tmp_path / "params.yaml")


def test_every_suite_loads():
    for file in [ROOT / "params.yaml", *ROOT.glob("suites/*/params.yaml")]:
        loaded = load_settings(file)
        assert file == ROOT / loaded.file
        assert (file.parent / loaded.root).resolve() == ROOT
