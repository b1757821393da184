"""One way to say no to a person: a code and facts; the words for it live in `zq_grid/refusals.py`."""


class Refused(Exception):
    """A rule says no and nothing was done. `code` picks the shown sentence, `facts` fill it.

    `args[0]` is an English sentence for logs; it holds no personal value.
    """

    def __init__(self, code: str, message: str = "", **facts: object) -> None:
        super().__init__(message or code)
        self.code = code
        self.facts = facts


class ImportRejected(Refused):
    """A file as a whole can't be read as a table; `code` starts with `file_`."""
