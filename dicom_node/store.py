"""C-STORE: hand the bytes as received to `imaging.ingest`, and answer only after it has returned (PS3.4 B.2)."""

import logging
import threading

from pydicom.dataset import Dataset
from pynetdicom.association import Association
from pynetdicom.events import Event

from dicom_node import status
from dicom_node.peers import Admission
from dicom_node.staging import ArrivingDataSet
from teleconsult.imaging.ingest import Limits as IngestLimits
from teleconsult.imaging.ingest import StagedObject, ingest
from teleconsult.kernel.errors import Refused
from teleconsult.system import System

LOG = logging.getLogger(__name__)
