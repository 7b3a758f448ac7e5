export function attached() {
  return [];
}
