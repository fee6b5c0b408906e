/** Which pictures to fetch ahead, and how many may be kept. Pure. */

/** From the middle of attention outwards, a little earlier in the direction of travel. */
export function outwards(current: number, count: number, direction: 1 | -1 = 1): number[] {
  const order: number[] = [];
  for (let step = 1; step < count; step += 1) {
    const ahead = current + step * direction;
    const behind = current - step * direction;
    if (ahead >= 0 && ahead < count) order.push(ahead);
    if (behind >= 0 && behind < count) order.push(behind);
  }
  return order;
}

const MEGA = 1024 * 1024;
const SMALLEST = 256 * MEGA;
const LARGEST = 1536 * MEGA;

/** Bytes for decoded pictures: a quarter of the memory the browser admits to (4 GB when it says nothing). */
export function cacheBudget(deviceMemoryGigabytes: number | undefined): number {
  const gigabytes = deviceMemoryGigabytes ?? 4;
  return Math.min(LARGEST, Math.max(SMALLEST, (gigabytes * 1024 * MEGA) / 4));
}

/** How many of the nearest pictures fit into the share of the budget that fetching ahead may use. */
export function mayPrefetch(budget: number, bytesPerPicture: number): number {
  return Math.max(2, Math.floor((budget * 0.8) / Math.max(1, bytesPerPicture)));
}
