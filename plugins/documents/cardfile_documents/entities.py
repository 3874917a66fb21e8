"""The nouns of the plugin: templates and documents."""

from typing import Final

from cardfile.model.entities import Entity, Everyone
from cardfile.model.fields import Field, Kind
from cardfile_documents.choices import (
    ENGINES,
    FILE_STATES,
    KINDS,
    LANGUAGES,
    STATUSES,
    Engine,
    FileState,
    Language,
    Status,
)
from cardfile_documents.tables import Document, Template

__all__ = ["ENTITIES", "documents", "templates"]

KIND: Final = {"en": "Kind", "ru": "Вид"}
LANGUAGE: Final = {"en": "Language", "ru": "Язык"}
TITLE: Final = {"en": "Title", "ru": "Название"}

templates = Entity(
    Template,
    label={"en": "Document template", "ru": "Шаблон документа"},
    plural={"en": "Document templates", "ru": "Шаблоны документов"},
    collection="templates",
    description="What documents of a kind are made from: shipped with the plugin, or a Word file of one's own.",
    fields=(
        Field("key", {"en": "Key", "ru": "Ключ"}, Kind.TEXT, required=True, max_length=64),
        Field("kind", KIND, Kind.CHOICE, choices=KINDS, required=True),
        Field("language", LANGUAGE, Kind.CHOICE, choices=LANGUAGES, default=Language.RU.value),
        Field("title", TITLE, Kind.TEXT, required=True, max_length=200),
        Field(
            "engine",
            {"en": "Made by", "ru": "Чем готовится"},
            Kind.CHOICE,
            choices=ENGINES,
            default=Engine.DOCX.value,
            read_only=True,
        ),
        Field("source", {"en": "Shipped source", "ru": "Встроенный шаблон"}, Kind.TEXT, read_only=True),
        Field(
            "file",
            {"en": "Word file", "ru": "Файл Word"},
            Kind.FILE,
            hint={
                "en": "A .docx with places such as {{ buyer.name }}",
                "ru": "Файл .docx с местами вида {{ buyer.name }}",
            },
        ),
        Field(
            "is_preferred",
            {"en": "Taken first", "ru": "По умолчанию"},
            Kind.BOOLEAN,
            default=False,
        ),
    ),
    visibility=Everyone(),
    unique=("key",),
    order=("kind", "language", "id"),
    title="title",
)

documents = Entity(
    Document,
    label={"en": "Document", "ru": "Документ"},
    plural={"en": "Documents", "ru": "Документы"},
    collection="documents",
    description="An offer, invoice, act or other paper of a deal, or one revision of it.",
    fields=(
        Field("title", TITLE, Kind.TEXT, read_only=True),
        Field("kind", KIND, Kind.CHOICE, choices=KINDS, read_only=True),
        Field(
            "number",
            {"en": "Number", "ru": "Номер"},
            Kind.TEXT,
            read_only=True,
            hint={"en": "Drafts have none yet", "ru": "У черновика его ещё нет"},
        ),
        Field("revision", {"en": "Revision", "ru": "Редакция"}, Kind.INTEGER, default=1, read_only=True),
        Field(
            "previous",
            {"en": "Replaces", "ru": "Заменяет"},
            Kind.REFERENCE,
            to="document",
            read_only=True,
        ),
        Field("language", LANGUAGE, Kind.CHOICE, choices=LANGUAGES, read_only=True),
        Field(
            "status",
            {"en": "Status", "ru": "Статус"},
            Kind.CHOICE,
            choices=STATUSES,
            default=Status.DRAFT.value,
            read_only=True,
        ),
        Field("reason", {"en": "Reason", "ru": "Причина"}, Kind.TEXT, read_only=True),
        Field("amount", {"en": "Amount", "ru": "Сумма"}, Kind.MONEY, read_only=True),
        Field("issued_on", {"en": "Date", "ru": "Дата"}, Kind.DATE, read_only=True),
        Field("template", {"en": "Template", "ru": "Шаблон"}, Kind.REFERENCE, to="template", read_only=True),
        Field("file", {"en": "File", "ru": "Файл"}, Kind.FILE, read_only=True),
        Field(
            "file_state",
            {"en": "State of the file", "ru": "Состояние файла"},
            Kind.CHOICE,
            choices=FILE_STATES,
            default=FileState.RENDERING.value,
            read_only=True,
        ),
        Field(
            "failure",
            {"en": "Why there is no file", "ru": "Почему нет файла"},
            Kind.LONG_TEXT,
            read_only=True,
        ),
        Field(
            "year",
            {"en": "Year of the count", "ru": "Год нумерации"},
            Kind.INTEGER,
            read_only=True,
            transfer=False,
        ),
        Field(
            "serial", {"en": "Count", "ru": "Порядковый номер"}, Kind.INTEGER, read_only=True, transfer=False
        ),
    ),
    on="deal",
    order=("-id",),
    title="title",
    actions=("read",),
)

ENTITIES: Final = (templates, documents)
"""The entities of the plugin, in the order of their declaration."""
