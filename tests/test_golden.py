"""The golden histories, replayed through the command line, give the figures that they must give."""

import json
from decimal import Decimal
from fractions import Fraction

import pytest

from tests.run_cli import run
from zq_grid import rates, scores
from zq_grid.rates import percent

HISTORIES = [f"{n:02d}" for n in range(1, 10)]


@pytest.mark.parametrize("number", HISTORIES)
def test_a_golden_history_gives_its_figures(golden, tmp_path, number):
    (path,) = (golden / "histories").glob(f"{number}-*.jsonl")
    data = tmp_path / "ws"
    run(data, "init", "--practice")
    told = run(data, "replay", str(path))
    assert told["refused"] == []
    for asked in json.loads(path.with_suffix("").with_suffix(".expect.json").read_text("utf-8"))["expect"]:
        as_of = ["--as-of", asked["as_of"]] if "as_of" in asked else ["--as-of", "2026-12-31"]
        found = {
            r["key"]: r
            for r in run(data, "rates", "--from", asked["from"], "--to", asked["to"], *as_of)["rates"]
        }
        for key, (numerator, denominator) in asked["rates"].items():
            assert Decimal(str(found[key]["numerator"])) == Decimal(numerator), (asked, key)
            assert found[key]["denominator"] == denominator, (asked, key)


def test_percentages_of_published_bulletins():
    assert percent(Fraction(1642), 1647) == "99.7"
    assert percent(Fraction("1.6"), 3) == "53.3"
    assert percent(Fraction(1207), 1000) == "120.7"
    assert percent(Fraction(1), 2000) == "0.1"
    assert percent(Fraction(0), 0) is None


@pytest.mark.parametrize(
    ("contact", "solved", "settled", "weights", "answers", "points"),
    [((3, 3), 2, 8, "1.6", 3, ("30", "20", "21.33")), ((2, 2), 1, 5, "0.8", 2, ("30", "20", "16.00"))],
)
def test_the_score_sheet_of_the_closing_basis(contact, solved, settled, weights, answers, points):
    rows = [
        rates.Rate("first_contact", "", "a", numerator=Fraction(contact[0]), denominator=contact[1]),
        rates.Rate("actual_resolution", "", "a", numerator=Fraction(solved), denominator=settled),
        rates.Rate("satisfaction", "", "a", numerator=Fraction(weights), denominator=answers),
        rates.Rate("on_time_closing", "", "a", numerator=Fraction(settled), denominator=settled),
    ]
    sheet = {"share": "5", "first_contact": "30", "resolution": "20", "satisfaction": "40", "overdue": "0"}
    (score,) = scores.scores(rows, sheet, {"a": 8})
    found = (score.first_contact, score.resolution, score.satisfaction)
    assert tuple(round(float(f), 2) for f in found) == tuple(float(p) for p in points)
    assert score.share == 5
    assert score.total == 5 + sum(found)
