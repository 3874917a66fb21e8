"""Deals: what clients may buy, on its way through the stages of a pipeline."""

from cardfile.deals.approving import approve_deal
from cardfile.deals.attaching import attach_file
from cardfile.deals.choices import Cause, Result
from cardfile.deals.closing import lose_deal, reopen_deal, win_deal
from cardfile.deals.entities import ENTITIES, deal_lines, deals, products
from cardfile.deals.goals import reach_goal, unreach_goal
from cardfile.deals.grants import GRANTS
from cardfile.deals.migrations import MIGRATIONS
from cardfile.deals.moves import Missing, MissingForStage, Move
from cardfile.deals.moving import move, move_of
from cardfile.deals.next_steps import StepTask
from cardfile.deals.participants import add_participant, let_take_part, remove_participant
from cardfile.deals.qualifying import Qualified, qualify_client
from cardfile.deals.rules import DealRules
from cardfile.deals.stepping import move_deal, move_deals
from cardfile.deals.tables import (
    Attachment,
    Deal,
    DealApproval,
    DealGoal,
    DealLine,
    DealParticipant,
    LostReason,
    OpenGoal,
    Price,
    Product,
    StageChange,
)
from cardfile.deals.waking import JOBS, wake_deal

COMMANDS = (
    qualify_client,
    move_deal,
    move_deals,
    reach_goal,
    unreach_goal,
    win_deal,
    lose_deal,
    reopen_deal,
    wake_deal,
    approve_deal,
    add_participant,
    remove_participant,
    attach_file,
)
"""The commands of this room, beside those that every entity has."""

__all__ = [
    "COMMANDS",
    "ENTITIES",
    "GRANTS",
    "JOBS",
    "MIGRATIONS",
    "Attachment",
    "Cause",
    "Deal",
    "DealApproval",
    "DealGoal",
    "DealLine",
    "DealParticipant",
    "DealRules",
    "LostReason",
    "Missing",
    "MissingForStage",
    "Move",
    "OpenGoal",
    "Price",
    "Product",
    "Qualified",
    "Result",
    "StageChange",
    "StepTask",
    "add_participant",
    "approve_deal",
    "attach_file",
    "deal_lines",
    "deals",
    "let_take_part",
    "lose_deal",
    "move",
    "move_deal",
    "move_deals",
    "move_of",
    "products",
    "qualify_client",
    "reach_goal",
    "remove_participant",
    "reopen_deal",
    "unreach_goal",
    "wake_deal",
    "win_deal",
]
