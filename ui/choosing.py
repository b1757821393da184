"""Choosing a file with the system's own dialog: to open, or to write to."""

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QWidget


def to_open(parent: QWidget, title: str, kinds: str) -> Path | None:
    """Return a file that the person chose, None for none. `kinds` as Qt writes them: "Words (*.xlsx *.csv)"."""
    chosen, _kind = QFileDialog.getOpenFileName(parent, title, "", kinds)
    return Path(chosen) if chosen else None


def to_write(parent: QWidget, title: str, name: str, kinds: str) -> Path | None:
    """Return where to write, `name` proposed; with the first ending of `kinds` where none was typed."""
    chosen, _kind = QFileDialog.getSaveFileName(parent, title, name, kinds)
    if not chosen:
        return None
    path = Path(chosen)
    return path if path.suffix else path.with_suffix(kinds.partition("*")[2].partition(")")[0].split()[0])
