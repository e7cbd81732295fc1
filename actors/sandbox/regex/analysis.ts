// Where JavaScript's leftmost-first search could disagree with POSIX's leftmost-longest, or take exponential time.
import type { RegexNode } from './nodes.js';

/** Stand-ins for all characters: ASCII and a few of every other kind. */
const SAMPLES = [...Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)), 'é', 'ß', '中', '\u{1f600}', '\udc80'];

/** The text a node matches if it matches exactly one, else undefined. */
export function literalText(node: RegexNode): string | undefined {
  if (node.kind === 'character') return node.literal;
  if (node.kind === 'group') return literalText(node.body);
  if (node.kind !== 'sequence') return undefined;
  let text = '';
  for (const item of node.items) {
    const part = item.kind === 'group' ? undefined : literalText(item);
    if (part === undefined) return undefined;
    text += part;
  }
  return text;
}

export function isNullable(node: RegexNode): boolean {
  switch (node.kind) {
    case 'character': return false;
    case 'assertion': case 'back-reference': return true;
    case 'group': return isNullable(node.body);
    case 'repeat': return node.min === 0 || isNullable(node.body);
    case 'sequence': return node.items.every(isNullable);
    case 'choice': return node.branches.some(isNullable);
  }
}

/** The samples a match of the node can begin with. */
function firstSamples(node: RegexNode, flags: string): Set<string> {
  switch (node.kind) {
    case 'character': {
      const regex = new RegExp(`^${node.source}$`, flags);
      return new Set([...SAMPLES, ...(node.literal === undefined ? [] : [node.literal])].filter((sample) => regex.test(sample)));
    }
    case 'assertion': return new Set();
    case 'back-reference': return new Set(SAMPLES);
    case 'group': case 'repeat': return firstSamples(node.body, flags);
    case 'choice': return new Set(node.branches.flatMap((branch) => [...firstSamples(branch, flags)]));
    case 'sequence': {
      const samples = new Set<string>();
      for (const item of node.items) {
        for (const sample of firstSamples(item, flags)) samples.add(sample);
        if (!isNullable(item)) break;
      }
      return samples;
    }
  }
}

/** Whether trying the branches in order can stop at a shorter match than another branch would give. */
function isAmbiguous(branches: readonly RegexNode[], flags: string): boolean {
  const texts = branches.map(literalText);
  if (texts.every((text) => text !== undefined)) {
    return texts.some((text, i) => texts.slice(i + 1).some((later) => later !== text && later.toLowerCase().startsWith(text.toLowerCase())));
  }
  if (branches.slice(0, -1).some(isNullable)) return true;
  const sets = branches.map((branch) => firstSamples(branch, flags));
  return sets.some((set, i) => sets.slice(i + 1).some((later) => [...later].some((sample) => set.has(sample))));
}

function children(node: RegexNode): readonly RegexNode[] {
  if (node.kind === 'sequence') return node.items;
  if (node.kind === 'choice') return node.branches;
  return node.kind === 'group' || node.kind === 'repeat' ? [node.body] : [];
}

function some(node: RegexNode, test: (node: RegexNode) => boolean): boolean {
  return test(node) || children(node).some((child) => some(child, test));
}

/** An optional part longer than a character can lose to what stands before it: `a*(ab)?` on `ab`. */
function hasGreedyTrap(node: RegexNode): boolean {
  if (node.kind !== 'sequence') return false;
  return node.items.some((item, i) => {
    const optional = item.kind === 'repeat' && item.min === 0 && item.body.kind === 'group' && item.body.body.kind !== 'character';
    return optional && node.items.slice(0, i).some((before) => some(before, (part) => part.kind === 'repeat' && part.min !== part.max));
  });
}

/** Whether a match found leftmost-first has to be checked for a longer one. */
export function mayBeShort(node: RegexNode, flags: string): boolean {
  return some(node, (part) => (part.kind === 'choice' ? isAmbiguous(part.branches, flags) : hasGreedyTrap(part)));
}

/** Whether a failing search can take exponential time: a repetition of something that can match the same text in many ways. */
export function isHazardous(node: RegexNode, flags: string): boolean {
  return some(node, (part) => {
    if (part.kind !== 'repeat' || part.max < 3) return false;
    return children(part).some((body) =>
      some(body, (inner) => (inner.kind === 'repeat' && inner.max > 1) || (inner.kind === 'choice' && isAmbiguous(inner.branches, flags))));
  });
}
