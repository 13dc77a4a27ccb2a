from django.apps import AppConfig
from django.core import checks
from django.db.models.signals import post_migrate, pre_migrate


class CatalogConfig(AppConfig):
    name = "catalog"
    verbose_name = "Knowledge base"

    def ready(self) -> None:
        # Not before the models are there, which these look at.
        from catalog.columns import check_columns, guard_texts
        from catalog.jobs import kinds  # noqa: F401  # which register themselves
        from catalog.schema_token import install_after_migrations

        checks.register(check_columns)
        pre_migrate.connect(guard_texts, sender=self, dispatch_uid="guard_texts")
        post_migrate.connect(install_after_migrations, sender=self, dispatch_uid="schema_token")
