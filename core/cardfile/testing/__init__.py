"""What plugins test themselves with: a pytest plugin with fixtures, and a contract to inherit.

`from cardfile.testing.contract import PluginContract`; the fixtures are there without any import.
"""
