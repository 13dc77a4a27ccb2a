from django.apps import AppConfig


class ExportsConfig(AppConfig):
    name = "exports"
    verbose_name = "Channels and outputs"

    def ready(self) -> None:
        # What these tell the knowledge base registers itself; not before the models are there.
        from exports import jobs  # noqa: F401
        from exports.explaining import claims, outlook, proving, reading, standing, usage  # noqa: F401
        from exports.releasing import verifying  # noqa: F401
