// The server's log: one line per event on standard error, as dockerd writes them (logfmt) or as JSON.

export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'fatal';
const LEVELS: readonly LogLevel[] = ['debug', 'info', 'warn', 'error', 'fatal'];

export interface Log {
  (line: Record<string, unknown>): void;
}

export function isLogLevel(text: string): text is LogLevel {
  return (LEVELS as readonly string[]).includes(text);
}

function quoted(value: unknown): string {
  const text = typeof value === 'string' ? value : (JSON.stringify(value) ?? String(value));
  return /^[\w./:@+-]+$/.test(text) ? text : JSON.stringify(text);
}

/** Lines below `level` are dropped. A line's own `level` defaults to info; `msg` says what happened. */
export function createLog(level: LogLevel, format: 'text' | 'json' = 'text', write: (text: string) => void = (text) => process.stderr.write(text)): Log {
  const threshold = LEVELS.indexOf(level);
  return (line) => {
    const own = isLogLevel(String(line.level)) ? (line.level as LogLevel) : 'info';
    if (LEVELS.indexOf(own) < threshold) return;
    const full = { time: new Date().toISOString(), ...line, level: own };
    const text = format === 'json' ? JSON.stringify(full) : Object.entries(full).filter(([, value]) => value !== undefined).map(([name, value]) => `${name}=${quoted(value)}`).join(' ');
    write(`${text}\n`);
  };
}
