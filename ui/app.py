"""The program with its window: what is built once, in the order that paints first and reads after."""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QLibraryInfo, QLocale, Qt, QTimer, QTranslator
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QApplication

from ui import crash, look
from ui.context import Context
from ui.look import Look
from ui.screen import has_screen
from ui.shell import Shell
from ui.theme.sheet import palette, sheet
from ui.theme.tokens import load
from ui.tr import language, speak
from ui.worker import Worker
from zq_grid import resources

FONTS = ("NotoSansSC-Regular.ttf", "NotoSansSC-Bold.ttf")


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
    _speak_qt(made, lang)
    tokens = load(theme, text_size)
    made.setPalette(palette(tokens))
    dress = sheet(tokens)
    if made.styleSheet() != dress:
        made.setStyleSheet(dress)
    return made


def _speak_qt(app: QApplication, lang: str) -> None:
    """Set the language of Qt's own words: menus of fields, dialogs; also when it changes while the window stands."""
    QLocale.setDefault(QLocale("zh_CN" if lang == "zh" else "en_GB"))
    words = app.findChild(QTranslator)
    if words is not None:
        app.removeTranslator(words)
    elif lang == "zh":
        words = QTranslator(app)
        words.load("qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    if words is not None and lang == "zh":
        app.installTranslator(words)


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
        remembered: str = "",
    ) -> None:
        self.folder, self.url, self._wanted, self._remembered = folder, url, worker, remembered
        self.theme, self.text_size = theme, text_size
        self.first = "my_day"  # the page that is opened first
        self.builds_ahead = True  # the other pages, while nobody does anything
        self.say_first = ""  # what is said once the store is open
        self._first_what: dict[str, Any] = {}
        self.clock = clock or (lambda: int(time.time()))
        crash.keep_in(folder)
        self.context = self._fresh_context()
        self.shell = Shell(self.context)
        self._connect()

    def _fresh_context(self) -> Context:
        tokens = load(self.theme, self.text_size)
        made = Context(Worker(self._opening), tokens, None, self.clock)  # type: ignore[arg-type]
        made.change, made.restore = self.change, self.restore
        return made

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
        elif self._remembered:
            with found.read() as session:
                # whoever left since is not who works here
                if self._remembered in session.catalogue.current("worker"):
                    found.actor = self._remembered
        return found

    def _opened(self, _workspace: Any) -> None:
        self.read_names(self._begin_work)

    def _begin_work(self) -> None:
        self.shell.open_page(self.shell.current or self.first, **self._first_what)
        if self.say_first:
            self.shell.say(self.say_first, longer=True)
            self.say_first = ""
        self.context.worker.ask(_load_ahead, rank=9)
        if self.builds_ahead:
            self.shell.growing.ahead()

    def read_names(self, then: Callable[[], object]) -> None:
        """Read who works here and what codes are called."""
        from ui.names import read

        def done(found: Any) -> None:
            context = self.context
            context.actor, context.actor_name, context.roles = found.actor, found.actor_name, found.roles
            context.practice, context.names = found.practice, found.names
            context.defines, context.staffs = found.defines, found.staffs
            self.shell.who.setText(f"{found.actor_name} · {found.role_name}")
            self.shell.foot.setText(found.station_name)
            then()

        self.context.worker.ask(lambda workspace, _progress: read(workspace, language()), done)

    def _failed(self, error: BaseException) -> None:
        from ui.welcome import Welcome

        Welcome.show_for(self, error)

    def change(
        self, *, theme: str = "", text_size: int = 0, lang: str = "", worker: str = "", **what: Any
    ) -> None:
        """Begin again with another look or somebody else at work, and keep that; `what` goes to the same page."""
        shell = self.shell
        if not shell.may_leave():
            return
        self.theme, self.text_size = theme or self.theme, text_size or self.text_size
        self._wanted, self._remembered = None, worker or self.context.actor
        speak(lang or language())
        look.write(self.folder, Look(self.theme, self.text_size, language(), self._remembered))
        self.first, self._first_what = shell.current or self.first, what
        self.reopen()

    def restore(self, source: Path) -> None:
        """Put a backup in the place of the store."""
        from ui.restoring import Restoring

        self.first, self._first_what = "settings", {"part": "backups"}
        Restoring.begin(self, source)

    def let_go(self) -> None:
        """End the threads and close the store, the window stays."""
        self.shell.growing.stop()
        if not self.shell._closing:  # noqa: SLF001 (our own window)
            self.context.worker.close()
            self.shell._closing = True  # noqa: SLF001

    def reopen(self) -> None:
        """Begin again in the same window, after setting up or with another look: new worker, new pages."""
        old = self.shell
        place = old.geometry()
        self.let_go()
        application(theme=self.theme, text_size=self.text_size, lang=language())
        self.context = self._fresh_context()
        self.shell = Shell(self.context)
        self.shell.current = ""
        self._connect()
        self.shell.setGeometry(place)
        self.start()
        old.close()
        old.deleteLater()


def run(folder: Path, url: str | None, *, worker: str | None, lang: str | None, now: int | None) -> int:
    """Open the window as it was left (`lang` None: in the language kept), stay until it is closed; returns the exit code."""
    kept = look.read(folder)
    application(theme=kept.theme, text_size=kept.text_size, lang=lang or kept.language)
    program = Program(
        folder,
        url,
        worker=worker,
        clock=(lambda: now) if now is not None else None,
        theme=kept.theme,
        text_size=kept.text_size,
        remembered=kept.worker,
    )
    sys.excepthook = _unexpected(program)
    program.start()
    return QApplication.exec()


def _load_ahead(_workspace: Any, progress: Any) -> None:
    """Load what pages need when they are first opened; on a thread, so that the window doesn't wait for it then."""
    from importlib import import_module

    from ui.shell import PAGES
    from zq_grid import pinyin

    for nth, (_name, where, _words, _key) in enumerate(PAGES):
        progress.report(nth, len(PAGES), "")
        import_module(where.partition(":")[0])
    pinyin.spelled("颛桥", "")


def _unexpected(program: Program) -> Callable[..., None]:
    def hook(kind: type[BaseException], error: BaseException, traces: Any) -> None:
        sys.__excepthook__(kind, error, traces)
        program.shell.broken(error)

    return hook
