import datetime
import re
from decimal import Decimal
from xml.etree import ElementTree

import pytest

from labs.charts import GoalChart, goal_chart, progress_line
from tests.labs.factories import make_goal, make_measurement, make_value_goal, make_verified


def texts(svg: str) -> list[str]:
    return re.findall(r"<text[^>]*>([^<]*)</text>", svg)


def test_a_chart_goes_from_baseline_through_measurements_to_target(goal):
    make_verified(goal, 2018, numerator=11, denominator=22)
    svg = goal_chart(goal)
    assert {"Utgångsläge 20 %", "11 av 22", "Målvärde 60 %"} <= set(texts(svg))
    assert "Utgångsläge: 20 %. 2018: 11 av 22 kvinnor. Målvärde: 60 % senast den 31 december 2019." in svg
    assert 'role="img"' in svg


def test_numbers_in_the_drawing_have_points_whatever_the_language(goal):
    make_verified(goal, 2018, numerator=7, denominator=23)
    drawing = re.search(r"<svg.*?</svg>", goal_chart(goal), re.DOTALL).group()
    ElementTree.fromstring(drawing)  # noqa: S314 - our own drawing
    for attribute in re.findall(r' (?:x|y|x1|y1|x2|y2|cx|cy)="([^"]*)"', drawing):
        float(attribute)


def test_the_table_behind_it_says_who_verified_each_number(goal, coordinator):
    make_verified(goal, 2018, numerator=11, denominator=22, decided_by=coordinator)
    svg = goal_chart(goal)
    assert "<summary>Visa talen i en tabell</summary>" in svg
    assert "11 av 22 kvinnor" in svg
    assert "Demo Samordnare" in svg


def test_a_small_count_is_in_neither_the_public_drawing_nor_its_table(goal):
    make_verified(goal, 2018, numerator=3, denominator=22)
    public = goal_chart(goal)
    assert "färre än 5 av 22 kvinnor" in public
    assert "3 av 22" not in public
    assert GoalChart(goal, public=True).points == []
    assert "3 av 22" in goal_chart(goal, public=False)


def test_a_small_baseline_of_people_is_kept_too(lab):
    goal = make_value_goal(lab, unit="personer", counts_people=True, baseline=Decimal(3))
    chart = GoalChart(goal, public=True)
    assert (chart.baseline, chart.baseline_text) == (None, "färre än 5")
    assert GoalChart(goal, public=False).baseline_text == "3 personer"


def test_without_a_baseline_the_target_is_a_level_line_and_the_reason_is_told(lab):
    goal = make_goal(lab, baseline=None, baseline_on=None, baseline_unknown_because="Ingen mätte.")
    make_verified(goal, 2018)
    chart = GoalChart(goal)
    assert chart.baseline is None
    assert "Ingen mätte." in goal_chart(goal)


def test_what_is_not_verified_is_not_drawn(goal):
    make_measurement(goal, 2018)
    assert GoalChart(goal, public=False).points == []


def test_higher_values_lie_higher_and_later_days_further_right(value_goal):
    make_verified(value_goal, 2018, value=Decimal(10), period_end=datetime.date(2019, 3, 31))
    make_verified(value_goal, 2019, value=Decimal(60), period_end=datetime.date(2019, 9, 30))
    chart = GoalChart(value_goal)
    baseline, (first, second), target = chart.baseline, chart.points, chart.target
    assert baseline.x < first.x < second.x < target.x
    assert baseline.y > first.y > second.y > target.y


@pytest.mark.parametrize("value", [0, -40, 1, 10**11])
def test_any_value_stays_within_the_drawing(value_goal, value):
    make_verified(value_goal, 2019, value=Decimal(value))
    chart = GoalChart(value_goal)
    assert all(0 <= x <= 480 and 20 <= y <= 240 for x, y in chart.points)


def test_words_do_not_lie_upon_each_other(goal):
    for half, n in enumerate([5, 8, 9, 11, 13, 13]):
        year, second = 2017 + half // 2 + 0, half % 2
        make_verified(
            goal,
            numerator=n,
            denominator=22,
            period_start=datetime.date(year, 7 if second else 1, 1),
            period_end=datetime.date(year, 12 if second else 6, 30),
        )
    labels = GoalChart(goal).labels
    clashes = [(a.text, b.text) for i, a in enumerate(labels) for b in labels[i + 1 :] if a.clashes_with(b)]
    assert clashes == []


def crossings(chart: GoalChart) -> list[str]:
    """The words that lie on a line or on a point."""
    marks = [chart.point(mark) for mark in chart.marks]
    return [label.text for label in chart.labels if any(label.covers(p) for p in [*chart._points_on_lines, *marks])]


@pytest.mark.parametrize("reached", [5, 10, 13, 14, 15, 22])
def test_what_ends_close_to_the_target_has_its_words_beside_it_and_clear_of_the_lines(goal, reached):
    make_verified(goal, 2018, numerator=8, denominator=22)
    make_verified(goal, 2019, numerator=reached, denominator=22)
    chart = GoalChart(goal)
    assert len(chart.labels) == 4
    assert crossings(chart) == []
    assert all(label.is_within() for label in chart.labels)


def test_words_of_a_falling_number_are_clear_of_the_lines(lab):
    goal = make_value_goal(lab, baseline=Decimal(80), target=Decimal(20), direction="decrease")
    make_verified(goal, 2018, value=Decimal(60))
    assert crossings(GoalChart(goal)) == []


def test_long_amounts_stay_within_the_drawing(lab):
    goal = make_value_goal(lab, baseline=Decimal(0), target=Decimal(10) ** 9)
    make_verified(goal, 2019, value=Decimal(10) ** 9)
    chart = GoalChart(goal)
    assert all(label.is_within() for label in chart.labels)
    assert crossings(chart) == []


def test_a_goal_in_words_has_no_chart(qualitative_goal):
    assert (goal_chart(qualitative_goal), progress_line(qualitative_goal)) == ("", "")


def test_the_line_puts_now_where_the_share_is(goal):
    make_verified(goal, 2018, numerator=11, denominator=22)
    line = progress_line(goal)
    assert 'class="chart__point" cx="147.0"' in line
    assert "nu 11 av 22 kvinnor" in line


def test_the_line_is_left_out_when_the_share_is_not_known(goal):
    line = progress_line(goal)
    assert "<svg" not in line
    assert "Utgångsläge 20 %" in line
