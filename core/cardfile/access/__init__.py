"""People and their rights: who is who, who gets in, who may do what, and the files that people bring."""

from typing import Final

from cardfile.access.access import Access
from cardfile.access.directory import Directory, Standing
from cardfile.access.entities import ENTITIES, GRANTS
from cardfile.access.file_table import File
from cardfile.access.files import Files, StoredFile
from cardfile.access.hand_over import HAND_OVER, HandedOver, HandedOverLine, hand_over_preview
from cardfile.access.migrations import MIGRATIONS
from cardfile.access.people import PEOPLE, check_new_colleague
from cardfile.access.role_book import RoleBook
from cardfile.access.roles import DeclaredRights, RoleRights
from cardfile.access.sharing import SHARING, move_shares
from cardfile.access.sign_in import SignedIn, fold_login
from cardfile.access.sweeping import JOBS
from cardfile.access.tables import ApiToken, Share, Team, TeamMember, User, UserRole
from cardfile.access.teams import TEAMS
from cardfile.access.token_scopes import TokenScopes
from cardfile.access.tokens import IssuedToken

__all__ = [
    "COMMANDS",
    "ENTITIES",
    "GRANTS",
    "JOBS",
    "MIGRATIONS",
    "Access",
    "ApiToken",
    "DeclaredRights",
    "Directory",
    "File",
    "Files",
    "HandedOver",
    "HandedOverLine",
    "IssuedToken",
    "RoleBook",
    "RoleRights",
    "Share",
    "SignedIn",
    "Standing",
    "StoredFile",
    "Team",
    "TeamMember",
    "TokenScopes",
    "User",
    "UserRole",
    "check_new_colleague",
    "fold_login",
    "hand_over_preview",
    "move_shares",
]

COMMANDS: Final = (*PEOPLE, *TEAMS, *SHARING, *HAND_OVER)
"""The commands of access, for the core's declaration."""
