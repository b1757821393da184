"""F1: the manual's page for where one is, in a panel of the window; every page can be searched."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QPixmap
from PySide6.QtWidgets import QGridLayout, QLabel, QScrollArea, QVBoxLayout, QWidget

from ui.context import Context
from ui.tr import language, tr
from ui.widgets.basics import button, clear, column, label, line, row
from ui.widgets.lines import Line
from ui.widgets.overlay import Overlay
from zq_grid import resources

# The pages in the order of the contents; their titles are the first lines of their files.
PAGES = (
    *("start", "my_day", "cases", "new_case", "import", "rates", "papers", "settings"),
    *("keys", "limits", "keeping", "words"),
)
MOST = 60
SHOWN = 620
"""The width of a picture, in points of the screen."""
_BOLD = re.compile(r"\*\*(.+?)\*\*")
_PICTURE = re.compile(r"!\[(.*?)\]\(([a-z_0-9]+)\)")
_NUMBERED = re.compile(r"(\d+)\. (.+)")


@dataclass(frozen=True)
class Block:
    """A part of a page: kind (title, head, text, item, number, key, picture), its words, and beside them `mark`."""

    kind: str
    words: str
    mark: str = ""


@dataclass(frozen=True)
class Found:
    """A page that has the words looked for, and the line that has them."""

    page: str
    title: str
    words: str


def text_of(page: str, lang: str) -> str:
    """Return a page's Markdown.

    Raises:
        FileNotFoundError: no such page.
    """
    return (resources.ROOT / "manual" / lang / f"{page}.md").read_text("utf-8")


def blocks(said: str) -> Iterator[Block]:
    """Yield the blocks of a page: `# title`, `## head`, `- item`, `1. number`, `key | what it does`, pictures, text.

    Nothing else of Markdown is understood; all words are shown as they are, never as markup.
    """
    for part in said.split("\n"):
        words = part.strip()
        if not words:
            continue
        if words.startswith("# "):
            yield Block("title", words[2:])
        elif words.startswith("## "):
            yield Block("head", words[3:])
        elif words.startswith("- "):
            yield Block("item", plain(words[2:]), "·")
        elif (numbered := _NUMBERED.fullmatch(words)) is not None:
            yield Block("number", plain(numbered[2]), numbered[1])
        elif (picture := _PICTURE.fullmatch(words)) is not None:
            yield Block("picture", picture[1], picture[2])
        elif " | " in words:
            key, _bar, does = words.partition(" | ")
            yield Block("key", plain(does), key)
        else:
            yield Block("text", plain(words))


def plain(words: str) -> str:
    """Return words without the signs of bold."""
    return _BOLD.sub(r"\1", words)


@cache
def title_of(page: str, lang: str) -> str:
    """Return the title of a page."""
    return next(block.words for block in blocks(text_of(page, lang)) if block.kind == "title")


def search(said: str, lang: str) -> list[Found]:
    """Return the pages that have all words of a search, each with the first line that has one of them."""
    wanted = said.casefold().split()
    found = []
    for page in PAGES if wanted else ():
        every = list(blocks(text_of(page, lang)))
        whole = "\n".join(f"{block.mark} {block.words}" for block in every).casefold()
        if all(word in whole for word in wanted):
            hit = next(
                (one for one in every if any(w in f"{one.mark} {one.words}".casefold() for w in wanted)),
                every[0],
            )
            found.append(Found(page, every[0].words, hit.words))
    return found


class Manual(Overlay):
    """Contents and search at the left, a page at the right."""

    def __init__(self, window: QWidget, context: Context) -> None:
        super().__init__(window, width=980, top=48)
        self.context = context
        self.page = ""
        self.listed: tuple[str, ...] = ()  # the titles at the left
        self.search = Line()
        self.search.setPlaceholderText(tr("在说明里找"))
        self.search.textChanged.connect(lambda _said: self._list())
        self.search.entered.connect(self._first)
        close = button(tr("关闭"), self.close_panel, look="quiet", tip="Esc")
        self.search.setMaximumWidth(340)
        head = row(label(tr("使用说明"), "large"), 12, self.search, None, close, margins=(18, 10, 10, 8))
        self.body.addLayout(head)
        self.body.addWidget(line())
        self._contents = QVBoxLayout()
        self._contents.setContentsMargins(8, 10, 8, 10)
        self._contents.setSpacing(2)
        self._inside_left = QWidget()
        self._inside_left.setProperty("role", "plain")
        self._inside_left.setLayout(self._contents)
        self._contents.setSizeConstraint(QVBoxLayout.SizeConstraint.SetNoConstraint)
        self._inside_left.setMinimumWidth(1)  # as wide as there is room, whatever a title would like
        self._left = QScrollArea()
        self._left.setWidget(self._inside_left)
        self._left.setWidgetResizable(True)
        self._left.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._left.setFixedWidth(round(context.tokens.size("side") * 1.3))
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        inside = QWidget()
        inside.setProperty("role", "plain")
        self._text = column(spacing=8, margins=(22, 16, 26, 22))
        inside.setLayout(self._text)
        self.area.setWidget(inside)
        both = row(self._left, spacing=0)
        both.addWidget(self.area, 1)
        self.body.addLayout(both, 1)

    @classmethod
    def show_for(cls, window: Any, context: Context, page: str) -> "Manual":
        """Show the manual's page for a page of the window."""
        made: Manual | None = getattr(window, "manual_panel", None)
        if made is None:
            made = cls(window, context)
            window.manual_panel = made
        made.show_page(page if page in PAGES else "start")
        made.open()
        return made

    def open(self) -> None:
        """Show the panel as high as the window allows."""
        window = self.parentWidget()
        if window is not None:
            self.panel.setMinimumHeight(max(320, window.height() - 110))
        super().open()
        self.search.setFocus()

    def show_page(self, page: str) -> None:
        """Show a page of the manual."""
        self.page = page
        clear(self._text)
        for block in blocks(text_of(page, language())):
            self._put(block)
        self._text.addStretch(1)
        self.area.verticalScrollBar().setValue(0)
        self._list()

    def _put(self, block: Block) -> None:
        looks = {"title": "title", "head": "strong", "text": ""}
        if block.kind == "picture":
            self._picture(block)
            return
        words = label(block.words, looks.get(block.kind, ""), wrap=True)
        if block.kind in looks:
            if block.kind == "head":
                self._text.addSpacing(8)
            self._text.addWidget(words)
            return
        mark = label(block.mark, "key" if block.kind == "key" else "quiet")
        grid = QGridLayout()
        grid.setContentsMargins(4, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.addWidget(mark, 0, 0, Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(words, 0, 1)
        grid.setColumnStretch(1, 1)
        scale = self.context.tokens.size("base") / 13
        grid.setColumnMinimumWidth(0, round((104 if block.kind == "key" else 14) * scale))
        self._text.addLayout(grid)

    def _picture(self, block: Block) -> None:
        path = picture_of(block.mark, self.context.tokens.name, language())
        pixels = QPixmap(str(path)) if path is not None else QPixmap()
        if pixels.isNull():
            return  # the words say everything
        sharp = self.devicePixelRatioF()
        pixels = pixels.scaledToWidth(round(SHOWN * sharp), Qt.TransformationMode.SmoothTransformation)
        pixels.setDevicePixelRatio(sharp)
        shown = QLabel()
        shown.setTextFormat(Qt.TextFormat.PlainText)
        shown.setAccessibleName(block.words)
        shown.setPixmap(pixels)
        self._text.addWidget(shown)

    def _list(self) -> None:
        clear(self._contents)
        lang, said = language(), self.search.text()
        contents = [Found(page, title_of(page, lang), "") for page in PAGES]
        entries = search(said, lang) if said.strip() else contents
        self.listed = tuple(one.title for one in entries)
        for one in entries:
            made = button(one.title, partial(self.show_page, one.page), look="view", tip=one.words)
            made.setCheckable(True)
            made.setChecked(one.page == self.page)
            self._contents.addWidget(made)
            if one.words and one.words != one.title:
                self._contents.addWidget(
                    label(one.words if len(one.words) <= MOST else f"{one.words[:MOST]}…", "hint", wrap=True)
                )
        if not entries:
            self._contents.addWidget(label(tr("没有找到。换个词，或清空看目录。"), "hint", wrap=True))
        self._contents.addStretch(1)

    def _first(self) -> None:
        found = search(self.search.text(), language())
        if found:
            self.show_page(found[0].page)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Scroll the page by the keys that scroll; everything else as any panel."""
        bar = self.area.verticalScrollBar()
        step = {Qt.Key.Key_Down: 40, Qt.Key.Key_Up: -40, Qt.Key.Key_PageDown: 400, Qt.Key.Key_PageUp: -400}
        if event.key() in step:
            bar.setValue(bar.value() + step[Qt.Key(event.key())])
            event.accept()
        else:
            super().keyPressEvent(event)


def picture_of(name: str, theme: str, lang: str) -> Path | None:
    """Return the picture of a page in a theme and language, None where there is none."""
    path = resources.ROOT / "manual" / "pictures" / f"{name}-{lang}-{theme}.png"
    return path if path.is_file() else None
