"""What the printed kinds besides the catalog share: which products, what is amiss, codes, prices, texts that fit."""
