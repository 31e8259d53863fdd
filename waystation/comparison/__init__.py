"""Whether two measured speeds differ, are equal, or neither is known: numbers alone, no torch"""
