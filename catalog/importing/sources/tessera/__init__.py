"""Tessera's own format: a folder of TOML files, in which every file may have any of these tables.

`[[group]]`, `[[attribute]]`, `[[option]]`, `[[family]]`, `[[family_variant]]`, `[[category]]`, `[[tag]]`, `[[slot]]`,
`[[association_type]]`, `[[market]]`, `[[audience]]`, `[[channel]]`, `[[forbidden_term]]`, `[[product]]` with
`[product.facts]`, `[[product.association]]` and `[[product.asset]]`, and `[[fragment]]`. The keys are those of the
records in catalog.importing.plan; the settings of an attribute stand beside its other keys. The demo in
catalog/demo/content is written in this format.
"""

from catalog.importing.sources.tessera.source import Draw, Picture, Tessera

__all__ = ["Draw", "Picture", "Tessera"]
