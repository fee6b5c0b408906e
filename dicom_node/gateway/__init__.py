"""The edge gateway of a county: takes objects in over DICOM, keeps them safe on its disk, and brings them to the centre over HTTPS.

It has no database: the folders of its home are its queue. `serve` is the whole program.
"""

from dicom_node.gateway.main import serve

__all__ = ["serve"]
