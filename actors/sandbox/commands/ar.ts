// ar: archives of object files and the shell of Debian packages (binutils); names are written GNU's way, both ways are read.
import { Errno } from '../kernel/errno.js';
import type { Main } from '../kernel/program.js';
import type { Process } from '../kernel/process.js';
import { PREEMPT, type Task } from '../kernel/wait.js';
import { command, complain, decode, encode, type Output, UsageError } from '../programs/stdio.js';
import { formatDate } from './common/dates/format.js';
import { zoneOf } from './common/dates/zone.js';
import { modeString } from './common/mode.js';
import { baseName } from './common/paths.js';

const MAGIC = '!<arch>\n';
const HEADER_BYTES = 60;

interface Member {
  name: string;
  mtimeSeconds: number;
  uid: number;
  gid: number;
  mode: number;
  data: Uint8Array;
}

function readArchive(bytes: Uint8Array, path: string): Member[] {
  if (Buffer.from(bytes.subarray(0, 8)).toString('latin1') !== MAGIC) throw new UsageError(`${path}: file format not recognized`);
  const members: Member[] = [];
  let longNames = '';
  for (let at = 8; at + HEADER_BYTES <= bytes.length; ) {
    const head = Buffer.from(bytes.subarray(at, at + HEADER_BYTES)).toString('latin1');
    const size = Number(head.slice(48, 58));
    if (head.slice(58) !== '`\n' || !Number.isInteger(size)) throw new UsageError(`${path}: Malformed archive`);
    let data = bytes.subarray(at + HEADER_BYTES, at + HEADER_BYTES + size);
    at += HEADER_BYTES + size + (size & 1);
    let name = head.slice(0, 16).trimEnd();
    if (name === '//') {
      longNames = decode(data);
      continue;
    }
    if (name === '/' || name === '/SYM64/' || name === '__.SYMDEF') continue;
    if (/^\/\d+$/.test(name)) name = longNames.slice(Number(name.slice(1))).split('/\n')[0]!;
    else if (name.startsWith('#1/')) {
      const length = Number(name.slice(3));
      name = decode(data.subarray(0, length)).replace(/\0+$/, '');
      data = data.subarray(length);
    } else name = name.replace(/\/$/, '');
    members.push({ name, mtimeSeconds: Number(head.slice(16, 28)), uid: Number(head.slice(28, 34)), gid: Number(head.slice(34, 40)), mode: parseInt(head.slice(40, 48), 8), data });
  }
  return members;
}

function writeArchive(members: readonly Member[]): Uint8Array {
  const parts: Uint8Array[] = [encode(MAGIC)];
  let longNames = '';
  const places = members.map(({ name }) => {
    if (encode(name).length < 16) return `${name}/`;
    const at = longNames.length;
    longNames += `${name}/\n`;
    return `/${at}`;
  });
  if ((longNames.length & 1) === 1) longNames += '\n';
  const put = (header: string, data: Uint8Array): void => {
    parts.push(encode(header), data);
    if ((data.length & 1) === 1) parts.push(encode('\n'));
  };
  if (longNames !== '') put(`${'//'.padEnd(48)}${String(longNames.length).padEnd(10)}\`\n`, encode(longNames));
  members.forEach(({ mtimeSeconds, uid, gid, mode, data }, i) => {
    put(`${places[i]!.padEnd(16)}${String(mtimeSeconds).padEnd(12)}${String(uid).padEnd(6)}${String(gid).padEnd(6)}${mode.toString(8).padEnd(8)}${String(data.length).padEnd(10)}\`\n`, data);
  });
  return Buffer.concat(parts);
}

class Archive {
  readonly #process: Process;
  readonly #output: Output;
  readonly #path: string;
  readonly #has: (letter: string) => boolean;
  #members: Member[] = [];
  status = 0;

  constructor(process: Process, output: Output, path: string, letters: string) {
    this.#process = process;
    this.#output = output;
    this.#path = path;
    this.#has = (letter) => letters.includes(letter);
  }

  *load(mayBeNew: boolean): Task {
    const { files } = this.#process;
    if (files.exists(this.#path)) this.#members = readArchive(files.readFile(this.#path), this.#path);
    else if (!mayBeNew) throw new UsageError(`${this.#path}: No such file or directory`, this.#has('x') || this.#has('t') || this.#has('p') ? 9 : 1);
    else if (!this.#has('c')) yield* complain(this.#process, `creating ${this.#path}`);
  }

  #save(): void {
    this.#process.files.writeFile(this.#path, writeArchive(this.#members));
  }

  #fileMember(path: string): Member {
    const { files } = this.#process;
    const stat = files.stat(path);
    // Deterministic unless asked otherwise, as Debian's is.
    const isExact = this.#has('U');
    return { name: baseName(path), mtimeSeconds: isExact ? Math.floor(stat.mtimeMs / 1000) : 0, uid: isExact ? stat.uid : 0, gid: isExact ? stat.gid : 0, mode: isExact ? 0o100000 | stat.mode : 0o644, data: files.readFile(path) };
  }

  *insert(paths: readonly string[], replaces: boolean): Task {
    for (const path of paths) {
      yield PREEMPT;
      let member: Member;
      try {
        member = this.#fileMember(path);
        if (this.#has('u') && this.#members.some((each) => each.name === member.name && each.mtimeSeconds * 1000 >= this.#process.files.stat(path).mtimeMs)) continue;
      } catch (error) {
        if (!(error instanceof Errno)) throw error;
        throw new UsageError(`${path}: ${error.message}`);
      }
      const at = replaces ? this.#members.findIndex((each) => each.name === member.name) : -1;
      if (this.#has('v')) this.#output.print(`${at < 0 ? 'a' : 'r'} - ${path}\n`);
      if (at < 0) this.#members.push(member);
      else this.#members[at] = member;
    }
    this.#save();
  }

  delete(names: readonly string[]): void {
    for (const name of names) {
      const at = this.#members.findIndex((each) => each.name === baseName(name));
      if (at < 0) {
        if (this.#has('v')) this.#output.print(`No member named \`${name}'\n`);
        continue;
      }
      this.#members.splice(at, 1);
      if (this.#has('v')) this.#output.print(`d - ${name}\n`);
    }
    this.#save();
  }

  *each(names: readonly string[], action: (member: Member) => Task): Task {
    const wanted = new Set(names.map(baseName));
    for (const member of this.#members) {
      if (names.length > 0 && !wanted.delete(member.name)) continue;
      yield* action(member);
      yield PREEMPT;
    }
    for (const name of wanted) {
      yield* this.#output.flush();
      yield* this.#process.write(2, encode(`no entry ${name} in archive\n`));
    }
  }

  *extract(member: Member): Task {
    const { files } = this.#process;
    if (this.#has('v')) this.#output.print(`x - ${member.name}\n`);
    files.writeFile(member.name, member.data);
    files.chmod(member.name, member.mode & 0o777);
    if (this.#has('o')) files.utimes(member.name, member.mtimeSeconds * 1000, member.mtimeSeconds * 1000);
    yield PREEMPT;
  }

  *print(member: Member): Task {
    if (this.#has('v')) this.#output.print(`\n<${member.name}>\n\n`);
    this.#output.print(new Uint8Array(member.data));
    yield* this.#output.flush();
  }

  *list(member: Member): Task {
    const when = formatDate('%b %e %H:%M %Y', member.mtimeSeconds * 1000, zoneOf(this.#process));
    this.#output.print(this.#has('v') ? `${modeString('file', member.mode & 0o7777).slice(1)} ${member.uid}/${member.gid} ${String(member.data.length).padStart(6)} ${when} ${member.name}\n` : `${member.name}\n`);
    if (this.#output.isFull) yield* this.#output.flush();
  }
}

export const ar: Main = command(function* (process, output) {
  const words = process.argv.slice(1).filter((word) => word !== '--');
  const letters = (words.shift() ?? '').replace(/^-/, '');
  const actions = [...letters].filter((letter) => 'dmpqrtxs'.includes(letter));
  const [path, ...names] = words;
  if (letters === '' || path === undefined || actions.length === 0) throw new UsageError("no operation specified\nUsage: ar [-]{dmpqrstx}[abcDfilMNoOPsSTuvV] [member-name] [count] archive-file file...");
  const unknown = [...letters].find((letter) => !'dpqrtxscuvoDUSPf'.includes(letter));
  if (unknown !== undefined) throw new UsageError(`-${unknown} is not supported by the embedded machine`);
  const archive = new Archive(process, output, path, letters);
  const action = actions.find((letter) => letter !== 's') ?? 's';
  yield* archive.load(action === 'r' || action === 'q');
  switch (action) {
    case 'r':
    case 'q':
      yield* archive.insert(names, action === 'r');
      break;
    case 'd':
      archive.delete(names);
      break;
    case 'x':
      yield* archive.each(names, (member) => archive.extract(member));
      break;
    case 'p':
      yield* archive.each(names, (member) => archive.print(member));
      break;
    case 't':
      yield* archive.each(names, (member) => archive.list(member));
      break;
    default:
      // There is no table of symbols to make: no object files are looked into.
  }
  return archive.status;
});
