/** Reading one stored sample, little endian (PS3.3 C.10.9.1.5). */
export interface SampleReader {
  /** Bytes of one sample. */
  size: number;
  read(view: DataView, at: number): number;
}

const READERS: Record<string, SampleReader> = {
  SB8: { size: 1, read: (view, at) => view.getInt8(at) },
  UB8: { size: 1, read: (view, at) => view.getUint8(at) },
  SS16: { size: 2, read: (view, at) => view.getInt16(at, true) },
  US16: { size: 2, read: (view, at) => view.getUint16(at, true) },
  SL32: { size: 4, read: (view, at) => view.getInt32(at, true) },
  UL32: { size: 4, read: (view, at) => view.getUint32(at, true) },
};

/** Undefined for what no ECG is stored as, such as the companded 8 bits of sound. */
export const sampleReader = (kind: string, bits: number): SampleReader | undefined =>
  READERS[`${kind}${bits}`];
