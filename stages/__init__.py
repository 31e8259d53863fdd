"""The verbs of dvc.yaml, one module a stage; none imports another."""
