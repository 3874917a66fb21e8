"""Who else owns a record and who takes part in it: what declarations come to, and which ones stop the start."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import pytest
from access_house import ACCESS_DEEDS, Deed, Letter, letter, model_of, role_book
from piccolo.columns import ForeignKey, OnDelete, Varchar

from cardfile.access.entities import ENTITIES, GRANTS
from cardfile.access.role_book import RoleBook
from cardfile.access.roles import DeclaredRights
from cardfile.access.tables import User
from cardfile.database import IndexSpec, Record
from cardfile.errors import DeclarationError
from cardfile.model.batch_fields import BatchField
from cardfile.model.computed import count
from cardfile.model.entities import Entity, Everyone, Owned, Relation
from cardfile.model.fields import CardField, Field, Kind
from cardfile.model.model import Declared, build_model
from cardfile.rights import Scope


class Reply(Record, tablename="post_reply"):
    """An answer to a letter."""

    text = Varchar()
    letter = ForeignKey(Letter, on_delete=OnDelete.restrict, index=True)
    loose = ForeignKey(Letter, null=True, default=None, on_delete=OnDelete.restrict)
    owner = ForeignKey(User, null=True, default=None, on_delete=OnDelete.restrict)
    author = ForeignKey(User, null=True, default=None, on_delete=OnDelete.restrict)


class Reader(Record, tablename="post_reader"):
    """Somebody who reads an answer."""

    reply = ForeignKey(Reply, on_delete=OnDelete.restrict)
    again = ForeignKey(Reply, on_delete=OnDelete.restrict)
    user = ForeignKey(User, on_delete=OnDelete.restrict)

    keys: ClassVar = (IndexSpec(columns=("reply", "user")),)


def reply(*relations: Relation, **visibility: Any) -> Entity:
    """Return answers that belong to people as `visibility` says."""
    return Entity(
        Reply,
        "Reply",
        "Replies",
        visibility=Owned(**visibility),
        fields=(
            Field("text", "Text", Kind.TEXT, required=True),
            Field("letter", "Letter", Kind.REFERENCE, to="letter"),
            Field("loose", "Another letter", Kind.REFERENCE, to="letter"),
            Field("owner", "Owner", Kind.USER),
            Field("author", "Author", Kind.USER),
        ),
        relations=relations,
    )


def readers(*fields: Field) -> Entity:
    """Return who reads answers."""
    known = (Field("reply", "Reply", Kind.REFERENCE, to="reply"), *fields)
    return Entity(Reader, "Reader", "Readers", visibility=Everyone(), fields=known)


@dataclass(frozen=True)
class Mood:
    """What one makes of a letter."""

    word: str


async def mood_of(call: object, ids: Sequence[int]) -> Mapping[int, Mood]:
    """Say that all letters are fine."""
    return dict.fromkeys(ids, Mood("fine"))


WHO = Field("user", "Who", Kind.USER)
READ_BY = Relation("read_by", "Read by", "reader", "reply")
GRANTED = {
    "manager": {"letter": "*:own", "reply": "*:own", "reader": "*:own"},
    "analyst": {"letter": "read:own", "reply": "read:all", "reader": "read:all"},
}


def test_an_owner_beside_the_first_is_a_field_or_the_owner_of_a_record_one_step_away() -> None:
    entity = reply(READ_BY, also=("author", "letter.owner", "created_by"), participants="read_by")
    visibility = model_of(letter, entity, readers(WHO))["post.reply"].visibility
    assert isinstance(visibility, Owned)
    assert visibility.participating == ("read",)


@pytest.mark.parametrize(
    ("entities", "sentence"),
    [
        ((reply(also=("writer",)),), r"also owned by 'writer', which is no USER field .*author"),
        ((reply(also=("text",)),), r"also owned by 'text', which is no USER field of post_reply"),
        ((reply(also=("parcel.owner",)),), r"'parcel' is no reference of its own: declare Field\('parcel'"),
        ((reply(also=("letter.owner.head",)),), r"write one step"),
        ((reply(also=("letter.phone",)),), r"'post\.letter' is not owned by 'phone'.* owned by: owner"),
        ((reply(also=("loose.owner",)),), r"no index of post_reply begins with 'loose': add IndexSpec"),
        ((reply(participants="read_by"),), r"participants in 'read_by', which is none of its lists"),
        ((reply(participants="letter"),), r"participants in 'letter', which is none of its lists"),
        ((reply(READ_BY, participants="read_by"), readers()), r"declare Field\('user', …, Kind\.USER\)"),
        (
            (
                reply(Relation("read_by", "R", "reader", "again"), participants="read_by"),
                readers(WHO),
            ),
            r"no index of post_reader begins with 'again': add IndexSpec\(columns=\('again',\)\)",
        ),
        (
            (reply(READ_BY, participants="read_by", participating=("edit",)), readers(WHO)),
            r"do edit, but not read: .*participating=\('read', …\)",
        ),
    ],
    ids=[
        "no-field",
        "no-user",
        "no-reference",
        "two-steps",
        "no-owner-there",
        "reference-without-index",
        "no-list",
        "no-list-but-a-reference",
        "nobody-named",
        "list-without-index",
        "acts-unseen",
    ],
)
def test_a_way_that_leads_nowhere_stops_the_start(entities: tuple[Entity, ...], sentence: str) -> None:
    with pytest.raises(DeclarationError, match=rf"^post: entity 'post\.reply' .*{sentence}"):
        model_of(letter, *entities)


def test_participants_may_do_only_what_somebody_does() -> None:
    stamp = Deed("post.reply.stamp", "post.reply", "stamp")
    for action, deeds in (("stamp", [stamp]), ("create", [])):
        entity = reply(READ_BY, participants="read_by", participating=("read", action))
        role_book(letter, entity, readers(WHO), grants=GRANTED, deeds=deeds)
    entity = reply(READ_BY, participants="read_by", participating=("read", "burn"))
    with pytest.raises(DeclarationError, match=r"^post: participants of 'post\.reply' may do 'burn'.*edit"):
        role_book(letter, entity, readers(WHO), grants=GRANTED)


def test_a_batch_field_tells_fields_that_there_are() -> None:
    made = BatchField("mood", "Mood", Mood, mood_of, tells=("weather",))
    with pytest.raises(
        DeclarationError, match=r"^post: .*'mood' tells 'weather', which is none of its fields"
    ):
        build_model([Declared("core", ENTITIES), Declared("post", (replace(letter, batch_fields=(made,)),))])


def test_a_computed_sum_of_money_is_refused_for_it_has_no_currency() -> None:
    answers = reply()
    spent = CardField("spent", "Spent", Kind.MONEY, on="letter", computed=count(answers))
    with pytest.raises(
        DeclarationError, match=r"^post: post\.letter\.post\.spent is a computed sum of money"
    ):
        build_model([Declared("core", ENTITIES), Declared("post", (letter, answers), (spent,))])


def test_a_field_made_of_records_with_owners_of_their_own_is_shown_to_whoever_sees_all_of_them() -> None:
    answers = reply(also=("letter.owner",))
    number = CardField("answers", "Answers", Kind.INTEGER, on="letter", computed=count(answers))
    model = build_model([Declared("core", ENTITIES), Declared("post", (letter, answers), (number,))])
    granted = {"manager": {"letter": "*:own", "reply": "*:own"}, "analyst": {"reply": "read:all"}}
    declared = [DeclaredRights("core", grants=GRANTS), DeclaredRights("post", grants=granted)]
    book = RoleBook.build(model, ACCESS_DEEDS, declared)
    assert ("post.letter", "post.answers") in book.union(["manager"]).hidden
    assert ("post.letter", "post.answers") not in book.union(["analyst"]).hidden
    assert book.union(["manager"]).scopes["post.reply", "read"] is Scope.OWN
