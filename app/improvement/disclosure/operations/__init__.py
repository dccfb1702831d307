"""What is done with disclosures: prepared, approved, put out on their day, taken back."""
