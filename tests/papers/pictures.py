"""Pictures of papers held against kept ones. `PAPERS_KEEP=1 pytest tests/papers` keeps today's as the reference.

A reference is a page at one dot a point and a third, in grey: small, and blurred alike on every machine.
"""

import os
from pathlib import Path

import pypdfium2
from PIL import Image, ImageChops, ImageFilter

FOLDER = Path(__file__).parent / "reference"
SCALE = 0.75
DOT, SHARE = 48, 0.0001
"""A dot differs when it is that much darker or lighter; so many of all dots may."""


def page(data, number):
    """Return a page as a grey picture."""
    document = pypdfium2.PdfDocument(data)
    try:
        return document[number].render(scale=SCALE).to_pil().convert("L")
    finally:
        document.close()


def differs(data, number, name):
    """Return the share of dots in which a page differs from its reference, or keep it as the reference."""
    path, now = FOLDER / f"{name}.png", page(data, number)
    if os.environ.get("PAPERS_KEEP"):
        FOLDER.mkdir(exist_ok=True)
        now.quantize(16).save(path, optimize=True)
        return 0.0
    with Image.open(path) as kept:
        then = kept.convert("L")
    if then.size != now.size:
        return 1.0
    soft = [one.filter(ImageFilter.GaussianBlur(0.6)) for one in (now, then)]
    histogram = ImageChops.difference(*soft).histogram()
    return sum(histogram[DOT:]) / (now.width * now.height)
