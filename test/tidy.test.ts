// Reads the sources for the house rules: borders between folders, file lengths, first lines, names, READMEs.
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import test from 'ava';

const ROOT = join(dirname(fileURLToPath(import.meta.url)), '..', '..');
const LINES_MAX = 400;

/** Folder -> folders of the house that it must not import. */
const FORBIDDEN: Readonly<Record<string, readonly string[]>> = {
  machines: ['actors', 'server', 'hub', 'simulators', 'test'],
  'actors/runtime': ['actors/indexes', 'actors/executors', 'actors/sandbox', 'actors/images', 'actors/streams', 'actors/containers', 'server', 'hub'],
  'actors/streams': ['actors/executors', 'actors/sandbox', 'actors/images', 'actors/containers', 'server', 'hub'],
  'actors/images': ['actors/executors', 'actors/sandbox', 'actors/containers', 'server', 'hub'],
  'actors/sandbox': ['actors/executors', 'actors/containers', 'server', 'hub'],
  'actors/indexes': ['actors/executors', 'actors/sandbox', 'server', 'hub'],
  'actors/executors': ['server', 'hub'],
  'server/http': ['actors', 'machines', 'server/docker', 'server/cli', 'hub'],
  'server/inspector': ['actors/executors/memory', 'actors/sandbox', 'server/docker', 'server/cli', 'hub'],
  'server/telemetry': ['actors/executors/memory', 'actors/sandbox', 'server/docker', 'server/cli', 'hub'],
  'server/docker': ['actors/executors/memory', 'actors/sandbox', 'server/cli', 'hub'],
};
const BANNED = /\b(?:TODO|FIXME|XXX)\b|export default |class \w*(?:Manager|Helper|Util|Impl)\b/;

function tracked(...patterns: string[]): string[] {
  return execFileSync('git', ['ls-files', ...patterns], { cwd: ROOT, encoding: 'utf8' }).split('\n').filter((path) => path !== '' && existsSync(join(ROOT, path)));
}

function sources(): string[] {
  return tracked('*.ts').filter((path) => !path.endsWith('.d.ts'));
}

/** The borders that a file with this text would cross. */
function crossings(path: string, text: string): string[] {
  const home = Object.keys(FORBIDDEN).find((folder) => path.startsWith(`${folder}/`));
  if (home === undefined) return [];
  return [...text.matchAll(/(?:from|import)\s*\(?'(\.[^']+)'/g)].map(([, specifier]) => normalize(join(dirname(path), specifier!)))
    .filter((target) => FORBIDDEN[home]!.some((folder) => target.startsWith(`${folder}/`))).map((target) => `${path} imports ${target}`);
}

test('no folder imports what it must not know', (t) => {
  t.deepEqual(sources().flatMap((path) => crossings(path, readFileSync(join(ROOT, path), 'utf8'))), []);
});

test('a crossing would be seen (negative control)', (t) => {
  t.is(crossings('machines/x.ts', "import { a } from '../actors/runtime/engine.js';").length, 1);
});

test('files are short, begin with a sentence about themselves, and use no banned words', (t) => {
  for (const path of sources()) {
    const text = readFileSync(join(ROOT, path), 'utf8');
    t.true(text.split('\n').length <= LINES_MAX + 1, `${path} is too long`);
    t.regex(text, /^(?:#!.*\n)?\/\/ \S/, `${path} does not begin with a comment`);
    if (path !== 'test/tidy.test.ts') t.notRegex(text, BANNED, path);
  }
});

test('nothing lies at the top but the rooms and what the project is told by', (t) => {
  const known = /^(?:machines|actors|server|hub|simulators|test|docs|\.ci)\/|^(?:\.gitignore|\.oxlintrc\.json|CONTRIBUTING\.md|LICENSE|README\.md|ava\.config\.js|package(?:-lock)?\.json|tsconfig\.json)$/;
  t.deepEqual(tracked().filter((path) => !known.test(path)), []);
});

test('each room says what lives there', (t) => {
  const rooms = ['machines', 'actors', 'actors/runtime', 'actors/indexes', 'actors/streams', 'actors/images', 'actors/containers', 'actors/executors', 'actors/executors/memory', 'actors/sandbox', 'actors/sandbox/kernel', 'actors/sandbox/fs', 'actors/sandbox/shell', 'actors/sandbox/commands', 'actors/sandbox/programs', 'server', 'server/http', 'server/docker', 'server/inspector', 'server/telemetry', 'server/cli', 'hub', 'simulators', 'test', 'docs'];
  t.deepEqual(rooms.filter((room) => !existsSync(join(ROOT, room, 'README.md'))), []);
});

/** What a document links to or names by its file name, and that is not there: beside it, at the top or, for a name, anywhere below its folder or the top. */
function lost(path: string, text: string, files: readonly string[]): string[] {
  const links = [...text.matchAll(/\]\((?!https?:)([^)#]+)[^)]*\)/g)].map(([, link]) => link!).filter((link) => !existsSync(join(ROOT, dirname(path), link)));
  const names = [...text.matchAll(/`((?:[\w.-]+\/)*[\w.-]+\.(?:c?ts|js|md))`/g)].map(([, name]) => name!).filter((name) => !/^(?:.*\/)?x\.(?:test\.)?ts$/.test(name) && !files.some((file) => file === name || file.endsWith(`/${name}`)) && !existsSync(join(ROOT, dirname(path), name)));
  return [...links, ...names].map((what) => `${path}: ${what}`);
}

test('documents lead to what is there', (t) => {
  const files = tracked();
  t.deepEqual(tracked('*.md').filter((path) => path !== 'docs/STATUS.md').flatMap((path) => lost(path, readFileSync(join(ROOT, path), 'utf8'), files)), []);
  t.deepEqual(lost('docs/y.md', '[a](no-such.md) `no-such.ts` [b](ci.md) `engine.ts`', files), ['docs/y.md: no-such.md', 'docs/y.md: no-such.ts'], 'what is lost is seen (negative control)');
});
