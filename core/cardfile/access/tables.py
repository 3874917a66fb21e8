"""The tables of people and their rights.

The hash of a password and those of sessions live in tables of which no entity is made, so that no selection,
export or history can reach them; the hash of an API token is no field of its entity.
"""

from piccolo.columns import BigInt, Boolean, ForeignKey, Integer, OnDelete, Text, Timestamptz, Varchar

from cardfile.database.columns import IndexSpec
from cardfile.database.tables import Record, Stored

__all__ = [
    "AccessVersion",
    "ApiToken",
    "Credential",
    "Session",
    "Share",
    "SignInAttempt",
    "Team",
    "TeamMember",
    "User",
    "UserRole",
]


class User(Record, tablename="user_account"):
    """A colleague. The table is not called `user`, which PostgreSQL takes for the database's own user."""

    login = Varchar(length=254, default=None)
    name = Varchar(length=200, default=None)
    extension = Varchar(length=20, null=True, default=None)
    locale = Varchar(length=5, null=True, default=None)
    zone = Varchar(length=64, null=True, default=None)
    is_active = Boolean(default=True)
    head: "ForeignKey[User]" = ForeignKey("self", null=True, default=None, on_delete=OnDelete.set_null)
    stand_in: "ForeignKey[User]" = ForeignKey("self", null=True, default=None, on_delete=OnDelete.set_null)
    stand_in_until = Timestamptz(null=True, default=None)
    search_text = Text(default="")

    keys = (
        IndexSpec(columns=("login",), unique=True),
        IndexSpec(columns=("name", "id")),
        IndexSpec(columns=("stand_in",)),
    )


class Team(Record, tablename="team"):
    """People who work together, below another team or on their own."""

    name = Varchar(length=200, default=None)
    parent: "ForeignKey[Team]" = ForeignKey("self", null=True, default=None, on_delete=OnDelete.restrict)
    head = ForeignKey(User, null=True, default=None, on_delete=OnDelete.set_null)


class TeamMember(Record, tablename="team_member"):
    """Somebody's time in a team."""

    team = ForeignKey(Team, on_delete=OnDelete.restrict)
    member = ForeignKey(User, on_delete=OnDelete.restrict)
    since = Timestamptz(null=True, default=None)
    until = Timestamptz(null=True, default=None)

    keys = (IndexSpec(columns=("team", "member")), IndexSpec(columns=("member",)))


class UserRole(Record, tablename="user_role"):
    """A role that somebody has, by its key: the role itself is declared in code."""

    holder = ForeignKey(User, on_delete=OnDelete.restrict)
    role = Varchar(length=64, default=None)

    keys = (IndexSpec(columns=("holder", "role"), unique=True, living=True),)


class Share(Record, tablename="share"):
    """One record opened to one person or one team, until a moment if there is one."""

    entity = Varchar(length=100, default=None)
    record = BigInt(default=None)
    to_user = ForeignKey(User, null=True, default=None, on_delete=OnDelete.restrict)
    to_team = ForeignKey(Team, null=True, default=None, on_delete=OnDelete.restrict)
    level = Varchar(length=8, default="read")
    until = Timestamptz(null=True, default=None)
    author = ForeignKey(User, null=True, default=None, on_delete=OnDelete.restrict)

    keys = (
        IndexSpec(columns=("to_user", "entity", "record")),
        IndexSpec(columns=("to_team", "entity", "record")),
        IndexSpec(columns=("entity", "record")),
    )


class Credential(Stored, tablename="credential"):
    """The hash of somebody's password."""

    holder = ForeignKey(User, on_delete=OnDelete.restrict)
    password_hash = Text(default=None)
    changed_at = Timestamptz(default=None)

    keys = (IndexSpec(columns=("holder",), unique=True),)


class Session(Stored, tablename="session"):
    """A sign-in that still holds: the SHA-256 of its token, never the token."""

    holder = ForeignKey(User, on_delete=OnDelete.restrict)
    token_hash = Varchar(length=64, default=None)
    began_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)
    last_used_at = Timestamptz(default=None)
    address = Varchar(length=64, default="")
    agent = Varchar(length=200, default="")
    revoked_at = Timestamptz(null=True, default=None)

    keys = (IndexSpec(columns=("token_hash",), unique=True), IndexSpec(columns=("holder",)))


class ApiToken(Record, tablename="api_token"):
    """A program's way in on behalf of a person, with less than that person's rights."""

    holder = ForeignKey(User, on_delete=OnDelete.restrict)
    name = Varchar(length=200, default=None)
    token_hash = Varchar(length=64, default=None)
    scopes = Text(default="")
    expires_at = Timestamptz(null=True, default=None)
    last_used_at = Timestamptz(null=True, default=None)
    revoked_at = Timestamptz(null=True, default=None)

    keys = (IndexSpec(columns=("token_hash",), unique=True), IndexSpec(columns=("holder",)))


class SignInAttempt(Record, tablename="sign_in_attempt"):
    """One try to sign in: what the limits count and what an audit reads."""

    login = Varchar(length=254, default=None)
    address = Varchar(length=64, default="")
    outcome = Varchar(length=16, default="failed")
    holder = ForeignKey(User, null=True, default=None, on_delete=OnDelete.restrict)
    agent = Varchar(length=200, default="")

    keys = (IndexSpec(columns=("login", "id")), IndexSpec(columns=("address", "id")))


class AccessVersion(Stored, tablename="access_version"):
    """One row whose number grows with every change of people, teams, roles, shares, sessions or tokens."""

    number = Integer(default=0)
