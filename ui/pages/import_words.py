"""What fields, reasons and values are called while a workbook is imported."""

from collections.abc import Mapping
from typing import Any

from ui.context import Context
from ui.tr import language, tr, word
from ui.widgets.picker import Option
from zq_grid.rules.text import mask_name, mask_phone, to_building

# Fields of a workbook that are no facts of a step.
WORDS = {
    "submitted_at": "处理完成时间",
    "contacted_at": "先行联系时间",
    "visited_at": "回访时间",
    "closed_at": "结案时间",
    "replied_at": "答复时间",
    "category1": "一级分类",
    "category2": "二级分类",
    "category3": "三级分类",
    "category4": "四级分类",
    "category5": "五级分类",
    "duplicate": "是否重复",
    "repeat_of": "重复工单号",
    "flag": "是或否",
    "street": "街镇",
}
# Why a column was taken for a field.
PARTS = {"word": "认得的列名", "profile": "导入方案", "told": "人工指定", "guess": "推测，请核对", "": ""}
CATALOGUED = frozenset({"unit", "neighbourhood", "type"})


def field_name(key: str) -> str:
    """Return what a field is called."""
    from zq_grid import words

    return tr(WORDS[key]) if key in WORDS else word(words.FACTS, key)


def fields() -> list[Option]:
    """Return every field that a column may hold, in the order of the word list."""
    from zq_grid.importing.words import seed

    return [Option(key, field_name(key), key) for key in seed().fields]


def alias_field(field: str) -> str:
    """Return the field under which a word is taught: all questions of yes and no share one vocabulary."""
    return "anonymous" if field == "flag" else field


def meanings(context: Context, field: str) -> list[Option]:
    """Return what an unknown word of a field may mean; none where only its own words would do."""
    from zq_grid import words
    from zq_grid.entries import MEANINGS

    if field in CATALOGUED:
        return [Option(code, name, code) for (kind, code), name in context.names.items() if kind == field]
    known = MEANINGS.get(alias_field(field)) or ()
    return [Option(code, words.value(alias_field(field), code, language()), code) for code in sorted(known)]


def said(context: Context, field: str, value: str) -> str:
    """Return a value as people read it, the caller's name, phone and door masked."""
    from zq_grid import words

    if field in CATALOGUED | {"grid", "estate"}:
        return context.name(field, value)
    masks: Mapping[str, Any] = {"reporter": mask_name, "phone": mask_phone, "place": to_building}
    if field in masks:
        return str(masks[field](value))
    if len(value) > 18 and value[10:11] == "T":
        return value[:16].replace("T", " ")
    return words.value(field, value, language())
