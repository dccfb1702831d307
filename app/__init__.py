"""Bihuan 闭环: two loops of casework for county education bureaus."""
