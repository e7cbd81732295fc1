// Natural order of names with numbers in them: `ls -v`, `sort -V` (gnulib's filevercmp, after Debian's version order).

function order(code: number): number {
  if (Number.isNaN(code)) return -1;
  if (code >= 0x30 && code <= 0x39) return 0;
  const isLetter = (code >= 0x41 && code <= 0x5a) || (code >= 0x61 && code <= 0x7a);
  return isLetter ? code : code === 0x7e ? -2 : code + 256;
}

/** Length of the name without what looks like suffixes: `.tar.gz`. */
function prefixLength(name: string): number {
  return name.length - (/(\.[A-Za-z~][A-Za-z0-9~]*)*$/.exec(name)?.[0].length ?? 0);
}

function compareParts(a: string, b: string): number {
  let i = 0;
  let j = 0;
  const isDigit = (text: string, at: number): boolean => text.charCodeAt(at) >= 0x30 && text.charCodeAt(at) <= 0x39;
  while (i < a.length || j < b.length) {
    while ((i < a.length && !isDigit(a, i)) || (j < b.length && !isDigit(b, j))) {
      const difference = order(i < a.length ? a.charCodeAt(i) : Number.NaN) - order(j < b.length ? b.charCodeAt(j) : Number.NaN);
      if (difference !== 0) return difference;
      i++;
      j++;
    }
    const [first] = /^\d*/.exec(a.slice(i))!;
    const [second] = /^\d*/.exec(b.slice(j))!;
    i += first.length;
    j += second.length;
    const [x, y] = [first.replace(/^0+/, ''), second.replace(/^0+/, '')];
    if (x.length !== y.length) return x.length - y.length;
    if (x !== y) return x < y ? -1 : 1;
  }
  return 0;
}

/** For Array.sort. */
export function compareVersions(a: string, b: string): number {
  if (a === b) return 0;
  if (a === '' || b === '') return a === '' ? -1 : 1;
  for (const special of ['.', '..']) if (a === special || b === special) return a === special ? -1 : 1;
  const [hiddenA, hiddenB] = [a.startsWith('.'), b.startsWith('.')];
  if (hiddenA !== hiddenB) return hiddenA ? -1 : 1;
  const [x, y] = hiddenA ? [a.slice(1), b.slice(1)] : [a, b];
  const prefixes = compareParts(x.slice(0, prefixLength(x)), y.slice(0, prefixLength(y)));
  if (prefixes !== 0) return prefixes;
  return compareParts(x, y) || (a < b ? -1 : 1);
}
