"""What is done to the yearly list and to visits: planned, announced, carried out, shown, answered, followed up."""
