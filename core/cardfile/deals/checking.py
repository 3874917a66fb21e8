"""What deals lack for a move: the rules of stages, looked at for many deals at once."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from cardfile.access.guards import access_of
from cardfile.deals.moves import Missing, Move
from cardfile.deals.rows import called, of_deals, rows_of
from cardfile.deals.tables import Attachment, Deal, DealApproval, DealGoal
from cardfile.declarations.stages import Approved, Attached, Filled, Holds, Reached, Rule
from cardfile.journal.calls import Call
from cardfile.model.record_types import RecordType
from cardfile.texts import LOCALES, Label, said

__all__ = ["missing_for", "rules_of"]

EMPTY: Final = (None, "", ())


@dataclass(frozen=True, slots=True)
class _Asked:
    """A rule, of the stage that deals leave or of the one that they enter, with the deals that it is asked of."""

    rule: Rule
    stage: int
    deals: tuple[int, ...]


async def missing_for(call: Call, moves: Sequence[Move]) -> dict[int, list[Missing]]:
    """Return what each deal lacks for its move, by deal; one that lacks nothing is left out.

    Rules are looked at as they are, whatever the person who moves may see: what is asked of a deal does not
    depend on who asks.
    """
    missing: dict[int, list[Missing]] = {move.deal: [] for move in moves}
    by_deal = {move.deal: move for move in moves}
    asked = _asked(moves)
    filled = [one for one in asked if isinstance(one.rule, Filled)]
    for some, look in (
        (filled, _look_at_fields),
        ([one for one in asked if isinstance(one.rule, Attached)], _look_at_files),
        ([one for one in asked if isinstance(one.rule, Reached)], _look_at_goals),
        ([one for one in asked if isinstance(one.rule, Approved)], _look_at_approvals),
        ([one for one in asked if isinstance(one.rule, Holds)], _look_at_filters),
    ):
        if some:
            for deal, found in await look(call, some, by_deal):
                missing[deal].append(found)
    await call.hooks.each("deals_missing", call=call, moves=moves, missing=missing)
    return {deal: found for deal, found in missing.items() if found}


def rules_of(move: Move) -> Iterable[tuple[Rule, int]]:
    """Yield the rules that a move has to satisfy, each with the stage that asks; losing hinders no rule of leaving."""
    if move.was is not None and not move.is_lost:
        for one in move.was.leave:
            yield one.rule, move.was.id
    for one in move.to.enter:
        yield one.rule, move.to.id


def _asked(moves: Sequence[Move]) -> list[_Asked]:
    found: dict[tuple[int, int], tuple[Rule, int, list[int]]] = {}
    for move in moves:
        for rule, stage in rules_of(move):
            # Rules that hold filters cannot be hashed; each stands in the memory of the book once.
            found.setdefault((id(rule), stage), (rule, stage, []))[2].append(move.deal)
    return [_Asked(rule, stage, tuple(deals)) for rule, stage, deals in found.values()]


Found = Iterable[tuple[int, Missing]]
ByDeal = Mapping[int, Move]


async def _look_at_fields(call: Call, asked: Sequence[_Asked], by_deal: ByDeal) -> Found:
    record_type = call.app.model.of_table(Deal)
    own = {path for one in asked if (path := _path(one)) in record_type.lines}
    values: dict[int, dict[str, object]] = {}
    if own:
        # What this unit of work has read and locked needs no second look.
        deals = {deal for one in asked for deal in one.deals}
        images = call.work.images.get(record_type.key, {})
        held = {deal: images[deal] for deal in deals & images.keys() if images[deal].locked}
        values = {deal: one.values for deal, one in held.items() if own <= one.values.keys()}
        if unread := sorted(deals - values.keys()):
            values |= {row["id"]: row for row in await rows_of(call, Deal, ids=unread, paths=own)}
    found: list[tuple[int, Missing]] = []
    for one in asked:
        path = _path(one)
        if path in own:
            empty = [deal for deal in one.deals if values[deal][path] in EMPTY]
        elif _label_at(call, record_type, path.split(".")) is None:
            # A field of a plugin that is gone: the rule stays visible until somebody takes it away.
            empty = list(one.deals)
        else:
            where = _has_value(call, record_type, path.split("."))
            full = {row["id"] for row in await rows_of(call, Deal, ids=one.deals, where=where)}
            empty = [deal for deal in one.deals if deal not in full]
        if empty:
            told = Missing("filled", path, _label_at(call, record_type, path.split(".")) or path, path)
            found += [(deal, told) for deal in empty]
    return found


def _path(one: _Asked) -> str:
    return one.rule.path if isinstance(one.rule, Filled) else ""


def _label_at(call: Call, record_type: RecordType, steps: Sequence[str]) -> Label | None:
    """Return what people call the field at the end of a path, None when there is none."""
    path = ".".join(steps)
    if path in record_type.lines:
        return record_type.lines[path].field.label
    if path in record_type.links:
        return record_type.links[path].label
    link = record_type.links.get(steps[0])
    if link is None or link.is_many or len(steps) < 2:
        return None
    inner = _label_at(call, call.app.model[link.target], steps[1:])
    if inner is None:
        return None
    return {locale: f"{said(link.label, locale)}: {said(inner, locale)}" for locale in LOCALES}


def _has_value(call: Call, record_type: RecordType, steps: Sequence[str]) -> Mapping[str, object]:
    """Return the filter that the field at the end of a path has a value, or the list there a record."""
    path = ".".join(steps)
    if path in record_type.lines:
        inside: Mapping[str, object] = {"isNull": False}
        *groups, key = steps
        return {groups[0]: {key: inside}} if groups else {key: inside}
    if path in record_type.links:
        link = record_type.links[path]
        inside = {"some": {}} if link.is_many else {"id": {"isNull": False}}
        return {link.group: {link.key: inside}} if link.group else {link.key: inside}
    link = record_type.links[steps[0]]
    return {steps[0]: _has_value(call, call.app.model[link.target], steps[1:])}


async def _look_at_filters(call: Call, asked: Sequence[_Asked], by_deal: ByDeal) -> Found:
    found: list[tuple[int, Missing]] = []
    for one in asked:
        if isinstance(one.rule, Holds):
            rows = await rows_of(call, Deal, ids=one.deals, where=one.rule.where)
            matching = {row["id"] for row in rows}
            told = Missing("holds", said(one.rule.label, "en"), one.rule.label)
            found += [(deal, told) for deal in one.deals if deal not in matching]
    return found


async def _look_at_files(call: Call, asked: Sequence[_Asked], by_deal: ByDeal) -> Found:
    rows = await rows_of(call, Attachment, where=of_deals(by_deal), paths=("deal", "kind"))
    there = {(row["deal"], row["kind"]) for row in rows}
    found: list[tuple[int, Missing]] = []
    for one in asked:
        if isinstance(one.rule, Attached):
            kind = one.rule.file
            told = Missing("attached", kind, {"en": f"File: {kind}", "ru": f"Файл: {kind}"})
            found += [(deal, told) for deal in one.deals if (deal, kind) not in there]
    return found


async def _look_at_goals(call: Call, asked: Sequence[_Asked], by_deal: ByDeal) -> Found:
    rows = await rows_of(call, DealGoal, where=of_deals(by_deal), paths=("deal", "goal", "reached_at"))
    there = {
        (row["deal"], row["goal"])
        for row in rows
        if _is_of_this_stay(by_deal[row["deal"]], row["reached_at"])
    }
    found: list[tuple[int, Missing]] = []
    for one in asked:
        if not isinstance(one.rule, Reached):
            continue
        for deal in one.deals:
            was = by_deal[deal].was
            goal = was.goal(one.rule.goal) if was is not None else None
            if goal is None or (deal, goal.id) not in there:
                key = one.rule.goal
                found.append((deal, Missing("reached", key, called(call, goal) if goal is not None else key)))
    return found


async def _look_at_approvals(call: Call, asked: Sequence[_Asked], by_deal: ByDeal) -> Found:
    paths = ("deal", "stage", "role", "at")
    rows = await rows_of(call, DealApproval, where=of_deals(by_deal), paths=paths)
    there = {
        (row["deal"], row["stage"], row["role"])
        for row in rows
        if _is_of_this_stay(by_deal[row["deal"]], row["at"])
    }
    roles = access_of(call).roles.roles
    found: list[tuple[int, Missing]] = []
    for one in asked:
        if isinstance(one.rule, Approved):
            role = one.rule.role
            label = _approval(roles[role].label if role in roles else role)
            told = Missing("approved", role, label)
            found += [(deal, told) for deal in one.deals if (deal, one.stage, role) not in there]
    return found


def _is_of_this_stay(move: Move, moment: datetime) -> bool:
    return move.since is None or moment >= move.since


def _approval(role: Label) -> Label:
    return {"en": f"Approval: {said(role, 'en')}", "ru": f"Согласование: {said(role, 'ru')}"}
