"""Files as people see them: a row names the content, which the file store keeps by its hash."""

from piccolo.columns import BigInt, ForeignKey, OnDelete, Varchar

from cardfile.access.tables import User
from cardfile.database.columns import IndexSpec
from cardfile.database.tables import Record
from cardfile.model.entities import Entity, Owned
from cardfile.model.fields import Field, Kind

__all__ = ["File", "file"]


class File(Record, tablename="stored_file"):
    """A file that somebody uploaded."""

    name = Varchar(length=255, default=None)
    media_type = Varchar(length=100, default=None)
    size = BigInt(default=0)
    sha256 = Varchar(length=64, default=None)
    owner = ForeignKey(User, null=True, default=None, on_delete=OnDelete.restrict)

    keys = (IndexSpec(columns=("owner", "id")), IndexSpec(columns=("sha256",)))


file = Entity(
    File,
    {"en": "File", "ru": "Файл"},
    {"en": "Files", "ru": "Файлы"},
    key="file",
    visibility=Owned("owner", referred=True),
    actions=("read",),
    title="name",
    order=("-id",),
    description="An uploaded file; whoever sees a record that refers to it may download it too.",
    fields=(
        Field("name", {"en": "Name", "ru": "Имя"}, Kind.TEXT, read_only=True, max_length=255),
        Field("media_type", {"en": "Type", "ru": "Тип"}, Kind.TEXT, read_only=True),
        Field("size", {"en": "Size", "ru": "Размер"}, Kind.INTEGER, read_only=True, hint="bytes"),
        Field("owner", {"en": "Uploaded by", "ru": "Кто загрузил"}, Kind.USER, read_only=True),
    ),
)
