"""What a person reads when something only the window offers is refused (see `zq_grid.refusals`)."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "right_catalogue": (
        "{worker} 不是管理员，不能改目录（事项类型、时限、区域、人员、日历、口径）。请由管理员（{who}）来改。",
        "{worker} is no administrator and can't change the catalogue (types, limits, territory, people, calendar, "
        "profiles). Ask an administrator ({who}).",
    ),
    "right_staff": (
        "{worker} 只能登记自己的外出、移交自己的案件。别人的请由主管、派遣员或管理员（{who}）办理。",
        "{worker} can only enter their own absence and hand over their own cases. For others ask a supervisor, a "
        "dispatcher or an administrator ({who}).",
    ),
    "cannot_print": (
        "打印机“{printer}”没有开始打印。请检查打印机是否开机、联网，再打印；也可以先存为 PDF。",
        "The printer {printer} did not begin. See that it is on and connected, and print again, or save as PDF.",
    ),
    "file_of_store": (
        "{path} 是数据本身的文件，覆盖后数据就读不出来。请换一个文件名或文件夹。",
        "{path} is a file of the store itself; written over, nothing could be read any more. Choose another name or folder.",
    ),
    "no_screen": (
        "这里没有屏幕，窗口打不开。可以用命令（zq-grid --help），或在有桌面的电脑上打开。",
        "There is no screen here, so the window can't open. Use the commands (zq-grid --help), or open it on a desktop.",
    ),
    "settle_gone": (
        "工单 {number} 的“{fact}”已没有待核对的差异，或该值本机未持有。请刷新后再看。",
        "Case {number} has no difference in {fact} any more, or the value isn't held here. Look at the case again.",
    ),
}
