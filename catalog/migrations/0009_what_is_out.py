"""What was approved until now was approved in every language it was written in."""

from django.db import migrations

BATCH = 500


def approve(apps, schema_editor):
    Revision = apps.get_model("catalog", "FragmentRevision")
    Approval = apps.get_model("catalog", "RevisionApproval")
    batch = []
    for revision in Revision.objects.order_by("pk").iterator(chunk_size=BATCH):
        languages = sorted(revision.content["body"])
        revision.out = {**revision.content, "revisions": dict.fromkeys(languages, revision.number)}
        revision.authors = [revision.submitted_by]
        batch.append((revision, languages))
        if len(batch) == BATCH:
            _store(Revision, Approval, batch)
            batch = []
    _store(Revision, Approval, batch)


def _store(Revision, Approval, batch):
    Revision.objects.bulk_update([revision for revision, _ in batch], ["out", "authors"])
    approvals = Approval.objects.bulk_create(
        [
            Approval(revision=revision, language=language, by=revision.submitted_by)
            for revision, languages in batch
            for language in languages
        ],
        batch_size=BATCH,
    )
    times = {revision.pk: revision.submitted_at for revision, _ in batch}
    for approval in approvals:
        approval.at = times[approval.revision_id]
    Approval.objects.bulk_update(approvals, ["at"], batch_size=BATCH)


class Migration(migrations.Migration):
    dependencies = [("catalog", "0008_fragment_reviews")]

    operations = [migrations.RunPython(approve, migrations.RunPython.noop, elidable=True)]
