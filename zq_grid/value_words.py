"""The words people read for coded values of facts, and for texts that the program itself writes: (Chinese, English)."""

from collections.abc import Mapping

Words = Mapping[str, tuple[str, str]]

# Fact → value → words.
VALUES: Mapping[str, Words] = {
    "kind": {
        "complaint": ("投诉", "complaint"),
        "report": ("举报", "report"),
        "request": ("求助", "request for help"),
        "consultation": ("咨询", "consultation"),
        "suggestion": ("建议", "suggestion"),
        "thanks": ("表扬", "thanks"),
    },
    "mode": {
        "transfer": ("转办", "transfer"),
        "supervised": ("督办", "supervised"),
        "recheck": ("回访复核", "re-check"),
    },
    "source": {
        "hotline": ("12345热线", "12345 hotline"),
        "patrol": ("网格巡查", "grid patrol"),
        "station": ("居村采集", "neighbourhood"),
        "wechat": ("微信", "WeChat"),
        "video": ("视频巡查", "video patrol"),
        "inspection": ("区级督查", "district inspection"),
        "anti_fraud_centre": ("反诈中心", "anti-fraud centre"),
        "police_transfer": ("110非警务", "110 non-police"),
        "petition_visit": ("上门办信", "petition visit"),
        "mediation_desk": ("平安客厅", "mediation desk"),
        "safety_inspection": ("安全检查", "safety inspection"),
        "street_patrol": ("街面联治", "street patrol"),
        "enterprise": ("企业诉求", "enterprise"),
    },
    "urgency": {
        "normal": ("一般", "normal"),
        "urgent": ("紧急", "urgent"),
    },
    "ground": {
        "not_government": ("非政府职责", "not the government's task"),
        "emergency_line": ("应拨打紧急电话", "for an emergency line"),
        "other_body": ("属其他机关职责", "another body's task"),
        "in_litigation": ("诉讼仲裁中", "in litigation or arbitration"),
        "in_procedure": ("已进入法定程序", "in a legal procedure"),
        "secret_or_privacy": ("涉密或涉隐私", "secret or private"),
        "being_handled": ("正在办理中", "being handled already"),
        "unlawful_or_malicious": ("违法或恶意", "unlawful or malicious"),
        "other": ("其他", "other"),
    },
    "reached": {
        "yes": ("已联系", "yes"),
        "no": ("未联系上", "no"),
        "not_assessed": ("未评价", "not assessed"),
    },
    "channel": {
        "platform": ("平台", "platform"),
        "phone": ("电话", "phone"),
        "mobile": ("手机", "mobile"),
        "message": ("短信", "text message"),
        "door": ("上门", "at the door"),
        "wechat": ("微信", "WeChat"),
        "letter": ("信函", "letter"),
        "meeting": ("面谈", "meeting"),
        "other": ("其他", "other"),
    },
    "verdict": {
        "solved": ("实际解决", "solved"),
        "explained": ("解释说明", "explained"),
        "partly": ("部分解决", "partly solved"),
        "returned": ("不办理退单", "returned"),
        "not_ours": ("非本镇职责", "not ours"),
    },
    "fact_finding": {
        "true": ("属实", "true"),
        "partly": ("部分属实", "partly true"),
        "untrue": ("不属实", "untrue"),
        "unclear": ("无法查实", "unclear"),
    },
    "claim_finding": {
        "reasonable": ("合理", "reasonable"),
        "partly": ("部分合理", "partly reasonable"),
        "unreasonable": ("不合理", "unreasonable"),
    },
    "satisfaction": {
        "satisfied": ("满意", "satisfied"),
        "fairly": ("基本满意", "fairly satisfied"),
        "so_so": ("一般", "so-so"),
        "dissatisfied": ("不满意", "dissatisfied"),
        "not_asked": ("未评价", "not asked"),
        "no_answer": ("未接通", "no answer"),
        "refused": ("拒绝评价", "refused"),
    },
    "to": {
        "centre": ("镇城运中心", "the centre"),
        "district": ("区", "the district"),
    },
    "by": {
        "centre": ("镇城运中心", "the centre"),
        "unit": ("承办单位", "the unit"),
    },
    "level": {
        "area": ("片区", "area"),
        "centre": ("镇城运中心", "centre"),
        "leader": ("分管领导", "leader in charge"),
        "head": ("镇长", "town head"),
    },
    "indicator": {
        "first_contact": ("先行联系率", "first contact"),
        "on_time_closing": ("按时办结率", "on-time closing"),
        "actual_resolution": ("实际解决率", "actual resolution"),
        "satisfaction": ("市民满意率", "satisfaction"),
        "all": ("全部四率", "all four rates"),
    },
    "why": {
        "reminder": ("催单", "reminder"),
        "related": ("相关", "related"),
        "distinct": ("确认不是重复", "not a repeat"),
    },
    "stage": {
        "before": ("处置前", "before"),
        "during": ("处置中", "during"),
        "after": ("处置后", "after"),
    },
}
FLAGS: Words = {"yes": ("是", "yes"), "no": ("否", "no")}
# Holidays of the State Council's arrangement, by the name that calendars give them.
HOLIDAYS: Mapping[str, str] = {
    "元旦": "New Year",
    "春节": "Spring Festival",
    "清明节": "Qingming",
    "劳动节": "Labour Day",
    "端午节": "Dragon Boat",
    "中秋节": "Mid-Autumn",
    "国庆节": "National Day",
    "休": "day off",
    "调休": "make-up day",
}
# Texts that the program writes into the log, or shows in place of a value.
WRITTEN: Mapping[str, str] = {
    "〔本机未持有〕": "[not held here]",
    "〔已清除〕": "[erased]",
    "〔保密〕": "[confidential]",
    "撤销导入": "import taken back",
    "撤销批量办理": "bulk act taken back",
    "撤销交接": "hand-over taken back",
    "撤销刚才的操作": "last act taken back",
    "登记有误，撤销登记": "logged in error, taken back",
    "以导入的表格为准": "as the imported workbook says",
    "平台记录": "platform record",
    "平台未注明办理结果": "the platform names no result",
    "交接": "hand-over",
    "联系诉求人": "to contact the caller",
}
# What is told while work goes on (`Progress.report`).
WORK: Mapping[str, str] = {
    "读取表格": "Reading the table",
    "整理": "Sorting rows",
    "核对": "Comparing",
    "导入": "Importing",
    "导出": "Exporting",
    "查重": "Looking for repeats",
    "批量办理": "Acting on many",
    "检查": "Checking",
    "重建": "Rebuilding",
    "演示": "Making the demo town",
    "四率": "Rates",
    "复算核对": "Recounting",
    "近八周走势": "Last eight weeks",
    "在办与临期": "Open and nearly due",
    "成稿": "Putting together",
    "排版": "Laying out",
    "打印": "Printing",
}
# Beginnings of such texts; what follows was written by people.
BEGINNINGS: Mapping[str, str] = {
    "导入核对，保留本机：": "kept ours at an import: ",
    "引用工单 ": "quotes order ",
    "不满意件：": "Dissatisfied: ",
    "未解决件：": "Unresolved: ",
    "未先行联系件：": "Not contacted: ",
    "列入不满意件": "listed as dissatisfied",
    "列入未解决件": "listed as unresolved",
    "列入未先行联系件": "listed as not contacted",
}


def straight(said: str) -> str:
    """Return English words with straight quotation marks: the font draws the curly ones as wide as a character."""
    return said.replace("“", '"').replace("”", '"')


def value(fact: str, code: str, lang: str = "zh") -> str:
    """Return the word for a coded value of a fact; other values as they are, the program's own in the language."""
    table = VALUES.get("channel" if fact == "reply_channel" else fact, {})
    found = table.get(code) or FLAGS.get(code)
    if found is not None:
        return found[lang == "en"]
    return written(code, lang)


def written(said: str, lang: str = "zh") -> str:
    """Return a text as it is shown: what the program wrote in the language asked for, what people wrote as it is."""
    if lang != "en":
        return said
    if said in WRITTEN:
        return WRITTEN[said]
    beginning = next((one for one in BEGINNINGS if said.startswith(one)), "")
    return BEGINNINGS[beginning] + said.removeprefix(beginning) if beginning else said


def working(what: str, lang: str = "zh") -> str:
    """Return what is told of work in a language; the name of a file as it is."""
    return WORK.get(what, what) if lang == "en" else what


def holiday(name: str, lang: str = "zh") -> str:
    """Return the name of a holiday, or of several joined by 、; one that nobody knows as it is."""
    if lang != "en":
        return name
    return " and ".join(HOLIDAYS.get(one, one) for one in name.split("、"))
