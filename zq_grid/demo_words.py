"""What invented people say in the demo: matters by case type, replies, names, and the weights of how things go.

All of it is made up. Phones are of the form 138000000xx, which nobody has.
"""

from random import Random
from typing import NamedTuple

SURNAMES = "甲乙丙丁戊己庚辛壬癸"
FIRST, SECOND = "丙", "丁"


class Matter(NamedTuple):
    """One way to complain of a type: kind, words, what was found, what was done."""

    type: str
    kind: str
    text: str
    findings: str
    result: str


MATTERS: tuple[tuple[int, Matter], ...] = (
    (
        9,
        Matter(
            "property_management",
            "complaint",
            "楼上卫生间漏水，渗到楼下天花板，物业一直没有修好。",
            "楼上防水层老化，楼下顶面有水渍。",
            "物业已联系双方，重做防水并恢复顶面。",
        ),
    ),
    (
        7,
        Matter(
            "property_management",
            "complaint",
            "电梯经常停在两层之间，物业说等零件，希望尽快修。",
            "电梯门机故障，维保单位已停梯检查。",
            "更换门机配件，试运行正常。",
        ),
    ),
    (
        6,
        Matter(
            "property_management",
            "request",
            "小区物业保洁不到位，楼道垃圾几天没人清。",
            "现场楼道有堆物和散落垃圾。",
            "物业已清理，并把清扫改为每日两次。",
        ),
    ),
    (
        4,
        Matter(
            "property_management",
            "request",
            "地下车库渗水，水管滴漏，物业说维修资金要表决。",
            "车库顶板伸缩缝渗水。",
            "物业先做引流，维修资金方案已公示征询。",
        ),
    ),
    (
        8,
        Matter(
            "noise",
            "complaint",
            "晚上十点以后还有施工声，吵得老人睡不着，属于噪声扰民。",
            "工地夜间浇筑，未见夜间施工许可。",
            "责令停止夜间施工，已约谈施工单位。",
        ),
    ),
    (
        6,
        Matter(
            "noise",
            "complaint",
            "广场舞音响声音太大，每天早上六点就开始，噪声很大。",
            "现场音响音量偏大。",
            "已与队伍约定时间和音量，居委巡查。",
        ),
    ),
    (
        3,
        Matter(
            "noise",
            "report",
            "楼下饭店排风机噪声扰民，从早响到晚。",
            "排风机减振垫损坏。",
            "商户已更换减振垫并调整运行时间。",
        ),
    ),
    (
        5,
        Matter(
            "group_renting",
            "report",
            "这户被二房东隔断成很多小间出租，是群租房，进出人员复杂。",
            "上门核查，客厅有隔断。",
            "已发整改告知，隔断由出租人自行拆除。",
        ),
    ),
    (
        4,
        Matter(
            "illegal_building_new",
            "report",
            "有人在搭阳光房，正在施工，应该是违章搭建。",
            "现场正在搭建，未见规划手续。",
            "当场叫停，当事人自行拆除。",
        ),
    ),
    (
        4,
        Matter(
            "consultation",
            "consultation",
            "咨询老房加装电梯的政策，想知道如何办理、补贴多少。",
            "已查阅现行政策。",
            "已把办理流程和补贴标准逐项告知。",
        ),
    ),
    (
        4,
        Matter(
            "consultation",
            "suggestion",
            "建议在小区门口增设非机动车停放点，政策上是否允许。",
            "现场人行道宽度满足设置条件。",
            "已纳入下月划线计划。",
        ),
    ),
    (
        7,
        Matter(
            "other",
            "request",
            "路灯坏了三盏，晚上走路很黑，希望尽快修复。",
            "三盏路灯不亮，为线路故障。",
            "市政养护当日更换线路，已恢复照明。",
        ),
    ),
    (
        6,
        Matter(
            "other",
            "complaint",
            "门口乱停车堵住消防通道，叫人来挪也没人管。",
            "消防通道有车辆停放。",
            "已联系车主驶离，并补划禁停标线。",
        ),
    ),
    (
        4,
        Matter(
            "other",
            "request",
            "绿化带里的树枝太长，挡住低楼层采光，希望修剪。",
            "乔木枝条距窗不足一米。",
            "绿化养护已修剪。",
        ),
    ),
    (
        2,
        Matter("other", "thanks", "感谢居委干部上门帮老人修好了灯，特来表扬。", "已核实。", "已转告并表扬。"),
    ),
)
PATROL: tuple[tuple[int, Matter], ...] = (
    (
        6,
        Matter("other", "", "巡查发现人行道板破损，有绊倒风险。", "人行道板松动两处。", "已更换并恢复平整。"),
    ),
    (
        6,
        Matter(
            "other", "", "巡查发现垃圾箱房外有散落建筑垃圾。", "建筑垃圾约两车。", "已清运，并张贴投放告示。"
        ),
    ),
    (
        4,
        Matter(
            "property_management",
            "",
            "巡查发现楼道堆物，影响疏散，已通知物业。",
            "楼道堆放纸箱和旧家具。",
            "物业已清空。",
        ),
    ),
    (
        3,
        Matter(
            "illegal_building_new",
            "",
            "巡查发现一楼天井正在搭建彩钢板顶棚，属违章搭建。",
            "彩钢板顶棚已立柱，未见手续。",
            "当场叫停，当事人已自行拆除。",
        ),
    ),
    (
        2,
        Matter(
            "group_renting",
            "",
            "巡查发现住户有隔断和上下铺，疑似群租。",
            "客厅有隔断两间。",
            "已发整改告知，隔断已拆除。",
        ),
    ),
    (
        1,
        Matter(
            "noise",
            "",
            "巡查发现沿街店铺外放喇叭，噪声扰民。",
            "店铺外放喇叭叫卖。",
            "已劝止，喇叭撤入店内。",
        ),
    ),
)
POLICE: tuple[tuple[int, Matter], ...] = (
    (
        3,
        Matter(
            "noise",
            "",
            "110 转来：邻里因装修噪声争执。",
            "双方因施工时段有争执。",
            "居委约定施工时段，双方认可。",
        ),
    ),
    (2, Matter("other", "", "110 转来：邻里因公共走道堆物争吵。", "走道堆有旧物。", "堆物已清，双方和解。")),
)
DISSATISFIED = ("处理得太慢，问题又出现了。", "只是口头答应，现场没有变化。", "希望给一个明确的时间。")
LUKEWARM = ("修是修好了，来得有点晚。", "基本可以，希望以后不要再反复。", "态度不错，效果一般。")
FRAUDS = (
    ("extreme", "officials"),
    ("high", "investment"),
    ("high", "brushing"),
    ("medium", "customer_service"),
    ("medium", "loan"),
    ("low", "other"),
)


def pick(rng: Random, table: tuple[tuple[int, Matter], ...]) -> Matter:
    """Return a matter by its weight."""
    return rng.choices([matter for _, matter in table], [weight for weight, _ in table])[0]


def person(rng: Random) -> tuple[str, str]:
    """Return an invented caller: a name nobody bears, and a phone nobody has."""
    return f"{rng.choice(SURNAMES)}某{rng.choice('一二三四五六七八九')}", f"138000000{rng.randrange(100):02}"
