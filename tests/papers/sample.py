"""An invented town's week, for the tests of papers."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

from zq_grid.papers import figures
from zq_grid.papers.corrected import Correction
from zq_grid.papers.figures import (
    Box,
    Change,
    Cut,
    Exclusion,
    Figure,
    OverdueRow,
    RateRow,
    Structure,
    TrendPoint,
    Week,
)
from zq_grid.papers.findings import CheckRow, HotSpot, HotSpots, UnitLoad
from zq_grid.papers.of_case import CasePaper, ClockLine, DispatchPaper, Other, TimeLine

NAMES = (
    ("first_contact", "先行联系率"),
    ("on_time_closing", "按时办结率"),
    ("actual_resolution", "实际解决率"),
    ("satisfaction", "市民满意率"),
)
VILLAGES = (
    "朝阳村",
    "安禾村",
    "星河村",
    "莲湾村",
    "北桥头村",
    "向阳村",
    "金桂新苑一居",
    "金桂新苑二居",
    "银杏居委",
    "和溪一村",
    "和溪二村",
    "和溪五村",
    "星桥馨苑",
    "都会花园",
    "春晖里",
    "沁春园",
    "君莲一居",
    "君莲二居",
    "兰亭居委",
    "繁盛苑",
    "秀文居委",
    "鑫都一居",
    "鑫都二居",
    "华银坊",
    "田园居委",
    "日月华庭",
    "中心村",
    "光华居委",
    "众安居委",
    "永德居委",
    "联农村",
    "紫藤居委",
)
STATIONS = (
    "城管中队",
    "房管所",
    "派出所",
    "市场监管所",
    "安监所",
    "司法所",
    "城运中心",
    "水务站",
    "绿化市容所",
    "社区事务受理中心",
    "规划建设办",
    "社区管理办",
    "社区平安办",
    "社区服务办",
    "党政办",
    "经济发展办",
    "农业服务中心",
    "文体中心",
    "卫生服务中心",
    "环卫公司",
    "市政养护公司",
    "动迁办",
    "交警中队",
    "消防救援站",
    "退役军人服务站",
)
TYPES = (
    "物业管理",
    "停车管理",
    "违法建筑（存量）",
    "噪声扰民",
    "设施报修",
    "占道跨门经营",
    "垃圾分类",
    "邻里纠纷",
    "劳动争议",
    "群租整治",
    "无证经营",
    "电动车充电",
    "环境卫生",
    "安全隐患",
    "政策咨询",
    "其他",
)
SOURCES = (
    "12345 热线",
    "网格巡查",
    "居村采集",
    "110 非警务警情",
    "街面联治",
    "视频发现",
    "微信上报",
    "区级督查",
    "上门办信",
    "企业诉求",
)
AREAS = ("第一片区", "第二片区", "第三片区", "第四片区", "第五片区")
RULES = (
    "统计对象为本镇 12345 热线工单，一单一计，取首次办理；巡查、视频、督查等无诉求人的案件不计入四率。",
    "先行联系率：联系期限落在本周且已届满的工单中，期限内首次联系上的占比；匿名、不愿联系和经批准的三次未接通不计。",
    "按时办结率：办结期限落在本周且已届满的工单中，期限内反馈提交的占比；未办结的逾期工单计入分母。",
    "实际解决率：本周办结的工单中，实际解决 ÷（实际解决 + 解释说明 + 部分解决）。",
    "市民满意率：本周首次接通的中心回访，满意 1.0、基本满意 0.8、一般 0.6、不满意 0 加权；未接通、拒评不计。",
    "工作日按国务院公布的放假调休安排；收到当日为第 0 日，到期日 24:00 前为按时。",
)
REASONS = ("重复诉求", "不合理诉求", "非本镇职责", "无法联系")


def figure(index, base, good, out=None):
    """Return the figure of indicator `index`: `good` of `base`; the raw one has `out` back in it."""
    key, name = NAMES[index]
    out = out or {}
    return Figure(key, name, good, base, good, base + sum(out.values()), out)


def row(code, name, league, n, seed):
    bases = [n * 3 // 5, n, n * 2 // 3, n // 2]
    goods = [bases[0] - seed % 2, bases[1] - seed % 3, bases[2] * (45 + seed * 7 % 30) // 100, bases[3]]
    goods = [max(good, 0) for good in goods]
    happy = Fraction(goods[3] * (8 + seed % 2), 10)
    found = [
        figure(index, base, good, {REASONS[(seed + index) % 4]: seed % 2} if base else {})
        for index, (base, good) in enumerate(zip(bases, [*goods[:3], happy], strict=True))
    ]
    return RateRow(code, name, league, tuple(found), seed % 4)


def rows(names, league, cases):
    """Return a row a name, among which `cases` orders are spread, and the row that nobody owns."""
    shares = [cases * (index % 7 + 1) // (4 * len(names)) for index in range(len(names))]
    found = [row(f"{index:02}", name, league, shares[index], index) for index, name in enumerate(names)]
    return (*found, row("", "无归属", league, cases // 50, 0))


def overdue(count, light):
    return tuple(
        OverdueRow(
            f"20261118{100 + index:06}",
            TYPES[index % len(TYPES)],
            ("颛兴路 123 弄 45 号", "银都路 2888 弄 5 号", "金桂新苑 12 号楼", "都会广场北侧绿地")[index % 4],
            VILLAGES[index % len(VILLAGES)],
            STATIONS[index % len(STATIONS)],
            f"11-{16 + index % 7} 24:00",
            f"{index % 6 + 1} 个工作日" if light == "red" else "4 个工作小时",
            light,
            index % 5 == 2,
        )
        for index in range(count)
    )


def spread(names, shares, rest, total):
    """Return `total` spread by percent, what is left over named `rest`."""
    parts = [(name, total * share // 100) for name, share in zip(names, shares, strict=True)]
    return (*parts, (rest, total - sum(count for _, count in parts)))


def trend():
    """Return eight weeks in which one rate comes near another."""
    return tuple(
        TrendPoint(
            f"第 {40 + n} 周",
            (
                figure(0, 250, 250 - n % 3),
                figure(1, 400, 392 + n % 4),
                figure(2, 300, 165 + 4 * n),
                figure(3, 200, Fraction(1600 + 12 * n, 10)),
            ),
        )
        for n in range(8)
    )


def boxes(cases, late, total):
    """Return the eight boxes of the overview."""
    return (
        Box("受理", f"{cases:,}", (Change("环比", -14), Change("同比", 5))),
        Box("办结", f"{cases + 12:,}", (Change("环比", 11, better=1), Change("同比", 20, better=1))),
        Box("在办", f"{cases // 2:,}", (Change("环比", -13, better=-1), Change("同比", None))),
        Box("逾期未办结", f"{late:,}", (Change("环比", -2, better=-1), Change("同比", 0)), alarm=late > 0),
        *(
            Box.of_rate(
                one, Change("环比", Fraction(step, 10), True, 1), Change("同比", Fraction(-step, 4), True, 1)
            )
            for one, step in zip(total.figures, (3, -3, 12, 4), strict=True)
        ),
    )


def words(cases, late, total):
    """Return the paragraph of the overview."""
    first, second, third, last = (one.value or "—" for one in total.figures)
    return (
        f"本周全镇受理各类工单 {cases:,} 件，办结 {cases + 12:,} 件。其中 12345 热线 96 件，占 22.4%；"
        f"网格巡查 287 件，占 67.1%。按时办结率 {second}%，比上周下降 0.3 个百分点；逾期未办结 {late:,} 件，"
        f"集中在物业管理（3 件）和停车管理（2 件）。\n"
        f"先行联系率 {first}%，实际解决率 {third}%，市民满意率 {last}%。"
        "违法建筑拆除面积 36,212.50 平方米，完成年度目标的 120.7%。"
    )


def check(name, received, seed):
    """Return a row of the checklist."""
    good = [
        Figure("k", name, max(base - seed % 3, 0), base, 0, base) for base in (received, received * 9 // 10)
    ]
    return CheckRow(name, received, *good, seed % 4, seed % 3, seed % 2, seed % 2, seed % 5, seed % 2)


def checklist(cases):
    """Return a row a type, and their sum."""
    rows_ = [
        check(name, n, seed)
        for seed, (name, n) in enumerate(spread(TYPES, (6,) * len(TYPES), "未归类", cases))
    ]
    figures_ = [
        Figure("k", "合计", sum(int(f.numerator) for f in fs), sum(f.denominator for f in fs), 0, 0)
        for fs in ([row_.accepted for row_ in rows_], [row_.closed for row_ in rows_])
    ]
    counts = [sum(column) for column in zip(*(row_.counts for row_ in rows_), strict=True)]
    return (*rows_, CheckRow("合计", cases, *figures_, *counts))


def spots(count):
    """Return places that came again."""
    rows_ = tuple(
        HotSpot(
            f"银都路 {2000 + n} 弄 {n + 1} 号",
            VILLAGES[n % 30],
            "物业管理 3、噪声扰民 1",
            1 + n % 3,
            4 + n % 5,
            n % 3,
        )
        for n in range(min(count, 20))
    )
    return HotSpots(rows_, count)


def week(cases=428, late=6, villages=VILLAGES, stations=STATIONS, **changes):
    """Return a week of `cases` orders in an invented town; any field can be changed."""
    hoods = rows(villages, "居村", cases)
    total = replace(figures.summed("全镇合计", hoods, hoods[0]), league="全镇")
    units = rows(stations, "科室站所", cases)
    facts = {
        "town": "莲湾镇城市运行管理中心",
        "title": "网格化管理周报",
        "year": 2026,
        "iso_week": 47,
        "issue": 46,
        "total_issue": 99,
        "from_day": date(2026, 11, 16),
        "to_day": date(2026, 11, 22),
        "compiled_by": "沈晓梅",
        "approved_by": "周建国",
        "issued_by": "陆敏",
        "sent_to": "镇党委、镇政府领导；各居村委、各科室站所；区城市运行管理中心。",
        "boxes": boxes(cases, late, total),
        "paragraph": words(cases, late, total),
        "neighbourhoods": hoods,
        "stations": units,
        "total": total,
        "rank_minimum": 5,
        "trend": trend(),
        "structure": Structure(
            spread(SOURCES, (22, 45, 11, 6, 5, 3, 2, 2, 1, 1), "其他", cases),
            spread(TYPES, (18, 14, 9, 9, 8, 7, 6, 5, 5, 4, 3, 3, 2, 2, 1, 1), "未归类", cases),
            spread(AREAS, (26, 21, 19, 18, 14), "无归属", cases),
        ),
        "overdue": overdue(late, "red"),
        "near_limit": overdue(late * 3, "orange"),
        "exclusions": tuple(
            Exclusion(reason, 5 + n, f"莲城运〔2026〕{n + 31} 号") for n, reason in enumerate(REASONS)
        ),
        "rules": RULES,
        "cut": Cut(
            "2026-11-23 08:00", 184_502, "7F3A-91C2", 3, 12, "2026 年节假日表第 2 版", ("金渡站（2 天）",)
        ),
        "unmatched": (("未识别居村", 3), ("未识别承办单位", 1), ("仅有日期、无法判定小时时限", 7)),
        "units": tuple(replace(one, league="承办单位") for one in units),
        "checklist": checklist(cases),
        "loads": tuple(
            UnitLoad(name, late // 5, n % 2, n, late * 3 // 5)
            for n, name in enumerate(STATIONS[:5] if late else ())
        ),
        "hot_spots": spots(cases // 40),
        "corrections": (
            Correction(
                "2026-W46",
                Figure("first_contact", "先行联系率", 187, 195, 0, 0),
                Figure("first_contact", "先行联系率", 188, 196, 0, 0),
                (("entered_late", 1),),
            ),
        ),
    }
    return Week(**(facts | changes))


def case(**changes):
    """Return an invented case with everything that a case sheet can hold."""
    explained = "办结期限：自2026年11月16日09:00镇接单起算，当日不计，5个工作日，11月23日24:00前。"
    facts = {
        "town": "莲湾镇城市运行管理中心",
        "number": "20261116000123",
        "type_name": "非法群租",
        "stage": "已结案",
        "facts": (
            ("事项类型", "非法群租"),
            ("工单编号", "20261116000123"),
            ("来源", "12345热线"),
            ("居村", "朝阳村"),
            ("诉求人", "王**"),
            ("电话", "138****5678"),
            ("地址", "颛兴路 123 弄 45 号 601 室"),
        ),
        "text": "楼上一套房隔成七间出租，夜里吵闹，担心失火。" * 4,
        "as_of": "2026-11-23 08:00:00",
        "own": (("群租情形", "客厅隔断或按床出租"),),
        "closings": (
            ("第 1 轮", (("结案评判", "解释说明"), ("结论", "已约谈。"))),
            ("第 2 轮", (("结案评判", "实际解决"), ("结论", "隔断已拆除。"))),
        ),
        "clocks": (
            ClockLine(
                "先行联系\n第 1 轮", "2026-11-17 24:00", "2026-11-18 10:00", "逾期", explained, late=True
            ),
            ClockLine("办结\n第 2 轮", "2026-11-23 24:00", "—", "计时中", explained),
        ),
        "timeline": tuple(
            TimeLine(f"2026-11-{16 + n // 6} {9 + n % 6:02}:00", kind, "沈晓梅", said, n == 3)
            for n, (kind, said) in enumerate(
                (
                    ("登记", "来源 12345热线"),
                    ("接单", ""),
                    ("派遣", "承办单位 房管所"),
                    ("备注", "登错"),
                    ("更正", "居村 安禾村 → 朝阳村"),
                    ("先行联系", "是否联系上 已联系"),
                    ("到场", "核实情况 属实"),
                    ("结案", "结案评判 解释说明"),
                    ("再次办理", "理由 不满意"),
                )
            )
        ),
        "others": (Other("并单", "20261116000456", "非法群租", "颛兴路 123 弄 45 号", "已结案"),),
        "flags": ("督办",),
    }
    return CasePaper(**(facts | changes))


def dispatch(third_party=False, **changes):
    """Return an invented dispatch sheet."""
    caller = () if third_party else (("诉求人", "王**"), ("电话", "138****5678"))
    facts = {
        "town": "莲湾镇城市运行管理中心",
        "number": "20261116000123",
        "unit": "房屋管理所",
        "assisting": "城管中队；派出所",
        "at": "2026-11-16 10:00",
        "facts": (("事项类型", "非法群租"), ("居村", "朝阳村"), *caller, ("地址", "颛兴路 123 弄 45 号")),
        "text": "楼上一套房隔成七间出租，夜里吵闹，担心失火。",
        "tasks": (
            ClockLine("办结", "2026-11-23 24:00", "—", "计时中", "办结期限：5个工作日，11月23日24:00前。"),
        ),
        "words": "请会同派出所上门。",
        "as_of": "2026-11-16 10:00:00",
        "third_party": third_party,
    }
    return DispatchPaper(**(facts | changes))
