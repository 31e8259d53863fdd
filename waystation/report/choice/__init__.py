"""Choices: of snapshots and recipes by English rows, of other weights, of a task beforehand"""
