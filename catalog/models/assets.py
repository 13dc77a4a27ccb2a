"""Pictures, documents and other files."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower

from catalog.models.base import code_field, unique_code
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
    file = models.FileField(upload_to="assets", max_length=200)
    digest = models.CharField(max_length=64, db_index=True, editable=False, help_text="BLAKE2b-256 of the file, hex.")
    media_type = models.CharField(max_length=100, editable=False)
    size = models.PositiveBigIntegerField(editable=False, help_text="Bytes.")
    width = models.PositiveIntegerField(null=True, blank=True, editable=False, help_text="Pixels.")
    height = models.PositiveIntegerField(null=True, blank=True, editable=False, help_text="Pixels.")
    title = models.CharField(max_length=200, blank=True)
    alt = models.CharField("alternative text", max_length=500, blank=True)
    rights_holder = models.CharField(max_length=200, blank=True)
    licence = models.CharField(max_length=200, blank=True)
    expires = models.DateField(null=True, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["code"]
        constraints = [unique_code("asset")]

    def __str__(self) -> str:
        return self.code


class ProductAsset(models.Model):
    """An asset's role on a product: main, gallery, drawing, manual ..."""

    product = models.ForeignKey(Product, models.CASCADE, related_name="product_assets")
    asset = models.ForeignKey(Asset, models.PROTECT, related_name="product_assets")
    role = code_field(max_length=50, default="gallery")
    position = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["position", "id"]
        constraints = [
            models.UniqueConstraint(
                models.F("product"), models.F("asset"), Lower("role"), name="product_asset_once_per_role"
            )
        ]

    def __str__(self) -> str:
        return f"{self.product.sku} {self.role}: {self.asset.code}"
