"""Small drawn pictures for the demo, before and after: a terrace being built over, and the same terrace cleared."""

import io
from random import Random
from typing import TYPE_CHECKING, Any

from zq_grid import files, photos

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

    from zq_grid.workspace import Workspace

SCENES, SIZE = 12, (640, 480)
WALLS = ("#d9c9a8", "#c7b299", "#b9c2c4", "#d6d2c4", "#c3a995", "#aeb8a5")
SKIES = ("#bcd7ea", "#d5dde2", "#a9c8e8", "#e3d9c9")
STEEL, GLASS, SHEET = "#5d666e", "#a8cdd8", "#3f7ab3"


class Album:
    """The pictures of a demo, drawn and kept once; many cases show the same scene."""

    def __init__(self, workspace: "Workspace", seed: int) -> None:
        self._workspace, self._seed = workspace, seed
        self._kept: dict[tuple[int, str], dict[str, Any]] = {}

    def facts(self, scene: int, stage: str) -> dict[str, Any]:
        """Return what `attach` needs for a scene before or after; the file lies among the samples too."""
        asked = (scene % SCENES, stage)
        if asked not in self._kept:
            path = self._workspace.folder / "samples" / "photos" / f"terrace-{asked[0] + 1:02}-{stage}.jpg"
            path.parent.mkdir(parents=True, exist_ok=True)
            files.replace(path, drawn(Random(f"{self._seed} {asked[0]}"), built=stage == "before"))
            self._kept[asked] = photos.keep(self._workspace, path)
        return {**self._kept[asked], "stage": stage}


def drawn(rng: Random, *, built: bool) -> bytes:
    """Return a JPEG of a terrace; `built`: with the frame that somebody is putting up on it."""
    from PIL import Image, ImageDraw

    width, height = SIZE
    picture = Image.new("RGB", SIZE, rng.choice(SKIES))
    pen = ImageDraw.Draw(picture)
    roof = rng.randrange(90, 150)
    pen.rectangle((0, roof, width, height), fill=rng.choice(WALLS))
    _windows(pen, rng, roof)
    floor = rng.randrange(360, 400)
    pen.rectangle((0, floor, width, height), fill="#9a948a")
    for x in range(0, width, rng.randrange(36, 60)):
        pen.line((x, floor, x - 40, height), fill="#857f76")
    left, right = rng.randrange(70, 150), rng.randrange(480, 580)
    top, slope, posts = rng.randrange(190, 250), rng.randrange(10, 40), rng.randrange(4, 7)
    cover = rng.choice((GLASS, SHEET))
    if built:
        _frame(pen, (left, top, right, floor), slope, posts, cover)
    elif rng.random() < 0.5:
        pen.rectangle((left, floor - 14, left + 120, floor), fill="#6f6a62")
    pen.line((0, floor, width, floor), fill="#6b665f", width=5)
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=82)
    return out.getvalue()


def _windows(pen: "ImageDraw", rng: Random, roof: int) -> None:
    for x in range(40, SIZE[0] - 80, rng.randrange(130, 180)):
        pen.rectangle((x, roof + 40, x + 84, roof + 170), fill="#5b7486", outline="#e9e5da", width=5)
        pen.line((x + 42, roof + 40, x + 42, roof + 170), fill="#e9e5da", width=4)


def _frame(pen: "ImageDraw", box: tuple[int, int, int, int], slope: int, posts: int, cover: str) -> None:
    left, top, right, floor = box
    step = (right - left) // posts
    pen.polygon([(left, top), (right, top + slope), (right, top + slope + 26), (left, top + 26)], fill=cover)
    for nth in range(posts + 1):
        x = left + nth * step
        pen.line((x, top + slope * nth // posts, x, floor), fill=STEEL, width=9)
    pen.line((left, (top + floor) // 2, left + step * (posts - 2), (top + floor) // 2), fill=STEEL, width=6)
    pen.rectangle((left, (top + floor) // 2, left + 2 * step, floor), outline=STEEL, fill=cover, width=4)
