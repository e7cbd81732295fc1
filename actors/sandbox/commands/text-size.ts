// Counts and sizes on command lines: `10`, `4K`, `2MB`, `1b`.

const POWERS = 'KMGTPEZY';

/** A size as coreutils reads it (`b` 512, `kB`/`MB` powers of 1000, `K`/`M`/`KiB` powers of 1024); undefined when it is none. */
export function parseSize(text: string): number | undefined {
  const match = /^(\d+)(?:(b)|([kKMGTPEZY])(iB|B)?)?$/.exec(text);
  if (!match) return undefined;
  const count = Number(match[1]);
  if (match[2] !== undefined) return count * 512;
  if (match[3] === undefined) return count;
  return count * (match[4] === 'B' ? 1000 : 1024) ** (POWERS.indexOf(match[3].toUpperCase()) + 1);
}
