"""The service company of the examples passes what every plugin passes."""

from cardfile_service_company import ServiceCompany

from cardfile.testing.contract import PluginContract


class TestContract(PluginContract):
    """What every plugin must hold to."""

    plugin = ServiceCompany
