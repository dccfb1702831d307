"""诊—改—评: the machines that take a problem from the data to its closure."""
