"""Pretrained models as others give them: from the Hub, a folder or a package, into one layout."""
