"""The tables of documents: templates, documents, and how far each series of numbers is."""

from typing import ClassVar

from piccolo.columns import BigInt, Boolean, Date, ForeignKey, Integer, OnDelete, Text, Varchar

from cardfile.access.file_table import File
from cardfile.database import IndexSpec, Record, Stored
from cardfile.deals import Deal
from cardfile.seeds import SEED_KEY, Seeded

__all__ = ["Counter", "Document", "Template"]


class Template(Seeded, tablename="documents_template"):
    """What documents of a kind and language are made from: a shipped typst source, or a Word file.

    `source` names the shipped source; it is None for Word files.
    """

    key = Text(null=False, default=None)
    kind = Text(null=False, default=None)
    language = Text(null=False, default="ru")
    title = Text(null=False, default=None)
    engine = Text(null=False, default="docx")
    source = Text(null=True, default=None)
    file = ForeignKey(File, null=True, default=None, on_delete=OnDelete.restrict)
    is_preferred = Boolean(null=False, default=False)

    keys: ClassVar = (
        SEED_KEY,
        IndexSpec(columns=("key",), unique=True, living=True),
        IndexSpec(columns=("kind", "language", "id"), living=True),
        IndexSpec(columns=("file",)),
    )


class Document(Record, tablename="documents_document"):
    """One document of a deal, or one revision of it.

    `series`, `year` and `serial` are what the number is made of; a draft has no `serial`. `snapshot` is what the
    document says, as JSON: it is kept when the number is given, and the file is made from nothing else.
    """

    deal = ForeignKey(Deal, null=False, on_delete=OnDelete.restrict)
    kind = Text(null=False, default=None)
    language = Text(null=False, default="ru")
    title = Text(null=False, default=None)
    number = Text(null=True, default=None)
    series = Text(null=False, default="")
    year = Integer(null=True, default=None)
    serial = BigInt(null=True, default=None)
    revision = Integer(null=False, default=1)
    previous: ForeignKey["Document"] = ForeignKey(
        "self", null=True, default=None, on_delete=OnDelete.restrict
    )
    status = Text(null=False, default="draft")
    reason = Text(null=True, default=None)
    template = ForeignKey(Template, null=True, default=None, on_delete=OnDelete.restrict)
    amount = BigInt(null=True, default=None)
    amount_currency = Varchar(length=3, null=True, default=None)
    issued_on = Date(null=True, default=None)
    file_state = Text(null=False, default="rendering")
    failure = Text(null=True, default=None)
    file = ForeignKey(File, null=True, default=None, on_delete=OnDelete.restrict)
    snapshot = Text(null=True, default=None)

    keys: ClassVar = (
        IndexSpec(columns=("deal", "kind", "id")),
        # Cancelled and archived documents keep their numbers, so this holds for all rows.
        IndexSpec(columns=("kind", "series", "year", "serial", "revision"), unique=True),
        IndexSpec(columns=("file",)),
        IndexSpec(columns=("previous",)),
        IndexSpec(columns=("template",)),
    )


class Counter(Stored, tablename="documents_counter"):
    """The last number that was given in a series of a kind and year; the row is held while one is given."""

    kind = Text(null=False, default=None)
    series = Text(null=False, default="")
    year = Integer(null=False, default=0)
    last = BigInt(null=False, default=0)

    keys: ClassVar = (IndexSpec(columns=("kind", "series", "year"), unique=True),)
