"""Accounts, sign-in with a second factor, sessions that die with the role, drafts, and the three administrators kept apart."""
