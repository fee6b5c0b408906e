/** Route /read/:studyId: viewer and report side by side. */
export default function ReadingRoute() {
  return null;
}
