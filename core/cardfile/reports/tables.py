"""The table of sales plans."""

from typing import ClassVar

from piccolo.columns import BigInt, Date, ForeignKey, OnDelete, Text, Varchar

from cardfile.access.tables import Team, User
from cardfile.database.columns import IndexSpec
from cardfile.database.tables import Record

__all__ = ["SalesPlan"]


class SalesPlan(Record, tablename="sales_plan"):
    """What somebody, a team or the whole company is to win in a month, in one currency.

    `month` is its first day. `owner` answers for the plan: the person himself, the head of the team; a plan
    without owner and team is everybody's. `mark` says for whom, when and in what it is, for there is but one.
    """

    month = Date(null=False, default=None)
    owner = ForeignKey(User, null=True, default=None, on_delete=OnDelete.restrict)
    team = ForeignKey(Team, null=True, default=None, on_delete=OnDelete.restrict)
    amount = BigInt(null=False, default=None)
    amount_currency = Varchar(length=3, null=False, default=None)
    note = Text(null=True, default=None)
    mark = Text(null=False, default="")

    keys: ClassVar = (
        IndexSpec(columns=("mark",), unique=True, living=True),
        IndexSpec(columns=("month", "id"), living=True),
        IndexSpec(columns=("owner",)),
        IndexSpec(columns=("team",)),
    )
