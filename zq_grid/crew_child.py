"""The process that folds parts of a rebuild for another one: parts in by the standard input, rows out.

`crew` starts it; in the frozen program the command line hands `--fold` to `main`.
"""

import gc
import marshal
import pickle
import sys
from typing import IO

from db.engine import open_again, transaction
from zq_grid import crew
from zq_grid.projection import Unnumbered
from zq_grid.session import Session

# A part makes many small objects that all live to its end: the collector need not look among them.
OFTEN = (200_000, 20, 50)


def main() -> int:
    """Answer part after part until nobody asks any more."""
    gc.set_threshold(*OFTEN)
    with open(0, "rb", closefd=False) as asked, open(1, "wb", closefd=False) as out:
        # from the process that started this one, through a pipe that nobody else holds
        order: crew.Order = pickle.loads(crew.frame(asked))
        engine = open_again(order.address)
        try:
            with transaction(engine, write=False) as db:
                _serve(Session(db, order.now, "", "", order.catalogue, ""), asked, out)
        finally:
            engine.dispose()
    return 0


def _serve(session: Session, asked: IO[bytes], out: IO[bytes]) -> None:
    while said := crew.frame(asked):
        try:
            found = crew.here(session, crew.PART.unpack(said), strict=True)
        except Unnumbered:
            found = None  # only who writes can give a number
        answer = marshal.dumps(found)
        out.write(crew.LENGTH.pack(len(answer)))
        out.write(answer)
        out.flush()


if __name__ == "__main__":
    sys.exit(main())
