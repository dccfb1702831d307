"""What is done with a record: registered, noticed, heard, decided by a body, made known, appealed; the system ends periods."""
