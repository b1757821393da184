"""What a person reads in English when a file or a row can't be imported (see `sentences`)."""

import re
from collections.abc import Mapping

SENTENCES: Mapping[str, str] = {
    "file_missing": "There is no file “{name}”. See whether it was moved or renamed, and choose it again.",
    "file_locked": (
        "The file “{name}” can't be opened: Excel or WPS may hold it, or you may lack the right to read it. "
        "Close it there and import again."
    ),
    "file_empty": "The file “{name}” is empty. See whether the export worked, and import again.",
    "file_too_big": (
        "The file “{name}” is too big ({what}). Delete empty rows and columns, or import it in several files."
    ),
    "file_password": "The file “{name}” has a password. Remove it in Excel or WPS, save, and import again.",
    "file_corrupt": (
        "The file “{name}” is damaged and can't be read. Open it in Excel or WPS and save it as .xlsx, "
        "or export it again."
    ),
    "file_not_table": (
        "The file “{name}” is no table but {what}. Choose a file .xlsx, .xls, .et, .ods, .csv or .tsv, a web page with "
        "a table (.htm, .html, .mht) or an XML spreadsheet (.xml)."
    ),
    "file_too_slow": (
        "The file “{name}” was not read within {seconds} seconds. Save it as .xlsx, or import it in several files."
    ),
    "file_too_much_memory": (
        "Reading the file “{name}” takes too much memory. Delete empty rows and columns at its end "
        "and save it as .xlsx."
    ),
    "file_sheet_unknown": "The file “{name}” has no sheet “{sheet}”. It has: {sheets}.",
    "file_encoding": (
        "The text of the file “{name}” is in an unknown encoding. Open it in Excel or WPS and save it as .xlsx."
    ),
    "file_quote_open": (
        'A quotation mark (") in row {line} of the file “{name}” has no end, which would join the rows after it. '
        "Mend that row, or open the file in Excel or WPS and save it as .xlsx."
    ),
    "file_no_header": (
        "The sheet “{sheet}” of the file “{name}” has no header row of orders (number, text, place …). "
        "Look at the sheet, or say which column holds which field."
    ),
    "import_profile_unknown": "There is no import profile “{profile}”. There are: {known}.",
    "import_map_field": "There is no field “{field}”.",
    "import_map_header": "No column is headed “{header}”. The columns are: {headers}.",
    "row_no_text_and_place": "Both the text and the place are empty.",
    "row_bad_date": "“{column}”: the time “{value}” can't be read.",
    "row_date_order": "“{column}”: day and month of “{value}” can't be told apart. Write year-month-day.",
    "row_bad_number": "“{column}”: the number “{value}” can't be read.",
    "row_number_rounded": (
        "“{column}”: the number “{value}” was rounded by a spreadsheet and lost its last digits. "
        "Export it again as text."
    ),
    "row_formula_error": (
        "“{column}”: the formula failed ({value}). Mend it in the file, or write what it should say."
    ),
    "row_text_too_long": "“{column}” has {length} characters; at most {limit} are taken.",
    "row_fact_form": "“{column}”: “{value}” can't be read.",
    "row_unknown_number": (
        "There is no order {number}, and this row has neither text nor place to make a case from."
    ),
    "row_side_unknown": (
        "The order {number} of this list ({list}) is not here, and the row has neither text nor place to make a "
        "case from. Import the month's orders first, then this list."
    ),
    "row_repeated_differs": "The same number as row {first}, but {columns} differ. Row {first} was kept.",
    "note_date_order": "“{column}”: day and month can't be told apart. Say in which order they stand.",
    "note_other_sheets": (
        "Only the sheet “{sheet}” was read. These look like orders too: {others}. Name a sheet to import it."
    ),
    "note_passed_over": "{count} rows are totals, headings or notes, not orders, and were passed over: {lines}.",
    "note_only_errors": (
        "{count} rows hold nothing but formulas that failed (such as #N/A) and were passed over: {lines}."
    ),
    "note_formula_error": (
        "In {count} rows some formulas failed (such as #N/A); their cells were taken as empty: {lines}."
    ),
    "note_unworked": (
        "{count} cells are formulas that were never worked out and were taken as empty. Open the file in Excel or "
        "WPS, save it, and import again."
    ),
    "note_wider": (
        "{count} rows are wider than the header; what is too much was kept beside the case: {lines}. "
        "A comma in a text may have cut its cell in two."
    ),
    "note_not_asked": "Order {number} has nothing to settle; the answer “{answer}” was not used.",
    "note_not_theirs": (
        "Order {number} can't simply follow the file: the case can't be amended any more, or the file doesn't say "
        "what it should be. Settle it in the case."
    ),
}
EMPTY: Mapping[str, str] = {
    "import_profile_unknown": "There is no import profile “{profile}”, nor any other yet.",
    "import_map_header": "No column is headed “{header}”; this table has no headers.",
    "file_sheet_unknown": "The file “{name}” has no sheet “{sheet}”; its other sheets have no names.",
}
FACTS: Mapping[str, str] = {
    "图片": "a picture",
    "PDF 文件": "a PDF file",
    "压缩包": "an archive",
    "程序": "a program",
    "程序数据": "data of a program",
    "数据库": "a database",
    "Word 文档": "a Word document",
    "演示文稿": "a presentation",
    "其他 Office 文件": "another Office file",
    "Excel 4.0 及更早的旧格式文件": "a file of Excel 4.0 or older",
    "由 Office 或 WPS 打开文件时留下的临时文件": "a temporary file that Office or WPS left",
    "网页（HTML）": "a web page (HTML)",
    "网页（MHTML）": "a web page (MHTML)",
    "XML 文件": "an XML file",
    "不满意件": "dissatisfied",
    "未解决件": "unresolved",
    "未先行联系件": "not contacted",
}
FORMS: Mapping[str, str] = {
    r"超过 (\d+) 个空行": r"more than \1 empty rows",
    r"超过 (\d+) 行": r"more than \1 rows",
    r"超过 (\d+) 列": r"more than \1 columns",
    r"(\d+) MB 文字": r"\1 MB of text",
    r"(\d+) 行 (\d+) 列": r"\1 rows, \2 columns",
    r"“(.*)”（(\d+) 行）": r"“\1” (\2 rows)",
    r"第 (\d+) 列": r"column \1",
    r"另有 ([\d,]+) 个": r"and \1 more",
}


OURS = frozenset({"what", "list", "column", "columns", "others", "sheets", "headers", "known", "lines"})


def fact(name: str, said: object) -> str:
    """Return a fact of a sentence as English has it; what stands in cells stays as it is."""
    return ", ".join(map(_one, str(said).split("、"))) if name in OURS else str(said)


def _one(said: str) -> str:
    for form, english in FORMS.items():
        if re.fullmatch(form, said):
            return re.sub(form, english, said)
    return FACTS.get(said, said)
