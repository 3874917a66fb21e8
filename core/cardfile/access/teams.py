"""What is done to teams."""

from datetime import datetime
from typing import Annotated

from cardfile.access.guards import access_of
from cardfile.access.tables import Team, TeamMember, User
from cardfile.errors import InvalidInput
from cardfile.journal.calls import Call
from cardfile.journal.commands import command
from cardfile.journal.signatures import Values

__all__ = ["TEAMS"]


@command("team.create", label={"en": "Add a team", "ru": "Создать команду"})
async def create_team(call: Call, values: Values) -> Team:
    """Add a team, below another one if `parent` says so."""
    team = await call.create(Team, values)
    await access_of(call).changed()
    return team


@command("team.update", label={"en": "Change", "ru": "Изменить"}, action="edit")
async def update_team(call: Call, team: Team, values: Values) -> Team:
    """Change a team; it cannot come below itself."""
    parent = values.get("parent")
    if isinstance(parent, int):
        await _require_no_circle(call, team, parent)
    await call.write(team, values)
    await access_of(call).changed()
    return team


@command("team.archive", label={"en": "Archive", "ru": "В архив"})
async def archive_team(call: Call, team: Team) -> Team:
    """Lay a team aside: it gives nobody any sight of anybody from then on."""
    await call.archive(team)
    await access_of(call).changed()
    return team


@command("team.restore", label={"en": "Restore", "ru": "Вернуть из архива"}, action="archive")
async def restore_team(call: Call, team: Team) -> Team:
    """Bring a team back, with the members that it had."""
    if isinstance(team.parent, int):
        await _require_no_circle(call, team, team.parent)
    await call.restore(team)
    await access_of(call).changed()
    return team


@command("team.add_member", label={"en": "Add a member", "ru": "Добавить участника"}, owner_only=True)
async def add_member(
    call: Call,
    team: Team,
    member: Annotated[User, "Who joins."],
    since: Annotated[datetime | None, "From when; from now when it is left out."] = None,
    until: Annotated[datetime | None, "When it ends by itself."] = None,
) -> Team:
    """Put a colleague into a team, for a time if `since` or `until` are given."""
    if since is not None and until is not None and until <= since:
        raise InvalidInput("The end must be after the beginning.", path=("until",))
    if await _memberships(call, team, member):
        raise InvalidInput(
            "{name} is in this team already; take the old membership away first.",
            name=call.told(member, "name"),
            path=("memberId",),
        )
    given = {"team": team.id, "member": member.id, "since": since, "until": until}
    await call.create(TeamMember, given)
    call.record("team.member_added", team, member=member.id)
    await access_of(call).changed()
    return team


@command("team.remove_member", label={"en": "Remove a member", "ru": "Убрать участника"}, owner_only=True)
async def remove_member(call: Call, team: Team, member: Annotated[User, "Who leaves."]) -> Team:
    """Take a colleague out of a team."""
    found = await _memberships(call, team, member)
    if not found:
        raise InvalidInput("{name} is not in this team.", name=call.told(member, "name"), path=("memberId",))
    for one in await call.load(TeamMember, found):
        await call.archive(one)
    call.record("team.member_removed", team, member=member.id)
    await access_of(call).changed()
    return team


async def _memberships(call: Call, team: Team, member: User) -> list[int]:
    """Return the memberships that are not over."""
    rows = await call.run(
        TeamMember.select(TeamMember.id, TeamMember.until).where(
            (TeamMember.team == team.id) & (TeamMember.member == member.id) & TeamMember.archived_at.is_null()
        )
    )
    return [row["id"] for row in rows if row["until"] is None or row["until"] > call.now]


async def _require_no_circle(call: Call, team: Team, parent: int) -> None:
    rows = await call.run(Team.select(Team.id, Team.parent))
    above = {row["id"]: row["parent"] for row in rows}
    seen: set[int] = set()
    step: int | None = parent
    while step is not None and step not in seen:
        if step == team.id:
            raise InvalidInput("A team cannot come below itself.", path=("values", "parent"))
        seen.add(step)
        step = above.get(step)


TEAMS = (create_team, update_team, archive_team, restore_team, add_member, remove_member)
"""The commands on teams, for the core's declaration."""
