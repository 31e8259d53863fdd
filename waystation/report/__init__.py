"""The grid's results as scores with intervals, tables, figures and text."""
