"""Exports as people see them: each sees his own, for what is in the file was chosen by his rights."""

from typing import Final

from cardfile.declarations import Grants
from cardfile.exports.tables import Export, ExportFormat, ExportKind, ExportState
from cardfile.model.entities import Entity, Owned
from cardfile.model.fields import Choice, Field, Kind

__all__ = ["ENTITIES", "GRANTS", "exports"]

KINDS: Final = (
    Choice(ExportKind.LIST, {"en": "List", "ru": "Список"}),
    Choice(ExportKind.TEMPLATE, {"en": "Template", "ru": "Шаблон"}),
    Choice(ExportKind.RESULT, {"en": "Result of an import", "ru": "Итог импорта"}),
    Choice(ExportKind.REFUSED, {"en": "Refused rows", "ru": "Непринятые строки"}),
)
STATES: Final = (
    Choice(ExportState.WAITING, {"en": "Waiting", "ru": "Ждёт"}, "#8e8e93"),
    Choice(ExportState.RUNNING, {"en": "Being written", "ru": "Готовится"}, "#0a84ff"),
    Choice(ExportState.DONE, {"en": "Ready", "ru": "Готов"}, "#34c759"),
    Choice(ExportState.FAILED, {"en": "Failed", "ru": "Не удался"}, "#ff3b30"),
    Choice(ExportState.CANCELLED, {"en": "Cancelled", "ru": "Остановлен"}, "#ff9f0a"),
)
FORMATS: Final = (
    Choice(ExportFormat.XLSX, {"en": "Excel workbook", "ru": "Книга Excel"}),
    Choice(ExportFormat.CSV, {"en": "Text table", "ru": "Текстовая таблица"}),
)


def _told(key: str, en: str, ru: str, kind: Kind = Kind.INTEGER) -> Field:
    """Return a field that only the export itself writes."""
    return Field(key, {"en": en, "ru": ru}, kind, read_only=True, transfer=False)


def _chosen(key: str, en: str, ru: str, choices: tuple[Choice, ...]) -> Field:
    return Field(
        key, {"en": en, "ru": ru}, Kind.CHOICE, choices=choices, read_only=True, transfer=False,
        slots=("card", "list"),
    )  # fmt: skip


exports = Entity(
    Export,
    label={"en": "Export", "ru": "Выгрузка"},
    plural={"en": "Exports", "ru": "Выгрузки"},
    key="export",
    description="A file that was made of what is here: a list, a template for an import, an import's results.",
    fields=(
        _told("file_name", "File name", "Имя файла", Kind.TEXT),
        _chosen("kind", "What", "Что", KINDS),
        _chosen("state", "State", "Состояние", STATES),
        _chosen("format", "Format", "Формат", FORMATS),
        Field("file", {"en": "File", "ru": "Файл"}, Kind.FILE, read_only=True, transfer=False),
        _told("owner", "Whose", "Чья", Kind.USER),
        _told("entity", "Of what", "Чего", Kind.TEXT),
        Field(
            "origin", {"en": "Import", "ru": "Импорт"}, Kind.REFERENCE, to="import", read_only=True,
            transfer=False,
        ),
        _told("wanted", "Asked for", "Запрошено", Kind.LONG_TEXT),
        _told("rows_about", "Rows in all, about", "Строк всего, около"),
        _told("rows_written", "Rows written", "Строк записано"),
        _told("note", "Note", "Примечание", Kind.TEXT),
        _told("error", "Error", "Ошибка", Kind.TEXT),
        _told("finished_at", "Finished", "Готов в", Kind.DATETIME),
    ),
    visibility=Owned(),
    actions=("read",),
    title="file_name",
    order=("-id",),
)  # fmt: skip

ENTITIES: Final = (exports,)
"""The entities of this room."""

_OWN: Final = {"export": "read:own start:own template:own cancel:own"}

GRANTS: Final[Grants] = {"head": _OWN, "manager": _OWN, "specialist": _OWN}
"""Whoever takes a list away must also have `export` on what is in it, whoever gets a template `import`."""
