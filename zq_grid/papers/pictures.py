"""A finished paper looked at: how many pages it has, and each of them as a picture."""

import io
from collections.abc import Iterator


def count(paper: bytes) -> int:
    """Return how many pages a PDF has."""
    import pypdfium2

    document = pypdfium2.PdfDocument(paper)
    try:
        return len(document)
    finally:
        document.close()


def pages(paper: bytes, scale: float = 1.6) -> Iterator[bytes]:
    """Yield each page of a PDF as a PNG; at scale 1 a point is a pixel."""
    import pypdfium2

    document = pypdfium2.PdfDocument(paper)
    try:
        for page in document:
            out = io.BytesIO()
            page.render(scale=scale).to_pil().save(out, "PNG")
            page.close()
            yield out.getvalue()
    finally:
        document.close()
