"""The words of a case as a table: every step, its facts, what each fact must look like, what must be there.

Source: docs/architecture.md “The words of a case”; the names are a contract.
"""

from typing import NamedTuple


class Fact(NamedTuple):
    """One named fact of a step. `form`: text, flag, choice, list, time (ISO or day), day, count, step, case."""

    form: str = "text"
    needed: bool = False
    choices: tuple[str, ...] = ()
    personal: bool = False
    longest: int = 4000


def _choice(*words: str, needed: bool = False) -> Fact:
    return Fact("choice", needed, words)


TEXT, FLAG, TIME, LIST = Fact(), Fact("flag"), Fact("time"), Fact("list")
NEEDED = Fact(needed=True)
REASON = Fact(needed=True)
PERSONAL = Fact(personal=True)

TYPES_ARE_DATA = Fact(needed=True)
KINDS = ("complaint", "report", "request", "consultation", "suggestion", "thanks")
MODES = ("transfer", "supervised", "recheck")
SOURCES = (
    "hotline",
    "patrol",
    "station",
    "wechat",
    "video",
    "inspection",
    "anti_fraud_centre",
    "police_transfer",
    "petition_visit",
    "mediation_desk",
    "safety_inspection",
    "street_patrol",
    "enterprise",
)
GROUNDS = (
    "not_government",
    "emergency_line",
    "other_body",
    "in_litigation",
    "in_procedure",
    "secret_or_privacy",
    "being_handled",
    "unlawful_or_malicious",
    "other",
)
CHANNELS = ("platform", "phone", "mobile", "message", "door", "wechat", "letter", "meeting", "other")
VERDICTS = ("solved", "explained", "partly", "returned", "not_ours")
ANSWERED = ("satisfied", "fairly", "so_so", "dissatisfied")
UNANSWERED = ("not_asked", "no_answer", "refused")
INDICATORS = ("first_contact", "on_time_closing", "actual_resolution", "satisfaction", "all")

LOG: dict[str, Fact] = {
    "type": TYPES_ARE_DATA,
    "kind": _choice(*KINDS),
    "mode": _choice(*MODES),
    "source": _choice(*SOURCES, needed=True),
    "place": TEXT,
    "text": Fact(personal=True, longest=20_000),
    "reporter": PERSONAL,
    "phone": PERSONAL,
    "confidential": FLAG,
    "anonymous": FLAG,
    "reply_wanted": FLAG,
    "order_number": TEXT,
    "platform_number": TEXT,
    "accepted_at": TIME,
    "dispatched_at": TIME,
    "received_at": TIME,
    "platform_due": TIME,
    "category": TEXT,
    "urgency": _choice("normal", "urgent"),
    "neighbourhood": TEXT,
    "grid": TEXT,
    "micro_grid": TEXT,
    "estate": TEXT,
    "place_key": TEXT,
    "lon": TEXT,
    "lat": TEXT,
    "title": PERSONAL,
    "number": TEXT,
    "parent": TEXT,
    "precision": _choice("second", "day"),
    "extra": Fact("object", personal=True),
}

CLOSING: dict[str, Fact] = {
    "verdict": _choice(*VERDICTS, needed=True),
    "fact_finding": _choice("true", "partly", "untrue", "unclear", needed=True),
    "claim_finding": _choice("reasonable", "partly", "unreasonable", needed=True),
    "finding_words": TEXT,
    "reply": NEEDED,
    "reply_channel": _choice(*CHANNELS, needed=True),
    "reply_at": TIME,
    "conclusion": Fact(needed=True, longest=500),
    "grid": TEXT,
}

STEPS: dict[str, dict[str, Fact]] = {
    "log": LOG,
    "accept": {},
    "refuse": {"ground": _choice(*GROUNDS, needed=True), "words": TEXT},
    "dispatch": {"unit": TEXT, "assisting": LIST, "reason": TEXT},
    # `deputy`: whether it may go to who stands in for an absent worker, who is then named by `instead_of`
    "assign": {"worker": NEEDED, "reason": TEXT, "deputy": FLAG, "instead_of": TEXT},
    "sign": {},
    "transfer": {"unit": NEEDED, "reason": REASON},
    "return": {"to": _choice("centre", "district", needed=True), "reason": REASON},
    "rule_return": {"upheld": Fact("flag", needed=True), "words": TEXT, "reason": TEXT},
    "contact": {
        "reached": _choice("yes", "no", "not_assessed", needed=True),
        "person": PERSONAL,
        "channel": _choice(*CHANNELS),
        "reason": TEXT,
    },
    "attend": {"who": NEEDED, "findings": NEEDED, "unit_head": FLAG, "met": FLAG},
    "handle": {"result": NEEDED, "findings": TEXT},
    "check": {"passed": Fact("flag", needed=True), "words": TEXT},
    "submit": {"words": TEXT},
    "visit": {
        "by": _choice("centre", "unit", needed=True),
        "channel": _choice(*CHANNELS),
        "resolved": FLAG,
        "satisfaction": _choice(*ANSWERED, *UNANSWERED, needed=True),
        "reasons": TEXT,
        "words": PERSONAL,
    },
    "close": {**CLOSING, "to_complete": FLAG, "platform": FLAG},
    "reopen": {"reason": REASON},
    "ask_extension": {"until": Fact("day"), "days": Fact("count"), "reason": REASON, "document": TEXT},
    "grant_extension": {"until": Fact("day"), "days": Fact("count"), "reason": TEXT, "document": TEXT},
    "refuse_extension": {"reason": REASON, "document": TEXT},
    "suspend": {"reason": REASON},
    "resume": {"reason": TEXT},
    "escalate": {"level": _choice("area", "centre", "leader", "head", needed=True), "reason": REASON},
    "supervise": {"order": TEXT, "reason": TEXT},
    "split": {"sub_cases": Fact("list", needed=True), "reason": TEXT},
    "merge": {"into": Fact("case", needed=True), "repeat": FLAG, "reason": TEXT},
    "unmerge": {"reason": TEXT},
    "link": {"to": Fact("case", needed=True), "why": _choice("reminder", "related", "distinct", needed=True)},
    "exclude": {"indicator": _choice(*INDICATORS, needed=True), "reason": REASON, "document": TEXT},
    "approve_exclusion": {"indicator": _choice(*INDICATORS), "reason": TEXT, "document": TEXT},
    "amend": {},
    # `declined`: field → the value that came from elsewhere and that a person has decided against (R8.4)
    "note": {
        "text": Fact(needed=True, personal=True, longest=20_000),
        "declined": Fact("object", personal=True),
    },
    "attach": {
        "hash": NEEDED,
        "stage": _choice("before", "during", "after", needed=True),
        "kind": TEXT,
        "name": TEXT,
        "size": Fact("count"),
    },
    "withdraw": {"reason": REASON},
    "void": {"reason": REASON},
    "retract": {"step": Fact("step", needed=True), "reason": REASON},
    "erase": {"fields": Fact("list", needed=True), "reason": REASON},
}

ENTRY_STEPS = ("define", "retire")
# Who looked at personal values, of which case or list, and why (scope `audit`). What was searched for and why may
# name a person: both are detached from the signed bytes.
AUDIT_STEPS: dict[str, dict[str, Fact]] = {
    "reveal": {
        "case": TEXT,
        "fields": Fact("list", needed=True),
        "count": Fact("count", needed=True),
        "filter": Fact("object", personal=True),
        "reason": Fact(needed=True, personal=True, longest=500),
    },
}
VERSIONS: dict[str, int] = dict.fromkeys((*STEPS, *ENTRY_STEPS, *AUDIT_STEPS), 1)
# Facts that any step may carry besides its own.
COMMON: dict[str, Fact] = {"precision": _choice("second", "day")}
# What an amend may set besides the facts of `log`: the closing of the round in which it stands.
AMENDABLE: dict[str, Fact] = {
    **{name: fact for name, fact in LOG.items() if name not in {"number", "parent", "precision", "extra"}},
    **{name: fact for name, fact in CLOSING.items() if name != "grid"},
}
# Steps that go to every joined order in one act (R4.12).
JOINT = frozenset(["dispatch", "assign", "sign", "transfer", "attend", "handle", "check", "submit", "close"])
