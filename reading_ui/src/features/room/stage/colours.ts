/** Each seat draws and points in a colour of its own, the same on every screen; all are readable on black and on grey. */
const COLOURS = ['#44d6c4', '#ffd640', '#ff9d5c', '#8ecbff', '#f59ae6', '#b6e34f'] as const;

export function colourOf(id: string): string {
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.charCodeAt(0)) % 9973;
  return COLOURS[sum % COLOURS.length] ?? COLOURS[0];
}
