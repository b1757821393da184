"""Settings: the metric profiles in words."""

from typing import Any

from PySide6.QtWidgets import QScrollArea, QWidget

from ui.pages.settings_part import Part
from ui.tr import language, tr
from ui.widgets.basics import Card, clear, column, label


class Profiles(Part):
    """What each rate counts, by which date, what is left out. Changed by `zq-grid define profile FILE`."""

    def build(self) -> None:
        """Make room for the words."""
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        inside = QWidget()
        inside.setProperty("role", "page")
        self._column = column(spacing=12)
        inside.setLayout(self._column)
        self.area.setWidget(inside)
        self.setLayout(column(self.area))

    def refresh(self) -> None:
        """Ask for the profiles."""
        lang = language()

        def work(session: Any) -> Any:
            from zq_grid import profile_words

            english = lang == "en"
            found = []
            known = session.catalogue.current("profile")
            for _code, profile in sorted(known.items(), key=lambda one: one[0] != "default"):
                name = str(profile.get("english" if english else "name", profile["name"]))
                told = [
                    (
                        str(one.get("english" if english else "name", one["name"])),
                        profile_words.sentences(one, lang),
                    )
                    for one in profile["indicator"]
                ]
                found.append(
                    (
                        name,
                        int(profile["version"]),
                        str(profile.get("valid_from", "")),
                        profile_words.basis(profile, lang),
                        told,
                    )
                )
            return found

        self.ask(work, self._show, "settings-profiles")

    def _show(self, found: list[Any]) -> None:
        clear(self._column)
        for name, version, since, basis, told in found:
            hint = tr("第 {n} 版", n=version)
            hint += tr(" · {day} 起", day=since) if since else ""
            card = Card(name, f"{hint} · {basis}" if basis else hint, padded=True)
            for title, sentences in told:
                card.body.addWidget(label(title, "strong"))
                for sentence in sentences:
                    card.body.addWidget(label(sentence, "quiet", wrap=True))
                card.body.addSpacing(4)
            self._column.addWidget(card)
        self._column.addStretch(1)

    def begin(self) -> None:
        """Begin in the text, so that the arrows scroll."""
        self.area.setFocus()
