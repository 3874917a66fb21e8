"""What happened with a client: calls, letters, meetings, notes and events, together by time."""

from cardfile.timeline.entities import ENTITIES, interactions, timeline
from cardfile.timeline.tables import Interaction, TimelineEntry

__all__ = ["ENTITIES", "Interaction", "TimelineEntry", "interactions", "timeline"]
