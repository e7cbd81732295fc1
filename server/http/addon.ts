// Finds uWebSockets' native addon for this Node, without its JavaScript stand-in and without a word on stderr.
import { createRequire } from 'node:module';

/** The part of a uWebSockets response that is used here (https://unetworking.github.io/uWebSockets.js/generated/interfaces/HttpResponse.html). */
export interface UwsResponse {
  cork(callback: () => void): void;
  writeStatus(status: string): UwsResponse;
  writeHeader(name: string, value: string | Uint8Array): UwsResponse;
  end(body?: string | Uint8Array): void;
  endWithoutBody(): void;
  onAborted(callback: () => void): void;
  close(): void;
}

export interface UwsRequest {
  getUrl(): string;
}

export interface UwsApp {
  any(pattern: string, handler: (response: UwsResponse, request: UwsRequest) => void): UwsApp;
  listen_unix(callback: (listening: unknown) => void, path: string): UwsApp;
}

export interface Uws {
  App(): UwsApp;
  us_listen_socket_close(listening: unknown): void;
}

export interface AddonStatus {
  loaded: boolean;
  reason?: string;
}

let addon: Uws | undefined;
let status: AddonStatus | undefined;

/**
 * The native addon, or undefined with the reason in `uWebSocketsStatus`. The package's own entry is passed by: where the binary is
 * missing it prints warnings and hands out a JavaScript stand-in that lacks half of the functions.
 */
export function loadUws(): Uws | undefined {
  if (status) return addon;
  const file = `uws_${process.platform}_${process.arch}_${process.versions.modules}.node`;
  try {
    const found = createRequire(import.meta.url)(`uWebSockets.js/binaries/${file}`) as Uws & Record<string, unknown>;
    const missing = ['App', 'SSLApp', 'getParts', 'us_listen_socket_close'].filter((name) => typeof found[name] !== 'function');
    if (missing.length > 0) throw new Error(`${file} lacks ${missing.join(', ')}`);
    addon = found;
    status = { loaded: true };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const reason = code === 'MODULE_NOT_FOUND' ? `no binary ${file} for Node ${process.versions.node}` : (error as Error).message;
    status = { loaded: false, reason };
  }
  return addon;
}

/** Whether the native addon loads here, and if not, why. */
export function uWebSocketsStatus(): AddonStatus {
  loadUws();
  return status ?? { loaded: false };
}
