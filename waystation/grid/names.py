"""Names that the cells of the grid share with what plans them."""

CONTROLS = ("none", "random")  # recipes without training
TEXT = "text"  # the raw corpus, the task of masked language modelling
