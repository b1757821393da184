"""A practice town with a clock of its own, workbooks made for one test, and what the store holds."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import xlsxwriter
from sqlalchemy import func, select

from db.tables import BATCHES, CASE_FACTS, CASES, CLOCKS, FOREVER, PERSONAL, ROUNDS, STEPS, STORE
from zq_grid import cases, lists, setup, steps, together
from zq_grid.importing import commit, reader, run, undo
from zq_grid.importing.commit import Imported
from zq_grid.importing.headers import map_headers
from zq_grid.importing.plan import plan
from zq_grid.importing.undo import Undone
from zq_grid.rules import worktime
from zq_grid.rules.state import CaseState
from zq_grid.rules.step import Step, order

HEADER = ("工单编号", "受理时间", "工单类型", "诉求地址", "内容描述")
ROW = ("20261020000001", "2026-10-20 09:03:00", "投诉", "和溪五村12号", "楼上漏水，物业不管")


def second(said: str) -> int:
    """Return the second that `said` means."""
    return worktime.parse(said)[0]


class Stop(Exception):
    """Thrown to roll a transaction back."""


class Town:
    """A workspace at 2026-11-02 09:00; `later` moves its clock."""

    def __init__(self, folder: Path, url: str | None = None) -> None:
        self.folder, self.files = folder, 0
        self.now = second("2026-11-02T09:00:00+08:00")
        self.workspace = setup.new_workspace(folder / "ws", url, practice=True, clock=lambda: self.now)

    def later(self, seconds: int = 3600) -> None:
        self.now += seconds

    def workbook(self, header: Sequence[Any], *rows: Sequence[Any]) -> Path:
        """Write a workbook of text cells."""
        self.files += 1
        path = self.folder / f"{self.files}.xlsx"
        with xlsxwriter.Workbook(str(path)) as book:
            sheet = book.add_worksheet("表")
            for line, row in enumerate([header, *rows]):
                for column, cell in enumerate(row):
                    if cell not in (None, ""):
                        sheet.write_string(line, column, str(cell))
        return path

    def take(self, header: Sequence[Any], *rows: Sequence[Any], **more: Any) -> Imported:
        """Import rows through a real workbook; the clock goes on by an hour before."""
        self.later()
        return run.run_file(self.workspace, self.workbook(header, *rows), **more)

    def take_answered(
        self, header: Sequence[Any], *rows: Sequence[Any], answers: Mapping[str, str], name: str = "再次.xlsx"
    ) -> Imported:
        """Import rows with a person's answers to what was asked."""
        self.later()
        table = reader.read(self.workbook(header, *rows))
        with self.workspace.write() as session:
            return commit.run(session, plan(table, map_headers(table)), file=name, answers=answers)

    def take_back(self, batch: str, **more: Any) -> Undone:
        self.later()
        with self.workspace.write() as session:
            return undo.run(session, batch, **more)

    def act(self, number: str, kind: str, facts: Mapping[str, Any]) -> Step:
        self.later()
        with self.workspace.write() as session:
            return together.act(session, number, kind, facts).step

    def case(self, number: str) -> CaseState:
        with self.workspace.read() as session:
            return cases.show(session, number)[1]

    def steps(self, number: str) -> list[Step]:
        with self.workspace.read() as session:
            return sorted(steps.of_subject(session.db, cases.find(session, number)), key=order)

    def kinds(self, number: str) -> list[str]:
        return [step.kind for step in self.steps(number)]

    def number_of_steps(self) -> int:
        with self.workspace.read() as session:
            return int(session.db.execute(select(func.count()).select_from(STEPS)).scalar_one())

    def found(self, words: str) -> list[str]:
        """Return the numbers of the cases that search finds."""
        with self.workspace.read() as session:
            page = lists.page(session, search=words, limit=lists.MOST)
            return sorted(one.number for one in page.rows)

    def column(self, query: Any) -> list[Any]:
        with self.workspace.read() as session:
            return list(session.db.execute(query).scalars())

    def summary(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return what people see: every summary row, of rounds those that stand and weren't taken back."""
        standing = select(ROUNDS).where(
            ROUNDS.c.until == FOREVER, func.coalesce(ROUNDS.c.gone, "") != "retracted"
        )
        queries = {"cases": select(CASES), "clocks": select(CLOCKS), "facts": select(CASE_FACTS)}
        with self.workspace.read() as session:
            return {
                name: sorted(map(tuple, session.db.execute(query)), key=repr)
                for name, query in {**queries, "rounds": standing}.items()
            }

    def everything(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return the log and what belongs to this store alone."""
        with self.workspace.read() as session:
            return {
                table.name: sorted(map(tuple, session.db.execute(select(table))), key=repr)
                for table in (STEPS, PERSONAL, STORE, BATCHES, ROUNDS)
            }

    def without_trace(self, work: Any) -> Any:
        """Return what `work(session)` gives, and roll its transaction back."""
        found = None
        with suppress(Stop), self.workspace.write() as session:
            found = work(session)
            raise Stop
        return found


def counts(done: Imported) -> tuple[int, ...]:
    """Return how many rows were new, amended, unchanged, asked, rejected."""
    return (done.new, done.amended, done.unchanged, len(done.asked), len(done.rejected))


def changed(**facts: Any) -> tuple[Any, ...]:
    """Return HEADER's row with other cells."""
    return tuple(
        facts.get(name, cell)
        for name, cell in zip(("number", "at", "kind", "place", "text"), ROW, strict=True)
    )


def body(town: "Town", number: str = ROW[0]) -> Mapping[str, Any]:
    """Return what the first step of a case says."""
    return town.steps(number)[0].body


def reminding(number: str, quoted: str) -> tuple[Any, ...]:
    """Return a row that quotes an older order."""
    return changed(number=number, text=f"【最近派发的工单编号：{quoted}，工单内容：漏水】市民催办 {number}")
