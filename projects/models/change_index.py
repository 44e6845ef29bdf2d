"""What the database keeps beside each row of the log, so that a question costs what is shown of its answer.

Triggers write these tables (`projects/log/index.py`) in the statement that writes the log: whoever appends,
and however, they cannot fall behind it. They say nothing that the log does not say.
"""

from __future__ import annotations

from django.db import models

from projects.models.changelog import DataChangeLog


class ChangeFacet(models.Model):
    """One thing that a change can be asked for by: `field:budget`, `rule:budget_doubled`, `place:LIM331`."""

    pk = models.CompositePrimaryKey("facet", "change_id")
    facet = models.CharField(max_length=250)
    change = models.ForeignKey(
        DataChangeLog, models.DO_NOTHING, related_name="facets", db_constraint=False, db_index=False
    )

    def __str__(self) -> str:
        return f"change {self.change_id}: {self.facet}"


class ProjectStep(models.Model):
    """That a change altered one part of a project's record: a field, `published.<label>`, or what `key` says
    of itself with a #. The first step of a part after a moment says what stood there then: `was` is its JSON,
    blank where that is long (the change has it), None of what is neither a field nor the presence.
    """

    PRESENCE, CREATED = "#presence", "#created"

    pk = models.CompositePrimaryKey("project_id", "key", "at", "change_id")
    # No foreign keys: each would be looked up at each row of the log.
    project_id = models.BigIntegerField()
    key = models.CharField(max_length=250)
    at = models.DateTimeField()
    change_id = models.BigIntegerField()
    was = models.CharField(max_length=200, null=True)

    class Meta:
        indexes = [
            # A past day is answered by it alone: what stood there is in it, and what is of one part together.
            models.Index(
                fields=["key", "project_id", "at", "change_id", "was"],
                name="steps_by_part",
                condition=models.Q(was__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return f"change {self.change_id}: {self.key} of project {self.project_id}"


class ChangeEvent(models.Model):
    """How many changes one run made of one kind; enough of them are an event (`projects/log/events.py`).
    `place` is the code of a municipality of theirs, `is_spread` says that they are of several.
    """

    run_id = models.BigIntegerField()
    kind = models.CharField(max_length=200)
    cause = models.CharField(max_length=10)
    source_id = models.CharField(max_length=20)
    entity_type = models.CharField(max_length=20)
    change_type = models.CharField(max_length=10)
    count = models.PositiveIntegerField()
    first = models.BigIntegerField()
    last = models.BigIntegerField()
    majors = models.PositiveIntegerField()
    minors = models.PositiveIntegerField()
    place = models.CharField(max_length=20, null=True)
    is_spread = models.BooleanField(default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run_id", "kind", "cause"], name="one_event_of_a_kind_a_run")
        ]
        indexes = [
            models.Index(fields=["-last"], name="events_newest", condition=models.Q(count__gte=3)),
        ]

    def __str__(self) -> str:
        return f"{self.count} changes of run {self.run_id}: {self.kind}"
