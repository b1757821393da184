"""A web page and an XML spreadsheet are imported as the workbook of the same rows is."""

import html

import pytest

from tests.importing.practice import HEADER, ROW, Town, changed
from tests.run_cli import run

ROWS = [HEADER, ROW, changed(number="20261020000002", text="漏水<很久>，\n无人处理")]
SPACE = "urn:schemas-microsoft-com:office:spreadsheet"


@pytest.fixture
def data(tmp_path):
    town = Town(tmp_path)
    town.workspace.close()
    return town.folder / "ws"


def as_page(rows):
    lines = [
        "".join(f"<td>{html.escape(text).replace(chr(10), '<br>')}</td>" for text in row) for row in rows
    ]
    return f"<html><body><table>{''.join(f'<tr>{line}</tr>' for line in lines)}</table></body></html>"


def as_spreadsheet(rows):
    cell = '<Cell><Data ss:Type="String">{}</Data></Cell>'
    lines = ["".join(cell.format(html.escape(text).replace("\n", "&#10;")) for text in row) for row in rows]
    return (
        f'<?xml version="1.0"?><Workbook xmlns="{SPACE}" xmlns:ss="{SPACE}"><Worksheet ss:Name="表"><Table>'
        f"{''.join(f'<Row>{line}</Row>' for line in lines)}</Table></Worksheet></Workbook>"
    )


def test_the_same_rows_as_a_page_and_as_xml_are_two_cases_once(data, tmp_path):
    rows = [[str(cell or "") for cell in row] for row in ROWS]
    page, sheet = tmp_path / "网页.xls", tmp_path / "表.xml"
    page.write_text(as_page(rows), "gb18030")
    sheet.write_text(as_spreadsheet(rows), "utf-8")
    first = run(data, "import", str(page))
    assert (first["sheet"], first["rows"], first["new"]) == ("表1", 2, 2)
    again = run(data, "import", str(sheet))
    assert (again["sheet"], again["rows"], again["new"], again["unchanged"]) == ("表", 2, 0, 2)
