"""The process that folds for another one: parts of a rebuild or steps in by the standard input, rows out.

`crew` starts it; in the frozen program the command line hands `--fold` to `main`.
"""

import gc
import marshal
import pickle
import sys
from collections.abc import Callable
from typing import IO

from db.engine import open_again, transaction
from zq_grid import crew
from zq_grid.projection import Lines, Unnumbered, apart, gathered, packed
from zq_grid.session import Session

# A part makes many small objects that all live to its end: the collector need not look among them.
OFTEN = (200_000, 20, 50)


def main() -> int:
    """Answer part after part until nobody asks any more."""
    gc.set_threshold(*OFTEN)
    with open(0, "rb", closefd=False) as asked, open(1, "wb", closefd=False) as out:
        # from the process that started this one, through a pipe that nobody else holds
        order: crew.Order = pickle.loads(crew.frame(asked))
        if order.address is None:
            _serve(
                lambda said: gathered(apart(some, order.catalogue) for some in crew.taken(said)),
                order.dialect,
                asked,
                out,
            )
            return 0
        engine = open_again(order.address)
        try:
            with transaction(engine, write=False) as db:
                session = Session(db, order.now, "", "", order.catalogue, "")
                _serve(
                    lambda said: crew.here(session, crew.PART.unpack(said), strict=True),
                    order.dialect,
                    asked,
                    out,
                )
        finally:
            engine.dispose()
    return 0


def _serve(fold: Callable[[bytes], Lines], dialect: str, asked: IO[bytes], out: IO[bytes]) -> None:
    while said := crew.frame(asked):
        try:
            found = packed(fold(said), dialect)
        except Unnumbered:
            found = None  # only who writes can give a number
        answer = marshal.dumps(found)
        out.write(crew.LENGTH.pack(len(answer)))
        out.write(answer)
        out.flush()


if __name__ == "__main__":
    sys.exit(main())
