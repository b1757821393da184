"""One transaction as services see it: the connection, the moment, the catalogue, and what was touched."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from zq_grid.catalogue import Catalogue
    from zq_grid.places import Gazetteer
    from zq_grid.writer import Writer


@dataclass
class Session:
    """Given by `workspace.read()` and `workspace.write()`; services take it first and never commit.

    `now` is the moment of the act, seconds UTC; `actor` the worker who acts; `writer` is None when only reading.
    """

    db: Connection
    now: int
    actor: str
    station: str
    catalogue: Catalogue
    store: str
    writer: Writer | None = None
    practice: bool = False
    touched: set[str] = field(default_factory=set)

    @property
    def gazetteer(self) -> Gazetteer:
        """The places of the town, as the catalogue has them."""
        return self.catalogue.gazetteer()

    @property
    def log(self) -> Writer:
        """The only way to write a step."""
        if self.writer is None:
            raise RuntimeError("this session only reads")
        return self.writer
