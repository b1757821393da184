"""Which unit a workbook means: by code, name, short name or alias of the catalogue, or by a word it has learnt."""

from zq_grid.importing.words import key
from zq_grid.session import Session


class Units:
    """The words by which units are known now; a word that two units share means neither."""

    def __init__(self, session: Session) -> None:
        known = session.catalogue
        self._codes: dict[str, str] = {}
        units = known.current("unit")
        for code, entry in units.items():
            for word in (code, entry.get("name", ""), entry.get("short", ""), *entry.get("aliases", ())):
                self._learn(str(word), code)
        for entry in known.current("alias").values():
            if entry.get("field") == "unit" and entry.get("means") in units:
                # what a person has said of this very word counts before what names suggest
                self._codes[key(str(entry.get("said", "")))] = str(entry["means"])

    def code(self, said: str) -> str:
        """Return the code of the unit that `said` names, "" for none of ours."""
        return self._codes.get(key(said), "")

    def _learn(self, word: str, code: str) -> None:
        compared = key(word)
        if compared:
            self._codes[compared] = code if self._codes.get(compared, code) == code else ""
