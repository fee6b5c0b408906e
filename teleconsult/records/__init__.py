"""The only door to storage: transactions, the journal of facts, the audit chain, blobs."""

from teleconsult.records.blobs import BlobStore, DiskBlobs
from teleconsult.records.tables import DeliveryRow, FactRow
from teleconsult.records.work import By, Store, Work, open_store

__all__ = ["BlobStore", "By", "DeliveryRow", "DiskBlobs", "FactRow", "Store", "Work", "open_store"]
