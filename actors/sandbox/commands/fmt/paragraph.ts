// A paragraph's words and where its lines best break: GNU fmt's costs (Knuth and Plass in miniature).

export interface Word {
  text: string;
  /** Columns of white space behind it. */
  space: number;
  readonly opens: boolean;

  readonly punctuated: boolean;
  /** The last of a sentence. */
  final: boolean;
  period: boolean;
}

export interface Line {
  readonly words: readonly Word[];
  readonly columns: number;
}

const square = (n: number): number => n * n;
const LINE_COST = square(70);
const SENTENCE_BONUS = square(50);
const NO_BREAK_COST = square(600);
const PAREN_BONUS = square(40);
const PUNCTUATION_BONUS = square(40);
const shortCost = (n: number): number => square(n * 10);
const raggedCost = (n: number): number => Math.trunc(shortCost(n) / 2);
const widowCost = (n: number): number => Math.trunc(square(200) / (n + 2));
const orphanCost = (n: number): number => Math.trunc(square(150) / (n + 2));

export function wordOf(text: string): Word {
  const core = text.replace(/[)\]'"]+$/, '') || text[0]!;
  return { text, space: 0, opens: /^[(['`"]/.test(text), punctuated: /[!-/:-@[-`{-~]$/.test(text), final: false, period: /[.?!]$/.test(core) };
}

/** What it costs to begin a line with this word. */
function beginCost(words: readonly Word[], at: number): number {
  const word = words[at]!;
  const before = words[at - 1];
  let cost = LINE_COST;
  if (before?.period) cost += before.final ? -SENTENCE_BONUS : NO_BREAK_COST;
  else if (before?.punctuated) cost -= PUNCTUATION_BONUS;
  else if (before && words[at - 2]?.final) cost += widowCost(before.text.length);
  if (word.opens) cost -= PAREN_BONUS;
  else if (word.final) cost += orphanCost(word.text.length);
  return cost;
}

interface Choice {
  cost: number;
  next: number;
  columns: number;
}

/** Each word's best line, as if a line began with it. */
function choices(words: readonly Word[], firstIndent: number, otherIndent: number, goal: number, width: number, lastColumns: number): Choice[] {
  const end = words.length;
  const best: Choice[] = Array.from({ length: end + 1 }, () => ({ cost: 0, next: end, columns: 0 }));
  for (let start = end - 1; start >= 0; start--) {
    const chosen: Choice = { cost: Infinity, next: end, columns: 0 };
    let columns = (start === 0 ? firstIndent : otherIndent) + words[start]!.text.length;
    for (let next = start + 1; ; next++) {
      let cost = best[next]!.cost;
      if (next < end) {
        cost += shortCost(goal - columns);
        if (best[next]!.next !== end) cost += raggedCost(columns - best[next]!.columns);
      }
      if (start === 0 && lastColumns > 0) cost += raggedCost(columns - lastColumns);
      if (cost < chosen.cost) Object.assign(chosen, { cost, next, columns });
      if (next === end) break;
      columns += words[next - 1]!.space + words[next]!.text.length;
      if (columns >= width) break;
    }
    best[start] = { ...chosen, cost: chosen.cost + beginCost(words, start) };
  }
  return best;
}

const LINE_CREDIT = square(3);

export interface Shape {
  readonly firstIndent: number;
  readonly otherIndent: number;
  readonly goal: number;
  readonly width: number;
  /** The line printed before, where the paragraph goes on. */
  readonly lastColumns: number;
}

/** The lines of a paragraph; one `isOpen` keeps back the words behind its best break, which are not final yet. */
export function breakLines(words: readonly Word[], { firstIndent, otherIndent, goal, width, lastColumns }: Shape, isOpen: boolean): { lines: Line[]; rest: Word[] } {
  const best = choices(words, firstIndent, otherIndent, goal, width, lastColumns);
  let end = words.length;
  if (isOpen) {
    let least = Infinity;
    for (let at = best[0]!.next; at !== words.length; at = best[at]!.next) {
      const cost = best[at]!.cost - best[best[at]!.next]!.cost;
      if (cost < least) {
        end = at;
        least = cost;
      }
      least += LINE_CREDIT;
    }
  }
  const lines: Line[] = [];
  for (let at = 0; at !== end; at = best[at]!.next) lines.push({ words: words.slice(at, best[at]!.next), columns: best[at]!.columns });
  return { lines, rest: words.slice(end) };
}
