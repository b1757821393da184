"""What a person reads when something only the window offers is refused (see `zq_grid.refusals`)."""

from collections.abc import Mapping

TEXTS: Mapping[str, tuple[str, str]] = {
    "no_screen": (
        "这里没有屏幕，窗口打不开。可以用命令（zq-grid --help），或在有桌面的电脑上打开。",
        "There is no screen here, so the window can't open. Use the commands (zq-grid --help), or open it on a desktop.",
    ),
    "settle_gone": (
        "工单 {number} 的“{fact}”已没有待核对的差异，或该值已不在本机，没有写入。请刷新后再看。",
        "Case {number} has no such difference in {fact} to settle any more, or its value is not held here. Nothing was written; look again.",
    ),
}
