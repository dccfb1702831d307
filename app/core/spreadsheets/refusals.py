"""The sentences with which a file is refused before anything is read from it: what is wrong and what to do."""

from app.core.errors import ImportRefused, Sentence

_SENTENCES: dict[str, tuple[str, str]] = {
    "empty": (
        "“{name}”是空文件，0 字节。请重新导出后再上传",
        "“{name}” is empty (0 bytes). Export it again, then upload",
    ),
    "too_big": (
        "“{name}”有 {size} MB，一次最多 {limit} MB。请按学校或年级拆成几个文件",
        "“{name}” has {size} MB; the limit is {limit} MB. Split it by school or grade",
    ),
    "extension": (
        "“{name}”不是可以导入的文件。请用 xlsx、xls 或 csv",
        "“{name}” cannot be imported. Use xlsx, xls or csv",
    ),
    "disguised": (
        "“{name}”的扩展名是 {extension}，内容却是{found}。请用 Excel 或 WPS 打开，另存为 xlsx 再上传",
        "“{name}” ends in {extension} but holds {found}. Open it in Excel or WPS, save as xlsx, then upload",
    ),
    "unknown": (
        "认不出“{name}”的内容。请用 Excel 或 WPS 打开，另存为 xlsx 再上传",
        "The content of “{name}” is not recognised. Open it in Excel or WPS, save as xlsx, then upload",
    ),
    "password": (
        "“{name}”设了打开密码。请去掉密码后另存，再上传",
        "“{name}” is protected by a password. Remove the password, save, then upload",
    ),
    "macro": (
        "“{name}”带有宏。请另存为不含宏的 xlsx 再上传",
        "“{name}” contains macros. Save it as xlsx without macros, then upload",
    ),
    "embedded": (
        "“{name}”里嵌了别的文件或控件（{member}）。请删去嵌入的对象，另存后再上传",
        "“{name}” has other files or controls embedded ({member}). Delete the embedded objects, save, then upload",
    ),
    "damaged": (
        "“{name}”不完整或已损坏，读不出来。请在原系统重新导出后再上传",
        "“{name}” is incomplete or damaged and cannot be read. Export it again from its source, then upload",
    ),
    "bomb": (
        "“{name}”解开后远大于正常表格（{detail}）。请把数据复制到一个新工作簿，另存后再上传",
        "“{name}” unpacks to far more than a normal workbook ({detail}). "
        "Copy the data into a new workbook, save, then upload",
    ),
    "structure": (
        "“{name}”的内部结构不合规（{detail}）。请用 Excel 或 WPS 打开，另存为 xlsx 再上传",
        "The inner structure of “{name}” is not allowed ({detail}). Open it in Excel or WPS, save as xlsx, then upload",
    ),
    "rows": (
        "“{name}”的工作表“{sheet}”写到了第 {rows} 行，一次最多 {limit} 行。请按学校或年级拆成几个文件；"
        "如果下面是空行，请选中删除后另存",
        "Sheet “{sheet}” of “{name}” runs to row {rows}; at most {limit} rows are taken at a time. "
        "Split it by school or grade; if the lower rows are empty, delete them and save",
    ),
    "columns": (
        "“{name}”的工作表“{sheet}”用到了第 {columns} 列，最多 {limit} 列。请删去右侧多余的列，另存后再上传",
        "Sheet “{sheet}” of “{name}” runs to column {columns}; at most {limit} are taken. "
        "Delete the surplus columns on the right, save, then upload",
    ),
    "encoding": (
        "“{name}”的文字编码认不出来（第 {line} 行）。请另存为“CSV UTF-8”或 xlsx 再上传",
        "The text encoding of “{name}” is not recognised (line {line}). Save it as “CSV UTF-8” or xlsx, then upload",
    ),
    "csv": (
        "“{name}”第 {line} 行的引号没有配对，后面的内容读不准。请改好这一行，或另存为 xlsx 再上传",
        "Line {line} of “{name}” has an unpaired quote, so what follows cannot be read reliably. "
        "Mend the line or save as xlsx, then upload",
    ),
    "no_sheet": (
        "“{name}”里没有写内容的工作表。请核对后再上传",
        "“{name}” has no sheet with content. Check it, then upload",
    ),
}


def refusal(code: str, **words: object) -> ImportRefused:
    """The refusal to raise for `code`; a word given as a pair differs between the languages (zh, en)."""
    zh, en = _SENTENCES[code]
    return ImportRefused(Sentence(zh.format(**_in(0, words)), en.format(**_in(1, words))))


def _in(language: int, words: dict[str, object]) -> dict[str, object]:
    return {name: word[language] if isinstance(word, tuple) else word for name, word in words.items()}
