// The order in which dash and ash list what they keep in hash tables: variables, aliases, programs.

/** How many buckets a table has. */
export type Buckets = 31 | 39;

/** The buckets in turn, each in the order of making (https://git.kernel.org/pub/scm/utils/dash/dash.git/tree/src/var.c, hashvar). */
export function byHash<T>(entries: ReadonlyMap<string, T>, buckets: Buckets = 39): Map<string, T> {
  const bucket = (name: string): number => [...Buffer.from(name)].reduce((sum, byte) => sum + byte, name.charCodeAt(0) << 4) % buckets;
  return new Map([...entries].map((entry) => ({ entry, at: bucket(entry[0]) })).sort((a, b) => a.at - b.at).map(({ entry }) => entry));
}
