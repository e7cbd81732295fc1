// Ways in which a Node program may try to get at a host: generated JavaScript expressions, each a promise of what it got.
import fc from 'fast-check';
import type { Canary } from '../support/canary.js';

/** Spellings of one path: dots, doubled slashes, climbing. */
function spelledPaths(path: string): fc.Arbitrary<string> {
  return fc.record({ climb: fc.nat(12), dots: fc.boolean(), doubled: fc.boolean() }).map(({ climb, dots, doubled }) => {
    const detour = '/x/..'.repeat(climb > 8 ? 1 : 0);
    const plain = `${detour}${dots ? '/.' : ''}${doubled ? path.replaceAll('/', '//') : path}`;
    return climb === 0 ? plain : `${'../'.repeat(climb)}${plain.slice(1)}`;
  });
}

/** Spellings of the loopback address that Node's sockets take. */
export const loopbackAddresses: fc.Arbitrary<string> = fc.oneof(
  fc.tuple(fc.nat(255), fc.nat(255), fc.integer({ min: 1, max: 254 })).map((rest) => `127.${rest.join('.')}`),
  fc.constantFrom('0.0.0.0', '::', '::1', '0::0', '0:0:0:0:0:0:0:1', '0000:0:0::0001', '::1%lo', '::1%1', '::%lo', 'localhost', 'LOCALHOST', '127.1', '127.0.1', '2130706433', '0x7f000001', '017700000001', '0', '::ffff:0.0.0.0', '::ffff:0:0', '::127.0.0.1'),
  fc.tuple(fc.constantFrom('::ffff:', '0:0:0:0:0:ffff:', '::FFFF:', '0000:0000::ffff:'), fc.constantFrom('127.0.0.1', '7f00:1', '7f00:0001', '7F00:1'), fc.constantFrom('', '%lo', '%1')).map((parts) => parts.join('')),
);

const quoted = (text: string): string => JSON.stringify(text);
const readers: readonly ((path: string) => string)[] = [
  (path) => `fs.readFileSync(${path}, 'utf8')`,
  (path) => `fs.promises.readFile(${path}, 'utf8')`,
  (path) => `(() => { const fd = fs.openSync(${path}), b = Buffer.alloc(99); return b.toString('utf8', 0, fs.readSync(fd, b)); })()`,
  (path) => `fs.promises.open(${path}).then((h) => h.readFile('utf8'))`,
  (path) => `(async () => { let s = ''; for await (const c of fs.createReadStream(${path})) s += c; return s; })()`,
  (path) => `fs.readFileSync(Buffer.from(${path}), 'utf8')`,
  (path) => `fs.readFileSync(require('url').pathToFileURL(require('path').resolve(${path})), 'utf8')`,
  (path) => `(fs.symlinkSync(${path}, 'l' + ++n), fs.readFileSync('l' + n, 'utf8'))`,
  (path) => `(fs.linkSync(${path}, 'h' + ++n), fs.readFileSync('h' + n, 'utf8'))`,
  (path) => `(fs.copyFileSync(${path}, 'c' + ++n), fs.readFileSync('c' + n, 'utf8'))`,
  (path) => `(fs.cpSync(${path}, 'r' + ++n, { recursive: true }), fs.readFileSync('r' + n, 'utf8'))`,
  (path) => `fs.readdirSync(require('path').dirname(${path})).join() + fs.statSync(${path}).size`,
  (path) => `fs.openAsBlob(${path}).then((b) => b.text())`,
  (path) => `new Promise((r) => { fs.watchFile(${path}, { interval: 20 }, (s) => r('size ' + s.size)); setTimeout(r, 100, ''); }).finally(() => fs.unwatchFile(${path}))`,
  (path) => `(process.loadEnvFile(${path}), JSON.stringify(process.env))`,
  (path) => `String(child.execFileSync('cat', [${path}]))`,
  (path) => `String(child.execSync('cat ' + ${path}, { shell: '/bin/sh' }))`,
  (path) => `new Promise((r, j) => child.spawn('/bin/cat', [${path}]).on('error', j).stdout.on('data', (d) => r(String(d))).on('end', r))`,
  (path) => `import('data:text/javascript,import fs from "node:fs"; export const got = fs.readFileSync(' + encodeURIComponent(JSON.stringify(${path})) + ', "utf8")').then((m) => m.got)`,
  (path) => `process.binding('fs').internalModuleReadJSON(${path}).join()`,
  (path) => `String(process.binding('spawn_sync').spawn({ file: '/bin/cat', args: ['cat', ${path}], envPairs: [], stdio: [{ type: 'ignore' }, { type: 'pipe', readable: false, writable: true }, { type: 'ignore' }] }).output[1])`,
  (path) => `new Promise((r) => { const h = new (process.binding('process_wrap').Process)(); h.onexit = (code) => r(code === 0 ? 'loaded' : ''); if (h.spawn({ file: ${path}, args: ['x'], envPairs: [], stdio: [] }) !== 0) r(''); })`,
  (path) => `import('internal/test/binding').then((m) => m.default.internalBinding('fs').readFileUtf8(${path}, 0))`,
  (path) => `process.getBuiltinModule('internal/test/binding').internalBinding('fs').readFileUtf8(${path}, 0)`,
  (path) => `fs.readFileSync('/proc/self/root' + require('path').resolve(${path}), 'utf8')`,
  (path) => `fs.readFileSync('/proc/' + process.ppid + '/root' + require('path').resolve(${path}), 'utf8')`,
  (path) => `fs.readFileSync('/proc/self/cwd/' + ${path}, 'utf8')`,
  (path) => `[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 20].map((fd) => { try { return fs.readFileSync('/proc/self/fd/' + fd + '/../../../../..' + ${path}, 'utf8'); } catch { return ''; } }).join('')`,
  (path) => `new (require('wasi').WASI)({ version: 'preview1', preopens: { '/': require('path').dirname(${path}) } }) && 'host folders for WASI'`,
  (path) => `(process.dlopen({ exports: {} }, ${path}), 'loaded')`,
];
/** Code of a thread that sends the file; `inThread` runs it with these options, after what comes before and with what is undone later. */
const reading = (path: string): string => `'require("worker_threads").parentPort.postMessage(require("fs").readFileSync(' + JSON.stringify(${path}) + ', "utf8"))'`;
const inThread = (options: string, before = '', after = '') => (path: string): string =>
  `new Promise((r, j) => { ${before}; try { new (require('worker_threads').Worker)(${reading(path)}, ${options}).on('message', r).on('error', j).on('exit', () => r('')); } finally { ${after}; } })`;
const allRights = `{ NODE_OPTIONS: '--allow-fs-read=* --allow-fs-write=*' }`;
const threads: readonly ((path: string) => string)[] = [
  inThread('{ eval: true }'),
  inThread('{ eval: true, execArgv: [] }'),
  inThread(`{ eval: true, execArgv: ['--allow-fs-read=*'] }`),
  inThread(`{ eval: true, env: ${allRights} }`),
  inThread(`{ eval: true, env: require('worker_threads').SHARE_ENV }`, `process.env.NODE_OPTIONS = '--allow-fs-read=*'`, 'delete process.env.NODE_OPTIONS'),
  inThread('{ eval: true }', 'Object.prototype.execArgv = []', 'delete Object.prototype.execArgv'),
  inThread('{ eval: true }', `Object.prototype.env = ${allRights}`, 'delete Object.prototype.env'),
  inThread('{ eval: true }', `const kept = process.env; Object.defineProperty(process, 'env', { configurable: true, get: () => (${allRights}) })`, `Object.defineProperty(process, 'env', { configurable: true, writable: true, enumerable: true, value: kept })`),
  inThread('{ eval: true }', `const { assign, freeze, create } = Object; Object.assign = Object.freeze = Object.create = () => ({ eval: true, execArgv: [] })`, 'Object.assign({}, {}); globalThis.Object.assign = assign; Object.freeze = freeze; Object.create = create'),
  inThread('{ eval: true, get execArgv() { return (this.n = (this.n ?? 0) + 1) > 1 ? [] : undefined; } }'),
  inThread(`{ eval: true }`, `const events = require('events'), { init } = events; events.init = function (...a) { Object.prototype.execArgv = []; require('worker_threads').setEnvironmentData('machine', {}); return init.apply(this, a); }`, 'events.init = init; delete Object.prototype.execArgv'),
  (path) => `new Promise((r, j) => { const w = new (require('worker_threads').Worker)('', { eval: true }); const h = Object.getOwnPropertySymbols(w).map((s) => w[s]).find((v) => v?.startThread); const T = h.constructor ?? Object.getPrototypeOf(h).constructor; const t = new T(null, ${allRights}, [], new Float64Array(4), true); t.onexit = () => r(''); t.messagePort.on('message', (m) => r(String(m))); t.startThread(); t.messagePort.postMessage({ type: 0, filename: ${reading(path)}, doEval: 'classic' }); setTimeout(r, 300, Object.getPrototypeOf(h).constructor === undefined ? '' : 'a thread of its own making'); })`,
  (path) => `new Promise((r, j) => { class W extends require('worker_threads').Worker {} const C = Object.getPrototypeOf(Object.getPrototypeOf(W.prototype)).constructor; void C; new (Object.getPrototypeOf(W.prototype).constructor)(${reading(path)}, { eval: true, execArgv: [] }).on('message', r).on('error', j).on('exit', () => r('')); })`,
  (path) => `new Promise((r) => { globalThis.gotten = r; require('module').register('data:text/javascript,' + encodeURIComponent('import fs from "node:fs"; let text = ""; try { text = fs.readFileSync(' + JSON.stringify(${path}) + ', "utf8") } catch {} export async function load(u, c, n) { return u.startsWith("data:text/javascript,//ask") ? { format: "module", shortCircuit: true, source: "const t = " + JSON.stringify(text) + "; export { t as default };" } : n(u, c); }')); import('data:text/javascript,//ask' + ++n).then((m) => r(m.default)); })`,
  (path) => `(Object.prototype.execArgv = [], Object.prototype.env = ${allRights}, new Promise((r) => { try { require('module').register('data:text/javascript,' + encodeURIComponent('import fs from "node:fs"; let text = ""; try { text = fs.readFileSync(' + JSON.stringify(${path}) + ', "utf8") } catch {} export async function load(u, c, n) { return u.startsWith("data:text/javascript,//ask") ? { format: "module", shortCircuit: true, source: "const t = " + JSON.stringify(text) + "; export { t as default };" } : n(u, c); }')); } finally { delete Object.prototype.execArgv; delete Object.prototype.env; } import('data:text/javascript,//ask' + ++n).then((m) => r(m.default)); }))`,
];
/** What would change the secret; the answer does not matter. */
const writers: readonly ((path: string) => string)[] = [
  (path) => `fs.writeFileSync(${path}, 'overwritten')`,
  (path) => `fs.truncateSync(${path})`,
  (path) => `fs.rmSync(${path})`,
  (path) => `fs.renameSync(${path}, ${path} + '2')`,
  (path) => `fs.promises.appendFile(${path}, 'more')`,
  (path) => `child.execSync('echo overwritten > ' + ${path})`,
  (path) => `require('v8').writeHeapSnapshot(${path})`,
  (path) => `process.report.writeReport(${path})`,
];
const dials: readonly ((canary: Canary, host: string) => string)[] = [
  ({ tcpPort }, host) => `dial(net.connect({ host: ${host}, port: ${tcpPort} }))`,
  ({ tcpPort }, host) => `dial(net.connect({ host: { toString: () => ${host} }, port: ${tcpPort} }))`,
  ({ tcpPort }, host) => `dial(net.connect({ host: 'somewhere.example', port: ${tcpPort}, lookup: (name, options, done) => done(null, options.all ? [{ address: ${host}, family: net.isIP(${host}) || 4 }] : ${host}, net.isIP(${host}) || 4) }))`,
  ({ tcpPort }, host) => `new Promise((r, j) => require('http').get({ host: ${host}, port: ${tcpPort}, timeout: 300 }, (s) => s.on('data', (d) => r(String(d)))).on('error', j).on('timeout', r))`,
  ({ tcpPort }, host) => `dial(require('tls').connect({ host: ${host}, port: ${tcpPort}, rejectUnauthorized: false }))`,
  ({ tcpPort }, host) => `new Promise((r, j) => require('http2').connect('http://' + (${host}.includes(':') ? '[' + ${host} + ']' : ${host}) + ':${tcpPort}').on('error', j).request().on('error', j).on('data', (d) => r(String(d))))`,
  ({ tcpPort }, host) => `fetch('http://' + (${host}.includes(':') ? '[' + ${host} + ']' : ${host}) + ':${tcpPort}', { signal: AbortSignal.timeout(300) }).then((r) => r.text())`,
  ({ tcpPort }, host) => `(() => { const { test } = RegExp.prototype; RegExp.prototype.test = () => false; try { return dial(net.connect({ host: ${host}, port: ${tcpPort} })); } finally { RegExp.prototype.test = test; } })()`,
  ({ tcpPort }, host) => `(() => { const { check } = net.BlockList.prototype; net.BlockList.prototype.check = () => false; try { return dial(net.connect({ host: ${host}, port: ${tcpPort} })); } finally { net.BlockList.prototype.check = check; } })()`,
  ({ tcpPort }, host) => `String(child.execSync('curl -s -m 1 http://' + (${host}.includes(':') ? '[' + ${host} + ']' : ${host}) + ':${tcpPort}/'))`,
  ({ udpPort }, host) => `new Promise((r, j) => { const s = dgram.createSocket(${host}.includes(':') ? 'udp6' : 'udp4').on('error', j); s.send('x', ${udpPort}, ${host}, (e) => { s.close(); e ? j(e) : r('sent'); }); })`,
  ({ udpPort }, host) => `new Promise((r, j) => { const s = dgram.createSocket(${host}.includes(':') ? 'udp6' : 'udp4').on('error', j); s.connect(${udpPort}, ${host}, (e) => (e ? j(e) : s.send('x', () => { s.close(); r('sent'); }))); })`,
  ({ udpPort }, host) => `(() => { const d = new dns.promises.Resolver({ timeout: 100, tries: 1 }); d.setServers([(${host}.includes(':') ? '[' + ${host} + ']' : ${host}) + ':${udpPort}']); return d.resolve4('name.example'); })()`,
];
const threadDials: readonly ((canary: Canary, host: string) => string)[] = ['', ', execArgv: []'].map((options) => ({ tcpPort }: Canary, host: string) =>
  `new Promise((r, j) => new (require('worker_threads').Worker)('require("net").connect({ host: ' + JSON.stringify(${host}) + ', port: ${tcpPort} }).on("error", (e) => { throw e; }).on("data", (d) => require("worker_threads").parentPort.postMessage(String(d)))', { eval: true${options} }).on('message', r).on('error', j).on('exit', () => r('')))`);
const unixDials: readonly ((path: string) => string)[] = [
  (path) => `dial(net.connect(${path}))`,
  (path) => `new Promise((r, j) => require('http').get({ socketPath: ${path}, path: '/' }, (s) => s.on('data', (d) => r(String(d)))).on('error', j))`,
  (path) => `String(child.execSync('curl -s -m 1 --unix-socket ' + ${path} + ' http://x/'))`,
];

/** One expression that tries one thing. */
export function nodeAttempts(canary: Canary): fc.Arbitrary<string> {
  return fc.oneof(
    { weight: 4, arbitrary: fc.tuple(fc.constantFrom(...readers), spelledPaths(canary.secretPath)).map(([make, path]) => make(quoted(path))) },
    { weight: 2, arbitrary: fc.tuple(fc.constantFrom(...threads), spelledPaths(canary.secretPath)).map(([make, path]) => make(quoted(path))) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...threadDials), loopbackAddresses).map(([make, host]) => make(canary, quoted(host))) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...writers), spelledPaths(canary.secretPath)).map(([make, path]) => make(quoted(path))) },
    { weight: 4, arbitrary: fc.tuple(fc.constantFrom(...dials), loopbackAddresses).map(([make, host]) => make(canary, quoted(host))) },
    { weight: 1, arbitrary: fc.tuple(fc.constantFrom(...unixDials), spelledPaths(canary.socketPath)).map(([make, path]) => make(quoted(path))) },
  );
}

/** A program that tries everything, one after another, and prints what each got or which error. */
export function attemptsProgram(attempts: readonly string[]): string {
  return `const fs = require('fs'), child = require('child_process'), net = require('net'), dgram = require('dgram'), dns = require('dns');
let n = 0;
const dial = (s) => new Promise((r, j) => s.setTimeout(300, () => { s.destroy(); r('silence'); }).on('error', j).on('data', (d) => r(String(d))).on('end', r));
process.on('uncaughtException', () => {});
setInterval(() => {}, 1000);
const all = [${attempts.map((attempt) => `async () => ${attempt}`).join(',\n')}];
const patience = (p) => Promise.race([p, new Promise((r) => setTimeout(r, 2000, 'no answer'))]);
(async () => {
  for (const [i, one] of all.entries()) {
    try { console.log(i, String(await patience(one())).slice(0, 2000)); } catch (e) { console.log(i, 'failed', e?.code ?? e?.message); }
  }
  console.log('tried', all.length);
  process.exit(0);
})();`;
}
