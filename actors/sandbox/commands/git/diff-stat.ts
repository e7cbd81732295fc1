// What a comparison amounts to: --stat, --numstat, --shortstat.

/** One file's lines; undefined counts: the file is binary. */
export interface LineCount {
  /** As it is shown: `a => b` where it was renamed. */
  readonly path: string;
  readonly added: number | undefined;
  readonly deleted: number | undefined;
  /** Bytes before and after, for what is binary. */
  readonly sizes: readonly [number, number];
}

const WIDTH = 80;

function total(changes: readonly LineCount[], which: 'added' | 'deleted'): number {
  return changes.reduce((sum, change) => sum + (change[which] ?? 0), 0);
}

export function shortStat(changes: readonly LineCount[]): string {
  if (changes.length === 0) return '';
  const [added, deleted] = [total(changes, 'added'), total(changes, 'deleted')];
  const isEmpty = added === 0 && deleted === 0;
  return ` ${changes.length} file${changes.length === 1 ? '' : 's'} changed${added > 0 || isEmpty ? `, ${added} insertion${added === 1 ? '' : 's'}(+)` : ''}${deleted > 0 || isEmpty ? `, ${deleted} deletion${deleted === 1 ? '' : 's'}(-)` : ''}\n`;
}

export function numStat(changes: readonly LineCount[]): string {
  return changes.map(({ path, added, deleted }) => `${added ?? '-'}\t${deleted ?? '-'}\t${path}\n`).join('');
}

/** As git scales a graph: what is there at all gets one sign. */
function scale(count: number, width: number, largest: number): number {
  return count === 0 ? 0 : 1 + Math.floor((count * (width - 1)) / largest);
}

/** `countWidth`: columns that a count has at least; `width`: columns that a line has at most. */
export function fullStat(changes: readonly LineCount[], countWidth = 0, width = WIDTH): string {
  const largest = Math.max(0, ...changes.map(({ added = 0, deleted = 0 }) => added + deleted));
  const hasBinary = changes.some(({ added }) => added === undefined);
  const numberWidth = Math.max(String(largest).length, hasBinary ? 3 : 0, countWidth);
  let nameWidth = Math.max(0, ...changes.map(({ path }) => path.length));
  let graphWidth = largest;
  if (nameWidth + numberWidth + 6 + graphWidth > width) {
    graphWidth = Math.min(graphWidth, Math.max(6, Math.floor((width * 3) / 8) - numberWidth - 6));
    if (nameWidth > width - numberWidth - 6 - graphWidth) nameWidth = width - numberWidth - 6 - graphWidth;
    else graphWidth = width - numberWidth - 6 - nameWidth;
  }
  const lines = changes.map(({ path, added, deleted, sizes }) => {
    let name = path;
    if (path.length > nameWidth) {
      const end = path.slice(path.length - (nameWidth - 3));
      name = `...${end.includes('/') ? end.slice(end.indexOf('/')) : end}`;
    }
    const head = ` ${name.padEnd(nameWidth)} |`;
    if (added === undefined || deleted === undefined) return `${head} ${'Bin'.padStart(numberWidth)} ${sizes[0]} -> ${sizes[1]} bytes\n`;
    let [plus, minus] = [added, deleted];
    if (graphWidth <= largest) {
      const signs = Math.max(scale(added + deleted, graphWidth, largest), added > 0 && deleted > 0 ? 2 : 0);
      if (added < deleted) [plus, minus] = [scale(added, graphWidth, largest), signs - scale(added, graphWidth, largest)];
      else [plus, minus] = [signs - scale(deleted, graphWidth, largest), scale(deleted, graphWidth, largest)];
    }
    return `${head} ${String(added + deleted).padStart(numberWidth)}${added + deleted > 0 ? ' ' : ''}${'+'.repeat(plus)}${'-'.repeat(minus)}\n`;
  });
  return lines.join('') + shortStat(changes);
}
