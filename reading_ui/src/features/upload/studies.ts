import { type Header, headerOf, studyUidOf, type Unfit } from './header';

/** A file to send, with where it lay. */
export interface Found {
  file: File;
  path: string;
}

/** A file of a study. */
export interface Piece extends Found {
  sopUid: string;
  seriesUid: string;
}

/** What will be sent together: one study of one patient, as its files say. */
export interface Study {
  uid: string;
  header: Header;
  series: number;
  pieces: Piece[];
  bytes: number;
  /** Another name, number, sex or birth date in some of the files: then nobody should send it unseen. */
  differs: Unlike[];
  /** Whether the name of one of its files is a guess. */
  doubtful: boolean;
  /** Where files lie that belong to it as well and are not sent: they are too damaged. */
  unfit: string[];
}

/** What stands in a field of the files of one study, each writing once, in the order of the files. */
export interface Unlike {
  field: (typeof SAME)[number];
  values: string[];
}

export interface Unfitting {
  path: string;
  why: Unfit;
}

export interface Looked {
  studies: Study[];
  unfit: Unfitting[];
}

const SAME = ['patientName', 'patientId', 'sex', 'birthDate'] as const satisfies readonly (keyof Header)[];

/** Whether a file that is not sent is one of DICOM all the same, too damaged to be taken. */
export const isTorn = (why: Unfit): boolean => why === 'noUids' || why === 'unreadable';

/** Adds a file to the study that it belongs to. */
export function add(studies: Map<string, Study>, found: Found, header: Header): void {
  const study = studies.get(header.studyUid) ?? {
    uid: header.studyUid,
    header,
    series: 0,
    pieces: [],
    bytes: 0,
    differs: [],
    doubtful: false,
    unfit: [],
  };
  studies.set(study.uid, study);
  study.pieces.push({ ...found, sopUid: header.sopUid, seriesUid: header.seriesUid });
  study.bytes += found.file.size;
  study.doubtful ||= header.doubtful;
  study.series = new Set(study.pieces.map((piece) => piece.seriesUid)).size;
  for (const name of SAME) {
    if (header[name] === study.header[name]) continue;
    const known = study.differs.find(({ field }) => field === name);
    if (!known) study.differs.push({ field: name, values: [study.header[name], header[name]] });
    else if (!known.values.includes(header[name])) known.values.push(header[name]);
  }
}

/** What of the patient the files do not say: nobody can be found or compared by it. */
export const unnamed = ({ header }: Study): 'nobody' | 'noNumber' | null =>
  header.patientId ? null : header.patientName ? 'noNumber' : 'nobody';

/** Whether its files agree about the patient, in a name that can be read and with a number. */
export const unsuspicious = (study: Study): boolean =>
  study.differs.length === 0 && !study.doubtful && unnamed(study) === null;

/** Reads the headers of all files, telling how far it is. Nothing is sent. */
export async function look(
  files: readonly Found[],
  onStep: (done: number, all: number) => void,
  signal: AbortSignal,
): Promise<Looked> {
  const studies = new Map<string, Study>();
  const unfit: Unfitting[] = [];
  const torn: { uid: string; path: string }[] = [];
  for (const [place, found] of files.entries()) {
    if (signal.aborted) break;
    let header: Header | Unfit;
    try {
      header = await headerOf(found.file);
    } catch {
      header = 'unreadable'; // taken away, or not to be read by this account
    }
    if (typeof header !== 'string') add(studies, found, header);
    else {
      unfit.push({ path: found.path, why: header });
      if (isTorn(header)) torn.push({ uid: await studyUidOf(found.file), path: found.path });
    }
    if (place % 20 === 0) onStep(place + 1, files.length);
  }
  for (const { uid, path } of torn) studies.get(uid)?.unfit.push(path);
  onStep(files.length, files.length);
  return { studies: [...studies.values()], unfit };
}
