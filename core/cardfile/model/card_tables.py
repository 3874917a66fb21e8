"""The tables in which plugins' card fields are kept, worked out from the declarations."""

from collections.abc import Iterator

from cardfile.database.card_tables import CardTable
from cardfile.database.columns import ColumnSpec, ColumnType, IndexSpec
from cardfile.model.fields import Kind
from cardfile.model.kinds import KINDS
from cardfile.model.model import Model
from cardfile.model.record_types import Line

__all__ = ["card_tables"]


def card_tables(model: Model) -> tuple[CardTable, ...]:
    """Return the card tables that the model needs; `migrate` makes them and adds what is missing."""
    return tuple(
        CardTable(
            name=card.table,
            record_table=record_type.table,
            columns=tuple(column for line in card.lines for column in _columns(line)),
            indexes=tuple(IndexSpec(columns=(line.column, "id")) for line in card.lines if _is_sorted(line)),
        )
        for record_type in model.types.values()
        for card in record_type.cards.values()
    )


def _columns(line: Line) -> Iterator[ColumnSpec]:
    yield ColumnSpec(name=line.column, type=KINDS[line.kind].column, null=True)
    if line.kind is Kind.MONEY:
        yield ColumnSpec(name=line.currency_column, type=ColumnType.TEXT, null=True)


def _is_sorted(line: Line) -> bool:
    """Whether lists are filtered or ordered by the line often enough to be worth an index."""
    return KINDS[line.kind].is_orderable or line.kind in (Kind.REFERENCE, Kind.USER)
