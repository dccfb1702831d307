"""Why a file is not taken: sentences that name it and say what to do instead."""

from app.core.errors import Sentence


class Refused(Exception):
    """A file is not taken, for this reason."""

    def __init__(self, sentence: Sentence) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence


_SENTENCES = {
    "empty": (
        "“{name}”是空文件，0 字节。请重新选择文件",
        "“{name}” is empty (0 bytes). Choose the file again",
    ),
    "too_big": (
        "“{name}”超过 {limit} MB，最多 {limit} MB。照片请选“较小”尺寸，文档请压缩图片后再上传",
        "“{name}” is larger than the limit of {limit} MB. Choose a smaller photo size, or compress the pictures in it",
    ),
    "extension": (
        "“{name}”不是可以上传的文件。可用：{extensions}",
        "“{name}” cannot be uploaded. Use one of: {extensions}",
    ),
    "heic": (
        "“{name}”是 HEIC 照片，很多电脑打不开。请在手机上另存为 JPG 再上传",
        "“{name}” is a HEIC photo, which many computers cannot open. Save it as JPG on the phone, then upload",
    ),
    "old_office": (
        "“{name}”是旧版格式。请用 Word 或 WPS 另存为 docx 或 PDF 再上传",
        "“{name}” is in an old format. Save it as docx or PDF in Word or WPS, then upload",
    ),
    "macro": (
        "“{name}”带有宏。请另存为不含宏的文件，或导出为 PDF 再上传",
        "“{name}” contains macros. Save it without macros or export it as PDF, then upload",
    ),
    "archive": (
        "“{name}”是压缩包。请解开后逐个上传里面的文件",
        "“{name}” is a packed archive. Unpack it and upload the files one by one",
    ),
    "disguised": (
        "“{name}”的扩展名与内容不符，内容不是{zh}。请用原来的软件打开，另存为正确的格式再上传",
        "The ending of “{name}” does not fit: its content is not {en}. Open it in its own program, save, then upload",
    ),
    "damaged": (
        "“{name}”不完整或已损坏，打不开。请重新导出或重新拍摄后再上传",
        "“{name}” is incomplete or damaged and cannot be opened. Export it or take it again, then upload",
    ),
    "password": (
        "“{name}”设了打开密码。请去掉密码后另存，再上传",
        "“{name}” is protected by a password. Remove it, save, then upload",
    ),
    "pixels": (
        "“{name}”有 {pixels} 万像素，最多 4000 万。请缩小后再上传",
        "“{name}” is too large ({millions} megapixels, limit 40). Make it smaller, then upload",
    ),
    "pages": (
        "“{name}”有 {pages} 页，最多 {limit} 页。请拆成几份再上传",
        "“{name}” is too long (pages: {pages}, limit: {limit}). Split it, then upload",
    ),
    "active": (
        "“{name}”里有脚本或会自动打开的内容，无法清除。请用“打印为 PDF”另存一份再上传",
        "“{name}” contains scripts or things that open by themselves, which cannot be removed. Print it to a new PDF",
    ),
    "linked": (
        "“{name}”会从外部载入内容（{detail}）。请断开链接、另存，或导出为 PDF 再上传",
        "“{name}” loads content from outside ({detail}). Break the links and save, or export it as PDF, then upload",
    ),
    "structure": (
        "“{name}”里可能有宏、嵌入的文件或过大的内容。请用 Word 或 WPS 另存为 docx，或导出为 PDF 再上传",
        "“{name}” may hold macros, embedded files or oversized parts. Save it as docx or export it as PDF, then upload",
    ),
    "too_heavy": (
        "“{name}”太复杂，没能在规定时间内检查完。请拆小，或导出为 PDF 再上传",
        "“{name}” is too complex to be checked in time. Split it or export it as PDF, then upload",
    ),
    "infected": (
        "“{name}”没有通过安全扫描，没有保存。请联系学校信息管理员检查这台电脑",
        "“{name}” did not pass the security scan and was not kept. Ask your IT staff to check this computer",
    ),
    "id_numbers": (
        "“{name}”里有 {count} 处身份证号：{places}。请删去或遮住后再上传",
        "“{name}” holds identity numbers ({count}): {places}. Remove or cover them, then upload",
    ),
}


def because(code: str, **words: object) -> Sentence:
    """The sentence for `code`; a word given as a pair differs between the languages (zh, en)."""
    zh, en = ({k: v[i] if isinstance(v, tuple) else v for k, v in words.items()} for i in (0, 1))
    return Sentence(_SENTENCES[code][0].format(**zh), _SENTENCES[code][1].format(**en))


def refused(code: str, **words: object) -> Refused:
    """The refusal to raise for `code`."""
    return Refused(because(code, **words))
