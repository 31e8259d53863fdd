"""Masked language modelling: restore hidden tokens of a text. Trained, never scored.

Example: {"id", "text"}.
"""

from waystation.task_types import TaskType

TYPE = TaskType()
