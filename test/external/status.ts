// docs/STATUS.md: a section a check, with its counts, what it measured, and what did not pass.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Outcome } from './outcome.js';

export interface Section {
  readonly outcomes: readonly Outcome[];
  /** What the check measured, line by line. */
  readonly figures: readonly string[];
}

/** A run of some checks replaces their sections and leaves the others as they were. `names` are those of all checks, in their order. */
export function writeStatus(path: string, names: readonly string[], results: ReadonlyMap<string, Section>, isWhole: boolean): void {
  const before = isWhole || !existsSync(path) ? [] : readFileSync(path, 'utf8').split(/^(?=## )/m).slice(1);
  const sections = new Map(before.map((text): [string, string] => [/^## (\S+)/.exec(text)![1]!, text.trimEnd()]));
  for (const [name, section] of results) sections.set(name, sectionText(name, section));
  const ordered = names.filter((name) => sections.has(name)).map((name) => sections.get(name)!);
  writeFileSync(path, `# Status\nWhat unmodified outside clients and other projects' suites say. Written by \`npm run test:external\`.\n\n${ordered.join('\n\n')}\n`);
}

/** Counts, figures, then what did not pass and why. */
function sectionText(name: string, { outcomes, figures }: Section): string {
  const count = (result: Outcome['result']): number => outcomes.filter((outcome) => outcome.result === result).length;
  const measured = figures.map((figure) => `- ${oneLine(figure)}`);
  const rest = outcomes.filter(({ result }) => result !== 'pass').map(({ name: which, result, reason }) => `- ${result}: ${which}${reason ? ` (${oneLine(reason)})` : ''}`);
  const lines = [...measured, ...rest];
  return `## ${name}\n${count('pass')} passed, ${count('fail')} failed, ${count('skip')} skipped${lines.length > 0 ? `\n\n${lines.join('\n')}` : ''}`;
}

/** Control characters of what a program printed are told as blanks: the document is text. */
function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, ' ').replace(/\/tmp\/[\w/.-]+/g, '…').slice(0, 160);
}
