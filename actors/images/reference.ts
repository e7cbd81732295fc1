// Image references: parses what people type, normalises it (docker.io, library/, :latest), and writes it back the familiar way.
import { Fault } from '../runtime/fault.js';

/** A normalised reference: `docker.io` `/` `library/alpine` `:` `3.20` `@` `sha256:…`. */
export interface Reference {
  readonly domain: string;
  readonly path: string;
  readonly tag?: string;
  readonly digest?: string;
}

const COMPONENT = '[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*';
const DOMAIN_PART = '(?:[a-zA-Z0-9]|[a-zA-Z0-9][a-zA-Z0-9-]*[a-zA-Z0-9])';
const DOMAIN = new RegExp(`^(?:${DOMAIN_PART}(?:\\.${DOMAIN_PART})*|\\[[a-fA-F0-9:]+\\])(?::[0-9]+)?$`);
const PATH = new RegExp(`^${COMPONENT}(?:/${COMPONENT})*$`);
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/;
const SHA256 = /^sha256:[0-9a-f]{64}$/;
const NAME_LIMIT = 255;

/** True for `sha256:` and 64 hexadecimal digits, the only digests that name content here. */
export function isDigest(text: string): boolean {
  return SHA256.test(text);
}

/**
 * Parses and normalises.
 * @throws Fault invalid, with the wording of distribution's reference package, which Docker clients show
 * @see https://pkg.go.dev/github.com/distribution/reference#ParseNormalizedNamed
 */
export function parseReference(text: string): Reference {
  if (/^[a-f0-9]{64}$/.test(text)) throw new Fault('invalid', `invalid repository name (${text}), cannot specify 64-byte hexadecimal strings`);
  const [domain, remainder] = splitDomain(text);
  const at = remainder.indexOf('@');
  const named = at < 0 ? remainder : remainder.slice(0, at);
  const digest = at < 0 ? undefined : remainder.slice(at + 1);
  const colon = named.indexOf(':');
  const path = colon < 0 ? named : named.slice(0, colon);
  const tag = colon < 0 ? undefined : named.slice(colon + 1);
  if (path.toLowerCase() !== path) throw new Fault('invalid', `invalid reference format: repository name (${path}) must be lowercase`);
  const wrong = !DOMAIN.test(domain) || !PATH.test(path) || (tag !== undefined && !TAG.test(tag)) || (digest !== undefined && !DIGEST.test(digest));
  if (wrong) throw new Fault('invalid', 'invalid reference format');
  if (path.length > NAME_LIMIT) throw new Fault('invalid', `repository name must not be more than ${NAME_LIMIT} characters`);
  if (digest?.startsWith('sha256:') && !isDigest(digest)) throw new Fault('invalid', 'invalid checksum digest length');
  return { domain, path, ...(tag !== undefined && { tag }), ...(digest !== undefined && { digest }) };
}

function splitDomain(text: string): [string, string] {
  const slash = text.indexOf('/');
  const first = slash < 0 ? '' : text.slice(0, slash);
  const explicit = slash >= 0 && (/[.:]/.test(first) || first === 'localhost' || first.toLowerCase() !== first);
  let domain = explicit ? first : 'docker.io';
  const remainder = explicit ? text.slice(slash + 1) : text;
  if (domain === 'index.docker.io') domain = 'docker.io';
  return [domain, domain === 'docker.io' && !remainder.includes('/') ? `library/${remainder}` : remainder];
}

/** Like `parseReference`, but undefined where the text is no reference. */
export function tryParseReference(text: string): Reference | undefined {
  try {
    return parseReference(text);
  } catch (error) {
    if (error instanceof Fault && error.kind === 'invalid') return undefined;
    throw error;
  }
}

/** Adds `:latest` where there is neither tag nor digest. */
export function withDefaultTag(reference: Reference): Reference {
  return reference.tag === undefined && reference.digest === undefined ? { ...reference, tag: 'latest' } : reference;
}

/** `docker.io/library/alpine`. */
export function fullName(reference: Reference): string {
  return `${reference.domain}/${reference.path}`;
}

/** `docker.io/library/alpine:3.20`: the key under which a reference is stored. */
export function fullReference(reference: Reference): string {
  return fullName(reference) + suffix(reference);
}

/** `alpine`, `user/app`, `ghcr.io/x/y`: as Docker shows names. */
export function familiarName(reference: Reference): string {
  if (reference.domain !== 'docker.io') return fullName(reference);
  const short = /^library\/([^/]+)$/.exec(reference.path);
  return short ? (short[1] as string) : reference.path;
}

/** `alpine:3.20` or `alpine@sha256:…`. */
export function familiarReference(reference: Reference): string {
  return familiarName(reference) + suffix(reference);
}

function suffix(reference: Reference): string {
  return (reference.tag === undefined ? '' : `:${reference.tag}`) + (reference.digest === undefined ? '' : `@${reference.digest}`);
}

/** Reads back a key made by `fullReference`. */
export function fromFullReference(text: string): Reference {
  return parseReference(text);
}

/** Go's `path.Match` as a regular expression: `*` and `?` stop at slashes. Throws Fault invalid for a broken pattern. */
export function globToRegExp(pattern: string): RegExp {
  let source = '';
  for (let i = 0; i < pattern.length; i++) {
    const char = pattern[i] as string;
    if (char === '*') source += '[^/]*';
    else if (char === '?') source += '[^/]';
    else if (char === '\\' && i + 1 < pattern.length) source += escape(pattern[++i] as string);
    else if (char === '[') {
      const end = pattern.indexOf(']', i + 2);
      if (end < 0) throw new Fault('invalid', 'syntax error in pattern');
      source += `[${pattern.slice(i + 1, end).replace(/[\\[]/g, '\\$&')}]`;
      i = end;
    } else source += escape(char);
  }
  return new RegExp(`^${source}$`);
}

function escape(char: string): string {
  return /[\w/]/.test(char) ? char : `\\${char}`;
}

/** Whether a reference matches a `reference=` filter: the pattern may name the repository alone. */
export function matchesPattern(reference: Reference, pattern: RegExp): boolean {
  return pattern.test(familiarReference(reference)) || pattern.test(familiarName(reference));
}
