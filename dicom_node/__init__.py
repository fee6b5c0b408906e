"""The DICOM doors: a Storage and Verification SCP (pynetdicom) and DICOMweb (a Flask blueprint that web is given)."""

from dicom_node.main import serve

__all__ = ["serve"]
