"""The people of the demo company, beside those of the core's own demo."""

from dataclasses import dataclass
from typing import Final

from cardfile.access import Team, User
from cardfile.plugins import Demo, SignIn
from cardfile.rights import Actor

__all__ = ["Staff", "hire"]

STAFF: Final = (
    ("measurer", "Максим Громов", "maxim", "sees the orders that he measures, without prices and clients"),
    ("measurer", "Руслан Волков", "ruslan", "sees the orders that he measures, without prices and clients"),
    ("measurer", "Денис Ершов", "denis", "sees the orders that he measures, without prices and clients"),
    ("estimator", "Вера Котова", "vera", "counts prices, sees no phones"),
    ("head_of_installation", "Семён Крюков", "semyon", "sees all installations and claims, no prices"),
    ("installer", "Иван Дроздов", "ivan", "foreman; sees what his crew installs, without prices and clients"),
    ("installer", "Илья Панов", "ilya", "sees what his crew installs, without prices and clients"),
    (
        "installer",
        "Артур Галиев",
        "artur",
        "foreman; sees what his crew installs, without prices and clients",
    ),
    ("installer", "Фёдор Лыков", "fyodor", "sees what his crew installs, without prices and clients"),
    ("installer", "Глеб Носов", "gleb", "foreman; sees what his crew installs, without prices and clients"),
    ("installer", "Юрий Рогов", "yury", "sees what his crew installs, without prices and clients"),
)
"""Role, name, name before the @, and what one sees as him or her."""

TEAMS: Final = (("Замерщики", "measurer"), ("Монтаж", "installer"))


@dataclass(frozen=True, slots=True)
class Staff:
    """Who works in the company, by ids; crews are pairs, the foreman first."""

    managers: list[int]
    measurers: list[int]
    crews: list[tuple[int, int]]


async def hire(demo: Demo) -> Staff:
    """Hire whoever measures, counts and installs; the core has hired the others."""
    password = demo.new_password()
    # Hashing is slow on purpose, and all of them may well have the same password.
    hashed = await demo.app.access.passwords.hash(password)
    async with demo.app.unit_of_work(Actor.system("demo"), via="demo") as work:
        for role, name, login, remark in STAFF:
            values = {"name": name, "login": f"{login}@windows.example", "locale": "ru"}
            made = await work.do("user.create", values=values, roles=[role])
            if not isinstance(made, User):
                raise TypeError("user.create gives a user")
            await demo.app.access.sign_in.keep_password(made.id, hashed)
            demo.sign_ins.append(SignIn(f"{login}@windows.example", password, role, made.id, remark))
        heads = {"measurer": demo.users("head"), "installer": demo.users("head_of_installation")}
        for title, role in TEAMS:
            head = next(iter(heads[role]), None)
            team = await work.do("team.create", values={"name": title, "head": head})
            if not isinstance(team, Team):
                raise TypeError("team.create gives a team")
            for one in demo.users(role):
                await work.do("team.add_member", team=team, member=one)
    installers = demo.users("installer")
    crews = list(zip(installers[::2], installers[1::2], strict=False))
    return Staff(demo.users("manager"), demo.users("measurer"), crews)
