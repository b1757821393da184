"""What a person reads when a file or a row can't be imported: code → sentence with places for facts."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from zq_grid import visible
from zq_grid.importing import sentences_en
from zq_grid.value_words import straight

FILES: dict[str, str] = {
    "file_missing": "找不到文件“{name}”。请检查文件是否被移走或改名，再重新选择。",
    "file_locked": "文件“{name}”打不开，可能正被 Excel 或 WPS 占用，或没有读取权限。请关闭后再导入。",
    "file_empty": "文件“{name}”里没有内容。请确认导出是否成功，再重新导入。",
    "file_too_big": "文件“{name}”太大（{what}）。请删去多余的空行、空列，或拆成几个文件分别导入。",
    "file_password": "文件“{name}”有密码。请先在 Excel 或 WPS 中取消密码，另存后再导入。",
    "file_corrupt": (
        "文件“{name}”已损坏，读不出内容。请用 Excel 或 WPS 打开并另存为 .xlsx 后再导入，或重新导出。"
    ),
    "file_not_table": (
        "文件“{name}”不是表格，而是{what}。"
        "请选择 .xlsx、.xls、.et、.ods、.csv、.tsv，或含有表格的网页（.htm、.html、.mht）、XML 表格（.xml）。"
    ),
    "file_too_slow": (
        "文件“{name}”在 {seconds} 秒内没有读完，已停止。请另存为 .xlsx，或拆成几个文件后再导入。"
    ),
    "file_too_much_memory": (
        "读取文件“{name}”所需内存过多，已停止。请删去表格末尾多余的空行、空列，另存为 .xlsx 后再导入。"
    ),
    "file_sheet_unknown": "文件“{name}”里没有名为“{sheet}”的工作表。现有工作表：{sheets}。",
    "file_encoding": "文件“{name}”的文字编码无法识别。请用 Excel 或 WPS 打开并另存为 .xlsx 后再导入。",
    "file_quote_open": (
        '文件“{name}”第 {line} 行有一个引号（"）没有成对，后面的行会并成一格。'
        "请改正这一行，或用 Excel、WPS 打开并另存为 .xlsx 后再导入。"
    ),
    "file_no_header": (
        "文件“{name}”的工作表“{sheet}”里没有找到工单的表头（工单编号、内容描述、诉求地址等）。"
        "请检查工作表，或指定各列对应的字段。"
    ),
    "import_profile_unknown": "没有名为“{profile}”的导入方案。现有：{known}。",
    "import_map_field": "没有名为“{field}”的字段。",
    "import_map_header": "表头中没有“{header}”这一列。现有列：{headers}。",
}
ROWS: dict[str, str] = {
    "row_no_text_and_place": "内容和地址都是空的。",
    "row_bad_date": "“{column}”的时间“{value}”无法识别。",
    "row_date_order": "“{column}”的时间“{value}”分不清日和月，请改为“年-月-日”的写法。",
    "row_bad_number": "“{column}”的编号“{value}”无法识别。",
    "row_number_rounded": (
        "“{column}”的编号“{value}”已被表格软件改成近似值，末几位丢失。请以文本格式重新导出。"
    ),
    "row_formula_error": "“{column}”的公式出错（{value}）。请在表格里改正，或填上内容后再导入。",
    "row_text_too_long": "“{column}”有 {length} 个字，超过上限 {limit} 个字。",
    "row_fact_form": "“{column}”的“{value}”无法识别。",
    "row_unknown_number": "没有编号为“{number}”的工单，这一行也没有内容和地址，无法新建。",
    "row_side_unknown": (
        "{list}中的工单“{number}”不在本库，这一行也没有内容和地址，无法新建。请先导入当月工单，再导入本表。"
    ),
    "row_repeated_differs": "与第 {first} 行编号相同，但{columns}不同，已保留第 {first} 行。",
}
NOTES: dict[str, str] = {
    "note_date_order": "“{column}”的时间分不清日和月，请指定日期次序。",
    "note_other_sheets": "只读了工作表“{sheet}”。像工单的还有：{others}，要导入请指定工作表。",
    "note_passed_over": "有 {count} 行是合计、标题或附注，不是工单，没有导入：第 {lines} 行。",
    "note_only_errors": "有 {count} 行只有出错的公式（如 #N/A），没有导入：第 {lines} 行。",
    "note_formula_error": "有 {count} 行的部分单元格公式出错（如 #N/A），这些单元格按空白处理：第 {lines} 行。",
    "note_unworked": "有 {count} 个单元格是没有算出结果的公式，按空白处理。请用 Excel 或 WPS 打开、保存后再导入。",
    "note_wider": (
        "有 {count} 行比表头多出内容，多出的已作为附加信息保留：第 {lines} 行。"
        "可能是文字里的逗号把一格拆开了，请核对。"
    ),
    "note_not_asked": "工单“{number}”没有需要核对的差异，答复“{answer}”未采用。",
    "note_not_theirs": (
        "工单“{number}”不能直接以表格为准：本单已不能更正，或表格未写明应改成什么。请到工单中处理。"
    ),
}
SENTENCES: dict[str, str] = FILES | ROWS | NOTES
# Where the list that a sentence ends with has nothing in it: code → the fact that is empty, what is said instead.
EMPTY: dict[str, tuple[str, str]] = {
    "import_profile_unknown": ("known", "没有名为“{profile}”的导入方案，本库还没有任何导入方案。"),
    "import_map_header": ("headers", "表头中没有“{header}”这一列，这张表没有写表头。"),
    "file_sheet_unknown": ("sheets", "文件“{name}”里没有名为“{sheet}”的工作表，其他工作表也没有名称。"),
}
NAMED, LONGEST = 10, 400  # things named in one sentence, and characters of one fact


class Problem(NamedTuple):
    """What a person should know of a whole import, beside its rows."""

    code: str
    facts: Mapping[str, str]

    def words(self, lang: str = "zh") -> str:
        """Return the sentence in a language."""
        return sentence(self.code, self.facts, lang)


def sentence(code: str, facts: Mapping[str, object], lang: str = "zh") -> str:
    """Return the sentence of `code` with its facts filled in; a fact that is missing shows as “—”.

    A fact comes from a stranger's file: it is shown in one line, cut where it is endless, with nothing in it that
    would steer a screen (`visible`).
    """
    shown = {name: _shown(said) for name, said in facts.items()}
    chinese, english = SENTENCES[code], sentences_en.SENTENCES[code]
    if code in EMPTY and shown.get(EMPTY[code][0], "—") in {"", "—"}:
        chinese, english = EMPTY[code][1], sentences_en.EMPTY[code]
    if lang != "en":
        return chinese.format_map(_Facts(shown))
    return straight(english).format_map(
        _Facts({name: sentences_en.fact(name, said) for name, said in shown.items()})
    )


def some(parts: Sequence[str]) -> str:
    """Return the first of many things, and how many more there are, as one fact of a sentence."""
    more = len(parts) - NAMED
    return "、".join([*parts[:NAMED], *([f"另有 {more:,} 个"] if more > 0 else [])])


def _shown(said: object) -> str:
    shown = visible.fact(str(said))
    return shown if len(shown) <= LONGEST else f"{shown[:LONGEST]}…"


class _Facts(dict[str, object]):
    def __missing__(self, name: str) -> str:
        return "—"
