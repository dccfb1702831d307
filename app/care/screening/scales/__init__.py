"""Scales as data: one YAML file per version, its scores and bands, its validity rules and the vectors it must pass.

Pure functions over frozen definitions: nothing here knows a database, a request or a student.
Source: domain §5, decision 57.
"""
