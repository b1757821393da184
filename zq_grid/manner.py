"""How an act was done, said once for all the steps that it writes."""

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Manner:
    """When something was done (seconds UTC, and whether only the day is known), and for whom it is recorded."""

    did_at: int
    day_only: bool = False
    on_behalf_of: str = ""

    def told(self) -> dict[str, Any]:
        """Return this as `cases.write` takes it."""
        return {"did_at": self.did_at, "day_only": self.day_only, "on_behalf_of": self.on_behalf_of}
