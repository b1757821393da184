"""What a person reads when an act on many cases, an undoing or a hand-over is refused (see `zq_grid.refusals`)."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "worker_absent": (
        "{worker} 自 {since} 至 {until} 不在岗，由 {deputy} 代办。要派给代办人请填 deputy=yes，仍派给本人请填 deputy=no。",
        "{worker} is away from {since} to {until}; {deputy} stands in. Say deputy=yes for the deputy, deputy=no for the worker.",
    ),
    "did_before_case": (
        "填写的时间 {at} 比工单 {number} 收到的时间 {received} 早 {most} 天以上。请核对年份。",
        "The time given, {at}, lies more than {most} days before case {number} was received, {received}. Check the year.",
    ),
    "did_long_ago": (
        "填写的时间 {at} 早于 2000 年。请改正年份。",
        "The time given, {at}, lies before the year 2000. Mend the year.",
    ),
    "entry_refers": (
        "“{entry}”写了 {fault}，但没有在用的{kind}“{said}”。请先定义它，或改用已有的代码。",
        "{entry} says {fault}, but there is no {kind} {said} in use. Define that first, or use a code that there is.",
    ),
    "filter_ambiguous": (
        "有几个{kind}叫“{said}”，请用代码：{codes}。",
        "Several entries of the kind {kind} are called “{said}”; use a code: {codes}.",
    ),
    "range_reversed": (
        "{until} 不晚于 {since}，中间没有任何时间（止不含当天）。请把结束改到开始之后。",
        "{until} is no later than {since}, so nothing lies between (the end is exclusive). Give a later end.",
    ),
    "undo_none": (
        "{worker} 最近没有可以撤销的操作。更早的请用 undo 加批次或步骤编号撤销。",
        "{worker} has done nothing lately that can be taken back. Name an older batch or step to undo it.",
    ),
    "undo_acted_since": (
        "“{said}”之后他人已继续办理：{numbers}，不能撤销。请与办理人商量，或只撤销其中的步骤。",
        "Others have acted since “{said}” on {numbers}. Talk to them, or retract single steps.",
    ),
    "undo_erase": (
        "上一步是清除个人信息，清除后不能恢复。更早的操作请用 undo 加步骤编号撤销。",
        "The last act erased personal values, which can't be brought back. Name an older step to undo it.",
    ),
    "undo_undoing": (
        "这一步是撤销批次 {batch} 时写下的，不能单独恢复。请重新办理或重新导入。",
        "This step was written by taking back batch {batch} and can't be restored alone. Act or import again.",
    ),
    "undo_unknown": (
        "没有批次或步骤“{said}”。请用 undo --list 查看最近的操作。",
        "There is no batch or step {said}. See the latest acts with undo --list.",
    ),
    "bulk_step": (
        "不能成批“{step}”，须逐件办理。可以成批的有：{known}。",
        "“{step}” can't be done in bulk, only case by case. These can: {known}.",
    ),
    "bulk_many": (
        "选中 {count} 件，一次最多 {most} 件。请缩小范围后分几次办理。",
        "{count} cases are chosen; at most {most} can be acted on at once. Narrow the choice.",
    ),
    "bulk_none": (
        "没有选中案件。请给出编号或筛选条件。",
        "No cases are chosen. Give numbers or filters.",
    ),
    "numbers_unreadable": (
        "文件 {file} 读不出编号。请另存为文本文件，每行一个编号。",
        "No numbers could be read from {file}. Save it as text, one number a line.",
    ),
    "bulk_changed": (
        "工单 {number} 在预览后有了变动，这次没有写入。请重新预览。",
        "Case {number} has changed since the preview and was left out. Preview again.",
    ),
    "bulk_stale": (
        "预览之后选择、内容或目录已改变。请重新预览，再确认。",
        "The choice, the step or the catalogue has changed since the preview. Preview again, then confirm.",
    ),
    "bulk_confirm": (
        "将写入 {count} 件，尚未确认。请先用 --preview 查看，再加 --yes 执行。",
        "{count} cases would be written to; this was not confirmed. Look with --preview, then act with --yes.",
    ),
    "handover_same": (
        "移交人和接收人都是 {worker}。请改选接收人。",
        "{worker} can't hand over to themselves. Choose another receiver.",
    ),
    "handover_what": (
        "没有说明移交谁的或哪个网格的案件。请给出 --from、--grid 或 --back。",
        "It isn't said whose or which grid's cases go over. Give --from, --grid or --back.",
    ),
    "absence_ahead": (
        "{worker} 现在在岗，已登记自 {since} 起请假。要取消请在 --end 之外写明 --since {since}。",
        "{worker} is there now; an absence from {since} is entered. To cancel it say --since {since} beside --end.",
    ),
    "absence_circle": (
        "这些天里代办人也不在岗，绕了一圈：{workers}，没有人办理。请改选代办人。",
        "On some of these days the deputies are away too and stand in for one another: {workers}. Choose another deputy.",
    ),
    "absence_overlaps": (
        "{worker} 自 {since} 至 {until} 已登记请假（{deputy} 代办），日期重叠。"
        "要延长或改动，请用同一首日 {since} 重新登记；已经回岗，请先结束这次请假（--end）。",
        "{worker} is away from {since} to {until} already ({deputy} stands in). To change that, enter it again with the "
        "same first day, {since}; to end it, use --end.",
    ),
    "absence_unknown": (
        "{worker} 没有首日为 {since} 的请假记录。请核对日期。",
        "No absence of {worker} begins on {since}. Check the day.",
    ),
    "absence_none": (
        "{worker} 现在没有请假记录。请用 --since 和 --deputy 登记。",
        "{worker} is not away now. Enter an absence with --since and --deputy.",
    ),
    "merge_closed": (
        "工单 {number} 不在办理中，不能并入。",
        "Case {number} is not open, so nothing can be merged into it.",
    ),
    "merge_again": (
        "工单 {number} 已经并入 {into}。要取消请用“撤销并单”。",
        "Case {number} is merged into {into} already. Un-merge it to part them.",
    ),
    "merge_leads": (
        "工单 {into} 已经并入 {number}，{number} 不能再并入它。要反过来并，请先对 {into} 撤销并单。",
        "Case {into} is merged into {number}, so {number} can't be merged into it. Un-merge {into} first.",
    ),
    "merge_itself": (
        "工单 {number} 不能并入或关联自己。",
        "Case {number} can't be merged into or linked to itself.",
    ),
}
