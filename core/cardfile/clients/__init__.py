"""Clients: people and companies, how to reach them, where they stand, and what hangs on them."""

from cardfile.clients.choices import Standing
from cardfile.clients.duplicates import (
    Certainty,
    Duplicate,
    Duplicates,
    find_duplicates,
    holders_of_contacts,
    holders_of_tax_numbers,
)
from cardfile.clients.entities import ENTITIES, attributions, clients, contact_points, segments, tags
from cardfile.clients.grants import GRANTS
from cardfile.clients.interactions import add_note, log_interaction
from cardfile.clients.lifecycle import (
    DuplicateClient,
    IfDuplicate,
    assign_client,
    change_standing,
    create_client,
    reject_client,
)
from cardfile.clients.merging import merge_clients
from cardfile.clients.migrations import MIGRATIONS
from cardfile.clients.rules import ClientRules
from cardfile.clients.segmenting import SegmentMembers, members_of_segment, save_segment, update_segment
from cardfile.clients.tables import (
    Attribution,
    Client,
    ClientStanding,
    ClientTag,
    ContactPoint,
    Segment,
    Tag,
)
from cardfile.clients.tagging import tag_client, untag_client
from cardfile.clients.unmerging import Unmerged, restore_client, unmerge_client

COMMANDS = (
    create_client,
    reject_client,
    change_standing,
    assign_client,
    tag_client,
    untag_client,
    add_note,
    merge_clients,
    unmerge_client,
    restore_client,
    find_duplicates,
    log_interaction,
    save_segment,
    update_segment,
    members_of_segment,
)
"""The commands of this room, beside those that every entity has."""

__all__ = [
    "COMMANDS",
    "ENTITIES",
    "GRANTS",
    "MIGRATIONS",
    "Attribution",
    "Certainty",
    "Client",
    "ClientRules",
    "ClientStanding",
    "ClientTag",
    "ContactPoint",
    "Duplicate",
    "DuplicateClient",
    "Duplicates",
    "IfDuplicate",
    "Segment",
    "SegmentMembers",
    "Standing",
    "Tag",
    "Unmerged",
    "add_note",
    "assign_client",
    "attributions",
    "change_standing",
    "clients",
    "contact_points",
    "create_client",
    "find_duplicates",
    "holders_of_contacts",
    "holders_of_tax_numbers",
    "log_interaction",
    "members_of_segment",
    "merge_clients",
    "reject_client",
    "restore_client",
    "save_segment",
    "segments",
    "tag_client",
    "tags",
    "unmerge_client",
    "untag_client",
    "update_segment",
]
