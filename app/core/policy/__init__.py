"""Who may do what on which records: one table of rights, one of roles, scopes in SQL and Python side by side."""
