"""The states of an import, and the keys of each."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from ui.actions import Action
from ui.tr import tr

START, TRYING, READY, WRITING, DONE = "start", "trying", "ready", "writing", "done"


def actions(page: Any) -> Sequence[Action]:
    """Return what can be done on the page of imports, in the order in which it is listed."""
    review, start = page.review, page.start

    def ready() -> bool:
        return bool(page.state == READY)

    def asked() -> bool:
        return ready() and review.part == "asked" and bool(page.ran and page.ran.asked)

    def rejected() -> bool:
        return page.state in {READY, DONE} and bool(page.ran and page.ran.rejected)

    def show(name: str) -> None:
        review.show_part(name)
        review.tables[name].setFocus()

    return [
        Action(tr("选择文件"), "Ctrl+O", page.choose, lambda: page.state != WRITING),
        Action(tr("导入，或完成"), "Return", page.go, lambda: page.state in {READY, DONE}),
        Action(tr("换一个文件"), "Esc", page.leave_file, lambda: page.state in {TRYING, READY}),
        Action(tr("到列里去"), "1", review.columns.setFocus, lambda: page.state != START),
        Action(tr("待核对"), "2", partial(show, "asked"), lambda: page.state != START),
        Action(tr("未导入"), "3", partial(show, "rejected"), lambda: page.state != START),
        Action(tr("不认得的词"), "4", partial(show, "unknown"), lambda: page.state != START),
        Action(tr("说明"), "5", partial(show, "notes"), lambda: page.state != START),
        Action(tr("以表格为准"), "T", partial(review.decide_row, "theirs"), asked),
        Action(tr("以本机为准"), "O", partial(review.decide_row, "ours"), asked),
        Action(tr("暂不处理"), "K", partial(review.decide_row, "keep"), asked),
        Action(tr("全部以表格为准"), "Alt+T", partial(page.answer_all, "theirs"), asked),
        Action(tr("全部以本机为准"), "Alt+O", partial(page.answer_all, "ours"), asked),
        Action(tr("保存未导入的行"), "J", page.save_rejects, rejected),
        Action(tr("重新试算"), "F5", page.try_again, ready),
        Action(tr("撤销这次导入"), "U", page.undo_this, lambda: page.state == DONE and bool(page.ran.batch)),
        Action(tr("撤销所选"), "U", start.ask_undo, lambda: page.state == START and start.can_undo()),
    ]
