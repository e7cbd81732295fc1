// A terminal: the line discipline between a client's keyboard and screen and the processes of a session (termios(3)).
import { Errno } from './errno.js';
import type { Stat } from './inode.js';
import { O_RDWR, OpenFile } from './open-file.js';
import { SIGCONT, SIGHUP, SIGINT, SIGQUIT, SIGTSTP, SIGWINCH } from './signals.js';
import { WaitQueue } from './wait.js';
import type { Kernel } from './kernel.js';

/** The modes that programs change; names are stty's. */
export interface TerminalModes {
  icanon: boolean;
  echo: boolean;
  isig: boolean;
  icrnl: boolean;
  opost: boolean;
  onlcr: boolean;
  iexten: boolean;
  ixon: boolean;
  min: number;
  timeDeciseconds: number;
}

const CONTROL = { intr: 3, quit: 28, erase: 127, kill: 21, eof: 4, susp: 26, werase: 23 } as const;
const INPUT_MAX_BYTES = 1 << 20;
let nextTerminal = 0;

/** What is set on a terminal, apart from what is under way in it. */
export interface TerminalState {
  number: number;
  modes: TerminalModes;
  rows: number;
  columns: number;
  foreground: number;
  session: number;
}

/** The kernel's side: `input` is fed by the client, `onOutput` carries what programs print (false = wait for `resumeOutput`). */
export class Terminal {
  number = nextTerminal++;
  readonly kernel: Kernel;
  modes: TerminalModes = {
    icanon: true, echo: true, isig: true, icrnl: true, opost: true, onlcr: true, iexten: true, ixon: true, min: 1, timeDeciseconds: 0,
  };
  rows = 24;
  columns = 80;
  foreground = 0;
  session = 0;
  readonly readable = new WaitQueue();
  readonly writable = new WaitQueue();
  readonly #ready: Uint8Array[] = [];
  #line: number[] = [];
  #eofs = 0;
  #hungUp = false;
  #full = false;
  readonly #onOutput: (bytes: Uint8Array) => boolean;

  constructor(kernel: Kernel, onOutput: (bytes: Uint8Array) => boolean) {
    this.kernel = kernel;
    this.#onOutput = onOutput;
  }

  /** A descriptor for it, e.g. /dev/tty or the standard streams. */
  open(): TerminalFile {
    return new TerminalFile(this);
  }

  get state(): TerminalState {
    return { number: this.number, modes: this.modes, rows: this.rows, columns: this.columns, foreground: this.foreground, session: this.session };
  }

  set state(state: TerminalState) {
    ({ number: this.number, modes: this.modes, rows: this.rows, columns: this.columns, foreground: this.foreground, session: this.session } = state);
    nextTerminal = Math.max(nextTerminal, state.number + 1);
  }

  /** Nothing typed waits to be read, nothing printed to be taken. */
  get isQuiet(): boolean {
    return this.#ready.length === 0 && this.#line.length === 0 && this.#eofs === 0 && !this.#hungUp && !this.#full;
  }

  /** tcsetattr(3): leaving canonical mode hands over what was typed of a line. */
  setModes(modes: TerminalModes): void {
    const wasLine = this.modes.icanon && !modes.icanon;
    this.modes = modes;
    if (wasLine && this.#line.length > 0) this.#commitLine();
  }

  resize(rows: number, columns: number): void {
    if (rows === this.rows && columns === this.columns) return;
    this.rows = rows;
    this.columns = columns;
    this.#signal(SIGWINCH);
  }

  hangUp(): void {
    this.#hungUp = true;
    this.#signal(SIGHUP);
    this.#signal(SIGCONT);
    this.readable.wake();
  }

  resumeOutput(): void {
    this.#full = false;
    this.writable.wake();
  }

  #signal(signal: number): void {
    for (const process of this.kernel.group(this.foreground)) process.deliver(signal);
  }

  /** Bytes typed by the client. */
  input(bytes: Uint8Array): void {
    if (!this.modes.icanon && !this.modes.isig && !this.modes.echo && !this.modes.icrnl) {
      this.#ready.push(bytes);
      this.readable.wake();
      return;
    }
    for (const byte of bytes) this.#key(byte);
  }

  #key(typed: number): void {
    const byte = typed === 13 && this.modes.icrnl ? 10 : typed;
    if (this.modes.isig) {
      const signal = byte === CONTROL.intr ? SIGINT : byte === CONTROL.quit ? SIGQUIT : byte === CONTROL.susp ? SIGTSTP : undefined;
      if (signal !== undefined) {
        this.#line = [];
        if (this.modes.echo) this.#echo([94, byte + 64]);
        this.#signal(signal);
        return;
      }
    }
    if (!this.modes.icanon) {
      this.#ready.push(Uint8Array.of(byte));
      if (this.modes.echo) this.#echo([byte]);
      this.readable.wake();
      return;
    }
    this.#edit(byte);
  }

  #edit(byte: number): void {
    if (byte === CONTROL.erase || byte === 8) return this.#erase(1);
    if (byte === CONTROL.kill) return this.#erase(this.#line.length);
    if (byte === CONTROL.werase) return this.#erase(this.#wordLength());
    if (byte === CONTROL.eof) {
      if (this.#line.length > 0) this.#commitLine();
      else this.#eofs++;
      this.readable.wake();
      return;
    }
    if (this.#line.length < INPUT_MAX_BYTES) this.#line.push(byte);
    if (this.modes.echo) this.#echo(byte < 32 && byte !== 10 && byte !== 9 ? [94, byte + 64] : [byte]);
    if (byte === 10) this.#commitLine();
  }

  #wordLength(): number {
    let at = this.#line.length;
    while (at > 0 && this.#line[at - 1] === 32) at--;
    while (at > 0 && this.#line[at - 1] !== 32) at--;
    return this.#line.length - at;
  }

  #erase(count: number): void {
    for (let i = 0; i < count && this.#line.length > 0; i++) {
      let byte = this.#line.pop()!;
      while ((byte & 0xc0) === 0x80 && this.#line.length > 0) byte = this.#line.pop()!;
      if (this.modes.echo) this.#echo([8, 32, 8]);
    }
  }

  #commitLine(): void {
    this.#ready.push(Uint8Array.from(this.#line));
    this.#line = [];
    this.readable.wake();
  }

  #echo(bytes: number[]): void {
    this.#onOutput(this.#processed(Uint8Array.from(bytes)));
  }

  get canRead(): boolean {
    return this.#ready.length > 0 || this.#eofs > 0 || this.#hungUp;
  }

  get canWrite(): boolean {
    return !this.#full;
  }

  read(maxBytes: number): Uint8Array | undefined {
    const first = this.#ready[0];
    if (first) {
      if (first.length <= maxBytes) return this.#ready.shift()!;
      this.#ready[0] = first.subarray(maxBytes);
      return first.subarray(0, maxBytes);
    }
    if (this.#hungUp) return new Uint8Array(0);
    if (this.#eofs === 0) return !this.modes.icanon && this.modes.min === 0 ? new Uint8Array(0) : undefined;
    this.#eofs--;
    return new Uint8Array(0);
  }

  write(bytes: Uint8Array): number | undefined {
    if (this.#hungUp) throw new Errno('EIO');
    if (this.#full) return undefined;
    this.#full = !this.#onOutput(this.#processed(bytes));
    return bytes.length;
  }

  /** Newlines become carriage return + newline on the way out. */
  #processed(bytes: Uint8Array): Uint8Array {
    if (!this.modes.opost || !this.modes.onlcr || !bytes.includes(10)) return bytes;
    const out: number[] = [];
    for (const byte of bytes) {
      if (byte === 10) out.push(13);
      out.push(byte);
    }
    return Uint8Array.from(out);
  }
}

export class TerminalFile extends OpenFile {
  readonly terminal: Terminal;
  override readonly readable;
  override readonly writable;

  constructor(terminal: Terminal) {
    super(O_RDWR);
    this.terminal = terminal;
    this.readable = terminal.readable;
    this.writable = terminal.writable;
  }

  get name(): string {
    return `/dev/pts/${this.terminal.number}`;
  }

  override get isTerminal(): boolean {
    return true;
  }

  override get canRead(): boolean {
    return this.terminal.canRead;
  }

  override get canWrite(): boolean {
    return this.terminal.canWrite;
  }

  override stat(): Stat {
    return {
      device: 13, ino: this.terminal.number + 3, type: 'character', mode: 0o620, nlink: 1, uid: 0, gid: 5, rdevMajor: 136,
      rdevMinor: this.terminal.number, sizeBytes: 0, blocks512: 0, atimeMs: Date.now(), mtimeMs: Date.now(), ctimeMs: Date.now(),
    };
  }

  override read(maxBytes: number): Uint8Array | undefined {
    return this.terminal.read(maxBytes);
  }

  override write(bytes: Uint8Array): number | undefined {
    return this.terminal.write(bytes);
  }
}
