"""The state machines of Bihuan: when a record may take which step, by whose right, and until when."""
