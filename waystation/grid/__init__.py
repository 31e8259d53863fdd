"""What a suite consists of: recipes, cells, plans, budgets, and what they cost."""
