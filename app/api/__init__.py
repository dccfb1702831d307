"""The JSON interface: programs of the county read records and send results in, through the same operations as the pages.

A token acts for one role assignment and never reaches further than that role; its scopes narrow it again. Webhooks tell a
program that a record moved, never what stands in it.
"""
