"""Measurements: planned, moved, done, cancelled."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Annotated, Final

from cardfile.access import File, User
from cardfile.deals import Deal, Product, attach_file
from cardfile.errors import InvalidInput, NotFound, Refused
from cardfile.journal import Call, RecordId, command
from cardfile.rights import EVERYTHING
from cardfile_windows.choices import MeasurementStatus, OpeningKind
from cardfile_windows.steps import (
    contact_of,
    date_task,
    deal_of,
    finish_task,
    let_only_take_part,
    open_task,
    reach_if_open,
    require_open,
)
from cardfile_windows.tables import Measurement, Opening

__all__ = [
    "DIMENSIONS",
    "KIND",
    "ROLE",
    "Dimensions",
    "cancel_measurement",
    "finish_measurement",
    "plan_measurement",
]

KIND: Final = "measurement"
"""The kind of the tasks of measurers."""

ROLE: Final = "measurer"
DIMENSIONS: Final = "dimensions"
"""The kind of attachment without which a deal does not leave the measurements."""

TITLE: Final = {"en": "Measure the openings", "ru": "Сделать замер"}
LONGEST: Final = 12 * 60
MOST_OPENINGS: Final = 500
MOST_A_DAY: Final = 100


@dataclass(frozen=True, slots=True)
class Dimensions:
    """One opening as it was measured, in millimetres; `product` is the id of what is to stand in it."""

    width: int
    height: int
    kind: OpeningKind = OpeningKind.WINDOW
    room: str | None = None
    quantity: int = 1
    product: RecordId | None = None
    note: str | None = None


@command(
    "measurement.plan",
    label={"en": "Plan a measurement", "ru": "Назначить замер"},
    done={"en": "planned", "ru": "замер назначен"},
)
async def plan_measurement(
    call: Call,
    deal: Annotated[Deal, "For which order."],
    starts_at: Annotated[datetime, "When the measurer is there."],
    *,
    measurer: Annotated[User | None, "Who measures; whom the stage has chosen, when left out."] = None,
    address: Annotated[str | None, "The address of the object, when the deal does not have it yet."] = None,
    minutes: Annotated[int, "How long it takes."] = 60,
    note: Annotated[str | None, "What he should know."] = None,
) -> Measurement:
    """Plan the measurement of an order, or move the planned one.

    The goal that a measurement is agreed on is reached by it. The measurer takes part in the deal, his task is
    dated, and whom to ask for is copied for him from the client. Raises `MissingForStage`.
    """
    require_open(deal)
    if starts_at <= call.now:
        raise InvalidInput("A measurement is planned for a time to come.", path=("startsAt",))
    if not 0 < minutes <= LONGEST:
        raise InvalidInput("A measurement takes from 1 to {most} minutes.", most=LONGEST, path=("minutes",))
    deal = await deal_of(call, deal.id)
    if address:
        await call.write(deal, {"windows.object_address": address})
    await reach_if_open(call, deal, "measurement_agreed")
    who = measurer.id if measurer is not None else await _chosen(call, deal)
    planned = await _planned(call, deal)
    await _require_free(call, who, starts_at, minutes, planned)
    values = {
        "measurer": who,
        "starts_at": starts_at,
        "minutes": minutes,
        **await contact_of(call, deal),
        **({"note": note} if note else {}),
    }
    if planned is None:
        planned = await call.create(Measurement, {"deal": deal.id, **values})
    else:
        await call.write(planned, values)
    await let_only_take_part(call, deal, ROLE, [who])
    await date_task(call, deal, kind=KIND, title=TITLE, assignee=who, due_at=starts_at)
    return planned


@command(
    "measurement.finish",
    label={"en": "Dimensions are taken", "ru": "Замер выполнен"},
    done={"en": "dimensions taken", "ru": "замер выполнен"},
)
async def finish_measurement(
    call: Call,
    measurement: Measurement,
    sheet: Annotated[File, "The sheet of dimensions, uploaded before."],
    openings: Annotated[list[Dimensions] | None, "All openings; they replace those noted before."] = None,
    *,
    note: Annotated[str | None, "What whoever counts the price should know."] = None,
) -> Measurement:
    """Say that a measurement is done: its sheet is attached, its openings are kept, and the deal goes on."""
    _require_planned(measurement)
    deal = await deal_of(call, measurement.deal)
    await attach_file(call, deal, sheet, kind=DIMENSIONS)
    if openings is not None:
        await _keep_openings(call, deal, openings)
    await call.write(
        measurement,
        {
            "status": MeasurementStatus.DONE.value,
            "measured_at": call.now,
            "sheet": sheet.id,
            **({"note": note} if note else {}),
        },
    )
    await finish_task(call, deal, KIND, note)
    await reach_if_open(call, deal, "measured")
    return measurement


@command(
    "measurement.cancel",
    label={"en": "Cancel the measurement", "ru": "Отменить замер"},
    done={"en": "cancelled", "ru": "замер отменён"},
)
async def cancel_measurement(
    call: Call, measurement: Measurement, reason: Annotated[str, "Why, for the history."]
) -> Measurement:
    """Say that a planned measurement does not take place; its task stays, until another time is agreed on."""
    _require_planned(measurement)
    if not reason.strip():
        raise InvalidInput("A reason is needed.", path=("reason",))
    done = await call.write(measurement, status=MeasurementStatus.CANCELLED.value)
    call.record("windows.measurement.cancelled", done, reason=reason.strip())
    return done


def _require_planned(measurement: Measurement) -> None:
    if measurement.status != MeasurementStatus.PLANNED:
        raise Refused("This measurement is done or cancelled: plan another one.")


async def _chosen(call: Call, deal: Deal) -> int:
    task = await open_task(call, deal, KIND)
    if task is None or not isinstance(task.assignee, int):
        raise InvalidInput("Say who measures.", path=("measurerId",))
    return task.assignee


async def _planned(call: Call, deal: Deal) -> Measurement | None:
    wanted = {"deal": {"id": {"eq": deal.id}}, "status": {"eq": MeasurementStatus.PLANNED.value}}
    found = await call.find(Measurement, filter=wanted, order=("id",), limit=1, rights=EVERYTHING)
    return found[0] if found else None


async def _require_free(
    call: Call, measurer: int, starts_at: datetime, minutes: int, planned: Measurement | None
) -> None:
    """Refuse to send one measurer to two objects at once."""
    ends_at = starts_at + timedelta(minutes=minutes)
    wanted = {
        "measurer": {"id": {"eq": measurer}},
        "status": {"eq": MeasurementStatus.PLANNED.value},
        "startsAt": {"gt": starts_at - timedelta(minutes=LONGEST), "lt": ends_at},
    }
    found = await call.find(
        Measurement, filter=wanted, order=("starts_at",), limit=MOST_A_DAY, rights=EVERYTHING
    )
    for one in found:
        is_other = planned is None or one.id != planned.id
        if is_other and one.starts_at + timedelta(minutes=one.minutes) > starts_at:
            raise Refused(
                "The measurer is at another object from {start} on, for {minutes} minutes.",
                start=one.starts_at,
                minutes=one.minutes,
                path=("startsAt",),
            )


async def _keep_openings(call: Call, deal: Deal, openings: list[Dimensions]) -> None:
    products = await _products(call, openings)
    wanted = {"deal": {"id": {"eq": deal.id}}}
    for one in await call.find(Opening, filter=wanted, limit=MOST_OPENINGS, rights=EVERYTHING):
        await call.archive(one)
    await call.bulk_create(
        Opening,
        [
            {
                "deal": deal.id,
                "room": one.room,
                "kind": one.kind.value,
                "width": one.width,
                "height": one.height,
                "quantity": one.quantity,
                "product": products.get(one.product) if one.product else None,
                "note": one.note,
            }
            for one in openings
        ],
    )


async def _products(call: Call, openings: list[Dimensions]) -> dict[RecordId, int]:
    """Return the numbers of the products that are named, if this person may know of them."""
    if len(openings) > MOST_OPENINGS:
        raise InvalidInput(
            "At most {most} openings are measured at once.", most=MOST_OPENINGS, path=("openings",)
        )
    named = {one.product for one in openings if one.product}
    record_type = call.app.model.of_table(Product)
    numbers = {text: record_type.local_id(text) for text in sorted(named)}
    seen = {one.id for one in await call.load(Product, sorted(set(numbers.values())))}
    for text, number in numbers.items():
        if number not in seen:
            raise NotFound("There is no such record: {id}.", id=text, path=("openings",))
    return numbers
