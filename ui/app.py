"""The program with its window: what is built once, in the order that paints first and reads after."""

import os
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from PySide6.QtCore import QLibraryInfo, QLocale, Qt, QTimer, QTranslator
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QApplication

from ui import crash
from ui.context import Context
from ui.shell import Shell
from ui.theme.sheet import palette, sheet
from ui.theme.tokens import load
from ui.tr import language, speak
from ui.worker import Worker
from zq_grid import resources

FONTS = ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf")


def has_screen() -> bool:
    """Tell whether a window could be seen here."""
    if sys.platform in {"win32", "darwin"}:
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def application(*, theme: str = "light", text_size: int = 100, lang: str = "zh") -> QApplication:
    """Return the one QApplication, dressed: fonts, style sheet, palette, Qt's own words in Chinese.

    Where there is no screen, pictures can still be made: Qt draws offscreen.
    """
    if not has_screen():
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    speak(lang)
    made = QApplication.instance()
    if not isinstance(made, QApplication):
        QGuiApplication.setHighDpiScaleFactorRoundingPolicy(Qt.HighDpiScaleFactorRoundingPolicy.PassThrough)
        made = QApplication([sys.argv[0]])
        made.setApplicationName("zq-grid")
        made.setStyle("Fusion")
        for font in FONTS:
            QFontDatabase.addApplicationFont(str(resources.ROOT / "fonts" / font))
        if lang == "zh":
            QLocale.setDefault(QLocale("zh_CN"))
            words = QTranslator(made)
            if words.load("qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
                made.installTranslator(words)
    tokens = load(theme, text_size)
    made.setPalette(palette(tokens))
    made.setStyleSheet(sheet(tokens))
    return made


class Program:
    """One window on one workspace."""

    def __init__(
        self,
        folder: Path,
        url: str | None = None,
        *,
        worker: str | None = None,
        clock: Callable[[], int] | None = None,
        theme: str = "light",
        text_size: int = 100,
    ) -> None:
        self.folder, self.url, self._wanted = folder, url, worker
        self.theme, self.text_size = theme, text_size
        self.clock = clock or (lambda: int(time.time()))
        crash.keep_in(folder)
        self.context = self._fresh_context()
        self.shell = Shell(self.context)
        self._connect()

    def _fresh_context(self) -> Context:
        tokens = load(self.theme, self.text_size)
        return Context(Worker(self._opening), tokens, None, self.clock)  # type: ignore[arg-type]

    def _connect(self) -> None:
        self.context.worker.opened.connect(self._opened)
        self.context.worker.failed_to_open.connect(self._failed)

    def start(self) -> None:
        """Show the window, then open the store and fill it."""
        self.shell.show()
        QTimer.singleShot(0, self._begin)

    def _begin(self) -> None:
        self.context.worker.start()
        QTimer.singleShot(30, self.shell.dress)

    def _opening(self, tell: Callable[[frozenset[str]], None]) -> Any:
        """Open the workspace; on the worker's thread, since the store's libraries take a while to load."""
        from zq_grid.workspace import open_workspace

        found = open_workspace(self.folder, self.url, clock=self.clock, tell=tell)
        if self._wanted:
            with found.read() as session:
                found.actor = session.catalogue.worker(self._wanted)
        return found

    def _opened(self, _workspace: Any) -> None:
        self.read_names(lambda: self.shell.open_page(self.shell.current or "my_day"))

    def read_names(self, then: Callable[[], object]) -> None:
        """Read who works here and what codes are called."""
        from ui.names import read

        def done(found: Any) -> None:
            context = self.context
            context.actor, context.actor_name, context.roles = found.actor, found.actor_name, found.roles
            context.practice, context.names = found.practice, found.names
            self.shell.who.setText(f"{found.actor_name} · {found.role_name}")
            self.shell.foot.setText(found.station_name)
            then()

        self.context.worker.ask(lambda workspace, _progress: read(workspace, language()), done)

    def _failed(self, error: BaseException) -> None:
        from ui.welcome import Welcome

        Welcome.show_for(self, error)

    def reopen(self) -> None:
        """Begin again in the same window, after setting up or with another look: new worker, new pages."""
        old = self.shell
        place, page = old.geometry(), old.current
        if not old._closing:  # noqa: SLF001 (our own window, about to go)
            self.context.worker.close()
            old._closing = True  # noqa: SLF001
        application(theme=self.theme, text_size=self.text_size, lang=language())
        self.context = self._fresh_context()
        self.shell = Shell(self.context)
        self.shell.current = ""
        self._connect()
        self.shell.setGeometry(place)
        self.start()
        old.close()
        old.deleteLater()
        if page:
            self.context.worker.opened.connect(lambda _workspace: None)


def run(folder: Path, url: str | None, *, worker: str | None, lang: str, now: int | None) -> int:
    """Open the window and stay until it is closed; returns the exit code."""
    application(lang=lang)
    program = Program(folder, url, worker=worker, clock=(lambda: now) if now is not None else None)
    sys.excepthook = _unexpected(program)
    program.start()
    return QApplication.exec()


def _unexpected(program: Program) -> Callable[..., None]:
    def hook(kind: type[BaseException], error: BaseException, traces: Any) -> None:
        sys.__excepthook__(kind, error, traces)
        program.shell.broken(error)

    return hook


def arguments() -> Sequence[str]:
    """Return the command line, for Qt."""
    return sys.argv
