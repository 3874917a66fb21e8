"""Imports and their rows as people see them."""

from typing import Final

from cardfile.declarations import Grants
from cardfile.imports.tables import DuplicateMode, Import, ImportRow, ImportState, Outcome, Stage
from cardfile.imports.told import BATCH_FIELDS
from cardfile.model.entities import Entity, Owned, Relation, Through
from cardfile.model.fields import Choice, Field, Kind
from cardfile.texts import Label

__all__ = ["ENTITIES", "GRANTS", "import_rows", "imports"]

STATES: Final = (
    Choice(ImportState.UPLOADED, {"en": "Waiting", "ru": "Ждёт"}, "#8e8e93"),
    Choice(ImportState.PROBED, {"en": "Looked at", "ru": "Просмотрен"}, "#8e8e93"),
    Choice(ImportState.CHECKED, {"en": "Tried out", "ru": "Проверен"}, "#8e8e93"),
    Choice(ImportState.RUNNING, {"en": "Running", "ru": "Идёт"}, "#0a84ff"),
    Choice(ImportState.DONE, {"en": "Done", "ru": "Завершён"}, "#34c759"),
    Choice(ImportState.FAILED, {"en": "Failed", "ru": "Не удался"}, "#ff3b30"),
    Choice(ImportState.CANCELLED, {"en": "Cancelled", "ru": "Остановлен"}, "#ff9f0a"),
    Choice(ImportState.UNDOING, {"en": "Being undone", "ru": "Отменяется"}, "#ff9f0a"),
    Choice(ImportState.UNDONE, {"en": "Undone", "ru": "Отменён"}, "#8e8e93"),
)
STAGES: Final = (
    Choice(Stage.PROBE, {"en": "First look", "ru": "Просмотр"}),
    Choice(Stage.CHECK, {"en": "Dry run", "ru": "Проверка"}),
    Choice(Stage.RUN, {"en": "Import", "ru": "Загрузка"}),
    Choice(Stage.UNDO, {"en": "Taking back", "ru": "Отмена"}),
    Choice(Stage.SETTLE, {"en": "Settling rows", "ru": "Решение по строкам"}),
)
MODES: Final = (
    Choice(DuplicateMode.SKIP, {"en": "Skip them", "ru": "Пропускать"}),
    Choice(DuplicateMode.FILL, {"en": "Fill in what is empty", "ru": "Дополнять пустое"}),
    Choice(DuplicateMode.OVERWRITE, {"en": "Overwrite", "ru": "Обновлять"}),
    Choice(DuplicateMode.CREATE, {"en": "Create anyway", "ru": "Создавать всё равно"}),
)
OUTCOMES: Final = (
    Choice(Outcome.CREATED, {"en": "Created", "ru": "Создан"}, "#34c759"),
    Choice(Outcome.UPDATED, {"en": "Updated", "ru": "Обновлён"}, "#0a84ff"),
    Choice(Outcome.UNCHANGED, {"en": "Unchanged", "ru": "Без изменений"}, "#8e8e93"),
    Choice(Outcome.DUPLICATE, {"en": "Duplicate", "ru": "Дубль"}, "#ff9f0a"),
    Choice(Outcome.REVIEW, {"en": "To be settled", "ru": "Нужно решить"}, "#ff9f0a"),
    Choice(Outcome.REFUSED, {"en": "Refused", "ru": "Не принят"}, "#ff3b30"),
    Choice(Outcome.SKIPPED, {"en": "Skipped", "ru": "Пропущена"}, "#8e8e93"),
)


def _told(
    key: str, en: str, ru: str, kind: Kind = Kind.INTEGER, *, slots: tuple[str, ...] = ("card",)
) -> Field:
    """Return a field that only the import itself writes."""
    return Field(key, {"en": en, "ru": ru}, kind, read_only=True, transfer=False, slots=slots)


def _chosen(key: str, label: Label, choices: tuple[Choice, ...]) -> Field:
    return Field(
        key, label, Kind.CHOICE, choices=choices, read_only=True, transfer=False, slots=("card", "list")
    )


imports = Entity(
    Import,
    label={"en": "Import", "ru": "Импорт"},
    plural={"en": "Imports", "ru": "Импорты"},
    key="import",
    description="A list that was brought in from a spreadsheet: how, what came of it, and whether it was undone.",
    fields=(
        _told("file_name", "File", "Файл", Kind.TEXT, slots=("header", "list", "card")),
        _chosen("state", {"en": "State", "ru": "Состояние"}, STATES),
        _chosen("stage", {"en": "Being done", "ru": "Что делается"}, STAGES),
        _told("owner", "Imported by", "Кто импортировал", Kind.USER),
        Field(
            "file",
            {"en": "Original", "ru": "Исходный файл"},
            Kind.FILE,
            read_only=True,
            transfer=False,
        ),
        _told("sha256", "Fingerprint", "Отпечаток", Kind.TEXT, slots=()),
        _told("size", "Size", "Размер"),
        _told("entity", "Of what", "Чего", Kind.TEXT),
        _told("sheet", "Sheet", "Лист", Kind.TEXT),
        _told("header_row", "Header row", "Строка заголовка"),
        _chosen("duplicates", {"en": "Duplicates", "ru": "Дубли"}, MODES),
        _told("known_by", "Recognised by", "По чему узнаются", Kind.TEXT, slots=()),
        _told("strict", "Strict", "Строгий", Kind.BOOLEAN),
        _told("assign_to", "Given to", "Кому отданы", Kind.USER),
        _told("stage_rows", "Rows dealt with", "Строк пройдено", slots=()),
        _told("stage_about", "Rows in all, about", "Строк всего, около", slots=()),
        _told("stage_speed", "Rows per second", "Строк в секунду", slots=()),
        _told("stage_at", "Progress as of", "Ход на момент", Kind.DATETIME, slots=()),
        _told("sheet_at", "Sheet reached", "Дошёл до листа", slots=()),
        _told("last_row", "Row reached", "Дошёл до строки", slots=()),
        _told("rows_read", "Rows read", "Строк прочитано"),
        _told("rows_created", "Created", "Создано"),
        _told("rows_updated", "Updated", "Обновлено"),
        _told("rows_unchanged", "Unchanged", "Без изменений"),
        _told("rows_duplicate", "Duplicates", "Дублей"),
        _told("rows_review", "To be settled", "Нужно решить"),
        _told("rows_refused", "Refused", "Не принято"),
        _told("ignored_above", "Rows above the header", "Строк над заголовком"),
        _told("ignored_headers", "Repeated headers", "Повторных заголовков"),
        _told("ignored_totals", "Rows of totals", "Строк итогов"),
        _told("ignored_asides", "Names of groups", "Названий групп"),
        _told("ignored_blank", "Blank rows", "Пустых строк"),
        _told("started_at", "Started", "Начат", Kind.DATETIME),
        _told("finished_at", "Finished", "Закончен", Kind.DATETIME),
        _told("error", "Error", "Ошибка", Kind.TEXT),
        _told("batch", "Batch", "Пакет", slots=()),
    ),
    batch_fields=BATCH_FIELDS,
    relations=(Relation("rows", {"en": "Rows", "ru": "Строки"}, target="import_row", via="origin"),),
    visibility=Owned(),
    actions=("read",),
    title="file_name",
    order=("-id",),
)

import_rows = Entity(
    ImportRow,
    label={"en": "Row of an import", "ru": "Строка импорта"},
    plural={"en": "Rows of imports", "ru": "Строки импорта"},
    key="import_row",
    collection="import_rows",
    description="What became of one row of a list, and why.",
    fields=(
        Field(
            "origin", {"en": "Import", "ru": "Импорт"}, Kind.REFERENCE, to="import", read_only=True,
            transfer=False,
        ),
        _told("sheet", "Sheet in the plan", "Лист по плану"),
        _told("row", "Row", "Строка"),
        _chosen("outcome", {"en": "Outcome", "ru": "Итог"}, OUTCOMES),
        _told("record", "Record", "Запись", slots=()),
        Field(
            "client", {"en": "Client", "ru": "Клиент"}, Kind.REFERENCE, to="client", read_only=True,
            transfer=False,
        ),
        _told("parts", "Parts", "Части", Kind.LONG_TEXT, slots=()),
        _told("issues", "Issues", "Замечания", Kind.LONG_TEXT),
    ),
    visibility=Through("origin"),
    order=("sheet", "row", "id"),
    read_only=True,
)  # fmt: skip

ENTITIES: Final = (imports, import_rows)
"""The entities of this room."""

GRANTS: Final[Grants] = {
    "head": {
        "import": "read:team start:team preview:team cancel:team undo:team",
        "import_row": "read:team",
    },
    "manager": {
        "import": "read:own start:own preview:own cancel:own undo:own",
        "import_row": "read:own",
    },
}
"""Who may import must also have `import` on what is imported, as managers have on their clients."""
