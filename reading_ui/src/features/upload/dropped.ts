import type { Found } from './studies';

const entriesOf = (reader: FileSystemDirectoryReader): Promise<FileSystemEntry[]> =>
  new Promise((resolve, reject) => reader.readEntries(resolve, reject));

const fileOf = (entry: FileSystemFileEntry): Promise<File> =>
  new Promise((resolve, reject) => entry.file(resolve, reject));

const isFile = (entry: FileSystemEntry): entry is FileSystemFileEntry => entry.isFile;
const isFolder = (entry: FileSystemEntry): entry is FileSystemDirectoryEntry => entry.isDirectory;

async function walk(entry: FileSystemEntry, found: Found[]): Promise<void> {
  if (isFile(entry)) {
    found.push({ file: await fileOf(entry), path: entry.fullPath.replace(/^\//, '') });
  } else if (isFolder(entry)) {
    const reader = entry.createReader();
    // A folder gives its entries a hundred at a time, until it gives none.
    for (let some = await entriesOf(reader); some.length > 0; some = await entriesOf(reader))
      for (const inner of some) await walk(inner, found);
  }
}

/** Every file of what was dropped, folders and all. Entries must be taken before anything is waited for. */
export async function droppedFiles(items: DataTransferItemList): Promise<Found[]> {
  const entries = [...items].map((item) => item.webkitGetAsEntry()).filter((entry) => entry !== null);
  const found: Found[] = [];
  for (const entry of entries) await walk(entry, found);
  return found;
}

/** Every file of a chosen folder. */
export const chosenFiles = (files: FileList | null): Found[] =>
  [...(files ?? [])].map((file) => ({ file, path: file.webkitRelativePath || file.name }));

/** The name of what was dropped or chosen, to ask for it again after a reload. */
export const folderOf = (files: readonly Found[]): string => files[0]?.path.split('/')[0] ?? '';
