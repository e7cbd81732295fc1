// Version order (`sort -V`, `ls -v`): numbers inside names compare as numbers, `~` sorts before everything, suffixes last.

/** Rank of a character outside numbers: `~`, the end and digits, letters, the rest. */
function rank(text: string, at: number, end: number): number {
  if (at >= end) return 0;
  const code = text.charCodeAt(at);
  if (code >= 48 && code <= 57) return 0;
  if ((code >= 65 && code <= 90) || (code >= 97 && code <= 122)) return code;
  return code === 126 ? -1 : code + 256;
}

function isDigit(text: string, at: number, end: number): boolean {
  if (at >= end) return false;
  const code = text.charCodeAt(at);
  return code >= 48 && code <= 57;
}

/** Debian's version comparison of two prefixes (https://www.gnu.org/software/coreutils/manual/html_node/Version-sort-overview.html). */
function comparePart(a: string, endA: number, b: string, endB: number): number {
  let i = 0;
  let j = 0;
  while (i < endA || j < endB) {
    while ((i < endA && !isDigit(a, i, endA)) || (j < endB && !isDigit(b, j, endB))) {
      const difference = rank(a, i, endA) - rank(b, j, endB);
      if (difference !== 0) return difference;
      i++;
      j++;
    }
    while (a[i] === '0' && i < endA) i++;
    while (b[j] === '0' && j < endB) j++;
    let first = 0;
    while (isDigit(a, i, endA) && isDigit(b, j, endB)) {
      if (first === 0) first = a.charCodeAt(i) - b.charCodeAt(j);
      i++;
      j++;
    }
    if (isDigit(a, i, endA)) return 1;
    if (isDigit(b, j, endB)) return -1;
    if (first !== 0) return first;
  }
  return 0;
}

function isLetter(code: number): boolean {
  return (code >= 65 && code <= 90) || (code >= 97 && code <= 122) || code === 126;
}

/** Where a file name's suffixes (`.tar.gz`) begin: from behind, and by hand, for it is asked at each comparison. */
function suffixStart(text: string): number {
  let start = text.length;
  for (;;) {
    let at = start - 1;
    for (let code = text.charCodeAt(at); at >= 0 && (isLetter(code) || (code >= 48 && code <= 57)); code = text.charCodeAt(--at));
    if (at < 0 || text.charCodeAt(at) !== 46 || at + 1 >= start || !isLetter(text.charCodeAt(at + 1))) return start;
    start = at;
  }
}

/** Negative, zero or positive; hidden names come first, names that differ only by suffix compare whole. */
export function compareVersions(a: string, b: string): number {
  if (a === b) return 0;
  if (a === '' || b === '') return a === '' ? -1 : 1;
  for (const special of ['.', '..']) if (a === special || b === special) return a === special ? -1 : 1;
  if (a.startsWith('.') !== b.startsWith('.')) return a.startsWith('.') ? -1 : 1;
  const stemA = suffixStart(a);
  const stemB = suffixStart(b);
  const sameStem = stemA === stemB && a.slice(0, stemA) === b.slice(0, stemB);
  const stems = sameStem ? 0 : comparePart(a, stemA, b, stemB);
  return stems === 0 ? comparePart(a, a.length, b, b.length) : stems;
}
