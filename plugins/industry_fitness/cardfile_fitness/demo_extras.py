"""What makes a demo club look lived in: calls, notes, tags and segments."""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Final

from cardfile.clients import ClientTag, Segment, Tag
from cardfile.journal import Call
from cardfile.plugins import Demo
from cardfile.timeline import Interaction
from cardfile_fitness.demo_staff import Staff

__all__ = ["add_extras"]

Guests = Sequence[tuple[int, Mapping[str, object]]]

TAGS: Final = (
    ("VIP", "Клиент", "#ff9f0a", 0.03),
    ("Корпоративный", "Клиент", "#0a84ff", 0.04),
    ("С детьми", "Клиент", "#ff375f", 0.08),
    ("Утренний", "Привычки", "#34c759", 0.12),
    ("Любит группы", "Привычки", "#bf5af2", 0.15),
)
TALKS: Final = (
    ("call", "outgoing", "Поздравили с днём рождения", "Пригласили на вечер для членов клуба."),
    ("call", "outgoing", "Как прошла первая неделя", "Всё нравится, просит напомнить про инструктаж."),
    ("call", "incoming", "Вопрос о заморозке", "Уезжает на две недели, рассказали об условиях."),
    ("call", "outgoing", "Предложение продлить", "Думает, перезвонить в конце месяца."),
    ("message", "outgoing", "Новое расписание", "Отправили расписание групповых занятий."),
    ("message", "incoming", "Потерянная вещь", "Спрашивает о забытой бутылке."),
    ("email", "outgoing", "Счёт за продление", "Выслали счёт и условия рассрочки."),
    ("meeting", None, "Инструктаж в зале", "Показали тренажёры, составили план."),
    ("note", None, None, "Просит звонить только после 18:00."),
    ("note", None, None, "Хочет поменять тренера, если будет свободное время вечером."),
)
SEGMENTS: Final[Sequence[tuple[str, Mapping[str, object]]]] = (
    ("Хотят похудеть", {"fitness": {"goal": {"eq": "weight"}}}),
    ("Новые заявки", {"standing": {"eq": "lead"}}),
    ("Ушли от нас", {"standing": {"eq": "lost"}}),
    ("Занимаются с тренером", {"fitness": {"trainer": {"isNull": False}}}),
)


async def add_extras(call: Call, demo: Demo, staff: Staff, guests: Guests) -> None:
    """Add what people have said, how clients are sorted, and which lists everybody looks at."""
    await _talk(call, demo, guests)
    await _tag(call, demo, guests)
    await call.bulk_create(
        Segment,
        [
            {
                "name": name,
                "owner": staff.owner,
                "shared": True,
                "entity": "client",
                "filter": json.dumps(wanted, ensure_ascii=False),
            }
            for name, wanted in SEGMENTS
        ],
    )


async def _talk(call: Call, demo: Demo, guests: Guests) -> None:
    random = demo.random
    rows = []
    for client, values in guests:
        for _ in range(random.choice((0, 0, 1, 1, 2, 3))):
            kind, direction, subject, text = random.choice(TALKS)
            rows.append(
                {
                    "client": client,
                    "kind": kind,
                    "direction": direction,
                    "subject": subject,
                    "text": text,
                    "user": values.get("owner"),
                    "at": demo.now - timedelta(minutes=random.randrange(60, 120 * 24 * 60)),
                    "duration_seconds": random.randrange(30, 600) if kind == "call" else None,
                    "state": "done" if kind in ("call", "meeting") else None,
                }
            )
    rows.sort(key=lambda row: str(row["at"]))
    await call.bulk_create(Interaction, rows)


async def _tag(call: Call, demo: Demo, guests: Guests) -> None:
    random = demo.random
    made = await call.bulk_create(
        Tag, [{"name": name, "category": group, "color": color} for name, group, color, _ in TAGS]
    )
    await call.bulk_create(
        ClientTag,
        [
            {"client": client, "tag": tag}
            for client, _ in guests
            for tag, (_, _, _, share) in zip(made, TAGS, strict=True)
            if random.random() < share
        ],
    )
