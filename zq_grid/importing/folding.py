"""The summary rows of new cases while an import goes on: another process folds what it can, the rest is folded here."""

import sys
from collections import deque
from contextlib import suppress
from functools import partial
from pathlib import Path

from zq_grid import crew, projection
from zq_grid.importing.behind import Behind
from zq_grid.projection import Packed
from zq_grid.rules.step import Step
from zq_grid.session import Session

# Of so many new cases a process is worth its start; a file of so many bytes may well hold them.
WORTH, EARLY = 2_000, 200 << 10
# Seconds after which a busy thread lets another in; the usual ones are longer than most of what is asked for.
TURN = 0.0002
LEAD = 3  # what the process is asked for at once: one part that it folds, and some so that it never waits
Held = dict[int, list[Step]]


class Folding:
    """Folds new cases and has their rows written, in the order in which they were put in.

    What was put in is only sure to be written after `finish`. While it is open, whatever reads or writes through
    the session's connection goes through `behind`, or waits for it.
    """

    def __init__(self) -> None:
        """Begin with nothing; call `expect` before anything else."""
        self.behind = Behind(apart=False)
        self._asking = Behind(apart=True)
        self._hand: crew.Hand | None = None
        self._owed: deque[tuple[Held, Packed | None]] = deque()
        self._asked = 0
        self._turn = sys.getswitchinterval()

    def __enter__(self) -> "Folding":
        return self

    def __exit__(self, *_: object) -> None:
        if self._hand is not None:
            self._hand.__exit__()
        self._asking.__exit__()
        self.behind.__exit__()
        sys.setswitchinterval(self._turn)

    def start_early(self, path: Path) -> None:
        """Start the process before anybody knows what is in a file, if it is large: there is little else to do yet."""
        with suppress(OSError, ValueError):  # whoever reads it says what is wrong with it
            if crew.cores() > 1 and path.stat().st_size >= EARLY:
                self._hand = crew.Hand()

    def expect(self, session: Session, cases: int) -> None:
        """Say where the rows are written, and how many new cases may come."""
        self._session = session
        self._dialect = session.db.dialect.name
        if cases >= WORTH and crew.cores() > 1:
            self.behind = Behind(apart=True)
            sys.setswitchinterval(TURN)
        elif self._hand is not None:
            self._hand.__exit__()
            self._hand = None

    def put(self, held: Held) -> None:
        """Have the rows written of cases all of whose steps are these, by this store's numbers of subjects."""
        if not held:
            return
        if not self.behind.apart:
            projection.first_rows(self._session, held)
            return
        if self._asked < LEAD and (hand := self._begun()).well:
            self._asking.put(lambda: hand.ask(crew.handed(held)))
            self._asked += 1
            self._owed.append((held, None))
        else:
            self._owed.append((held, self._here(held)))
        self._hand_in()

    def finish(self) -> None:
        """Write what is still owed, and wait for it."""
        self._hand_in(last=True)
        self.behind.wait()

    def _begun(self) -> crew.Hand:
        """Return the process, with its order given."""
        hand = self._hand = self._hand or crew.Hand()
        if not hand.ordered:
            hand.begin(crew.Order(None, self._session.catalogue, self._session.now, self._dialect))
        return hand

    def _hand_in(self, *, last: bool = False) -> None:
        """Have written what is folded, as far as nothing before it is missing."""
        while self._owed:
            held, found = self._owed[0]
            if found is None and self._hand is not None:
                if not (last or self._hand.ready()):
                    return
                found = self._hand.answer()
                self._asked -= 1
            self._owed.popleft()
            found = self._here(held) if found is None else found
            self.behind.put(partial(projection.first_rows, self._session, held, found))

    def _here(self, held: Held) -> Packed:
        try:
            known = self._session.catalogue
            found = projection.gathered(projection.apart(some, known) for some in projection.lots(held))
        except projection.Unnumbered:
            self.behind.wait()
            found = projection.afresh(self._session, held)
        return projection.packed(found, self._dialect)
