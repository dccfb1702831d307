"""Deeds of opening: in an emergency, of an identity, and giving a case to an expert."""
