// A commit as a mail with its patch, written and read (https://git-scm.com/docs/git-format-patch, https://www.rfc-editor.org/rfc/rfc2047).
import type { ReadCommitResult } from 'isomorphic-git';
import { UTC } from '../common/dates/zone.js';
import { dateText, givenDate } from './dates.js';
import { subject } from './pretty.js';
import type { Person } from './write-objects.js';

const SEPARATOR_DATE = 'Mon Sep 17 00:00:00 2001';
const LINE_MAX = 78;
const WORD_MAX = 75;
const isPlain = (text: string): boolean => /^[\x20-\x7e]*$/.test(text);

/** A header's text in ASCII, words of letters that are not encoded. */
function encoded(text: string, startsAt: number): string {
  if (isPlain(text)) return text;
  let line = '=?UTF-8?q?';
  let width = startsAt + line.length;
  let result = '';
  for (const character of text) {
    const bytes = Buffer.from(character);
    const piece = /^[A-Za-z0-9!*+/-]$/.test(character) ? character : character === ' ' ? '=20' : [...bytes].map((byte) => `=${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');
    if (width + piece.length + 2 > WORD_MAX) {
      result += `${line}?=\n `;
      line = '=?UTF-8?q?';
      width = 1 + line.length;
    }
    line += piece;
    width += piece.length;
  }
  return `${result}${line}?=`;
}

function folded(text: string, startsAt: number): string {
  let result = '';
  let width = startsAt;
  for (const word of text.split(' ')) {
    if (result !== '' && width + 1 + word.length > LINE_MAX) {
      result += `\n ${word}`;
      width = 1 + word.length;
    } else {
      result += result === '' ? word : ` ${word}`;
      width += word.length + (result === word ? 0 : 1);
    }
  }
  return result;
}

/** What stands behind the first paragraph of a message. */
function bodyOf({ commit }: ReadCommitResult): string {
  const [, rest = ''] = /^[\s\S]*?\n\n([\s\S]*)$/.exec(commit.message.replace(/\n+$/, '')) ?? [];
  return rest.replace(/^\n+/, '');
}

export interface MailSettings {
  /** `[PATCH 1/2]`, or nothing. */
  prefix: string;
  signature: string;
  /** A line at the end of the message. */
  signOff: string | undefined;
  hasId: boolean;
}

/** `changes`: the diffstat and the patch. */
export function writeMail(entry: ReadCommitResult, changes: { stat: string; patch: string }, { prefix, signature, signOff, hasId }: MailSettings): string {
  const { author } = entry.commit;
  const title = subject(entry);
  const start = prefix === '' ? '' : `${prefix} `;
  const body = bodyOf(entry);
  const shownName = isPlain(author.name) ? (/[().<>@,;:\\"[\]]/.test(author.name) ? `"${author.name.replace(/["\\]/g, '\\$&')}"` : author.name) : encoded(author.name, 6);
  const head = [
    `From ${hasId ? entry.oid : '0'.repeat(40)} ${SEPARATOR_DATE}`, `From: ${shownName} <${author.email}>`, `Date: ${dateText(author, 'rfc', UTC)}`,
    `Subject: ${start}${isPlain(title) ? folded(title, 9 + start.length) : encoded(title, 9 + start.length)}`,
    ...(isPlain(body.replaceAll('\n', '')) && isPlain(title) ? [] : ['MIME-Version: 1.0', 'Content-Type: text/plain; charset=UTF-8', 'Content-Transfer-Encoding: 8bit']),
  ].join('\n');
  const message = [body, signOff === undefined ? '' : signOff].filter((part) => part !== '').join(body.split('\n').at(-1)?.match(/^[\w-]+: /) ? '\n' : '\n\n');
  return `${head}\n\n${message === '' ? '' : `${message}\n`}${changes.stat === '' ? '' : `---\n${changes.stat}`}\n${changes.patch}${signature === '' ? '' : `-- \n${signature}\n\n`}`;
}

/** The file's name: `0001-what-it-is-about.patch`. */
export function patchName(number: number, title: string): string {
  const words = title.replace(/[^A-Za-z0-9._]+/g, '-').replace(/^-+/, '').replace(/\.{2,}/g, '.').replace(/[-.]+$/, '');
  return `${`${String(number).padStart(4, '0')}-${words}`.slice(0, 57).replace(/[-.]+$/, '')}.patch`;
}

export interface PatchMail {
  author: Person;
  /** Subject, and what follows it. */
  message: string;
  patch: string;
  /** As it came. */
  text: string;
}

/** The mails of a mailbox. */
export function splitMails(text: string): string[] {
  const mails = text.split(/^(?=From [0-9a-f]{40} \w{3} \w{3} )/m).filter((mail) => mail.trim() !== '');
  return mails.length > 0 ? mails : [];
}

function decoded(text: string): string {
  return text.replace(/\?=\s+=\?/g, '?==?').replace(/=\?utf-8\?([qb])\?([^?]*)\?=/gi, (_, kind: string, word: string) => {
    if (kind.toLowerCase() === 'b') return Buffer.from(word, 'base64').toString();
    return Buffer.from(word.replaceAll('_', ' ').replace(/=([0-9A-F]{2})/gi, (_all, hex: string) => String.fromCharCode(Number.parseInt(hex, 16))), 'latin1').toString();
  });
}

/** Undefined where the text is no mail with an author. `keeps`: the subject keeps what stands in brackets. */
export function readMail(text: string, keeps: boolean): PatchMail | undefined {
  const [, head, rest] = /^((?:.+\n)+)\n([\s\S]*)$/.exec(text.replaceAll('\r\n', '\n')) ?? [];
  if (head === undefined || rest === undefined) return undefined;
  const headers = new Map(head.replace(/\n[ \t]+/g, ' ').split('\n').map((line) => [line.slice(0, line.indexOf(':')).toLowerCase(), decoded(line.slice(line.indexOf(':') + 1).trim())] as const));
  let from = headers.get('from');
  // The first lines of the body may name another author.
  let content = rest;
  const inBody = /^From: (.*)\n+/.exec(content);
  if (inBody !== null) {
    from = decoded(inBody[1]!);
    content = content.slice(inBody[0].length);
  }
  const [, name = '', email] = /^\s*(.*?)\s*<([^>]*)>/.exec(from ?? '') ?? [];
  if (email === undefined) return undefined;
  const end = /^(?:---\s*$|diff --git |Index: |--- \S)/m.exec(content);
  const body = (end === null ? content : content.slice(0, end.index)).replace(/\n+$/, '');
  const title = (headers.get('subject') ?? '').replace(keeps ? /^(?:Re:\s*)+/i : /^(?:\s*(?:Re:|\[[^\]]*\])\s*)+/i, '');
  const date = givenDate(headers.get('date') ?? '', UTC) ?? { timestamp: 0, timezoneOffset: 0 };
  return {
    author: { name: name.replace(/^"(.*)"$/, '$1').replace(/\\(.)/g, '$1') || email, email, ...date },
    message: body === '' ? `${title}\n` : `${title}\n\n${body.replace(/^\n+/, '')}\n`,
    patch: end === null ? '' : content.slice(end.index).replace(/\n-- \n[^\n]*\n*$/, '\n'), text,
  };
}
