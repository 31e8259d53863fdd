"""What the figures show, and how large they are."""

import pytest
from matplotlib import pyplot

from tests.report.small_grid import (
    cost,
    intermediate_score,
    language_score,
    speed_ratio,
    task_score,
)
from waystation.report.figures import (
    blocks,
    gains,
    heatmap,
    languages,
    learned,
    marks,
    means,
    panels,
    sequence,
)
from waystation.report.figures.size import comparable
from waystation.report.figures.speed import latency, pareto, ratios, throughput
from waystation.report.records import Estimate, SequenceStep, Tables


def test_a_task_without_any_gain_has_a_panel_and_the_baseline_no_line(monkeypatch, tmp_path):
    still, moved = Estimate(0.0, 0.0, 0.0), Estimate(5.0, 2.0, 8.0)
    points = {("none", "a"): still, ("none", "b"): still, ("ccg", "a"): still, ("ccg", "b"): moved}
    cells = [{"recipe": recipe, "task": task} for recipe, task in points]
    tables = Tables(
        scores=[language_score(**cell) for cell in cells],
        gains=[task_score(**cell, gain=points[tuple(cell.values())]) for cell in cells],
    )
    drawn = []
    monkeypatch.setattr(gains, "intervals", lambda rows, *rest: drawn.append(rows))
    gains.draw(tables, tmp_path / "gains.png")
    assert [(row.recipe, row.task) for row in drawn[0]] == [("ccg", "a"), ("ccg", "b")]


def test_a_map_of_gains_has_every_single_task_and_stars_what_the_correction_leaves(
    monkeypatch, tmp_path
):
    gains = {"ccg": Estimate(8.0, 5.0, 11.0, 0.001), "mnli": Estimate(1.0, -2.0, 4.0, 0.5)}
    rows = [
        task_score(recipe=recipe, task=task, seeds=3, gain=gain if task == "a" else still)
        for still in [Estimate(0.0, -3.0, 3.0, 1.0)]
        for recipe, gain in gains.items()
        for task in ("a", "b")
    ]
    rows.append(task_score(recipe="sequential/x/2", task="a", gain=gains["ccg"]))
    tables = Tables(scores=[language_score(recipe=recipe) for recipe in gains], gains=rows)
    drawn = []
    monkeypatch.setattr(heatmap, "numbers", lambda axes, *told: drawn.append(told))
    heatmap.draw(tables, tmp_path / "map.png")
    (shown, _, labels, columns, _, _, _, marked), *more = drawn
    assert (labels, columns, more) == (["ccg", "mnli"], ["a", "b"], [])
    assert shown.tolist() == [[8.0, 0.0], [1.0, 0.0]]
    assert marked == {(0, 0)}


def test_a_front_holds_what_no_other_point_beats_in_both():
    points = [(10.0, 50.0), (8.0, 60.0), (9.0, 40.0), (2.0, 60.0), (1.0, 61.0)]
    assert pareto.front(points) == [(10.0, 50.0), (8.0, 60.0), (1.0, 61.0)]


def test_speeds_have_pictures(tmp_path):
    """Of what was measured: ratios, the base's latencies and throughput, scores against speed."""
    measured = {"examples_per_sec": 5.0, "tokens_per_sec": 100.0, "tokens_per_word": 1.5}
    measured |= {
        "latency_p50_ms": 9.0,
        "latency_p90_ms": 12.0,
        "latency_n": 44.0,
        "throughput_n": 2,
    }
    cells = [{"recipe": recipe} for recipe in ("none", "mnli")]
    tables = Tables(
        scores=[language_score(**cell) for cell in cells],
        gains=[task_score(**cell) for cell in cells],
        cost=[cost(**cell, measured=measured) for cell in cells],
        speeds=[speed_ratio(recipe="mnli", measure=name) for name in ("latency", "throughput")],
    )
    for figure in (ratios, latency, throughput, pareto):
        file = tmp_path / f"{figure.__name__.rpartition('.')[2]}.png"
        figure.draw(tables, file)
        assert pyplot.imread(file).std() > 0
        figure.draw(Tables(), tmp_path / "empty.png")
    assert not (tmp_path / "empty.png").exists()


def test_panels_of_many_languages_stand_below_one_another(tmp_path):
    """However many languages other tasks have: no picture is wider than one can scroll."""
    rows = [
        language_score(task=task, language=f"l{code}")
        for task, codes in (("first", range(40)), ("second", range(40, 80)), ("third", range(3)))
        for code in codes
    ]
    languages.draw(Tables(scores=rows), tmp_path / "languages.png")
    height, width = pyplot.imread(tmp_path / "languages.png").shape[:2]
    assert width < 2000
    assert height > 300


@pytest.mark.parametrize(
    ("bounds", "edge"), [((0.99, 1.02), 1.1), ((0.6, 1.1), 2), ((0.9, 22.0), 4), ((0.0, 1.0), 4)]
)
def test_ratios_are_drawn_as_far_below_one_as_above(bounds, edge):
    assert ratios.edge_of([*bounds]) == edge


def test_every_model_has_its_own_picture_of_languages(tmp_path):
    rows = [language_score(model=model, language="de") for model in ("large", "small")]
    languages.draw(Tables(scores=rows), tmp_path / "languages.png")
    assert {file.name for file in tmp_path.iterdir()} == {"languages.png", "languages-small.png"}


def test_sizes_are_compared_over_recipes_that_all_have(two_models):
    rows = comparable(two_models.tables().gains)
    assert {row.recipe for row in rows} == {"mnli", "squad_v1"}
    assert len({row.layer_parameters for row in rows}) == 2


def test_panels_stand_in_even_lines_and_blocks_are_as_high_as_their_rows():
    figure, eleven = panels(11, 5, (1, 1))
    pyplot.close(figure)
    assert len({axes.get_position().x0 for axes in eleven}) == 4  # 4, 4, 3; not 5, 5, 1
    figure, (few, many) = blocks([11, 11], [1.0, 3.0], 7, 1.0)
    pyplot.close(figure)
    assert [len(few), len(many)] == [11, 11]
    assert many[0].get_position().height == pytest.approx(3 * few[0].get_position().height)
    assert few[-1].get_position().y0 > many[0].get_position().y1


def test_filled_points_are_holm_corrected_over_the_figure():
    """0.01 < 0.05 / 3, then 0.03 > 0.05 / 2."""
    rows = [
        task_score(seeds=3, gain=Estimate(5.0, 1.0, 9.0, p_value)) for p_value in (0.03, 0.01, 0.9)
    ]
    filled, legend = marks(rows, "gain")
    assert filled == {1}
    assert "over rows and seeds" in legend
    assert "Holm-corrected over the figure's 3 differences" in legend


def test_on_one_seed_no_point_is_filled():
    filled, legend = marks([task_score(gain=Estimate(5.0, 1.0, 9.0))], "gain")
    assert not filled
    assert "over rows (one seed)" in legend


def test_points_of_what_was_not_learned_are_triangles(monkeypatch, tmp_path):
    gain = Estimate(5.0, 1.0, 9.0)
    taught = {"ccg": "no", "mnli": "yes"}
    tables = Tables(
        scores=[language_score(recipe=recipe) for recipe in taught],
        gains=[task_score(recipe=r, gain=gain, learned=answer) for r, answer in taught.items()],
        intermediate=[
            intermediate_score(model="pico", recipe=r, task="ccg", learned=answer)
            for r, answer in taught.items()
        ],
    )
    drawn = []
    keep = lambda axes, points, colour: drawn.extend((p.is_filled, p.marker) for p in points)
    monkeypatch.setattr("waystation.report.figures.draw_intervals", keep)
    gains.draw(tables, tmp_path / "gains.png")
    assert drawn == [(False, "^"), (False, "o")]  # one seed: none is filled
    drawn.clear()
    learned.draw(tables, tmp_path / "learned.png")
    assert drawn == [(False, "^"), (True, "o")]
    assert (tmp_path / "learned.png").is_file()


def test_means_stand_beside_english_and_chance_on_the_whole_scale(monkeypatch, tmp_path):
    cells = [("random", 20.0, 60.0), ("none", 40.0, 90.0)]
    tables = Tables()
    for recipe, score, english in cells:
        estimate = Estimate(score, score - 5, score + 5)
        tables.gains.append(task_score(recipe=recipe, zero_shot=estimate, chance_percent=25.0))
        in_english = Estimate(english, english, english)
        tables.scores.append(language_score(recipe=recipe, language="en", score=in_english))
    drawn = []
    monkeypatch.setattr(means, "save", lambda figure, file: drawn.append(figure.axes[0]))
    means.draw(tables, tmp_path / "means.png")
    (axes,) = drawn
    assert axes.get_xlim() == (-2, 102)
    strokes = [
        line.get_xdata()[0]
        for line in axes.lines
        if line.get_marker() == "|" and len(line.get_xdata())
    ]
    assert strokes == [60.0, 90.0]
    assert 25.0 in [
        line.get_xdata()[0]
        for line in axes.lines
        if line.get_linestyle() == ":" and len(line.get_xdata())
    ]
    pyplot.close("all")


def test_the_same_tasks_in_no_order_are_markers_beside_the_line(monkeypatch, tmp_path):
    kept = []
    monkeypatch.setattr(sequence, "save", lambda figure, file: kept.append(figure))
    step = lambda recipe, order, length, added: SequenceStep(
        model="nano", order=order, length=length, recipe=recipe, target="mnli", task="xnli",
        zero_shot=Estimate(50.0 + length, 45.0, 60.0), added=added, seeds=1,
    )  # fmt: skip
    rows = [
        step("none", "two", 0, None),
        step("mnli", "two", 1, "mnli"),
        step("sequential/two/2", "two", 2, "ccg"),
        step("multitask/two", "multitask/two", 2, None),
        step("merged/ties/two", "merged/ties/two", 2, None),
    ]
    sequence.draw(Tables(sequence=rows), tmp_path / "x.png")
    (figure,) = kept
    axes = figure.axes[0]
    assert [text.get_text() for text in axes.get_xticklabels()] == ["none", "mnli", "ccg"]
    labels = {text.get_text() for text in figure.legends[0].get_texts()}
    assert labels == {"nano", "nano, multitask/two", "nano, merged/ties/two"}
