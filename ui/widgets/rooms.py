"""The table of rooms of a let flat: use, m², persons, family, let by the bed; from it the criteria are worked out."""

from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QGridLayout, QLineEdit, QWidget

from ui.tr import tr
from ui.widgets.basics import button, column, label
from ui.widgets.fields import Field
from ui.widgets.picker import Option, Picker

USES = {
    "bedroom": "卧室",
    "divided": "隔断间",
    "bed_let": "按床出租",
    "dormitory": "集体宿舍",
    "kitchen": "厨房",
    "bathroom": "卫生间",
    "balcony": "阳台",
    "cellar": "地下室",
}


class RoomsField(Field):
    """Rows of a room each; a new one by the button below."""

    def make(self) -> QWidget:
        """Return the table."""
        self._rows: list[tuple[Picker, QLineEdit, QLineEdit, QCheckBox]] = []
        whole = QWidget()
        self._grid = QGridLayout()
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(6)
        for place, title in enumerate((tr("用途"), tr("面积（平方米）"), tr("人数"), tr("一家人"))):
            self._grid.addWidget(label(title, "hint"), 0, place)
        add = button(tr("加一间"), self.add, look="quiet")
        box = column(spacing=6)
        box.addLayout(self._grid)
        box.addWidget(add, 0, Qt.AlignmentFlag.AlignLeft)
        whole.setLayout(box)
        return whole

    def add(self) -> None:
        """Add an empty room and go there."""
        use = Picker([Option(value, tr(words)) for value, words in USES.items()])
        area, persons, family = QLineEdit(), QLineEdit(), QCheckBox()
        area.setPlaceholderText("0.00")
        persons.setPlaceholderText("0")
        line = len(self._rows) + 1
        for place, part in enumerate((use, area, persons, family)):
            self._grid.addWidget(part, line, place)
        use.chosen.connect(self.changed)
        for edit in (area, persons):
            edit.textEdited.connect(lambda _text: self.changed.emit())
        family.toggled.connect(lambda _on: self.changed.emit())
        self._rows.append((use, area, persons, family))
        use.setFocus()

    def value(self) -> Any:
        """Return the rooms that say anything."""
        found = []
        for use, area, persons, family in self._rows:
            room = {"use": use.value(), "m2": area.text().strip(), "persons": persons.text().strip()}
            if any(room.values()):
                found.append({**room, "family": "yes" if family.isChecked() else "no"})
        return found

    def set_value(self, value: Any) -> None:
        """Show rooms."""
        for room in value or ():
            self.add()
            use, area, persons, family = self._rows[-1]
            use.set_value(str(room.get("use", "")))
            area.setText(str(room.get("m2", "")))
            persons.setText(str(room.get("persons", "")))
            family.setChecked(room.get("family") == "yes")
