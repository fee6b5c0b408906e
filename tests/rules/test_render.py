"""From stored values to grey on the screen: each step in its place, polarity last."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pydicom import Dataset
from pydicom.sequence import Sequence as Items

from teleconsult.imaging import luts, render_cards, waveform
from teleconsult.imaging.pixels import Frame
from teleconsult.imaging.pixels_values import Array, Undecodable
from teleconsult.imaging.render import Window, default_window, grey_levels, render
from tests import synth


def a_frame(
    values: Array | Sequence[Sequence[int]],
    *,
    photometric: str = "MONOCHROME2",
    bits: int = 12,
    signed: bool = False,
    **elements: Any,
) -> Frame:
    header = Dataset()
    for keyword, value in elements.items():
        setattr(header, keyword, value)
    pixels = np.asarray(values, "i2" if signed else ("u1" if bits <= 8 else "u2"))
    return Frame(pixels, photometric, bits, signed, header, 0)


def levels(frame: Frame, window: Window | None = None) -> list[int]:
    return [int(v) for v in grey_levels(frame, window).reshape(-1)]


def test_a_linear_window_follows_the_standard_to_the_grey_step() -> None:
    # PS3.3 C.11.2.1.2.1, example: c=2048, w=4096 maps 0..4095 onto the whole range.
    frame = a_frame([[0, 2047, 2048, 4095]], WindowCenter="2048", WindowWidth="4096")
    assert levels(frame) == [0, 127, 128, 255]


def test_a_window_of_width_one_is_a_threshold() -> None:
    assert levels(a_frame([[99, 100, 101]]), Window(100, 1)) == [0, 255, 255]


def test_an_exact_linear_window_and_a_sigmoid_differ_from_the_linear_one() -> None:
    frame = a_frame([[0, 50, 100]])
    assert levels(frame, Window(50, 100, "linear_exact")) == [0, 128, 255]
    assert levels(frame, Window(50, 100, "sigmoid")) == [30, 128, 225]


@pytest.mark.parametrize(
    ("named", "function"), [("SIGMOID", "sigmoid"), ("LINEAR_EXACT", "linear_exact"), ("", "linear")]
)
def test_the_headers_voi_function_is_obeyed(named: str, function: str) -> None:
    frame = a_frame([[0]], WindowCenter="40", WindowWidth="400", VOILUTFunction=named)
    assert default_window(frame.header) == Window(40, 400, function)


def test_the_window_is_in_rescaled_units() -> None:
    frame = a_frame([[0, 1024, 2048]], RescaleSlope="1", RescaleIntercept="-1024", WindowCenter="0", WindowWidth="2048")
    assert levels(frame) == [0, 128, 255]


def test_only_the_first_of_several_windows_counts() -> None:
    frame = a_frame([[0]], WindowCenter=["40", "-600"], WindowWidth=["400", "1500"])
    assert default_window(frame.header) == Window(40, 400)


def test_a_nonsense_window_counts_as_none() -> None:
    assert default_window(a_frame([[0]], WindowCenter="40", WindowWidth="0").header) is None


def test_a_voi_lut_goes_before_the_window() -> None:
    table = Dataset()
    table.LUTDescriptor, table.LUTData = [4, 10, 8], [0, 255, 0, 128]
    frame = a_frame([[9, 10, 11, 12, 13, 99]], VOILUTSequence=Items([table]), WindowCenter="50", WindowWidth="10")
    assert levels(frame) == [0, 0, 255, 0, 128, 128]


def test_a_modality_lut_goes_before_the_window() -> None:
    table = Dataset()
    table.LUTDescriptor, table.LUTData = [3, 0, 16], [1000, 0, 2000]
    frame = a_frame([[0, 1, 2]], ModalityLUTSequence=Items([table]), WindowCenter="1000", WindowWidth="2000")
    assert levels(frame) == [128, 0, 255]


def test_a_lut_may_begin_below_zero() -> None:
    table = Dataset()
    table.LUTDescriptor, table.LUTData = [3, 65535, 8], [0, 100, 255]  # first input -1 as it is coded in US
    lut = luts.lut_of(table, signed_input=True)
    assert lut is not None
    assert list(lut.apply(np.array([-5, -1, 0, 1, 7]))) == [0, 0, 100, 255, 255]


def test_a_descriptor_of_zero_entries_means_65536() -> None:
    table = Dataset()
    table.LUTDescriptor, table.LUTData = [0, 0, 16], np.arange(65536, dtype="<u2").tobytes()
    lut = luts.lut_of(table, signed_input=False)
    assert lut is not None
    assert int(lut.apply(np.array([65535]))[0]) == 65535


def test_a_broken_lut_is_passed_over() -> None:
    table = Dataset()
    table.LUTDescriptor, table.LUTData = [100, 0, 8], [1, 2, 3]
    frame = a_frame([[0, 4095]], VOILUTSequence=Items([table]), WindowCenter="2048", WindowWidth="4096")
    assert levels(frame) == [0, 255]


def test_monochrome1_is_inverted_last_and_once() -> None:
    plain = a_frame([[0, 1000, 4095]], WindowCenter="2048", WindowWidth="4096")
    inverted = [255 - level for level in levels(plain)]
    window: dict[str, Any] = {"WindowCenter": "2048", "WindowWidth": "4096"}
    assert levels(a_frame([[0, 1000, 4095]], photometric="MONOCHROME1", **window)) == inverted
    both = a_frame([[0, 1000, 4095]], photometric="MONOCHROME1", PresentationLUTShape="INVERSE", **window)
    assert levels(both) == inverted
    assert levels(a_frame([[0, 1000, 4095]], PresentationLUTShape="INVERSE", **window)) == inverted
    assert levels(a_frame([[0, 1000, 4095]], PresentationLUTShape="IDENTITY", **window)) == levels(plain)


def test_eight_bits_without_a_window_are_shown_in_full() -> None:
    assert levels(a_frame([[0, 17, 128, 255]], bits=8)) == [0, 17, 128, 255]


def test_one_bit_is_black_and_white() -> None:
    assert levels(a_frame([[0, 1]], bits=1)) == [0, 255]


def test_deep_pixels_without_a_window_are_stretched_between_robust_percentiles() -> None:
    values = np.tile(np.arange(100, 200, dtype="u2"), (100, 1))
    values[0, 0] = 4095  # one hot pixel must not make the rest black
    found = np.asarray(grey_levels(a_frame(values)))
    assert found[50, 0] <= 5
    assert found[50, 99] >= 250


def test_padding_does_not_count_for_the_stretch() -> None:
    values = np.full((40, 40), 0, "u2")
    values[10:30, 10:30] = np.arange(400).reshape(20, 20) + 1000
    with_padding = grey_levels(a_frame(values, PixelPaddingValue=0))
    assert 100 < int(with_padding[20, 20]) < 155


def test_an_even_picture_does_not_divide_by_nothing() -> None:
    assert len(set(levels(a_frame(np.full((4, 4), 7))))) == 1


def test_windows_and_rescale_of_the_frame_go_before_those_of_the_object() -> None:
    voi, transform, own, shared = Dataset(), Dataset(), Dataset(), Dataset()
    voi.WindowCenter, voi.WindowWidth = "10", "20"
    transform.RescaleSlope, transform.RescaleIntercept = "2", "0"
    own.FrameVOILUTSequence, shared.PixelValueTransformationSequence = Items([voi]), Items([transform])
    frame = a_frame(
        [[0, 5, 10]],
        PerFrameFunctionalGroupsSequence=Items([own]),
        SharedFunctionalGroupsSequence=Items([shared]),
        WindowCenter="9999",
        WindowWidth="1",
    )
    assert levels(frame) == [0, 134, 255]


def palette(first: int = 0, bits: int = 16) -> dict[str, Any]:
    out: dict[str, Any] = {}
    for colour, values in (("Red", [0, 65535, 0]), ("Green", [0, 0, 32896]), ("Blue", [65535, 0, 0])):
        out[f"{colour}PaletteColorLookupTableDescriptor"] = [3, first, bits]
        out[f"{colour}PaletteColorLookupTableData"] = np.asarray(values, "<u2").tobytes()
    return out


def test_a_palette_gives_colours_and_its_ends_reach_outwards() -> None:
    picture = render(a_frame([[9, 10, 11, 12, 13]], photometric="PALETTE COLOR", bits=8, **palette(first=10)))
    found = [tuple(int(v) for v in pixel) for pixel in np.asarray(picture)[0]]
    assert found == [(0, 0, 255), (0, 0, 255), (255, 0, 0), (0, 128, 0), (0, 128, 0)]


def test_a_palette_that_is_missing_is_a_reason_and_not_a_grey_picture() -> None:
    with pytest.raises(Undecodable) as caught:
        render(a_frame([[0]], photometric="PALETTE COLOR", bits=8))
    assert caught.value.code == "pixels.header"


@pytest.mark.parametrize(
    ("segments", "entries"),
    [
        ([0, 3, 7, 8, 9], [7, 8, 9]),
        ([0, 1, 0, 1, 4, 8], [0, 2, 4, 6, 8]),
        ([0, 2, 1, 2, 1, 2, 6, 2, 2, 0, 0], [1, 2, 4, 6, 1, 2, 4, 6]),
    ],
    ids=["discrete", "linear", "indirect"],
)
def test_segmented_palettes_are_expanded(segments: list[int], entries: list[int]) -> None:
    assert luts.expanded(segments) == entries


@pytest.mark.parametrize("segments", [[9, 1, 1], [1, 3, 5], [0, 1, 0, *([1, 60000, 5] * 5)]])
def test_a_senseless_segmented_palette_is_refused(segments: list[int]) -> None:
    with pytest.raises(Undecodable):
        luts.expanded(segments)


def test_colour_is_shown_as_it_is() -> None:
    pixels = np.arange(48, dtype="u1").reshape(4, 4, 3)
    frame = Frame(pixels, "RGB", 8, False, Dataset(), 0)
    assert np.array_equal(np.asarray(render(frame, Window(1, 1))), pixels)


def test_sixteen_bit_colour_is_brought_to_eight() -> None:
    pixels = np.array([[[0, 32768, 65535]]], "u2")
    assert np.asarray(render(Frame(pixels, "RGB", 16, False, Dataset(), 0))).tolist() == [[[0, 128, 255]]]


def test_a_picture_fits_its_box_and_is_never_enlarged() -> None:
    frame = a_frame(np.zeros((100, 200)))
    assert render(frame, size=(50, 50)).size == (50, 25)
    assert render(frame, size=(5000, 5000)).size == (200, 100)


@pytest.mark.parametrize(
    ("element", "value", "size"),
    [
        ("PixelAspectRatio", ["2", "1"], (100, 200)),
        ("PixelSpacing", ["0.5", "1.0"], (200, 100)),
        ("PixelSpacing", ["0.7", "0.7"], (100, 100)),
        ("ImagerPixelSpacing", ["0", "1"], (100, 100)),
    ],
)
def test_pixels_that_are_not_square_become_so(element: str, value: list[str], size: tuple[int, int]) -> None:
    header: dict[str, Any] = {element: value}
    assert render(a_frame(np.zeros((100, 100)), **header)).size == size


def test_overlays_are_drawn_only_when_asked_for() -> None:
    plane = np.zeros((8, 8), "u1")
    plane[2, 3] = 1
    header: dict[str, Any] = {"Rows": 8, "Columns": 8}
    frame = a_frame(np.zeros((8, 8)), bits=8, **header)
    frame.header.add_new(0x60000010, "US", 8)
    frame.header.add_new(0x60000011, "US", 8)
    frame.header.add_new(0x60000050, "SS", [1, 1])
    frame.header.add_new(0x60000100, "US", 1)
    frame.header.add_new(0x60000102, "US", 0)
    frame.header.add_new(0x60003000, "OW", np.packbits(plane, bitorder="little").tobytes())
    assert int(np.asarray(render(frame)).max()) == 0
    drawn = np.asarray(render(frame, overlays=True))
    assert int(drawn[2, 3]) == 255
    assert int(drawn.sum()) == 255


def test_cards_name_their_reason_and_are_not_blank() -> None:
    one = render_cards.broken("pixels.truncated", (160, 160))
    other = render_cards.broken("pixels.corrupt", (160, 160))
    assert one.size == (160, 160)
    assert one.tobytes() != other.tobytes()
    for card in (render_cards.document("PDF", (96, 96)), render_cards.sealed("RTPLAN", (96, 96)), one):
        assert np.asarray(card).std() > 5


def test_an_ecg_is_drawn_from_its_leads_in_millivolts() -> None:
    tracing = waveform.tracing(synth.an_ecg(seconds=5))
    assert [lead.name for lead in tracing.leads][:3] == ["I", "II", "III"]
    assert float(tracing.leads[11].samples.max()) == pytest.approx(1.2, abs=0.01)
    flat = waveform.Tracing(500, [waveform.Lead("II", np.zeros(2500))])
    assert render_cards.ecg(tracing, (192, 192)).tobytes() != render_cards.ecg(flat, (192, 192)).tobytes()


def test_a_baseline_is_in_the_units_of_the_lead_and_not_in_steps() -> None:
    ecg = synth.an_ecg(seconds=1)
    lead = ecg.WaveformSequence[0].ChannelDefinitionSequence[0]
    before = waveform.tracing(ecg).leads[0].samples
    lead.ChannelSensitivity, lead.ChannelBaseline = "2", "100"
    after = waveform.tracing(ecg).leads[0].samples
    assert after == pytest.approx(before * 2 + 0.1, abs=1e-5)


def test_a_waveform_cut_short_says_so() -> None:
    ecg = synth.an_ecg()
    group = ecg.WaveformSequence[0]
    group.WaveformData = group.WaveformData[:100]
    with pytest.raises(Undecodable) as caught:
        waveform.tracing(ecg)
    assert caught.value.code == "waveform.truncated"


@pytest.mark.parametrize("kind", ["u1", "i1", "u2", "i2"])
@pytest.mark.parametrize("photometric", ["MONOCHROME1", "MONOCHROME2"])
def test_looking_a_value_up_gives_what_working_it_out_gives(kind: str, photometric: str) -> None:
    info = np.iinfo(kind)
    samples = np.random.default_rng(9).integers(info.min, info.max, (300, 400), kind, endpoint=True)
    samples[0, :2] = info.min, info.max
    named: dict[str, Any] = {
        "RescaleSlope": "1.25",
        "RescaleIntercept": "-7",
        "WindowCenter": "40",
        "WindowWidth": "900",
    }
    frame = a_frame([[0]], photometric=photometric, signed=kind[0] == "i", VOILUTFunction="SIGMOID", **named)
    looked_up, worked_out = (replace(frame, pixels=samples.astype(as_)) for as_ in (kind, "i4"))
    assert np.array_equal(grey_levels(looked_up), grey_levels(worked_out))
