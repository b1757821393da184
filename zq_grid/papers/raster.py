"""Pages of a finished paper as pixels, for a screen or a printer; one page at a time, from any thread."""

from dataclasses import dataclass
from threading import Lock

_ONE_AT_A_TIME = Lock()  # the library must not be called from two threads at once


@dataclass(frozen=True, slots=True)
class Raster:
    """A page as rows of pixels, four bytes each: blue, green, red, and one unused."""

    width: int
    height: int
    stride: int
    pixels: bytes


def sizes(paper: bytes) -> tuple[tuple[float, float], ...]:
    """Return width and height of every page, in points (1/72 inch)."""
    import pypdfium2

    with _ONE_AT_A_TIME:
        document = pypdfium2.PdfDocument(paper)
        try:
            return tuple(document.get_page_size(number) for number in range(len(document)))
        finally:
            document.close()


def raster(paper: bytes, number: int, scale: float) -> Raster:
    """Return page `number` (from 0) with `scale` pixels to the point.

    Raises:
        IndexError: there is no such page.
    """
    import pypdfium2

    with _ONE_AT_A_TIME:
        document = pypdfium2.PdfDocument(paper)
        try:
            if not 0 <= number < len(document):
                raise IndexError(number)
            page = document[number]
            bitmap = page.render(scale=scale, rev_byteorder=False, prefer_bgrx=True)
            made = Raster(bitmap.width, bitmap.height, bitmap.stride, bytes(bitmap.buffer))
            bitmap.close()
            page.close()
            return made
        finally:
            document.close()
