"""What a person reads when a rule says no: code → (Chinese, English) sentences with places for the facts.

Each says what happened and what to do next; that nothing was changed is said once, by whoever shows it.
"""

from collections.abc import Mapping

from zq_grid import refusals_acts, refusals_reveals, refusals_window, visible, words
from zq_grid.errors import Refused
from zq_grid.importing import sentences
from zq_grid.importing.sentences import SENTENCES

TEXTS: Mapping[str, tuple[str, str]] = {
    "alias_form": (
        "“{said}”不是“字段:词=含义”的写法，例如 unit:城管中队(莘)=chengguan。请改写后重试。",
        "{said} isn't of the form FIELD:WORD=MEANING, as in unit:WORD=code. Write it so and try again.",
    ),
    "alias_means": (
        "没有{kind}“{means}”，“{said}”的含义没有记下。请先定义它，或改用已有的代码。",
        "There is no {kind} {means} for {said} to mean. Define it first, or use a code that there is.",
    ),
    "amend_name": (
        "工单 {number} 的{fact}是它的身份，不能更正。登记错了请作废后重新登记。",
        "{fact} names case {number} and can't be amended. Void it and log it again.",
    ),
    "amend_not_closed": (
        "工单 {number} 还没有结案，结案后才能更正：{fields}。",
        "Case {number} is not closed yet; these can be amended afterwards: {fields}.",
    ),
    "backup_damaged": (
        "备份 {file} 不完整，没有使用。请换一份备份。",
        "The backup {file} is not whole and was not used. Take another.",
    ),
    "backup_not_store": (
        "{file} 不是本程序的备份。请选择 backups 文件夹里的 .zqb 文件。",
        "{file} is no backup of ours. Choose a .zqb file from the folder backups.",
    ),
    "batch_undone": ("批次 {batch} 已经撤销过。", "Batch {batch} was undone already."),
    "batch_unknown": ("没有批次“{batch}”。", "There is no batch “{batch}”."),
    "cancelled": (
        "已取消，什么也没有写入。需要时可重新导入。",
        "Cancelled; nothing was written. Import again when you like.",
    ),
    "calendar_invalid": (
        "日历有误：{fault}。请改正后再录入。",
        "The calendar is wrong: {fault}. Mend it and define it again.",
    ),
    "cannot_write": (
        "无法写入 {path}。请检查权限和磁盘空间。",
        "Can't write {path}. Check rights and free space.",
    ),
    "case_ambiguous": (
        "有几件案件编号都是 {number}，请改用全称：{names}。",
        "Several cases bear {number}; use a full name: {names}.",
    ),
    "case_exists": (
        "工单 {number} 已经登记过。要补充内容请用“更正”。",
        "Order {number} is logged already. Amend it to add to it.",
    ),
    "case_unknown": (
        "没有编号为“{number}”的案件。请核对编号。",
        "There is no case “{number}”. Check the number.",
    ),
    "demo_size": (
        "演示案件数不能是 {said}，请在 {least} 到 {most} 之间选择。",
        "The demo can't have {said} cases; choose from {least} to {most}.",
    ),
    "device_unreadable": (
        "本机签名文件 {file} 读不出来。请从备份取回该文件。",
        "The device file {file} can't be read. Put it back from a backup.",
    ),
    "did_in_future": (
        "填写的时间 {at} 晚于现在 {now}。请改正时间。",
        "The time given, {at}, lies after now, {now}. Mend the time.",
    ),
    "entry_invalid": (
        "{kind}“{entry}”的内容有误：{fault}。请改正后再录入。",
        "The {kind} {entry} is wrong at: {fault}. Mend it and define it again.",
    ),
    "entry_needed": (
        "{kind}“{entry}”不可缺少，不能停用。需要改动请用 define 重新定义。",
        "The {kind} {entry} can't be spared. Define it anew to change it.",
    ),
    "entry_unknown": ("没有{kind}“{entry}”。", "There is no {kind} {entry}."),
    "erase_unknown": (
        "这件案件没有这些个人信息：{fields}。可清除的有：{known}。",
        "The case holds no such personal values: {fields}. It holds: {known}.",
    ),
    "export_suffix": (
        "不能导出为“{name}”。请用这些后缀：{known}。",
        "Can't export to “{name}”. Use one of these endings: {known}.",
    ),
    "extension_short": (
        "延期至 {until} 不晚于现行期限 {due}。请填写更晚的日期。",
        "An extension until {until} is no later than the limit in force, {due}. Give a later day.",
    ),
    "fact_form": (
        "“{fact}”不能是“{said}”，应为：{expected}。",
        "“{fact}” can't be “{said}”; it must be one of or like: {expected}.",
    ),
    "fact_long": (
        "“{fact}”有 {length} 个字，最多 {longest} 个字。",
        "“{fact}” has {length} characters, at most {longest} are allowed.",
    ),
    "fact_unknown": (
        "“{step}”没有“{fact}”这一项。可填：{known}。",
        "“{step}” has no fact “{fact}”. It has: {known}.",
    ),
    "file_not_toml": ("文件 {file} 不是 TOML：{fault}。", "{file} is not TOML: {fault}."),
    "filter_unknown": (
        "没有“{said}”这种{filter}。可用：{known}。",
        "There is no {filter} “{said}”. Use one of: {known}.",
    ),
    "folder_missing": ("文件夹不存在：{folder}。", "There is no folder {folder}."),
    "gate": (
        "工单{number}还缺：{missing}。补齐后再{step}。",
        "Case {number} still lacks: {missing}. Add them, then {step}.",
    ),
    "group_unknown": (
        "不能按“{group}”分组。可用：{known}。",
        "Can't group by “{group}”. Use one of: {known}.",
    ),
    "image_invalid": (
        "文件 {file} 不是可用的图片：{fault}。请换一张。",
        "{file} is no usable picture: {fault}. Choose another.",
    ),
    "import_answer": (
        "对工单 {number} 的答复“{said}”无法识别。可以用：{known}（以表格为准、以本库为准、暂不决定）。",
        "The answer {said} for {number} is not known. Known: {known}.",
    ),
    "key_damaged": (
        "密钥文件 {file} 已损坏。请从备份取回。",
        "The key file {file} is damaged. Put it back from a backup.",
    ),
    "key_missing": (
        "找不到密钥文件 {file}，数据无法打开。请把 key 文件放回数据文件夹。",
        "The key file {file} is missing, so the data can't be opened. Put it back.",
    ),
    "kind_unknown": (
        "没有“{kind}”这类目录项。可用：{known}。",
        "There is no kind “{kind}”. Use one of: {known}.",
    ),
    "not_canonical": ("内容里有无法保存的字符：{place}。", "The text can't be stored: {place}."),
    "not_dispatched": (
        "工单 {number} 还没有承办单位，不能打印交办单。请先派遣，再打印。",
        "Case {number} has no unit yet, so there is no dispatch sheet. Dispatch it, then print.",
    ),
    "only_practice": (
        "“{what}”只能在练习数据中使用。请用 init --practice 另建练习数据。",
        "“{what}” works in practice workspaces only. Make one with init --practice.",
    ),
    "path_unusable": (
        "{path} 打不开。请检查它是不是文件夹、有没有权限、是否被其他程序占用，再重试。",
        "{path} can't be opened. See whether it is a folder, whether you have the right to it and whether another "
        "program holds it, and try again.",
    ),
    "period_empty": ("统计期的结束必须晚于开始。", "The period must end after it begins."),
    "phrase_empty": (
        "没有内容可以存为常用语。请先写下这段文字。",
        "There is no text to keep as a phrase. Write it first.",
    ),
    "phrase_many": (
        "这类事项已有 {most} 条自存的常用语。请先去掉一条再存。",
        "This type has {most} phrases of your own already. Let one go first.",
    ),
    "place_nameless": (
        "“{said}”里没有地名，无法记住。请只写地点，如“某某苑3号”。",
        "“{said}” names no place, so it can't be remembered. Give the place alone.",
    ),
    "profile_invalid": ("统计口径有误：{fault}。", "The metric profile is wrong: {fault}."),
    "profile_unknown": (
        "没有统计口径“{profile}”。现有：{known}。",
        "There is no profile “{profile}”. There are: {known}.",
    ),
    "recount_differs": (
        "“{key}”的两套算法结果不一致（{group}），未出具。请运行 check 检查，并告知维护人员。",
        "The two calculations of “{key}” differ ({group}), so nothing was issued. Run check and tell the maintainers.",
    ),
    "replay_line": (
        "第 {line} 行不是有效的 JSON 记录：{fault}。",
        "Line {line} is no valid JSON record: {fault}.",
    ),
    "retract_again": ("这一步已经撤销过。", "This step was retracted already."),
    "retract_erase": ("个人信息清除后不能恢复。", "What was erased can't be brought back."),
    "retract_reopened": (
        "工单 {number} 结案后已再次办理，要撤销结案请先撤销“再次办理”。",
        "Case {number} was reopened after this closing. Take back the reopening first.",
    ),
    "retract_unknown": ("案件 {number} 没有步骤 {step}。", "Case {number} has no step {step}."),
    "server_backup": (
        "共享数据库请用 pg_dump 备份和恢复。",
        "Back up and restore a shared database with pg_dump.",
    ),
    "step_again": ("案件已经登记。", "The case is logged already."),
    "step_before_log": ("案件的登记已撤销，先恢复登记。", "The case's log was retracted; restore it first."),
    "step_no_exclusion": ("没有待批的剔除申请。", "No exclusion is waiting for approval."),
    "step_no_request": (
        "没有待批的延期申请。请先“申请延期”。",
        "No extension was asked for. Ask for one first.",
    ),
    "step_no_return": ("没有待审核的退单。", "No return is waiting for a ruling."),
    "step_not_handled": (
        "工单 {number} 还没有办理记录。请先“办理”。",
        "Case {number} was not handled yet. Handle it first.",
    ),
    "step_not_joined": ("工单 {number} 没有并入其他工单。", "Case {number} is not merged into another."),
    "step_resume": ("工单 {number} 没有中止计时。", "Case {number} is not suspended."),
    "step_return_pending": (
        "工单 {number} 的退单还在审核。",
        "A return of case {number} is waiting for a ruling.",
    ),
    "step_stage": (
        "工单 {number} 现为“{stage}”，不能“{step}”。现在可以：{fits}。",
        "Case {number} is {stage}, so it can't be given “{step}”. It can now: {fits}.",
    ),
    "step_suspend": ("工单 {number} 已经中止计时。", "Case {number} is suspended already."),
    "step_unknown": (
        "没有“{step}”这种步骤。可用：{known}。",
        "There is no step “{step}”. Use one of: {known}.",
    ),
    "store_busy": (
        "数据正被另一个程序写入，5 秒内没有轮到。请稍后重试。",
        "Another program is writing. Try again in a moment.",
    ),
    "store_corrupt": (
        "数据文件已损坏。原文件保留未动，请用 restore 从最近的备份恢复。",
        "The store is damaged. It was left as it is; restore the newest backup.",
    ),
    "store_empty": (
        "数据文件 {file} 是空的，不是本程序的数据。请从备份恢复。",
        "{file} is empty and no store of ours. Restore a backup.",
    ),
    "store_exists": ("这里已经有数据：{folder}。", "There is a store already: {folder}."),
    "store_full": (
        "磁盘空间不足，这次操作没有保存。请清理后重试。",
        "The disk is full; this act was not stored. Make room and retry.",
    ),
    "store_io": (
        "读写数据时出错，这次操作是否保存尚不确定。请重新打开后核对，再检查磁盘。",
        "Reading or writing failed; whether this act was stored is unknown. Reopen, look, and check the disk.",
    ),
    "store_missing": (
        "{folder} 里没有数据。请先运行 init（建立本站）或 demo（试用）。",
        "There is no store in {folder}. Run init (your station) or demo (a trial) first.",
    ),
    "store_plain": (
        "{file} 没有加密，不是本程序的数据，未打开。",
        "{file} is not encrypted and no store of ours; it was not opened.",
    ),
    "store_share": (
        "{folder} 在网络共享、移动磁盘或云盘文件夹里（{why}），数据会丢失或损坏，未打开。"
        "请把数据放在本机磁盘，站点之间用“数据上报”交换。",
        "{folder} lies on a network share, a removable disk or in a cloud folder ({why}), where data gets lost. "
        "Keep it on a disk of this machine, and exchange with other stations.",
    ),
    "store_too_new": (
        "数据由更新的版本写成（{revision}），本版本不能打开。请升级程序。",
        "The store was written by a newer version ({revision}). Upgrade the program.",
    ),
    "store_unreachable": (
        "连不上数据库。请检查地址、网络和服务。",
        "The database can't be reached. Check address and server.",
    ),
    "store_unsafe_engine": (
        "本机的数据库引擎版本会丢失数据，未打开。请重新安装程序。",
        "This database engine can lose data and was not used. Install the program again.",
    ),
    "store_wrong_key": (
        "密钥不对，或这不是本程序的数据。请把原来的 key 文件放回数据文件夹。",
        "The key doesn't fit, or this is no store of ours. Put the right key file back.",
    ),
    "sub_cases_open": (
        "工单 {number} 还有未结案的子单：{numbers}。请先办结子单。",
        "Case {number} has open sub-cases: {numbers}. Close them first.",
    ),
    "territory_unknown": (
        "没有“{said}”这个{fact}。请填写镇域内的名称或代码。",
        "The town has no {fact} “{said}”. Give one of its names or codes.",
    ),
    "town_invalid": (
        "{file} 不是完整的镇域文件，缺：{fault}。",
        "{file} is no complete town; it lacks: {fault}.",
    ),
    "type_unknown": (
        "没有事项类型“{type}”。可用：{known}。",
        "There is no type “{type}”. Use one of: {known}.",
    ),
    "unit_unknown": ("没有承办单位“{unit}”。", "There is no unit “{unit}”."),
    "wrong_use": ("用法不对：{fault}。", "Wrong use: {fault}."),
    "week_ahead": (
        "{week} 在 {at} 还没有开始。请选择已经开始的一周。",
        "Week {week} had not begun at {at}. Choose one that has.",
    ),
    "week_unknown": ("“{week}”不是周次。请写成 2026-W47。", "“{week}” is no week. Write 2026-W47."),
    "worker_ambiguous": (
        "有几位工作人员叫“{worker}”，请用工号：{codes}。",
        "Several workers are called “{worker}”; use a code: {codes}.",
    ),
    "worker_unknown": ("没有工作人员“{worker}”。", "There is no worker “{worker}”."),
    **refusals_acts.TEXTS,
    **refusals_reveals.TEXTS,
    **refusals_window.TEXTS,
}
FAULTS = {
    "not_picture": ("无法识别的图片", "it can't be read as a picture"),
    "many_pixels": ("像素过多", "it has too many pixels"),
    "altered": ("内容已被改动", "its content was changed"),
    "bad_year": ("年份不对", "the year is wrong"),
    "bad_version": ("版本号应为正整数", "the version must be a whole number"),
    "bad_table": ("off、work 应为列表", "off and work must be lists"),
    "bad_date": ("日期写错", "a date is wrong"),
    "wrong_year": ("有不属于该年的日期", "a day lies outside the year"),
    "from_after_to": ("开始晚于结束", "a range ends before it begins"),
    "off_and_work": ("同一天既休息又上班", "a day is both off and worked"),
    "bad_office": ("办公时间写错", "the office hours are wrong"),
    "since": ("首日不是日期", "the first day is no date"),
    "until": ("末日不是日期", "the last day is no date"),
    "until < since": ("末日早于首日", "the last day lies before the first"),
    "deputy = worker": ("代办人就是本人", "the deputy is the worker"),
}
# Facts that are lists, whoever raises puts them in one line or not.
LISTED = frozenset({"known", "expected", "codes", "names", "numbers", "sheets", "headers", "fits"})
FILTERS = {
    "stage": ("环节", "stage"),
    "light": ("信号灯", "light"),
    "sort": ("排序", "order"),
    "owes": ("待办时限", "promise"),
    "asks": ("待审批事项", "ruling"),
    "source": ("来源", "source"),
    "kind": ("诉求类型", "kind"),
}
SAFE = ("没有任何改动。", "Nothing was changed.")
# Of one case among others that were acted on; of one line of a history.
ONE = ("这一件没有改动。", "This case was left as it is.")
LINE = ("这一行没有写入。", "This line wrote nothing.")
# After these nobody can promise that nothing was changed.
UNSURE = frozenset({"store_io"})
# These say so themselves.
SAID = frozenset({"cancelled"})


def sentence(refusal: Refused, lang: str = "zh", *, ending: tuple[str, str] = SAFE) -> str:
    """Return what happened, that nothing was lost, and what to do next, in a language.

    Args:
        refusal: with its facts.
        lang: "zh" or "en".
        ending: ONE or LINE where other cases or lines were written, so that only of this one nothing was.
    """
    facts = {name: visible.fact(_shown(name, value, lang)) for name, value in refusal.facts.items()}
    if refusal.code in TEXTS:
        text = TEXTS[refusal.code][lang == "en"]
        found = (words.straight(text) if lang == "en" else text).format_map(_Facts(facts))
    elif refusal.code in SENTENCES:
        found = sentences.sentence(refusal.code, facts, lang)
    else:
        found = visible.fact(str(refusal))
    return (
        found
        if refusal.code in UNSURE | SAID
        else f"{found}{' ' if lang == 'en' else ''}{ending[lang == 'en']}"
    )


def _shown(name: str, value: object, lang: str) -> str:
    join = ", " if lang == "en" else "、"
    if name in {"missing", "fields"} and isinstance(value, list):
        return join.join(_coded(words.FACTS, item, lang) for item in value)
    if name == "fits" and isinstance(value, list):
        return join.join(_coded(words.STEPS, item, lang) for item in value) or "—"
    if name == "fault" and str(value) in FAULTS:
        return FAULTS[str(value)][lang == "en"]
    if name in {"filter", "group"} and str(value) in FILTERS:
        return FILTERS[str(value)][lang == "en"]
    if name == "kind":
        return words.say(words.ENTRIES, str(value), lang)
    if name == "step":
        return words.say(words.STEPS, str(value), lang)
    if name == "stage":
        return words.say(words.STAGES, str(value), lang)
    if name == "fact":
        return words.say(words.FACTS, str(value), lang)
    shown = join.join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    if name in LISTED:
        shown = shown.replace("、", join)
    return shown or ("—" if name == "known" else "")


def _coded(table: words.Words, code: str, lang: str) -> str:
    """Return a word with the code that commands take for it, where they differ."""
    said = words.say(table, code, lang)
    if lang == "en":
        return said if said == code else f"{said} ({code})"
    return f"{said}({code})"


class _Facts(dict[str, str]):
    def __missing__(self, name: str) -> str:
        return "—"
