"""What every plugin must hold to, held by this one."""

from cardfile.testing.contract import PluginContract

from cardfile_yacht_club import YachtClub


class TestContract(PluginContract):
    plugin = YachtClub
