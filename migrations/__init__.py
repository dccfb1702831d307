"""Steps of the schema, dated and in words, up and down; run as the owner of the tables."""
