"""The only door to storage: transactions, the journal of facts, the audit chain, blobs."""

from teleconsult.records.blobs import BlobStore, DiskBlobs
from teleconsult.records.upgrade import upgrade
from teleconsult.records.work import By, Store, Work, open_store

__all__ = ["BlobStore", "By", "DiskBlobs", "Store", "Work", "open_store", "upgrade"]
