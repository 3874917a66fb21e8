"""Made-up lists as the bytes of files: workbooks, open documents, text tables in the encodings of offices."""

import datetime as dt
import io
import zipfile
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from messy_layout import MessySheet
from messy_lists import MessyList
from openpyxl import Workbook


def written(one: MessyList) -> tuple[str, bytes]:
    """Return the name and the content of the file of a list."""
    kind, *how = one.format.split(":")
    if kind in ("xlsx", "xlsm"):
        return f"{one.name}.{kind}", _workbook(one)
    if kind == "ods":
        return f"{one.name}.ods", _open_document(one)
    encoding, delimiter = how
    text = _text(one.list, delimiter)
    try:
        return f"{one.name}.{kind}", text.encode(encoding)
    except UnicodeEncodeError:  # An office that has such letters saves them in another encoding.
        return f"{one.name}.{kind}", text.encode("utf-8-sig")


def _workbook(one: MessyList) -> bytes:
    book = Workbook()
    assert book.active is not None
    book.remove(book.active)
    for sheet in one.sheets:
        page = book.create_sheet(sheet.name)
        for number, cells in enumerate(sheet.rows, 1):
            for index, cell in enumerate(cells, 1):
                if cell is not None:
                    page.cell(number, index, cell)
        for top, left, bottom, right in sheet.merges:
            page.merge_cells(
                start_row=top + 1, start_column=left + 1, end_row=bottom + 1, end_column=right + 1
            )
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def shown(cell: Any) -> str:
    """Return a cell as a spreadsheet writes it into a text table."""
    if cell is None:
        return ""
    if isinstance(cell, dt.date):
        return f"{cell:%d.%m.%Y}"
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell.is_integer() else str(cell).replace(".", ",")
    return str(cell)


def _text(sheet: MessySheet, delimiter: str) -> str:
    lines = []
    for cells in sheet.rows:
        texts = [shown(cell) for cell in cells]
        lines.append(
            delimiter.join(
                '"' + text.replace('"', '""') + '"'
                if any(sign in text for sign in (delimiter, '"', "\n"))
                else text
                for text in texts
            )
        )
    return "\r\n".join(lines) + "\r\n"


def _open_document(one: MessyList) -> bytes:
    tables = "".join(
        f"<table:table table:name={quoteattr(sheet.name)}>{''.join(map(_open_row, sheet.rows))}</table:table>"
        for sheet in one.sheets
    )
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    content = (
        f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.2">'
        f"<office:body><office:spreadsheet>{tables}</office:spreadsheet></office:body></office:document-content>"
    )
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    manifest = (
        '<?xml version="1.0"?><manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f'<manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/>'
        '<manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>'
    )
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("mimetype", kind, zipfile.ZIP_STORED)
        archive.writestr("META-INF/manifest.xml", manifest)
        archive.writestr("content.xml", content)
    return buffer.getvalue()


def _open_row(cells: list[Any]) -> str:
    return f"<table:table-row>{''.join(map(_open_cell, cells)) or '<table:table-cell/>'}</table:table-row>"


def _open_cell(cell: Any) -> str:
    match cell:
        case None:
            return "<table:table-cell/>"
        case int() | float():
            return f'<table:table-cell office:value-type="float" office:value="{cell}"/>'
        case dt.date():
            return f'<table:table-cell office:value-type="date" office:date-value="{cell.isoformat()}"/>'
    lines = "".join(f"<text:p>{escape(line)}</text:p>" for line in str(cell).split("\n"))
    return f'<table:table-cell office:value-type="string">{lines}</table:table-cell>'
