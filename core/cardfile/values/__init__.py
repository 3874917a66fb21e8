"""What people type ↔ values: pure functions for forms, the API and spreadsheets alike.

Each module knows one noun and is imported by its own name; every failure is an `InvalidInput`.
"""
