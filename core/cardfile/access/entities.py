"""What people see of people: the nouns of access, without any secret."""

from typing import Final

from cardfile.access.file_table import file
from cardfile.access.tables import ApiToken, Share, SignInAttempt, Team, TeamMember, User, UserRole
from cardfile.declarations import Grants
from cardfile.model.entities import Entity, Everyone, Owned, Personal, Relation, Through
from cardfile.model.fields import Choice, Field, Kind

__all__ = [
    "ENTITIES",
    "GRANTS",
    "api_token",
    "share",
    "sign_in_attempt",
    "team",
    "team_member",
    "user",
    "user_role",
]

user = Entity(
    User,
    {"en": "User", "ru": "Сотрудник"},
    {"en": "Users", "ru": "Сотрудники"},
    key="user",
    # Whose record is it: a person's own entry is the one with his id, so that `edit:own` means oneself.
    visibility=Owned("id"),
    title="name",
    order=("name", "id"),
    search=("name", "login"),
    unique=("login",),
    actions=("create", "read", "edit"),
    description="A colleague who can sign in.",
    fields=(
        Field(
            "name",
            {"en": "Name", "ru": "Имя"},
            Kind.TEXT,
            required=True,
            max_length=200,
            slots=("card", "list", "header"),
            position=10,
        ),
        Field(
            "login",
            {"en": "Sign-in e-mail", "ru": "E-mail для входа"},
            Kind.EMAIL,
            required=True,
            slots=("card", "list"),
            position=20,
        ),
        Field(
            "extension", {"en": "Extension", "ru": "Внутренний номер"}, Kind.TEXT, max_length=20, position=30
        ),
        Field(
            "locale",
            {"en": "Language", "ru": "Язык"},
            Kind.CHOICE,
            choices=(
                Choice("en", {"en": "English", "ru": "Английский"}),
                Choice("ru", {"en": "Russian", "ru": "Русский"}),
            ),
            position=40,
        ),
        Field(
            "zone",
            {"en": "Time zone", "ru": "Часовой пояс"},
            Kind.TEXT,
            max_length=64,
            hint="Europe/Moscow",
            position=50,
        ),
        Field(
            "is_active",
            {"en": "Active", "ru": "Работает"},
            Kind.BOOLEAN,
            read_only=True,
            slots=("card", "list"),
            position=60,
        ),
        Field("head", {"en": "Head", "ru": "Руководитель"}, Kind.USER, position=70),
        Field("stand_in", {"en": "Stand-in", "ru": "Замещает"}, Kind.USER, read_only=True, position=80),
        Field(
            "stand_in_until",
            {"en": "Stands in until", "ru": "Замещает до"},
            Kind.DATETIME,
            read_only=True,
            position=90,
        ),
    ),
    relations=(
        Relation("roles", {"en": "Roles", "ru": "Роли"}, "user_role", "holder", order=("role",), plain=True),
        Relation("memberships", {"en": "Teams", "ru": "Команды"}, "team_member", "member", plain=True),
    ),
)

team = Entity(
    Team,
    {"en": "Team", "ru": "Команда"},
    {"en": "Teams", "ru": "Команды"},
    visibility=Everyone(),
    title="name",
    order=("name", "id"),
    description="People who work together.",
    fields=(
        Field(
            "name",
            {"en": "Name", "ru": "Название"},
            Kind.TEXT,
            required=True,
            max_length=200,
            slots=("card", "list", "header"),
        ),
        Field("parent", {"en": "Part of", "ru": "Входит в"}, Kind.REFERENCE, to="team"),
        Field("head", {"en": "Head", "ru": "Руководитель"}, Kind.USER),
    ),
    relations=(
        Relation("members", {"en": "Members", "ru": "Участники"}, "team_member", "team", plain=True),
        Relation(
            "teams",
            {"en": "Teams below", "ru": "Подчинённые команды"},
            "team",
            "parent",
            order=("name",),
            plain=True,
        ),
    ),
)

team_member = Entity(
    TeamMember,
    {"en": "Member of a team", "ru": "Участник команды"},
    {"en": "Members of teams", "ru": "Участники команд"},
    collection="team_members",
    visibility=Through("team"),
    actions=("read",),
    description="Somebody's time in a team.",
    fields=(
        Field("team", {"en": "Team", "ru": "Команда"}, Kind.REFERENCE, to="team", required=True),
        Field("member", {"en": "Colleague", "ru": "Сотрудник"}, Kind.USER, required=True),
        Field("since", {"en": "Since", "ru": "С"}, Kind.DATETIME),
        Field("until", {"en": "Until", "ru": "По"}, Kind.DATETIME),
    ),
)

user_role = Entity(
    UserRole,
    {"en": "Role of a user", "ru": "Роль сотрудника"},
    {"en": "Roles of users", "ru": "Роли сотрудников"},
    collection="user_roles",
    visibility=Through("holder"),
    actions=("read",),
    description="A role that a colleague has.",
    fields=(
        Field("holder", {"en": "Colleague", "ru": "Сотрудник"}, Kind.USER, required=True),
        Field("role", {"en": "Role", "ru": "Роль"}, Kind.TEXT, required=True),
    ),
)

share = Entity(
    Share,
    {"en": "Share", "ru": "Доступ к записи"},
    {"en": "Shares", "ru": "Доступы к записям"},
    visibility=Owned("author"),
    actions=("read",),
    order=("-id",),
    description="One record opened to one colleague or one team.",
    fields=(
        Field(
            "entity", {"en": "Kind of record", "ru": "Вид записи"}, Kind.TEXT, required=True, read_only=True
        ),
        Field("to_user", {"en": "To a colleague", "ru": "Сотруднику"}, Kind.USER, read_only=True),
        Field("to_team", {"en": "To a team", "ru": "Команде"}, Kind.REFERENCE, to="team", read_only=True),
        Field(
            "level",
            {"en": "Level", "ru": "Уровень"},
            Kind.CHOICE,
            choices=(
                Choice("read", {"en": "May read", "ru": "Чтение"}),
                Choice("edit", {"en": "May change", "ru": "Изменение"}),
            ),
            read_only=True,
        ),
        Field("until", {"en": "Until", "ru": "До"}, Kind.DATETIME, read_only=True),
        Field("author", {"en": "Shared by", "ru": "Кто открыл"}, Kind.USER, read_only=True),
    ),
)

api_token = Entity(
    ApiToken,
    {"en": "API token", "ru": "API-токен"},
    {"en": "API tokens", "ru": "API-токены"},
    visibility=Personal("holder"),
    actions=("read",),
    order=("-id",),
    description="A program's way in on behalf of a person; the token itself is shown once, when it is made.",
    fields=(
        Field("name", {"en": "Name", "ru": "Название"}, Kind.TEXT, read_only=True),
        Field("holder", {"en": "Acts for", "ru": "От чьего имени"}, Kind.USER, read_only=True),
        Field("scopes", {"en": "Limited to", "ru": "Ограничен"}, Kind.TEXT, read_only=True, max_length=4_000),
        Field("expires_at", {"en": "Expires", "ru": "Действует до"}, Kind.DATETIME, read_only=True),
        Field(
            "last_used_at", {"en": "Last used", "ru": "Последнее обращение"}, Kind.DATETIME, read_only=True
        ),
        Field("revoked_at", {"en": "Revoked", "ru": "Отозван"}, Kind.DATETIME, read_only=True),
    ),
)

sign_in_attempt = Entity(
    SignInAttempt,
    {"en": "Sign-in attempt", "ru": "Попытка входа"},
    {"en": "Sign-in attempts", "ru": "Попытки входа"},
    collection="sign_in_attempts",
    visibility=Everyone(),
    read_only=True,
    order=("-id",),
    description="One try to sign in, for the audit; owners alone see it.",
    fields=(
        Field("login", {"en": "Sign-in e-mail", "ru": "E-mail для входа"}, Kind.TEXT, read_only=True),
        Field("address", {"en": "Address", "ru": "Адрес"}, Kind.TEXT, read_only=True),
        Field(
            "outcome",
            {"en": "Outcome", "ru": "Итог"},
            Kind.CHOICE,
            choices=(
                Choice("succeeded", {"en": "Signed in", "ru": "Вход выполнен"}),
                Choice("failed", {"en": "Wrong name or password", "ru": "Неверное имя или пароль"}),
                Choice("refused", {"en": "Too many attempts", "ru": "Слишком много попыток"}),
            ),
            read_only=True,
        ),
        Field("holder", {"en": "Colleague", "ru": "Сотрудник"}, Kind.USER, read_only=True),
        Field("agent", {"en": "Program", "ru": "Программа"}, Kind.TEXT, read_only=True),
    ),
)

ENTITIES: Final = (user, team, team_member, user_role, share, api_token, sign_in_attempt, file)
"""The entities of access, for the core's declaration."""

_COLLEAGUE: Final = {
    "user": "read:all edit:own stand_in:own",
    "team": "read:all",
    "team_member": "read:all",
    "user_role": "read:own",
    "share": "*:own",
    "api_token": "*:own",
    "file": "read:own",
}

GRANTS: Final[Grants] = {
    "owner": {
        "user": "create:all",
        "team": "create:all edit:all archive:all",
        "sign_in_attempt": "read:all",
    },
    "head": {
        **_COLLEAGUE,
        "user": "read:all edit:own stand_in:team",
        "user_role": "read:team",
        "share": "*:team",
        "file": "read:team",
    },
    "manager": _COLLEAGUE,
    "specialist": _COLLEAGUE,
    "analyst": _COLLEAGUE,
}
"""What the built-in roles may do with these entities; what only `owner` has is for owners alone."""
