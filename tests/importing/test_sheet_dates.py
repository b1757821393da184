from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from zq_grid.importing.sheet_dates import OrderUnknown, all_midnight, column_order, since_1900, when


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (datetime(2026, 1, 5, 9, 3), "2026-01-05T09:03:00+08:00"),
        (datetime(2026, 1, 5, 9, 3, tzinfo=UTC), "2026-01-05T17:03:00+08:00"),
        (datetime(2026, 1, 5, 9, 3, 7, 999_999), "2026-01-05T09:03:07+08:00"),
        ("2026-1-5 9:03", "2026-01-05T09:03:00+08:00"),
        ("2026-01-05 09:03:08", "2026-01-05T09:03:08+08:00"),
        ("2020/1/6 12:09:38", "2020-01-06T12:09:38+08:00"),
        ("2026年1月5日 9时3分", "2026-01-05T09:03:00+08:00"),
        ("2026年1月5日9时3分8秒", "2026-01-05T09:03:08+08:00"),
        ("2026年1月5日 9点半", "2026-01-05T09:30:00+08:00"),
        ("2026年1月5日 9时", "2026-01-05T09:00:00+08:00"),
        ("２０２６－１－５　９：０３", "2026-01-05T09:03:00+08:00"),
        ("2026.1.5 9:03", "2026-01-05T09:03:00+08:00"),
        ("2026-01-05T09:03:00", "2026-01-05T09:03:00+08:00"),
        ("2023-12-10T12:00:00.000", "2023-12-10T12:00:00+08:00"),
        ("2026-01-05T09:03:00Z", "2026-01-05T17:03:00+08:00"),
        ("2026-01-05T09:03:00+08:00", "2026-01-05T09:03:00+08:00"),
        ("2026-01-05 20:03:00 -0500", "2026-01-06T09:03:00+08:00"),
        ("2026/1/5 下午 3:07", "2026-01-05T15:07:00+08:00"),
        ("2026/1/5 上午12:07", "2026-01-05T12:07:00+08:00"),
        ("2026/1/5 中午12:07", "2026-01-05T12:07:00+08:00"),
        ("2026/1/5 下午15:07", "2026-01-05T15:07:00+08:00"),
        ("2026/1/5 凌晨12:07", "2026-01-05T00:07:00+08:00"),
        ("2026-01-05 03:07:00 PM", "2026-01-05T15:07:00+08:00"),
        ("2026-01-05 12:07 am", "2026-01-05T00:07:00+08:00"),
        ("2026-01-05 星期一 09:03", "2026-01-05T09:03:00+08:00"),
        ("2026-01-05（周一）09:03", "2026-01-05T09:03:00+08:00"),
        ("20260105093000", "2026-01-05T09:30:00+08:00"),
        (20260105093000, "2026-01-05T09:30:00+08:00"),
        ("202601050930", "2026-01-05T09:30:00+08:00"),
        ("2026-01-05 24:00", "2026-01-06T00:00:00+08:00"),
        ("46027.375", "2026-01-05T09:00:00+08:00"),
        ("46027.3770833333", "2026-01-05T09:03:00+08:00"),
        ("'2026-01-05 09:03:00", "2026-01-05T09:03:00+08:00"),
        ("\n\t2026-01-05 09:03:00\t", "2026-01-05T09:03:00+08:00"),
        ("2026-01-05 00:00:00", "2026-01-05T00:00:00+08:00"),
    ],
)
def test_a_time_of_any_form_is_read_to_the_second(cell, text):
    assert when(cell) == (text, "second")


@pytest.mark.parametrize(
    "cell",
    [
        date(2026, 11, 2),
        datetime(2026, 11, 2),
        "2026-11-02",
        "2026/11/2",
        "2026年11月2日",
        "2026.11.2",
        "20261102",
        20261102,
        46328,
        "46328",
        "46328.0",
        "2026-11-02 上午",
    ],
)
def test_a_day_without_a_clock_stays_a_day(cell):
    assert when(cell) == ("2026-11-02", "day")


@pytest.mark.parametrize(
    "cell",
    [
        None,
        "",
        " ",
        "-",
        "——",
        "无",
        "nan",
        "NaT",
        "N/A",
        "空",
        "不详",
        "1900-01-00",
        "0000-00-00 00:00:00",
        "1899/12/30",
        "9999-12-31",
        0,
        date(1900, 1, 1),
        datetime(1899, 12, 30),
    ],
)
def test_what_programs_write_for_no_date_is_none(cell):
    assert when(cell) is None


@pytest.mark.parametrize(
    "cell",
    [
        "2026-02-30",
        "2026-13-01",
        "2026-1-5 25:00",
        "昨天",
        "2026",
        2026,
        "1月5日",
        "2026年1月",
        "9:03",
        "5个工作日",
        "1/5/26",
        "99999999",
        "20261301",
        "1234567890",
        "2026-1-5 9:03 abc",
        "1812-01-01",
        "x" * 500,
    ],
)
def test_what_is_no_date_is_an_error(cell):
    with pytest.raises(ValueError, match=r"."):
        when(cell)


def test_a_whole_column_of_midnights_holds_days():
    column = ["2026-01-05 00:00:00", "2026/1/6 0:00", "2026-01-07", None, "无", "?"]
    assert all_midnight(column)
    assert when(column[0], midnight_is_day=True) == ("2026-01-05", "day")


def test_one_midnight_among_other_times_is_a_time():
    assert not all_midnight(["2026-01-05 00:00:00", "2026-01-05 00:00:00", "2026-01-05 09:00:00"])
    assert not all_midnight(["2026-01-05 00:00:00", "2026-01-06"])
    assert not all_midnight([date(2026, 1, 5), date(2026, 1, 6)])


@pytest.mark.parametrize(
    ("column", "order"),
    [
        (["21/01/2022 13:47:00", "04/02/2022"], "dmy"),
        (["01/21/2022", "04/02/2022"], "mdy"),
        (["01/02/2022", "04/02/2022"], "ambiguous"),
        (["21/01/2022", "01/21/2022"], "ambiguous"),
        (["2022-01-21", None, 44_000], None),
    ],
)
def test_the_column_tells_how_its_dates_are_meant(column, order):
    assert column_order(column) == order


def test_the_order_decides_between_day_and_month():
    assert when("01/05/2026 10:00:00 PM", "mdy") == ("2026-01-05T22:00:00+08:00", "second")
    assert when("01/05/2026", "dmy") == ("2026-05-01", "day")
    for unknown in (None, "ambiguous"):
        with pytest.raises(OrderUnknown):
            when("1/5/2026", unknown)


@given(
    st.one_of(st.text(), st.integers(), st.dates(), st.datetimes(), st.none()), st.sampled_from(["dmy", None])
)
def test_any_cell_is_a_time_or_none_or_a_value_error(cell, order):
    try:
        read = when(cell, order)
    except ValueError:
        return
    assert read is None or when(read.text) == read or read.text.endswith("T00:00:00+08:00")


@given(st.datetimes(datetime(1960, 1, 1), datetime(2110, 1, 1)))
def test_a_time_written_in_chinese_is_read_as_it_was_meant(moment):
    moment = moment.replace(microsecond=0)
    written = (
        f"{moment.year}年{moment.month}月{moment.day}日 {moment.hour}时{moment.minute}分{moment.second}秒"
    )
    assert when(written).text == f"{moment.isoformat()}+08:00"


@pytest.mark.parametrize(
    ("cell", "meant"),
    [
        (44853, 46315),
        ("44853.5", "46315.5"),
        ("2026-10-20", "2026-10-20"),
        (20261020, 20261020),
        (78539, 78539),
        (None, None),
        ("", ""),
        ("44853天", "44853天"),
        (datetime(2026, 10, 20), datetime(2026, 10, 20)),
    ],
)
def test_a_day_counted_from_1904_is_the_same_day_counted_as_others_count(cell, meant):
    assert since_1900(cell) == meant
