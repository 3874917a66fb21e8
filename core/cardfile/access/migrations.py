"""How the tables of access came to be."""

from typing import Final

from cardfile.access.file_table import File
from cardfile.access.tables import (
    AccessVersion,
    ApiToken,
    Credential,
    Session,
    Share,
    SignInAttempt,
    Team,
    TeamMember,
    User,
    UserRole,
)
from cardfile.database.steps import CreateTable, Migration, RunSQL

__all__ = ["MIGRATIONS"]

_FIRST_NUMBER: Final = "insert into access_version (id, number) values (1, 0)"

MIGRATIONS: Final = (
    Migration(
        "0001_people_and_rights",
        (
            CreateTable(User),
            CreateTable(Team),
            CreateTable(TeamMember),
            CreateTable(UserRole),
            CreateTable(Share),
            CreateTable(Credential),
            CreateTable(Session),
            CreateTable(ApiToken),
            CreateTable(SignInAttempt),
            CreateTable(File),
            CreateTable(AccessVersion),
            RunSQL(sqlite=_FIRST_NUMBER, postgres=_FIRST_NUMBER),
        ),
    ),
)
"""The migrations of access, first to last."""
