"""The model: what exists, declared once by the core and the plugins, checked at the start."""

from cardfile.model.entities import Entity, Everyone, Owned, Personal, Relation, Through
from cardfile.model.fields import CardField, Choice, Field, Kind
from cardfile.model.model import Declared, Model, build_model
from cardfile.model.record_types import CORE, Card, Line, Link, RecordType

__all__ = [
    "CORE",
    "Card",
    "CardField",
    "Choice",
    "Declared",
    "Entity",
    "Everyone",
    "Field",
    "Kind",
    "Line",
    "Link",
    "Model",
    "Owned",
    "Personal",
    "RecordType",
    "Relation",
    "Through",
    "build_model",
]
