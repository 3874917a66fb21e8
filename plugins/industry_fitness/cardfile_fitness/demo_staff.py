"""The staff of the demo club: who works beside the people of the core's own demo."""

from dataclasses import dataclass
from typing import Final

from cardfile.access import Team, User
from cardfile.journal import UnitOfWork
from cardfile.plugins import Demo, SignIn
from cardfile.rights import Actor

__all__ = ["Staff", "hire"]

PASSWORD: Final = "train-with-us"

STAFF: Final = (
    ("owner", "Ирина Соколова", "irina", "sees and may do everything"),
    ("head", "Михаил Орлов", "mikhail", "sees the clients of his team"),
    ("manager", "Анна Белова", "anna", "sees her own clients only"),
    ("manager", "Пётр Зайцев", "petr", "sees his own clients only"),
    ("manager", "Ольга Морозова", "olga", "sees her own clients only"),
    ("manager", "Emma Clark", "emma", "speaks English, sees her own clients only"),
    ("trainer", "Руслан Волков", "ruslan", "sees whom he trains, without their phones"),
    ("trainer", "Дарья Лебедева", "darya", "sees whom she trains, without their phones"),
    ("trainer", "Тимур Исаев", "timur", "sees whom he trains, without their phones"),
    ("trainer", "Ксения Фомина", "ksenia", "sees whom she trains, without their phones"),
    ("reception", "Алина Быкова", "alina", "checks everybody in, sees no medical notes"),
    ("reception", "Никита Жуков", "nikita", "checks everybody in, sees no medical notes"),
)
"""Twelve people: role, name, name before the @, and what one sees as him or her."""

TEAMS: Final = (("Отдел продаж", "manager"), ("Тренерский штаб", "trainer"), ("Ресепшен", "reception"))


@dataclass(frozen=True, slots=True)
class Staff:
    """Who works in the club, by ids."""

    owner: int
    managers: list[int]
    trainers: list[int]


async def hire(demo: Demo) -> Staff:
    """Fill up the staff to twelve people in three teams; who is there already stays, with his password."""
    async with demo.app.unit_of_work(Actor.system("demo"), via="demo") as work:
        there = {role: len(demo.users(role)) for role, *_ in STAFF}
        for role, name, login, remark in STAFF:
            if there[role] > 0:
                there[role] -= 1
                continue
            demo.sign_ins.append(await _hire(work, role, name, login, remark))
        head = demo.users("head")[0]
        for title, role in TEAMS:
            await _gather(work, title, head, demo.users(role))
    return Staff(demo.users("owner")[0], demo.users("manager"), demo.users("trainer"))


async def _hire(work: UnitOfWork, role: str, name: str, login: str, remark: str) -> SignIn:
    address = f"{login}@club.example"
    values = {"name": name, "login": address, "locale": "en" if name.isascii() else "ru"}
    user = await work.do("user.create", values=values, roles=[role])
    if not isinstance(user, User):
        raise TypeError("user.create gives a user")
    await work.do("user.set_password", user=user, password=PASSWORD)
    return SignIn(address, PASSWORD, role, user.id, remark)


async def _gather(work: UnitOfWork, title: str, head: int, people: list[int]) -> None:
    team = await work.do("team.create", values={"name": title, "head": head})
    if not isinstance(team, Team):
        raise TypeError("team.create gives a team")
    for one in people:
        await work.do("team.add_member", team=team, member=one)
