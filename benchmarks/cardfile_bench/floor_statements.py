"""The floors: the fastest statement that we could write by hand for each screen.

What makes them fast: links to one record are joins, rows that the reader may see are found once, and a page
is cut before anything is read for its rows.
"""

from collections.abc import Mapping, Sequence
from hashlib import blake2b
from typing import Final

from cardfile.clients.choices import GENDERS, KINDS, SOURCES, STANDINGS
from cardfile.deals.choices import OUTCOMES
from cardfile.timeline import entities as timeline
from cardfile_bench.spelling import Spelling
from cardfile_bench.wording import case_of
from cardfile_fitness.card import GOALS, INTERESTS
from cardfile_fitness.entities import STATUSES, WAYS

__all__ = ["Statement", "statements"]

Statement = tuple[str, Sequence[str]]
"""A text, and which arguments it takes before the owner: client, since, word."""

# By it cursors of the order (name, id) are known.
_MARK: Final = blake2b(repr([("name", False), ("id", False)]).encode(), digest_size=3).hexdigest()


def statements(write: Spelling, *, mine: bool) -> Mapping[str, Statement]:
    """Return the statement of each screen, for the reader of his own clients or of all."""

    def seen(place: int) -> str:
        return f" and c.owner = {write.param(place)}" if mine else ""

    return {
        "board": (_board(write, seen(1)), ()),
        "card": (_card(write, seen(3)), ("client", "since")),
        "list": (_clients(write, seen(2)), ("word",)),
        "deep": (_deep(write, seen(1), mine=mine), ()),
        "deal_board": (_deal_board(write, write.param(1) if mine else None), ()),
    }


def _board(write: Spelling, seen: str) -> str:
    phones = write.list(
        f"select {write.object(value=write.text('p.value'), isPrimary=write.truth('p.is_primary'))} j"
        " from contact_point p"
        " where p.client = c.id and p.kind = 'phone' and p.archived_at is null"
        " order by p.is_primary desc, p.id limit 200"
    )
    kind = case_of("i.kind", timeline.KINDS)
    last = write.list(
        f"select {write.object(at=write.instant('i.at'), kind=kind, subject=write.text('i.subject'))} j"
        " from interaction i"
        " where i.client = c.id and i.archived_at is null"
        f" order by {write.order('-i.at', '-i.id')} limit 1"
    )
    card = write.object(
        goal=case_of("f.goal", GOALS),
        membershipEnds=write.date("f.membership_ends"),
        lastVisit=write.instant("f.last_visit"),
        visitsTotal=write.number("f.visits_total"),
    )
    columns = {}
    for choice in STANDINGS:
        client = write.object(
            id=write.id("client", "c.id"),
            name=write.text("c.name"),
            standing=case_of(f"'{choice.key}'", [choice], "key", "label", "color"),
            owner=write.person("u"),
            phones=phones,
            lastContactAt=write.instant("c.last_contact_at"),
            interactions=write.object(nodes=last),
            fitness=card,
        )
        nodes = write.list(
            f"select {client} j "
            + write.first(
                "client c",
                f"c.standing = '{choice.key}' and c.archived_at is null{seen}",
                " left join user_account u on u.id = c.owner left join card_fitness_client f on f.id = c.id",
                write.order("c.sort_name", "c.id"),
                40,
            )
        )
        columns[choice.key] = write.object(nodes=nodes)
    return f"select {write.object(**columns)}"


def _card(write: Spelling, seen: str) -> str:
    me = write.param(1)
    contacts = "from contact_point p where p.client = c.id and p.archived_at is null and p.kind ="
    order = "order by p.is_primary desc, p.id limit 200"
    phone = write.object(
        id=write.id("contact_point", "p.id"), value=write.text("p.value"), raw=write.text("p.raw"),
        label=write.text("p.label"),
        isPrimary=write.truth("p.is_primary"),
    )  # fmt: skip
    email = write.object(
        id=write.id("contact_point", "p.id"),
        value=write.text("p.value"),
        isPrimary=write.truth("p.is_primary"),
    )
    tag = write.object(
        tag=write.object(id=write.id("tag", "t.id"), name=write.text("t.name"), color=write.text("t.color"))
    )
    interests = write.list(
        f"select {case_of('i.value', INTERESTS)} j from {write.elements('f.interests', 'i')}"
    )
    plan = write.object(id=write.id("fitness_plan", "p.id"), name=write.text("p.name"))
    price = write.object(amount=write.money("m.price"), currency=write.text("m.price_currency"))
    membership = write.object(
        id=write.id("fitness_membership", "m.id"), startsOn=write.date("m.starts_on"), endsOn=write.date("m.ends_on"),
        status=case_of("m.status", STATUSES), price=f"case when m.price is null then 'null' else {price} end",
        plan=plan,
    )  # fmt: skip
    visit = write.object(
        id=write.id("fitness_visit", "v.id"), enteredAt=write.instant("v.entered_at"),
        leftAt=write.instant("v.left_at"),
        via=case_of("v.via", WAYS),
    )  # fmt: skip
    fitness = write.object(
        goal=case_of("f.goal", GOALS),
        interests=f"case when f.interests is null then 'null' else {interests} end",
        trainer=write.person("tr"),
        expectedVisitsPerWeek=write.number("f.expected_visits_per_week"),
        medicalNote=write.text("f.medical_note"),
        contractNumber=write.text("f.contract_number"),
        cardNumber=write.text("f.card_number"),
        membershipEnds=write.date("f.membership_ends"),
        lastVisit=write.instant("f.last_visit"),
        visitsTotal=write.number("f.visits_total"),
        visitsInMonth="(select count(*) from fitness_visit v where v.client = c.id and v.archived_at is null"
        f" and v.entered_at > {write.param(2, 'timestamptz')})",
        memberships=write.object(
            nodes=write.list(
                f"select {membership} j "
                + write.first(
                    "fitness_membership m",
                    "m.client = c.id and m.archived_at is null",
                    " join fitness_plan p on p.id = m.plan",
                    write.order("-m.starts_on", "-m.id"),
                    5,
                )
            )
        ),
        visits=write.object(
            nodes=write.list(
                f"select {visit} j from fitness_visit v where v.client = c.id and v.archived_at is null"
                f" order by {write.order('-v.entered_at', '-v.id')} limit 10"
            )
        ),
    )
    contact = write.object(
        id=write.id("interaction", "i.id"), at=write.instant("i.at"), kind=case_of("i.kind", timeline.KINDS),
        direction=case_of("i.direction", timeline.DIRECTIONS, "key"), subject=write.text("i.subject"),
        text=write.text("i.text"), durationSeconds=write.number("i.duration_seconds"), user=write.person("iu"),
    )  # fmt: skip
    interactions = write.object(
        totalCount="(select count(*) from interaction i where i.client = c.id and i.archived_at is null)",
        nodes=write.list(
            f"select {contact} j "
            + write.first(
                "interaction i",
                "i.client = c.id and i.archived_at is null",
                ' left join user_account iu on iu.id = i."user"',
                write.order("-i.at", "-i.id"),
                20,
            )
        ),
    )
    event = (*timeline.KINDS, next(one for one in timeline.timeline.fields if one.key == "kind").options[-1])
    entry = write.object(
        id=write.id("timeline_entry", "e.id"), at=write.instant("e.at"), kind=case_of("e.kind", event),
        event=write.text("e.event"),
        actor="case when e.actor is null then 'null' else (select " + write.object(name=write.text("a.name"))
        + " from user_account a where a.id = e.actor) end",
    )  # fmt: skip
    told = "e.entity not in ('interaction', 'client_standing', 'contact_point', 'client_tag')"
    timeline_rows = (
        "select i.id + 4503599627370496 as id, i.at as at, i.kind as kind, i.subject as title, null as event,"
        ' i."user" as actor'
        f" from interaction i where i.client = {me} and i.archived_at is null"
        " union all select e.id, e.at, 'event', null, e.name, e.actor from event e"
        f" where e.client = {me} and {told} and (select merged_into from client where id = {me}) is null"
        " union all select e.id, e.at, 'event', null, e.name, e.actor"
        f" from client m join event e on e.client = m.id where m.merged_into = {me} and {told}"
        " order by 2 desc, 1 desc limit 20"
    )
    client = write.object(
        id=write.id("client", "c.id"), version="c.version", name=write.text("c.name"), kind=case_of("c.kind", KINDS),
        gender=case_of("c.gender", GENDERS), birthday=write.date("c.birthday"), company=write.text("c.company"),
        city=write.text("c.city"), comment=write.text("c.comment"),
        standing=case_of("c.standing", STANDINGS, "key", "label", "color"),
        standingSince=write.instant("c.standing_since"), source=case_of("c.source", SOURCES), owner=write.person("u"),
        team="case when te.id is null then 'null' else "
        + write.object(id=write.id("team", "te.id"), name=write.text("te.name")) + " end",
        createdAt=write.instant("c.created_at"), lastContactAt=write.instant("c.last_contact_at"),
        phones=write.list(f"select {phone} j {contacts} 'phone' {order}"),
        emails=write.list(f"select {email} j {contacts} 'email' {order}"),
        tags=write.list(
            f"select {tag} j from client_tag ct join tag t on t.id = ct.tag where ct.client = c.id"
            " and ct.archived_at is null order by ct.id limit 200"
        ),
        fitness=fitness, interactions=interactions,
        timeline=write.object(nodes=write.list(f"select {entry} j from ({timeline_rows}) e")),
    )  # fmt: skip
    found = (
        f"select {client} from client c left join user_account u on u.id = c.owner left join team te on te.id = c.team"
        " left join card_fitness_client f on f.id = c.id left join user_account tr on tr.id = f.trainer"
        f" where c.id = {me}{seen}"
    )
    return f"select {write.object(client=f'({found})')}"


def _clients(write: Spelling, seen: str) -> str:
    # Which clients are found is asked once; a page needs the first 51 of them.
    where = (
        "c.archived_at is null and c.standing in ('lead', 'active', 'permanent')"
        f" and {write.contains('c.search_text', write.param(1, 'text'))}"
        f" and f.goal in ('health', 'strength', 'weight'){seen}"
    )
    source = f"from client c join card_fitness_client f on f.id = c.id where {where}"
    phones = write.list(
        f"select {write.object(value=write.text('p.value'))} j from contact_point p"
        " where p.client = c.id and p.kind = 'phone' and p.archived_at is null"
        " order by p.is_primary desc, p.id limit 200"
    )
    node = write.object(
        id=write.id("client", "c.id"), name=write.text("c.name"), standing=case_of("c.standing", STANDINGS),
        owner=write.person("u"), city=write.text("c.city"),
        lastContactAt=write.instant("c.last_contact_at"), phones=phones,
        fitness=write.object(goal=case_of("c.goal", GOALS), membershipEnds=write.date("c.membership_ends")),
    )  # fmt: skip
    place = write.joined(["'['", write.text("c.sort_name"), "','", "c.id", "']'"])
    cursor = write.joined([f"'\"{_MARK}'", write.hexadecimal(place), "'\"'"])
    ends = f"(select {cursor} from (select * from page limit 50) c order by {{0}} limit 1)"
    body = write.object(
        totalCount=f"(select count(*) {source})",
        edges=write.list(
            f"select {write.object(cursor=cursor, node=node)} j from (select * from page limit 50) c"
            " left join user_account u on u.id = c.owner"
        ),
        pageInfo=write.object(
            hasNextPage="case when (select count(*) from page) > 50 then 'true' else 'false' end",
            hasPreviousPage="'false'",
            startCursor=f"coalesce({ends.format('sort_name, id')},'null')",
            endCursor=f"coalesce({ends.format('sort_name desc, id desc')},'null')",
        ),
    )
    return (
        "with page as materialized (select c.id, c.name, c.sort_name, c.standing, c.owner, c.city, c.last_contact_at,"
        f" f.goal, f.membership_ends {source} order by {write.order('c.sort_name', 'c.id')} limit 51)"
        f" select {write.object(clients=body)}"
    )


def _deep(write: Spelling, seen: str, *, mine: bool) -> str:
    contact = write.object(
        id=write.id("interaction", "i.id"), at=write.instant("i.at"), kind=case_of("i.kind", timeline.KINDS, "key"),
        subject=write.text("i.subject"), user=write.person("u"),
    )  # fmt: skip
    plan = write.object(id=write.id("fitness_plan", "p.id"), name=write.text("p.name"))
    body = write.object(id=write.id("fitness_membership", "m.id"), endsOn=write.date("m.ends_on"), plan=plan)
    visit = write.object(
        id=write.id("fitness_visit", "v.id"), enteredAt=write.instant("v.entered_at"),
        leftAt=write.instant("v.left_at"),
        membership=f"case when m.id is null then 'null' else {body} end",
    )  # fmt: skip
    # A visit's membership could be another client's: it is seen with that one.
    allowed = (
        f" and exists (select 1 from client mc where mc.id = m.client and mc.owner = {write.param(1)})"
        if mine
        else ""
    )
    client = write.object(
        id=write.id("client", "c.id"),
        name=write.text("c.name"),
        interactions=write.object(
            nodes=write.list(
                f"select {contact} j "
                + write.first(
                    "interaction i",
                    "i.client = c.id and i.archived_at is null",
                    ' left join user_account u on u.id = i."user"',
                    write.order("-i.at", "-i.id"),
                    5,
                )
            )
        ),
        fitness=write.object(
            visits=write.object(
                nodes=write.list(
                    f"select {visit} j "
                    + write.first(
                        "fitness_visit v",
                        "v.client = c.id and v.archived_at is null",
                        f" left join fitness_membership m on m.id = v.membership{allowed}"
                        " left join fitness_plan p on p.id = m.plan",
                        write.order("-v.entered_at", "-v.id"),
                        5,
                    )
                )
            )
        ),
    )
    nodes = write.list(
        f"select {client} j from client c where c.archived_at is null{seen}"
        f" order by {write.order('c.sort_name', 'c.id')} limit 50"
    )
    return f"select {write.object(clients=write.object(nodes=nodes))}"


def _deal_board(write: Spelling, me: str | None) -> str:
    task = write.object(
        id=write.id("task", "t.id"), title=write.text("t.title"), dueAt=write.instant("t.due_at")
    )
    goal = write.object(
        key=write.text("g.key"), label=write.text("g.label"), outcome=case_of("g.outcome", OUTCOMES)
    )
    amount = write.object(amount=write.money("d.amount"), currency=write.text("d.amount_currency"))
    client = write.object(id=write.id("client", "c.id"), name=write.text("c.name"))
    deals, clients, tasks = "", "", ""
    if me is not None:
        taking_part = "select 1 from deal_participant p where p.deal = d.id and p.archived_at is null"
        deals = f' and (d.owner = {me} or exists ({taking_part} and p."user" = {me}))'
        clients = f" and c.owner = {me}"
        # The client of a task is that of its deal.
        tasks = f" and ({me} in (d.owner, t.assignee, t.author) or c.id is not null)"
    next_task = (
        f"select {task} from task t where t.deal = d.id and t.awaits = {write.true}"
        f" and t.archived_at is null{tasks} order by {write.order('t.due_at', 't.id')} limit 1"
    )
    columns = {}
    for stage, name in ((1, "request"), (2, "proposal"), (3, "payment")):
        goals = write.list(
            f"select {goal} j from goal g where g.stage = {stage} and g.archived_at is null"
            " and (g.outcome = 'postpone' or not exists (select 1 from deal_goal r where r.deal = d.id"
            " and r.goal = g.id and r.reached_at >= d.stage_since and r.archived_at is null))"
            " order by g.position, g.id limit 50"
        )
        deal = write.object(
            id=write.id("deal", "d.id"),
            title=write.text("d.title"),
            amount=f"case when d.amount is null then 'null' else {amount} end",
            client=f"case when c.id is null then 'null' else {client} end",
            owner=write.person("u"),
            nextTask=f"coalesce(({next_task}),'null')",
            openGoals=write.object(nodes=goals),
        )
        nodes = write.list(
            f"select {deal} j "
            + write.first(
                "deal d",
                f"d.stage = {stage} and d.archived_at is null{deals}",
                f" left join client c on c.id = d.client{clients} left join user_account u on u.id = d.owner",
                write.order("-d.stage_since", "-d.id"),
                50,
            )
        )
        columns[name] = write.object(nodes=nodes)
    return f"select {write.object(**columns)}"
