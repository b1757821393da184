"""What a person reads when something only the window offers is refused (see `zq_grid.refusals`)."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "cannot_print": (
        "打印机“{printer}”没有开始打印。请检查打印机是否开机、联网，再打印；也可以先存为 PDF。",
        "The printer {printer} did not begin. See that it is on and connected, and print again, or save as PDF.",
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
