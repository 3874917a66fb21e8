"""Work that must take nobody with it: done in a child process with little memory, little time and no network.

A child enters this package past the rest of the house, so nothing is imported here.
"""
