"""The summary and the folder of plots, on small grids worked by hand."""

from waystation.report import csv_files, summary
from waystation.report.records import Tables


def test_cells_that_have_not_run_are_counted(one_model):
    numbers = summary.summary(one_model.scores(), one_model.tables())
    assert numbers["not_run_cells"] == 3
    assert "udpos" not in numbers["scores"]["pico"]["ccg"]


def test_the_summary_has_the_differences(two_models):
    numbers = summary.summary(two_models.scores(), two_models.tables())
    xnli = numbers["model_size"]["nano_less_pico"]["none"]["xnli"]
    assert xnli["difference_points"] == 25
    assert set(xnli) == {
        *("difference_points", "low_points", "high_points", "p_value", "interval", "n", "seeds")
    }
    assert (xnli["interval"], xnli["p_value"] < 0.05) == ("rows and seeds", True)
    assert numbers["pretraining"]["pico"]["xnli"]["difference_points"] == 5
    assert numbers["scores"]["pico"]["none"]["mlqa"]["exact_match_zero_shot_percent"] == 25


def test_retrieval_stands_in_the_summary_at_the_layers_that_count(one_model):
    """Layer 1 is the protocol's, layer 2 the one that qda chose for qdb."""
    numbers = summary.summary(one_model.scores(), one_model.tables())["scores"]["pico"]["ccg"]
    assert numbers["tatoeba"] == {
        "margin_to_english_percent": 31,
        "unshared_margin_to_english_percent": 31,
        "protocol_layer": 1,
        "protocol_layer_no_special": 1,
        "protocol_layer_languages": 2,
        "protocol_layer_cosine_from_english_percent": 34,
        "protocol_layer_no_special_cosine_from_english_percent": 34,
        "protocol_layer_same_languages_cosine_from_english_percent": 34,
        "protocol_layer_same_languages_no_special_cosine_from_english_percent": 34,
        "development_layer": 2,
        "development_layer_no_special": 2,
        "development_layer_languages": 1,
        "development_layer_cosine_from_english_percent": 38,
        "development_layer_no_special_cosine_from_english_percent": 38,
    }
    assert numbers["bucc"]["protocol_layer_f1_percent"] == 32
    assert "development_layer" not in numbers["bucc"]


def test_a_summary_names_what_it_is_made_from_in_lists(two_models):
    """A list is no metric, so `dvc metrics diff` stays short."""
    origin = summary.made_from({"metrics/scores": "digest"}, two_models.suite)["made_from"]
    assert origin["inputs_sha256"] == [["metrics/scores", "digest"]]
    assert origin["seeds"] == [0, 1]
    assert origin["versions"][0][0] == "numpy"
    assert all(isinstance(value, list) for value in origin.values())


def test_tables_and_figures_are_the_same_bytes_each_time(one_model, tmp_path):
    for name in ("once", "twice"):
        summary.write_plots(tmp_path / name, one_model.tables())
    files = sorted(file.name for file in (tmp_path / "once").iterdir())
    assert {"gains.csv", "results.md", "languages.png", "ratios.png"} <= set(files)
    for name in files:
        assert (tmp_path / "once" / name).read_bytes() == (tmp_path / "twice" / name).read_bytes()


def test_a_table_without_rows_has_a_file_and_no_picture(tmp_path):
    summary.write_plots(tmp_path / "plots", Tables())
    files = {file.name for file in (tmp_path / "plots").iterdir()}
    assert files == {*(f"{table}.csv" for table in csv_files.COLUMNS), "results.md"}


def test_a_grid_of_one_size_has_no_picture_of_sizes(one_model, tmp_path):
    summary.write_plots(tmp_path / "plots", one_model.tables())
    pictures = {file.stem for file in (tmp_path / "plots").glob("*.png")}
    assert pictures == {
        "alignment",
        "gains",
        "heatmap",
        "languages",
        "latency",
        "means",
        "pareto",
        "pretraining",
        "ratios",
        "retention",
        "sequence",
        "throughput",
    }


def test_the_summary_has_every_intermediate_phase_beside_its_levels(one_model):
    learned, same = (80.0, 5.0, 33.3, 40.0), (42.0, 5.0, 33.3, 40.0)
    one_model.train("pico", "sequential/two/2", {"mnli": learned}, {"ccg": same})
    numbers = summary.summary(one_model.scores(), one_model.tables())
    phases = numbers["intermediate"]["pico"]["sequential/two/2"]
    assert set(phases) == {"phase_1", "phase_2"}
    assert phases["phase_2"]["ccg"] == {
        "english_percent": 42.0,
        "low_percent": 32.2,  # 42 - 1.96 * 5
        "high_percent": 51.8,
        "interval": "rows",
        "chance_percent": 33.3,
        "majority_percent": 40.0,
        "learned": "no",
        "n": 50,
        "steps": 5,
        "steps_alone": 8,  # 32 examples, 4 epochs, batches of 16
    }
    assert phases["phase_1"]["mnli"]["learned"] == "yes"
    assert numbers["scores"]["pico"]["sequential/two/2"]["xnli"]["intermediate_learned"] == "no"
    assert numbers["scores"]["pico"]["none"]["xnli"]["intermediate_learned"] is None
