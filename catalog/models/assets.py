"""Pictures, documents and other files."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Coalesce, Lower

from catalog.models.base import code_field, unique_code
from catalog.models.channels import Channel, languages
from catalog.models.products import Product


class Asset(models.Model):
    """A file with what is said of it. Files are named by the digest of their content: the same bytes are kept once."""

    class Kind(models.TextChoices):
        IMAGE = "image", "Image"
        DOCUMENT = "document", "Document"
        VIDEO = "video", "Video"
        AUDIO = "audio", "Audio"

    code = code_field(max_length=200)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    file = models.FileField(upload_to="assets", max_length=200, blank=True)
    url = models.URLField("link", max_length=500, blank=True, help_text="Where it is, if it is kept elsewhere.")
    digest = models.CharField(
        max_length=64, db_index=True, blank=True, editable=False, help_text="BLAKE2b-256 of the file, hex."
    )
    media_type = models.CharField(max_length=100, blank=True, editable=False)
    size = models.PositiveBigIntegerField(default=0, editable=False, help_text="Bytes.")
    width = models.PositiveIntegerField(null=True, blank=True, editable=False, help_text="Pixels.")
    height = models.PositiveIntegerField(null=True, blank=True, editable=False, help_text="Pixels.")
    focal_x = models.PositiveSmallIntegerField(default=50, help_text="What must stay in view: per cent from the left.")
    focal_y = models.PositiveSmallIntegerField(default=50, help_text="Per cent from the top.")
    title = models.CharField(max_length=200, blank=True)
    alt = models.CharField("alternative text", max_length=500, blank=True)
    rights_holder = models.CharField(max_length=200, blank=True)
    licence = models.CharField(max_length=200, blank=True)
    expires = models.DateField(null=True, blank=True)
    retired = models.BooleanField(default=False, help_text="No longer offered; what shows it goes on showing it.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["code"]
        constraints = [
            unique_code("asset"),
            models.CheckConstraint(
                condition=(models.Q(file="") & ~models.Q(url="")) | (~models.Q(file="") & models.Q(url="")),
                name="asset_file_or_link",
                violation_error_message="An asset is either a file or a link.",
            ),
            models.CheckConstraint(
                condition=models.Q(focal_x__lte=100, focal_y__lte=100), name="asset_focal_point_inside"
            ),
        ]

    def __str__(self) -> str:
        return self.code


class AssetTrack(models.Model):
    """What is said in a video or a recording, for those who cannot hear it: captions (WebVTT) or a transcript."""

    class Kind(models.TextChoices):
        CAPTIONS = "captions", "Captions"
        TRANSCRIPT = "transcript", "Transcript"

    asset = models.ForeignKey(Asset, models.CASCADE, related_name="tracks")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    language = models.CharField(max_length=10, choices=languages)
    text = models.TextField()

    class Meta:
        ordering = ["kind", "language"]
        constraints = [models.UniqueConstraint(fields=["asset", "kind", "language"], name="asset_track_once")]

    def __str__(self) -> str:
        return f"{self.asset.code} {self.kind} {self.language}"


class ProductAsset(models.Model):
    """An asset's role on a product: main, gallery, drawing ..., for all channels or in place of those for one."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="product_assets")
    asset = models.ForeignKey(Asset, models.PROTECT, related_name="product_assets")
    role = code_field(max_length=50, default="gallery")
    channel = models.ForeignKey(
        Channel,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="product_assets",
        help_text="Shown there in place of what all channels show in this role.",
    )
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                models.F("product"),
                models.F("asset"),
                Lower("role"),
                Coalesce(models.F("channel"), 0),
                name="product_asset_once_per_role",
                violation_error_message="This asset has this role here already.",
            )
        ]

    def __str__(self) -> str:
        return f"{self.product.sku} {self.role}: {self.asset.code}"
