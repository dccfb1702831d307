"""What happened: the only writer of the trail, its verification, its anchor outside the database, the auditor's pages."""
