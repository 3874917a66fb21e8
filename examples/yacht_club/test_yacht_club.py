"""What every plugin must hold to, held by this one."""

from cardfile_yacht_club import YachtClub

from cardfile.testing.contract import PluginContract


class TestContract(PluginContract):
    """The yacht club passes what every plugin passes."""

    plugin = YachtClub
