"""The sentence under a limit: asserted as a clerk reads it, in both languages."""

import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zq_grid import limit_words, limit_words_en
from zq_grid.limit_words_zh import KINDS, STARTS
from zq_grid.rules import worktime
from zq_grid.rules.explain import explain
from zq_grid.rules.worktime import Calendar, CalendarYear

TABLES = sorted((Path(__file__).resolve().parents[2] / "resources" / "calendar").glob("*.toml"))
CALENDAR = Calendar(CalendarYear.from_entry(tomllib.loads(path.read_text("utf-8"))) for path in TABLES)


def said(kind, start, start_what, rule, n, due=None, lang="zh", **more):
    second = worktime.parse(start)[0]
    ours = worktime.due(second, rule, max(n, 1), CALENDAR)
    told = explain(
        kind=kind,
        started=second,
        start_what=start_what,
        rule=rule,
        n=n,
        due=worktime.parse(due)[0] if due else ours.at,
        provisional=ours.provisional,
        calendar=CALENDAR,
        **more,
    )
    return limit_words.sentence(told, lang)


def test_five_working_days_over_the_national_holiday():
    assert said("close", "2026-09-29T16:40", "received", "working_days", 5) == (
        "办结期限：自2026年9月29日16:40镇接单起算，当日不计，5个工作日，"
        "跳过国庆节10月1日至7日、周末10月11日，计入调休上班日10月10日（周六），10月12日24:00前。"
    )


def test_first_contact_due_on_a_make_up_sunday():
    assert said("contact", "2026-09-18T19:20", "received", "working_days", 1) == (
        "先行联系期限：自2026年9月18日19:20镇接单起算，当日不计，1个工作日，"
        "跳过周末9月19日，计入调休上班日9月20日（周日），9月20日24:00前。"
    )


def test_the_day_of_arrival_is_not_among_the_skipped():
    text = said("contact", "2026-10-03T22:10", "received", "working_days", 1)
    assert text.endswith("当日不计，1个工作日，跳过国庆节10月4日至7日，10月8日24:00前。")


def test_four_working_hours_across_the_night():
    assert said("accept", "2025-09-29T16:40", "dispatched", "working_hours", 4) == (
        "接单期限：自2025年9月29日16:40区派遣起算，4个工作小时，只计办公时间08:30至11:30、13:00至17:00，"
        "其中9月29日20分钟、9月30日3小时40分钟，9月30日13:40前。"
    )


def test_two_hours_never_stop_and_are_told_to_the_second():
    assert said("meet", "2026-10-01T23:30:05", "dispatch", "elapsed_hours", 2) == (
        "见面期限：自2026年10月1日23:30:05派至起算，2小时，节假日照常计时，10月2日01:30:05前。"
    )


def test_nothing_is_skipped_where_nothing_lies_between():
    assert said("contact", "2026-11-02T09:00:30", "reopened", "working_days", 1) == (
        "先行联系期限：自2026年11月2日09:00重新办理起算，当日不计，1个工作日，11月3日24:00前。"
    )


def test_several_weekends_are_named_once():
    assert "，跳过周末11月7日至8日、11月14日至15日，" in said(
        "close", "2026-11-02T09:00", "received", "working_days", 10
    )


def test_days_of_different_holidays_stay_apart():
    # The table names the whole range after both; the weekend after it is another run.
    text = said("close", "2025-09-26T09:00", "received", "working_days", 10)
    assert "跳过周末9月27日、国庆节、中秋节10月1日至8日、周末10月12日，" in text
    assert "计入调休上班日9月28日（周日）、10月11日（周六），" in text


def test_an_unannounced_year_makes_the_limit_provisional_and_is_named():
    assert said("close", "2026-12-29T18:25", "accepted", "working_days", 5) == (
        "办结期限：自2026年12月29日18:25市受理起算，当日不计，5个工作日，跳过周末2027年1月2日至3日，"
        "2027年1月5日24:00前；其中2027年放假安排尚未公布，为暂定期限。"
    )


def test_a_past_year_without_a_table_is_not_called_unannounced():
    text = said("close", "2023-12-29T18:25", "received", "working_days", 2)
    assert text.endswith("2024年1月3日24:00前；其中2023年放假安排未录入，为暂定期限。")


def test_the_platforms_limit_rules_and_ours_stands_beside_it():
    text = said(
        "close", "2026-11-02T09:00", "received", "working_days", 5, due="2026-11-10T17:00", platform=True
    )
    assert text == (
        "办结期限：以平台截止时间为准，2026年11月10日17:00前；按本镇时限自2026年11月2日09:00镇接单起算，"
        "当日不计，5个工作日，跳过周末11月7日至8日，为11月9日24:00前。"
    )


def test_the_platforms_limit_alone():
    text = said("close", "2026-11-02T09:00", "received", "working_days", 0, due="2027-01-04", platform=True)
    assert text == "办结期限：以平台截止时间为准，2027年1月4日00:00前；自2026年11月2日09:00镇接单起算。"


def test_an_extended_limit_tells_both_and_why():
    text = said(
        "close",
        "2026-11-02T09:00",
        "received",
        "working_days",
        3,
        due="2026-11-10T23:59:59",
        notes=("extension", "waiting"),
    )
    assert text == (
        "办结期限：自2026年11月2日09:00镇接单起算，当日不计，3个工作日，原期限为11月5日24:00前；"
        "经批准延期；延期申请待批；现期限为11月10日24:00前。"
    )


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ("2026-09-01T10:00", "期满日10月1日逢国庆节，顺延至其后第一个工作日，10月8日24:00前。"),
        ("2026-08-21T10:00", "期满日9月20日（周日）为调休上班日，不顺延，9月20日24:00前。"),
        ("2026-11-02T10:00", "当日不计，30个自然日，12月2日24:00前。"),
    ],
)
def test_a_statutory_limit_says_what_became_of_its_last_day(start, words):
    assert said("close", start, "received", "natural_days_statutory", 30).endswith(words)


def test_natural_days_and_minutes():
    assert said("reinspect", "2026-09-20T16:59", "logged", "natural_days", 90) == (
        "复查期限：自2026年9月20日16:59登记起算，当日不计，90个自然日，节假日照常计算，12月19日24:00前。"
    )
    assert "，30分钟，" in said("attend", "2026-09-20T16:59", "logged", "elapsed_minutes", 30)


def test_a_clock_or_start_that_an_administrator_invented_still_gets_a_sentence():
    text = said("inspect_twice", "2026-11-02T09:00", "somewhere", "elapsed_hours", 1)
    assert text == "期限：自2026年11月2日09:00起算，1小时，节假日照常计时，11月2日10:00前。"


@settings(deadline=None, max_examples=150)
@given(
    st.sampled_from(sorted(KINDS)),
    st.sampled_from(sorted(STARTS)),
    st.integers(worktime.day_start(date(2023, 6, 1)), worktime.day_end(date(2027, 6, 1))),
    st.sampled_from(sorted(worktime.DAY_RULES | worktime.HOUR_RULES)),
    st.integers(1, 60),
)
def test_every_limit_is_one_sentence_that_ends_with_its_due_day(kind, start_what, start, rule, n):
    limit, provisional = worktime.due(start, rule, n, CALENDAR)
    told = explain(
        kind=kind,
        started=start,
        start_what=start_what,
        rule=rule,
        n=n,
        due=limit,
        provisional=provisional,
        calendar=CALENDAR,
    )
    text, english = limit_words.sentence(told), limit_words.sentence(told, "en")
    day = worktime.day_of(limit)
    assert text.count("。") == 1
    assert text.endswith("。")
    assert f"{day.month}月{day.day}日" in text
    assert ("为暂定期限" in text) == provisional
    assert f"{KINDS[kind]}期限：自" in text
    assert STARTS[start_what] in text
    assert english.startswith(f"{limit_words_en.KINDS[kind]}: from ")
    assert english.endswith(".")
    assert english.isascii() or set(english) - set(map(chr, range(128))) == {"–"}
    assert f"{day.day} {limit_words_en.MONTHS[day.month - 1]}" in english
    assert ("provisional" in english) == provisional


# in English ------------------------------------------------------------------------------------


def test_the_english_sentence_names_holidays_and_make_up_days_too():
    assert said("close", "2026-09-29T16:40", "received", "working_days", 5, lang="en") == (
        "Closing limit: from 29 Sep 2026 16:40 (town receipt), not counting that day, 5 working days, "
        "skipping National Day 1–7 Oct and weekend 11 Oct, counting the make-up day 10 Oct (Sat), due by 12 Oct 24:00."
    )


def test_the_english_of_working_hours_across_the_night():
    assert said("accept", "2025-09-29T16:40", "dispatched", "working_hours", 4, lang="en") == (
        "Acceptance limit: from 29 Sep 2025 16:40 (district dispatch), 4 working hours, "
        "office hours only (08:30–11:30 and 13:00–17:00), of which 20 min on 29 Sep and 3 h 40 min on 30 Sep, "
        "due by 30 Sep 13:40."
    )


def test_the_english_of_the_platforms_limit_and_of_an_unannounced_year():
    text = said(
        "close",
        "2026-11-02T09:00",
        "received",
        "working_days",
        5,
        due="2026-11-10T17:00",
        platform=True,
        lang="en",
    )
    assert text == (
        "Closing limit: as the platform set it, due by 10 Nov 2026 17:00; by our own rule from 2 Nov 2026 09:00 "
        "(town receipt), not counting that day, 5 working days, skipping weekend 7–8 Nov, due by 9 Nov 24:00."
    )
    assert said("close", "2026-12-29T18:25", "accepted", "working_days", 5, lang="en").endswith(
        "skipping weekend 2–3 Jan 2027, due by 5 Jan 2027 24:00; "
        "provisional, as the holidays of 2027 are not announced yet."
    )


def test_the_english_of_an_extended_limit_and_of_a_statutory_one():
    more = {"due": "2026-11-10T23:59:59", "notes": ("extension",), "lang": "en"}
    assert said("close", "2026-11-02T09:00", "received", "working_days", 3, **more) == (
        "Closing limit: from 2 Nov 2026 09:00 (town receipt), not counting that day, 3 working days, "
        "at first due by 5 Nov 24:00; an extension was granted; now due by 10 Nov 24:00."
    )
    assert said("close", "2026-09-01T10:00", "received", "natural_days_statutory", 30, lang="en").endswith(
        "30 natural days, ending on 1 Oct (National Day), so moved to the next working day, due by 8 Oct 24:00."
    )
