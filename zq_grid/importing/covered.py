"""Cells merged down a column: what stands in the first of them is said of all its rows."""

from collections.abc import Iterable

from zq_grid.importing.table import Cell


def fill_down(rows: list[tuple[Cell, ...]], merged: Iterable[tuple[int, int, int]], first: int) -> None:
    """Put what a merged cell holds into the rows that it covers, in place.

    Nothing is filled to the right, from a header or a title, over a cell that holds something, or in a row that
    says nothing of its own.

    Args:
        rows: of the table.
        merged: first row, column and last row of each, from 0; they may overlap and lie beyond the table.
        first: the first row below the header.
    """
    begins: dict[int, list[tuple[int, int]]] = {}
    for top, column, bottom in merged:
        if first <= top < bottom:
            begins.setdefault(top, []).append((column, bottom))
    if not begins:
        return
    reaching: dict[int, tuple[int, Cell]] = {}  # column → last row, value
    for index in range(min(begins), len(rows)):
        row = rows[index]
        if reaching:
            reaching = {column: known for column, known in reaching.items() if known[0] >= index}
            empty = [column for column in reaching if row[column] is None]
            if empty and any(cell is not None for cell in row):
                filled = list(row)
                for column in empty:
                    filled[column] = reaching[column][1]
                row = rows[index] = tuple(filled)
        for column, bottom in begins.get(index, ()):
            if 0 <= column < len(row) and row[column] is not None:
                reaching[column] = (bottom, row[column])
