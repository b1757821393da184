"""The photos of a case, before, during and after; those that its type asks for stand as empty frames until they are there."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QMouseEvent, QPixmap
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from ui.context import Context
from ui.pages.case_parts import Part
from ui.pages.case_values import Case, value_words
from ui.tr import tr
from ui.widgets.basics import label
from ui.widgets.flow import Flow
from ui.widgets.overlay import Overlay
from ui.widgets.pool import Pool, look

THUMB = QSize(104, 72)
PICTURES = {".jpg", ".jpeg", ".png", ".webp", ".bmp", ".tif", ".tiff", ".heic", ".pdf"}


class Thumb(QLabel):
    """One photo, read beside the window; a click shows it large, or adds the one that is missing."""

    def __init__(self, part: "Photos") -> None:
        super().__init__()
        self._part = part
        self.setFixedSize(THUMB)
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setWordWrap(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self._photo: Mapping[str, str] = {}

    def show_photo(self, photo: Mapping[str, str]) -> None:
        """Show a photo, or the frame of one that is missing."""
        same = photo.get("hash") and photo.get("hash") == self._photo.get("hash")
        self._photo = photo
        stage = value_words(self._part.context, "stage", photo["stage"])
        missing = not photo.get("hash")
        words = tr("{stage}照片", stage=stage) if missing else stage
        self.setToolTip(f"{words} {photo.get('name', '')}".strip())
        self.setAccessibleName(words)
        if same:
            return
        look(self, "photo_missing" if missing else "photo")
        self.setText(words if missing or photo.get("kind") != "pdf" else f"PDF\n{stage}")
        if not missing and photo.get("kind") != "pdf":
            self._read(photo["hash"])

    def _read(self, digest: str) -> None:
        def done(data: bytes) -> None:
            picture = QPixmap()
            if digest == self._photo.get("hash") and picture.loadFromData(data):
                modes = (
                    Qt.AspectRatioMode.KeepAspectRatioByExpanding,
                    Qt.TransformationMode.SmoothTransformation,
                )
                scaled = picture.scaled(THUMB, *modes)
                x, y = (scaled.width() - THUMB.width()) // 2, (scaled.height() - THUMB.height()) // 2
                self.setPixmap(scaled.copy(x, y, THUMB.width(), THUMB.height()))

        def failed(_error: BaseException) -> None:
            self.setText(tr("本机没有这张照片"))

        self._part.context.worker.ask(reading(digest), done, failed=failed, owner=self, rank=7)

    def mouseReleaseEvent(self, _event: QMouseEvent) -> None:
        """Show it large, or add the one that is missing."""
        if self._photo.get("hash"):
            Large.show_photo(self, self._part.context, self._photo)
        else:
            self._part.add(self._photo["stage"])


def reading(digest: str) -> Any:
    """Return the work that reads a file of a case."""

    def work(workspace: Any, _progress: Any) -> bytes:
        from zq_grid import photos

        return photos.read(workspace, digest)

    return work


class Large(Overlay):
    """A photo as large as the window allows."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, width=1100, top=40)
        self.picture = QLabel()
        self.picture.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.words = label("", "hint")
        self.words.setContentsMargins(14, 8, 14, 8)
        self.body.addWidget(self.picture)
        self.body.addWidget(self.words)

    @classmethod
    def show_photo(cls, thumb: QWidget, context: Context, photo: Mapping[str, str]) -> None:
        """Read a photo and show it."""
        large = cls(thumb.window())

        def done(data: bytes) -> None:
            picture = QPixmap()
            picture.loadFromData(data)
            room = thumb.window().size() - QSize(120, 170)
            modes = Qt.AspectRatioMode.KeepAspectRatio, Qt.TransformationMode.SmoothTransformation
            if picture.width() > room.width() or picture.height() > room.height():
                picture = picture.scaled(room, *modes)
            large.picture.setPixmap(picture)
            large.words.setText(f"{value_words(context, 'stage', photo['stage'])}  {photo.get('name', '')}")
            large.open()
            large.setFocus()

        context.worker.ask(reading(photo["hash"]), done, owner=large, rank=2)

    def close_panel(self) -> None:
        """Close for good."""
        super().close_panel()
        self.deleteLater()


class Photos(Part):
    """Thumbnails in the order before, during, after."""

    def __init__(self, context: Context, add: Any) -> None:
        self.add = add
        super().__init__(context)

    def build(self) -> None:
        """Make the pool."""
        inside = QWidget()
        flow = Flow(inside, spacing=8)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        inside.setSizePolicy(policy)
        self._thumbs = Pool(lambda: Thumb(self), lambda made, _nth: flow.addWidget(made))
        self.body.addWidget(inside)

    def show_case(self, case: Case) -> None:
        """Show what there is, and frames for what the type asks for."""
        order = {"before": 0, "during": 1, "after": 2}
        held = sorted(case["photos"], key=lambda one: order.get(one["stage"], 3))
        there = {one["stage"] for one in held}
        wanted = [stage for stage in case["own"].get("photos", ()) if stage not in there]
        shown = [*held, *({"hash": "", "stage": stage} for stage in wanted)]
        for thumb, photo in zip(self._thumbs.take(len(shown)), shown, strict=True):
            thumb.show_photo(photo)
        self.setVisible(bool(shown))


def dropped(data: Any) -> list[Path]:
    """Return the pictures and PDF files among what was dropped."""
    paths = [Path(url.toLocalFile()) for url in data.urls() if url.isLocalFile()]
    return [path for path in paths if path.suffix.lower() in PICTURES]
