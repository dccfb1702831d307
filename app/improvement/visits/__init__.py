"""视导: visits to schools that start from their open problems and carry what is found into the loop.

Words: the *yearly list* (年度督导清单) says which visits a year has; a *visit* cites an entry of it or an exception; its
*checklist* has one *line* per problem item looked at; an *observation* is what one member saw of a line, on the spot; a
*finding* is what the team writes down (strength, problem, recurrence, suggestion); the school *responds* to each problem.
"""
