"""Makes the manual's pictures anew: each page of the window, both themes, both languages, small enough to be kept.

`make shots` runs it; `python -m tests.manual_pictures [FOLDER]`. What it makes is committed, so that a build needs none.
"""

import io
import os
import subprocess
import sys
import tempfile
from pathlib import Path

from zq_grid import demo, resources
from zq_grid.rules import worktime

FOLDER = resources.ROOT / "manual" / "pictures"
THEMES, LANGUAGES = ("light", "dark"), ("zh", "en")
NOW = worktime.parse("2026-11-23T10:45:00+08:00")[0]
CASES, SIZE = 600, (1440, 900)
WIDTH, MOST = 900, 62_000
"""The pixels across a kept picture, and the bytes that it may have."""
COLOURS = (128, 96, 64, 48, 32, 24)


def make(out: Path = FOLDER) -> list[Path]:
    """Build a town of a fixed day, take every picture of it, and return their files; others there are removed."""
    with tempfile.TemporaryDirectory() as made:
        store = Path(made) / "town"
        demo.run(store, now=NOW, cases_wanted=CASES)
        for theme in THEMES:
            for lang in LANGUAGES:  # a window speaks one language: each has a process of its own
                words = [sys.executable, "-m", "tests.manual_pictures", str(store), made, theme, lang]
                subprocess.run(words, check=True, env={**os.environ, "QT_QPA_PLATFORM": "offscreen"})
        found = {path.name: reduced(path.read_bytes()) for path in sorted(Path(made).glob("*.png"))}
    out.mkdir(parents=True, exist_ok=True)
    for path in out.glob("*.png"):
        path.unlink()
    for name, data in found.items():
        (out / name).write_bytes(data)
    return sorted(out.glob("*.png"))


def reduced(data: bytes) -> bytes:
    """Return a picture in few pixels and few colours: of as many as let it be small enough."""
    from PIL import Image

    with Image.open(io.BytesIO(data)) as opened:
        whole = opened.convert("RGB")
    small = whole.resize((WIDTH, round(whole.height * WIDTH / whole.width)), Image.Resampling.LANCZOS)
    told = b""
    for colours in COLOURS:
        out = io.BytesIO()
        small.quantize(colours, Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE).save(
            out, "png", optimize=True
        )
        told = out.getvalue()
        if len(told) <= MOST:
            break
    return told


def take(store: Path, out: Path, theme: str, lang: str) -> None:
    """Take the pictures of one theme and language, named as the manual asks for them."""
    from ui.shell import PAGES
    from ui.shots import pictures

    folder = out / f"{theme}-{lang}"
    made = pictures(store, folder, clock=lambda: NOW, theme=theme, lang=lang, size=SIZE)
    for (name, *_rest), path in zip(PAGES, made, strict=True):
        path.rename(out / f"{name}-{lang}-{theme}.png")


if __name__ == "__main__":
    if len(sys.argv) > 2:
        take(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], sys.argv[4])
    else:
        kept = make(*map(Path, sys.argv[1:]))
        print(f"{len(kept)} pictures, {sum(path.stat().st_size for path in kept) / 1e6:.1f} MB")
