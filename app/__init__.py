"""Bihuan 闭环: two loops of casework for a county education bureau, from a data cell to a closed action."""
