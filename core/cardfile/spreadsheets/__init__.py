"""Spreadsheets: foreign files in, workbooks out."""
