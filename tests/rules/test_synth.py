"""Made-up objects stay what they are, in whatever syntax they are written."""

from __future__ import annotations

import pytest
from pydicom.uid import (
    DeflatedExplicitVRLittleEndian,
    ExplicitVRBigEndian,
    ExplicitVRLittleEndian,
    ImplicitVRLittleEndian,
    JPEG2000Lossless,
    JPEGLSLossless,
    RLELossless,
)

from tests import synth


@pytest.mark.parametrize(
    "syntax",
    [
        ExplicitVRLittleEndian, ImplicitVRLittleEndian, ExplicitVRBigEndian, DeflatedExplicitVRLittleEndian, RLELossless, JPEGLSLossless,
        JPEG2000Lossless,
    ],
)  # fmt: skip
def test_writing_an_object_in_any_syntax_leaves_it_as_it_was(syntax: str) -> None:
    ds = synth.ct_slice()
    before, elements = synth.as_bytes(ds), ds.to_json_dict()
    synth.as_bytes(ds, syntax)
    assert ds.to_json_dict() == elements
    assert synth.as_bytes(ds) == before
