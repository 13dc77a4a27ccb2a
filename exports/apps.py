from django.apps import AppConfig


class ExportsConfig(AppConfig):
    name = "exports"
    verbose_name = "Channels and outputs"

    def ready(self) -> None:
        # What these tell the knowledge base registers itself; not before the models are there.
        from exports import jobs, outlook, proving, reading, standing, usage, verifying  # noqa: F401
