// The order in which dash and ash pass their variables on: that of their hash table.
const ASH_BUCKETS = 39;

/** The buckets in turn, each in the order of making (https://git.kernel.org/pub/scm/utils/dash/dash.git/tree/src/var.c, hashvar). */
export function byHash(environment: ReadonlyMap<string, string>): Map<string, string> {
  const bucket = (name: string): number => [...Buffer.from(name)].reduce((sum, byte) => sum + byte, name.charCodeAt(0) << 4) % ASH_BUCKETS;
  return new Map([...environment].map((entry) => ({ entry, at: bucket(entry[0]) })).sort((a, b) => a.at - b.at).map(({ entry }) => entry));
}
