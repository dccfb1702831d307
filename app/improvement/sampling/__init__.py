"""校级清单抽查: each term at least a tenth of the lists that schools keep for themselves is drawn and looked at by an inspector.

A *draw* (抽取) says of which lists how many were taken, by chance with its seed or by hand with its reason; a *check*
(清单抽查) is what one inspector found of one list that was drawn. Both are counted apart from the county's figures.
"""
