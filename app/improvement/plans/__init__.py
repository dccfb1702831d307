"""整改方案: what is done about a problem, by whom and until when, and the evidence (佐证) that it was done and helped."""
