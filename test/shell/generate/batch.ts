// Batches of programs in one folder, run by one driver process of a real shell, on this machine or in a container.
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Program } from './program.js';

export interface Result {
  readonly exitCode: number;
  /** Bytes, as latin1. */
  readonly stdout: string;
}

const TIMEOUT_SECONDS = 5;
/** What a program may write to a file, in blocks as `ulimit -f` counts them: one that never ends must not fill the disk. */
const FILE_BLOCKS_MAX = 16384;

/** Files that each program finds in its folder: content, a mode, a link or (null) a folder. */
export const FILES: Readonly<Record<string, string | null | { content: string; mode: number } | { symlink: string }>> = {
  'a.txt': 'alpha beta\n gamma  delta\nlast line\n', 'b.txt': 'b:1:two\nc:3', 'c d.txt': 'spaces\n', '.hidden': 'h\n', 'é.txt': 'e\n', '[a]': 'brackets\n', empty: '',
  dir: null, 'dir/x.c': 'int x;\n', 'dir/y.h': '', 'dir/sub': null, 'dir/sub/z.txt': 'z\n', 'run.sh': { content: '#!/bin/sh\necho "run $# $1"\nexit 3\n', mode: 0o755 },
  link: { symlink: 'a.txt' }, broken: { symlink: 'nosuch' },
};

/** Files and folders get one age once all are there: none is newer than another, as in a tree that was copied. */
export const DATED = Object.entries(FILES).filter(([, file]) => file === null || typeof file === 'string' || !('symlink' in file)).map(([name]) => name).reverse();

/** What is on standard input. */
export const INPUT = 'line one\n two  words \nthree:3:x\n\\back\\slash\nlast';

export const ENVIRONMENT = { HOME: '/root', PATH: '/usr/bin:/bin', LC_ALL: 'C.UTF-8' } as const;

const DRIVER = `cd "$1" || exit
ulimit -f ${FILE_BLOCKS_MAX}
while read -r id shell by; do
  rm -rf box; cp -a tree box; cd box
  case $by in
    file) timeout -s KILL $2 env -i $3 $shell ../programs/$id <../input ;;
    stdin) cat ../programs/$id | timeout -s KILL $2 env -i $3 $shell ;;
    command) timeout -s KILL $2 env -i $3 $shell -c "$(cat ../programs/$id)" <../input ;;
  esac >../out/$id 2>/dev/null
  echo "$id $?"
  cd ..
done 2>/dev/null
`;

/** A batch laid out on disk; the programs run in `folder/box`. */
export class Batch {
  readonly folder = mkdtempSync(join(tmpdir(), 'programs-'));
  readonly #programs: readonly Program[];

  constructor(programs: readonly Program[]) {
    this.#programs = programs;
    for (const name of ['tree', 'programs', 'out']) mkdirSync(join(this.folder, name));
    for (const [name, file] of Object.entries(FILES)) {
      const path = join(this.folder, 'tree', name);
      if (file === null) mkdirSync(path);
      else if (typeof file === 'string') writeFileSync(path, file);
      else if ('symlink' in file) symlinkSync(file.symlink, path);
      else writeFileSync(path, file.content, { mode: file.mode });
    }
    for (const name of DATED) utimesSync(join(this.folder, 'tree', name), 1e9, 1e9);
    writeFileSync(join(this.folder, 'input'), INPUT);
    writeFileSync(join(this.folder, 'driver'), DRIVER);
    programs.forEach(({ text }, id) => writeFileSync(join(this.folder, 'programs', String(id)), text));
  }

  /** Runs them by the real shells of this machine. */
  async run(): Promise<Result[]> {
    return (await this.runDriver([], this.folder, {})).map((exitCode, id) => ({ exitCode, stdout: this.stdout(id) }));
  }

  /** Exit codes from the driver over such a folder; `prefix` is what reaches the machine that has it, such as docker exec. */
  async runDriver(prefix: readonly string[], folder: string, env: Readonly<Record<string, string>>): Promise<number[]> {
    const environment = Object.entries(ENVIRONMENT).map(([name, value]) => `${name}=${value}`).join(' ');
    const [file, ...args] = [...prefix, 'sh', `${folder}/driver`, folder, String(TIMEOUT_SECONDS), environment];
    const list = this.#programs.map(({ shell, by }, id) => `${id} ${shell} ${by}\n`).join('');
    const said = await output(file!, args, list, env);
    const codes = new Map(said.split('\n').filter((line) => line !== '').map((line) => line.split(' ').map(Number) as [number, number]));
    if (codes.size !== this.#programs.length) throw new Error(`the driver answered ${codes.size} of ${this.#programs.length} programs`);
    return this.#programs.map((_, id) => codes.get(id)!);
  }

  stdout(id: number): string {
    return readFileSync(join(this.folder, 'out', String(id)), 'latin1');
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function output(file: string, args: readonly string[], stdin: string, env: Readonly<Record<string, string>>): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: ['pipe', 'pipe', 'ignore'], detached: true, env: { ...process.env, ...env } });
    const parts: Buffer[] = [];
    child.stdout.on('data', (part: Buffer) => parts.push(part));
    child.on('error', reject);
    child.on('close', () => resolve(Buffer.concat(parts).toString()));
    child.stdin.on('error', () => undefined);
    child.stdin.end(stdin);
  });
}
