import { RowActions } from '@/features/cases';
import { CountyPage } from '@/features/county';
import { DeskList } from '@/features/desk';

/** The own hospital's studies, and beside them what waits for this person from every part of the house. */
export function CountyRoute() {
  return <CountyPage desk={<DeskList />} actions={(row) => <RowActions key={row?.study_id} row={row} />} />;
}
